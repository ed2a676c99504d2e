"""Permissions on exams: predicates that read as claims on top, one table at the bottom.

Ask through ``may`` and not through ``user.has_perm``: the system administrator, who passes every ``has_perm``, holds
no seat and therefore sees nobody's results.
"""

from __future__ import annotations

from typing import Any

import rules

from exams.models import Exam
from schools.authority import institutions_led_by, scope_of
from schools.models import Coaching, District, Enrolment, Institution, Student
from schools.rules import (
    has_any_seat,
    is_academic_monitor,
    is_data_clerk,
    is_school_chair,
    is_school_commission,
    is_school_coordinator,
    is_technical,
    sees_district,
    sees_institution,
    sees_province,
)
from schools.selectors.teaching import coaching_in_force


@rules.predicate
def sits_in_its_province(user: Any, exam: Exam | None = None) -> bool:
    """Any seat of the province, of a school too."""
    if exam is None:
        return bool(has_any_seat(user))
    province = exam.year.province_id
    scope = scope_of(user)
    if province in scope.provinces:
        return True
    districts = District.objects.filter(province=province, pk__in=scope.districts)
    schools = Institution.objects.filter(province=province, pk__in=scope.institutions)
    return bool(scope.districts and districts.exists()) or bool(scope.institutions and schools.exists())


@rules.predicate
def results_are_open_to(user: Any, exam: Exam | None = None) -> bool:
    """Province boards see results at once, everybody else once they are published."""
    return exam is None or exam.published_at is not None or bool(sees_province(user, exam.year))


@rules.predicate
def makes_exams(user: Any, scope: object = None) -> bool:
    """Who makes exams: the technical team and the measurement centre."""
    return bool(is_technical(user, scope) or is_data_clerk(user, scope))


@rules.predicate
def leads_its_school(user: Any, student: Student | None = None) -> bool:
    """A seat on the commission of the school where the student is enrolled this year."""
    schools = institutions_led_by(user)
    if student is None or not schools:
        return bool(schools)
    return Enrolment.objects.filter(student=student, year__is_current=True, institution__in=schools).exists()


@rules.predicate
def coaches(user: Any, student: Student | None = None) -> bool:
    """The student's danışman öğretmen of this year, as long as they work at the student's school."""
    if not user.is_authenticated or not user.is_active:
        return False
    if student is None:
        return Coaching.objects.filter(teacher__user=user.pk, year__is_current=True).exists()
    return coaching_in_force().filter(teacher__user=user.pk, student=student).exists()


PERMISSIONS: dict[str, Any] = {
    "exams.list_exams": has_any_seat,
    "exams.define_exam": makes_exams,
    "exams.publish_results": is_technical | is_academic_monitor,
    "exams.view_exam": sits_in_its_province & results_are_open_to,
    "exams.view_district": sees_district,
    "exams.view_school": sees_institution,
    "exams.view_named_results": is_school_commission,
    "exams.view_student": leads_its_school | coaches,
    "exams.list_coached": coaches,
    "exams.write_analysis": is_school_chair | is_school_coordinator,
    "exams.view_analyses": sees_district,
}

for _name, _predicate in PERMISSIONS.items():
    rules.add_perm(_name, _predicate)


def may(user: Any, permission: str, target: object = None) -> bool:
    """Whether this permission follows from the user's seats; knows no administrator's shortcut."""
    return bool(rules.has_perm(permission, user, target))
