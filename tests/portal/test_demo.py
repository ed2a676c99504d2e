import hashlib
from random import Random

import pytest
from django.core.management import call_command
from django.db.models import Count, F, Sum

from common.errors import UserError
from common.identity import Identity
from eba.models import StaffUse, StaffUseValue, StudentUse
from exams.models import UNITS, Exam, ExamAnalysis, StudentResult, SubjectResult, TopicResult
from exams.selectors import last_year_exam
from portal.demo.accounts import DEMO_DOMAIN, home_school
from portal.demo.build import build_demo
from portal.demo.people import identities
from portal.demo.projects import REFERENCE_MOMENT
from portal.demo.sizes import CATEGORY_WEIGHTS, DISTRICT_WEIGHTS, SIZES, shares
from projects.models import Claim, Project
from projects.workflow import project_status
from schools.models import (
    AcademicYear,
    Coaching,
    Enrolment,
    Institution,
    Posting,
    Seat,
    StaffMember,
    Student,
    TeachingAssignment,
)

pytestmark = pytest.mark.django_db


def fingerprint() -> str:
    """Everything that a reader could notice of a demo, without row numbers."""
    digest = hashlib.sha256()
    for rows in (
        Institution.objects.order_by("code").values_list("code", "name", "district__name"),
        Posting.objects.order_by("staff__identity_digest").values_list(
            "staff__identity_mask", "staff__name_key", "institution__code", "title", "branch", "employment"
        ),
        Enrolment.objects.order_by("student__identity_digest").values_list(
            "student__name_key", "institution__code", "grade", "section_name"
        ),
        Project.objects.order_by("institution__code", "title_key").values_list(
            "institution__code", "title", "item__code", "status", "created_at"
        ),
        Claim.objects.order_by("project__institution__code", "project__title_key", "item__code", "stage").values_list(
            "item__code", "stage", "status", "submitted_at", "decided_at", "independent_points"
        ),
        TeachingAssignment.objects.order_by("section__year__name", "section__name", "subject", "pk").values_list(
            "section__institution__code", "section__grade", "section__name", "subject", "teacher__name_key"
        ),
        StudentResult.objects.order_by("exam__code", "student__identity_digest").values_list(
            "exam__code", "exam__version", "student__name_key", "score_units", "national_rank", "percentile_units"
        ),
        SubjectResult.objects.order_by(
            "result__exam__code", "subject__order", "result__student__identity_digest"
        ).values_list("subject__name", "correct", "wrong"),
        TopicResult.objects.order_by("topic__order", "result__student__identity_digest").values_list(
            "topic__name", "correct", "wrong"
        ),
        StaffUseValue.objects.order_by("use__term", "criterion__code", "use__staff__identity_digest").values_list(
            "use__staff__name_key", "value_units"
        ),
        StudentUse.objects.order_by("term", "student__identity_digest").values_list("time_units", "class_rank"),
    ):
        for row in rows:
            digest.update(repr(row).encode())
    return digest.hexdigest()


@pytest.mark.django_db(transaction=True)
def test_same_seed_gives_the_same_school_and_another_seed_another() -> None:
    prints = []
    for seed in (7, 7, 8):
        call_command("flush", interactive=False, verbosity=0)
        build_demo(size="school", seed=seed)
        prints.append(fingerprint())
    assert prints[0] == prints[1] != prints[2]


def test_counts_are_those_of_the_size() -> None:
    size = SIZES["school"]
    counts = build_demo(size="school", seed=1)
    assert counts == {
        "institutions": size.institutions,
        "staff": size.staff,
        "students": size.students,
        "projects": size.projects,
        "former_students": Student.objects.count() - size.students,
        "exams": 6,
        "results": StudentResult.objects.count(),
        "staff_use": StaffUse.objects.count(),
        "student_use": StudentUse.objects.count(),
    }
    officers = 5 + 5 + 2 * 4 + 1 + 20 * 4
    assert StaffMember.objects.count() == size.staff + officers
    assert Seat.objects.filter(commission__kind="executive", role="chair", signs_as="Vali").count() == 1
    stale = [
        project.pk
        for project in Project.objects.prefetch_related("claims")
        if project.status != project_status(claim.status for claim in project.claims.all())
    ]
    assert stale == []
    assert not Project.objects.annotate(team=Count("team_teachers")).filter(team=0).exists()


def test_both_years_have_a_central_exam_whose_teachers_can_be_compared() -> None:
    build_demo(size="school", seed=1)
    current = Exam.objects.get(code="LGS-2026")
    before = last_year_exam(current)
    assert before is not None
    assert (before.code, before.year.name, current.year.name) == ("LGS-2025", "2024-2025", "2025-2026")
    assert {exam.published_at is not None for exam in (before, current)} == {True}
    for exam in (before, current):
        taught = TeachingAssignment.objects.filter(section__year=exam.year, section__grade=8)
        assert set(taught.values_list("subject_key", flat=True)) == set(exam.subjects.values_list("key", flat=True))
        enrolled = Enrolment.objects.filter(year=exam.year, grade=8).values("student")
        assert not exam.results.exclude(student__in=enrolled).exists()
        assert exam.results.filter(score_units__isnull=False).count() > 40


