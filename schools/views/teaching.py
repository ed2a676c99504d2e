"""Subjects and their teachers by section; final-year students and their coaches."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.errors import Conflict, UserError
from common.tables import page_of
from schools import selectors, services
from schools.forms import CoachForm, TeachingForm
from schools.models import AcademicYear, Coaching, Enrolment, Institution, Section, StaffMember, TeachingAssignment
from schools.selectors import teaching
from schools.views.requests import person, require, year_of

SECTIONS_SHOWN = 20


@require_safe
@login_required
@permission_required("schools.view_units", raise_exception=True)
def teaching_list(request: HttpRequest, code: str) -> HttpResponse:
    """The sections of an institution with subjects and teachers; 404 outside the user's scope."""
    year = year_of(request)
    institution = _institution(request, year, code)
    context = {
        "institution": institution,
        "year": year,
        "page": page_of(teaching.sections_with_teaching(institution, year), request, per_page=SECTIONS_SHOWN),
        "may_edit": request.user.has_perm("schools.edit_section", institution),
    }
    return render(request, "schools/teaching_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def section_teaching(request: HttpRequest, pk: int) -> HttpResponse:
    """Add to the subjects of a section or take away; permission ``schools.edit_section`` over the institution."""
    year = year_of(request)
    section = get_object_or_404(_sections_seen(request, year), pk=pk)
    require(request, "schools.edit_section", section)
    form = TeachingForm(request.POST or None, postings=selectors.staff_of(section.institution, year))
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            services.assign_teacher(
                section=section,
                teacher=form.cleaned_data["staff"],
                subject=form.cleaned_data["subject"],
                by=person(request),
            )
        except UserError as error:
            form.add_error(None, str(error))
            status = 409 if isinstance(error, Conflict) else 422
        else:
            messages.success(request, _("%(section)s şubesine ders görevi eklendi.") % {"section": section})
            return redirect("schools:section_teaching", pk)
    if form.errors and status == 200:
        status = 422
    context = {
        "form": form,
        "section": section,
        "assignments": teaching.teaching_in(section),
        "subjects": teaching.subjects_known(year, section.grade),
    }
    return render(request, "schools/section_teaching.html", context, status=status)


@require_POST
@login_required
def teaching_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a teaching assignment away; permission ``schools.edit_section`` over the institution."""
    sections = _sections_seen(request, year_of(request))
    found = get_object_or_404(
        TeachingAssignment.objects.select_related("section__institution__district"), pk=pk, section__in=sections
    )
    require(request, "schools.edit_section", found.section)
    services.unassign_teacher(assignment=found, by=person(request))
    messages.success(request, _("Ders görevi kaldırıldı."))
    return redirect("schools:section_teaching", found.section_id)


@require_safe
@login_required
@permission_required("schools.view_students", raise_exception=True)
def coaching_list(request: HttpRequest, code: str) -> HttpResponse:
    """Final-year students of a school with their coaches; permission ``schools.view_students`` over it."""
    year = year_of(request)
    institution = _institution(request, year, code)
    _require_students(request, institution)
    without, left = "danismansiz" in request.GET, "ayrilan" in request.GET
    search = request.GET.get("ara", "")[:100]
    rows = teaching.students_to_coach(institution, year, search=search, without=without, left=left)
    here = reverse("schools:coaching", args=[code])
    context = {
        "institution": institution,
        "year": year,
        "page": page_of(rows, request),
        "chips": [
            {"label": _("Bütün öğrenciler"), "url": here, "active": not (without or left), "count": None},
            {
                "label": _("Danışmanı olmayanlar"),
                "url": f"{here}?danismansiz=1",
                "active": without,
                "count": teaching.uncoached_count(institution, year),
            },
            {
                "label": _("Danışmanı okuldan ayrılanlar"),
                "url": f"{here}?ayrilan=1",
                "active": left,
                "count": teaching.left_count(institution, year),
            },
        ],
        "search_value": search,
        "is_filtered": bool(without or left or search),
        "may_edit": request.user.has_perm("schools.edit_coaching", institution),
    }
    return render(request, "schools/coaching_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def student_coach(request: HttpRequest, pk: int) -> HttpResponse:
    """Name coaches of a student or take them away; permission ``schools.edit_coaching`` over the school."""
    year = year_of(request)
    enrolment = get_object_or_404(_students_seen(request, year), pk=pk)
    require(request, "schools.edit_coaching", enrolment.institution)
    form = CoachForm(
        request.POST or None,
        postings=selectors.staff_of(enrolment.institution, year),
        coached=teaching.coached_counts(enrolment.institution, year),
    )
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            services.assign_coach(enrolment=enrolment, teacher=form.cleaned_data["staff"], by=person(request))
        except UserError as error:
            form.add_error(None, str(error))
            status = 409 if isinstance(error, Conflict) else 422
        else:
            messages.success(request, _saved(enrolment, form.cleaned_data["staff"]))
            return redirect("schools:coaching", enrolment.institution.code)
    if form.errors and status == 200:
        status = 422
    coaches = teaching.coaches_of(year).filter(student=enrolment.student_id)
    context = {"form": form, "enrolment": enrolment, "coaches": coaches}
    return render(request, "schools/student_coach.html", context, status=status)


@require_POST
@login_required
def coaching_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """End a coaching; permission ``schools.edit_coaching`` over the student's school."""
    year = year_of(request)
    found = get_object_or_404(Coaching, pk=pk, year=year)
    enrolment = get_object_or_404(_students_seen(request, year), student=found.student_id)
    require(request, "schools.edit_coaching", enrolment.institution)
    services.unassign_coach(coaching=found, by=person(request))
    messages.success(request, _("Danışmanlık kaldırıldı."))
    return redirect("schools:student_coach", enrolment.pk)


def _saved(enrolment: Enrolment, teacher: StaffMember) -> str:
    """That the coach is written, and what else a school should know: others of the student, others of the coach."""
    coaches, students = teaching.numbers_of(enrolment, teacher)
    words = {
        "student": enrolment.student.full_name,
        "coach": teacher.full_name,
        "coaches": coaches,
        "students": students,
    }
    said = _("%(student)s için danışman kaydedildi; %(coach)s bu yıl %(students)s öğrencinin danışmanı.") % words
    if coaches > 1:
        said += " " + _("Öğrencinin %(coaches)s danışmanı var; hepsi sınav kartını görür.") % words
    return said


def _institution(request: HttpRequest, year: AcademicYear, code: str) -> Institution:
    found: Institution = get_object_or_404(selectors.institutions_visible_to(request.user, year), code=code)
    return found


def _sections_seen(request: HttpRequest, year: AcademicYear) -> QuerySet[Section]:
    seen = selectors.institutions_visible_to(request.user, year).values("pk")
    return Section.objects.select_related("institution__district").filter(year=year, institution__in=seen)


def _students_seen(request: HttpRequest, year: AcademicYear) -> QuerySet[Enrolment]:
    return selectors.students_visible_to(request.user, year).select_related("student", "institution__district")


def _require_students(request: HttpRequest, institution: Institution) -> None:
    if not request.user.has_perm("schools.view_students", institution):
        raise Http404
