"""A school's analysis of an EBA akademik destek exam, and who has sent theirs."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from common.errors import Conflict, UserError
from common.tables import page_of
from common.versions import StaleForm
from exams.forms import AnalysisForm
from exams.models import Exam
from exams.models.exams import ExamKind
from exams.report import school_report
from exams.rules import may
from exams.selectors.analyses import analyses_of, analysis_of, expected_schools, schools_in_scope, sent_by, state_of
from exams.selectors.deadlines import ANALYSIS_DAYS, analysis_due
from exams.services.analyses import save_analysis
from exams.views.access import exam_in_province, reader_of, require, seen_school
from schools.views.requests import person

STATE_PARAM = "durum"


def eba_exam(request: HttpRequest, pk: int) -> Exam:
    """The exam, if an analysis is asked for; else 404."""
    exam = exam_in_province(request, pk)
    if exam.kind != ExamKind.EBA:
        raise Http404
    return exam


@login_required
@require_safe
def analysis_list(request: HttpRequest, pk: int) -> HttpResponse:
    """Schools in the person's scope and whether they have sent; permission: exams.view_analyses."""
    exam = eba_exam(request, pk)
    require(request, "exams.view_analyses")
    schools = schools_in_scope(request.user, exam)
    sent = sent_by(exam)
    keys = set(schools.values_list("pk", flat=True))
    missing_only = request.GET.get(STATE_PARAM) == "gonderilmeyen"
    shown = schools.exclude(pk__in=sent) if missing_only else schools
    page = page_of(shown, request)
    chips = [
        {"label": _("Tümü"), "url": "?", "active": not missing_only, "count": len(keys)},
        {
            "label": _("Göndermeyenler"),
            "url": f"?{STATE_PARAM}=gonderilmeyen",
            "active": missing_only,
            "count": len(keys - sent),
        },
    ]
    context = {
        "exam": exam,
        "page": page,
        "lines": analyses_of(exam, list(page.object_list)),
        "chips": chips,
        "due": analysis_due(exam),
        "sent": len(keys & sent),
        "expected": len(keys),
    }
    return render(request, "exams/analyses.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def analysis(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """A school's analysis: a form for its chair and coordinator until it is sent, then to be read; else 404."""
    exam = eba_exam(request, pk)
    school = seen_school(request, exam, code)
    if not expected_schools(exam).filter(pk=school.pk).exists():
        raise Http404
    present, due = analysis_of(exam, school), exam.date + dt.timedelta(days=ANALYSIS_DAYS)
    may_write = may(request.user, "exams.write_analysis", school)
    if request.method == "POST" and not may_write:
        raise Http404
    form = AnalysisForm(request.POST or None, instance=present)
    status = 200
    if request.method == "POST":
        if form.is_valid():
            try:
                saved = save_analysis(
                    exam=exam,
                    institution=school,
                    version=form.cleaned_data["version"],
                    findings=form.cleaned_data["findings"],
                    measures=form.cleaned_data["measures"],
                    send=request.POST.get("action") == "send",
                    by=person(request),
                )
            except StaleForm as stale:
                form.compare(stale)
            except Conflict as too_late:
                messages.error(request, str(too_late))
                return redirect("exams:analysis", pk, code)
            except UserError as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, _("Analiz gönderildi.") if saved.sent_at else _("Taslak kaydedildi."))
                return redirect("exams:analysis", pk, code)
        status = 409 if form.conflicts else 422
    is_open = may(request.user, "exams.view_exam", exam)
    context = {
        "exam": exam,
        "school": school,
        "analysis": analysis_of(exam, school),
        "form": form if may_write and present.sent_at is None else None,
        "due": due,
        "is_late": timezone.localdate() > due,
        "is_sent_late": state_of(exam, present, timezone.localdate()) == "late",
        "may_list": may(request.user, "exams.view_analyses"),
        "report": school_report(exam, school, reader_of(request, exam, school.district)) if is_open else None,
    }
    return render(request, "exams/analysis.html", context, status=status)
