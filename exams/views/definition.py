"""Defining an exam and changing its definition."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from common.errors import Conflict, UserError
from exams.forms import ExamForm, initial_of, initial_of_template
from exams.models import Exam, ExamFamily
from exams.selectors.topics import topics_of
from exams.services.definition import template_of
from exams.services.editing import save_exam
from exams.views.access import exam_in_province, require
from schools.models import AcademicYear
from schools.views.requests import person, year_of

TEMPLATE_PARAM = "sablon"


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def define(request: HttpRequest) -> HttpResponse:
    """A new exam of the current year, from a template if one is named; permission: exams.define_exam."""
    year = year_of(request)
    require(request, "exams.define_exam", year)
    families = list(ExamFamily.objects.exclude(kind="").order_by("code"))
    chosen = next((one.code for one in families if one.code == request.GET.get(TEMPLATE_PARAM, "")), "")
    template = template_of(chosen) if chosen else None
    initial = initial_of_template(chosen, template, year.name) if template else {"divisor": 3}
    form = ExamForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        saved = _saved(request, form, year, None)
        if saved is not None:
            messages.success(request, _("Sınav tanımlandı; sıra sonuç dosyasında."))
            return redirect("exams:detail", saved.pk)
    chips = [
        {
            "label": one.code,
            "url": f"?{TEMPLATE_PARAM}={one.code}",
            "active": one.code == chosen,
            "count": None,
        }
        for one in families
    ]
    context = {"form": form, "templates": chips, "year": year}
    return render(request, "exams/form.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The definition of an exam; permission: exams.define_exam. A change makes a new version of the exam."""
    exam = exam_in_province(request, pk)
    require(request, "exams.define_exam", exam.year)
    initial = initial_of(exam, topics_of(exam))
    form = ExamForm(request.POST or None, initial=initial, exam=exam)
    stored: dict[str, Any] | None = None
    if request.method == "POST" and form.is_valid():
        saved = _saved(request, form, exam.year, exam)
        if saved is not None:
            messages.success(request, _("Sınavın tanımı kaydedildi."))
            return redirect("exams:detail", pk)
        if form.cleaned_data["digest"] != initial["digest"]:
            stored = initial
            data = request.POST.copy()
            data["digest"] = initial["digest"]
            form.data = data
    context = {"form": form, "exam": exam, "year": exam.year, "conflicts": _conflicts(form, stored)}
    status = 409 if stored else 422 if form.errors else 200
    return render(request, "exams/form.html", context, status=status)


def _saved(request: HttpRequest, form: ExamForm, year: AcademicYear, exam: Exam | None) -> Exam | None:
    """The exam as written, or None with the reason noted in the form."""
    try:
        return save_exam(year=year, exam=exam, by=person(request), **form.cleaned_data)
    except (Conflict, UserError) as refusal:
        form.add_error(None, str(refusal))
    return None


def _conflicts(form: ExamForm, stored: dict[str, Any] | None) -> list[dict[str, Any]]:
    """Both versions of each field that differs, to be compared."""
    if stored is None:
        return []
    rows = []
    for field in form.visible_fields():
        mine, theirs = field.data, stored[field.name]
        theirs = theirs.isoformat() if field.name == "date" else str(theirs)
        if not field.field.disabled and str(mine or "").replace("\r\n", "\n") != theirs:
            rows.append({"label": field.label, "mine": mine, "theirs": theirs})
    return rows
