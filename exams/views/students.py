"""Named results: for the commission of the student's school and for the student's coach."""

from __future__ import annotations

from collections.abc import Collection

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from common.tables import page_of
from exams.rules import leads_its_school, may
from exams.selectors.coached import coached_lines
from exams.selectors.students import Card, card_of, results_of_school, student_lines
from exams.views.access import require, seen_exam, seen_school
from schools.authority import institutions_led_by
from schools.models import Student
from schools.selectors.teaching import coached_by, coaching_in_force
from schools.views.requests import person, year_of


@login_required
@require_safe
def school_students(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """The students of a school in an exam; permission: exams.view_named_results (the school's commission), else 404."""
    exam = seen_exam(request, pk)
    school = seen_school(request, exam, code)
    if not may(request.user, "exams.view_named_results", school):
        raise Http404
    page = page_of(results_of_school(exam, school), request)
    lines = student_lines(exam, list(page.object_list))
    context = {"exam": exam, "school": school, "page": page, "lines": lines}
    return render(request, "exams/school_students.html", context)


@login_required
@require_safe
def student(request: HttpRequest, pk: int) -> HttpResponse:
    """A student's card over all exams; permission: exams.view_student, else 404. ``?sinav=``: whose list led here."""
    found = get_object_or_404(Student, pk=pk, province=year_of(request).province_id)
    if not may(request.user, "exams.view_student", found):
        raise Http404
    at_school = bool(leads_its_school(request.user, found))
    schools = {school.pk for school in institutions_led_by(request.user)}
    coached = coaching_in_force().filter(teacher__user=person(request).pk)
    card = card_of(found, schools=schools, coached=coached.values("student"))
    back_url, back_label = _way_back(request, card, schools, at_school=at_school)
    context = {"student": found, "card": card, "back_url": back_url, "back_label": back_label}
    return render(request, "exams/student.html", context)


@login_required
@require_safe
def my_students(request: HttpRequest) -> HttpResponse:
    """The students whom the person coaches this year; permission: exams.list_coached."""
    require(request, "exams.list_coached")
    search = request.GET.get("ara", "")[:100]
    page = page_of(coached_by(person(request), year_of(request), search=search), request)
    context = {"page": page, "lines": coached_lines(list(page.object_list)), "search_value": search}
    return render(request, "exams/my_students.html", context)


def _way_back(request: HttpRequest, card: Card, schools: Collection[int], *, at_school: bool) -> tuple[str, str]:
    """To the list of the exam from which the reader came, else to the reader's own list of students."""
    if not at_school:
        return reverse("exams:my_students"), _("Öğrencilerim")
    asked = request.GET.get("sinav", "")
    for one in card.exams:
        if str(one.exam.pk) == asked and one.enrolment and one.enrolment.institution_id in schools:
            there = reverse("exams:school_students", args=[one.exam.pk, one.enrolment.institution.code])
            return there, _("Öğrencilerin sonuçları")
    return reverse("schools:students"), _("Öğrenciler")
