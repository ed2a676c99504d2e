"""Named results: for the commission of the student's school and for the student's coach."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from common.tables import page_of
from exams.rules import leads_its_school, may
from exams.selectors.students import card_of, coached_by, results_of_school, student_lines
from exams.views.access import person, require, seen_exam, seen_school, year_of
from schools.authority import institutions_led_by
from schools.models import Student


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
    """A student's card over all exams; permission: exams.view_student, else 404."""
    found = get_object_or_404(Student, pk=pk, province=year_of(request).province_id)
    if not may(request.user, "exams.view_student", found):
        raise Http404
    at_school = bool(leads_its_school(request.user, found))
    schools = {school.pk for school in institutions_led_by(request.user)}
    context = {"student": found, "card": card_of(found, schools=schools), "at_school": at_school}
    return render(request, "exams/student.html", context)


@login_required
@require_safe
def my_students(request: HttpRequest) -> HttpResponse:
    """The students whom the person coaches this year; permission: exams.list_coached."""
    require(request, "exams.list_coached")
    page = page_of(coached_by(person(request), year_of(request)), request)
    return render(request, "exams/my_students.html", {"page": page})