def test_results_are_possible() -> None:
    build_demo(size="school", seed=1)
    taken = SubjectResult.objects.filter(correct__isnull=False)
    assert not taken.filter(correct__gt=F("subject__questions") - F("wrong")).exists()
    assert SubjectResult.objects.count() == sum(
        exam.results.count() * exam.subjects.count() for exam in Exam.objects.all()
    )
    assert StudentResult.objects.exclude(subjects__correct__isnull=False).exists()
    topics = TopicResult.objects.values("result").annotate(Sum("correct"), Sum("wrong")).order_by("result")
    whole = SubjectResult.objects.filter(subject__exam__code="IZLEME-8-2", subject__key="matematik").order_by("result")
    assert [(row["correct__sum"], row["wrong__sum"]) for row in topics] == list(whole.values_list("correct", "wrong"))
    ranked = StudentResult.objects.filter(national_rank__isnull=False)
    assert not ranked.filter(national_rank__lt=F("province_rank")).exists()
    assert not ranked.filter(percentile_units__gt=100 * UNITS).exists()


def test_one_sitting_waits_for_publication_and_one_analysis_for_the_school() -> None:
    build_demo(size="school", seed=1)
    waiting = Exam.objects.get(published_at=None)
    assert waiting.code == "IZLEME-8-3"
    support = Exam.objects.get(kind="eba")
    assert support.published_at is not None
    assert not ExamAnalysis.objects.filter(exam=support, institution=home_school()).exists()


def test_nothing_of_the_demo_lies_ahead_of_the_day_that_it_tells_of() -> None:
    build_demo(size="school", seed=1)
    for moments in (
        Exam.objects.values_list("published_at", flat=True),
        Project.objects.values_list("created_at", flat=True),
        Claim.objects.values_list("submitted_at", flat=True),
        Claim.objects.values_list("decided_at", flat=True),
    ):
        known = [moment for moment in moments if moment is not None]
        assert known
        assert max(known) <= REFERENCE_MOMENT
    assert max(Exam.objects.values_list("date", flat=True)) < REFERENCE_MOMENT.date()
    current = AcademicYear.objects.get(is_current=True)
    assert current.second_term_date < REFERENCE_MOMENT.date() <= current.end_date
    assert all(exam.year.start_date < exam.date < exam.year.end_date for exam in Exam.objects.select_related("year"))
    assert current.submission_deadline is None


def test_coaches_and_both_terms_of_eba() -> None:
    build_demo(size="school", seed=11)
    eighth = Enrolment.objects.filter(year__is_current=True, grade=8).count()
    assert Coaching.objects.count() == Coaching.objects.values("student").distinct().count() == eighth
    for term in (1, 2):
        uses = StaffUse.objects.filter(term=term)
        assert uses.count() > 25
        assert StaffUseValue.objects.filter(use__in=uses).count() == 7 * uses.count()
        assert StudentUse.objects.filter(term=term).count() > 400
    teacher = StaffMember.objects.get(user__email=f"ogretmen@{DEMO_DOMAIN}")
    assert Coaching.objects.filter(teacher=teacher).exists()


def test_a_database_with_institutions_is_left_alone() -> None:
    build_demo(size="school", seed=1)
    before = fingerprint()
    with pytest.raises(UserError, match="boş veri tabanına"):
        build_demo(size="school", seed=2)
    assert fingerprint() == before


def test_sizes_of_the_province_are_those_of_balikesir() -> None:
    province = SIZES["province"]
    assert (province.institutions, province.staff, province.students, province.projects) == (
        1_054,
        17_765,
        196_628,
        8_000,
    )
    assert len(province.districts) == len(DISTRICT_WEIGHTS) == 20
    assert sum(CATEGORY_WEIGHTS.values()) == 1_054


@pytest.mark.parametrize(
    ("total", "weights", "least", "expected"),
    [
        (10, [1, 1, 1], 0, [4, 3, 3]),
        (10, [3, 0, 2], 1, [6, 0, 4]),
        (0, [5, 5], 0, [0, 0]),
        (7, [100, 1], 2, [5, 2]),
    ],
)
def test_shares_add_up(total, weights, least, expected) -> None:
    assert shares(total, weights, least=least) == expected


def test_identity_numbers_are_valid_and_different() -> None:
    made = list(identities(500, Random(3)))
    assert all(isinstance(one, Identity) and one.kind == "tc" for one in made)
    assert len({one.digest for one in made}) == 500
