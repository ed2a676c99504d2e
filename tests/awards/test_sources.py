"""Rules that read rankings of exams and of EBA use: which rows make candidates, in which lists they stand."""

import datetime as dt

import pytest
from django.utils import timezone

from awards import reference
from awards.models import AwardLine, AwardList, AwardRound
from awards.report import facts_of
from awards.selectors import lines_of, parts_of, round_rows, runs_of
from awards.services import compute_round, decide_list
from awards.workflow import ListStatus
from common.errors import UserError
from exams.models import Exam, ExamFamily, ExamKind, ExamSubject
from schools.models.commissions import CommissionKind
from scoring.models import RankingRow, RankingRun
from tests.factories.eba import make_use
from tests.factories.schools import DistrictFactory, InstitutionFactory, StaffFactory, YearFactory, seat_user

pytestmark = pytest.mark.django_db


class Place:
    def __init__(self):
        self.year = YearFactory()
        reference.load(self.year)
        self.edremit = DistrictFactory(province=self.year.province, name="Edremit")
        self.havran = DistrictFactory(province=self.year.province, name="Havran")
        self.schools = [InstitutionFactory(district=district) for district in (self.edremit, self.edremit, self.havran)]
        self.people = {}

    def person(self, name, school=0):
        if name not in self.people:
            self.people[name] = StaffFactory(institution=self.schools[school], first_name=name, last_name="Ak")
        return self.people[name]

    def exam(self, code, family, level):
        kind = ExamKind.CENTRAL
        found, _new = ExamFamily.objects.get_or_create(
            code=family, defaults={"name": family, "kind": kind, "level": level}
        )
        exam = Exam.objects.create(
            year=self.year, family=found, code=code, kind=kind, level=level, divisor=3, date=dt.date(2021, 6, 6)
        )
        for order, name in enumerate(("Türkçe", "Matematik"), start=1):
            ExamSubject.objects.create(exam=exam, order=order, name=name, key=name, questions=20)

    def run(self, measure, partition, rows, *, published=True, until=-1, **parameters):
        """Rows: (person, school, partition key, rank, value, subject)."""
        today = timezone.localdate()
        run = RankingRun.objects.create(
            year=self.year, measure=measure, partition=partition, parameters=parameters,
            status="published" if published else "computed", input_digest="x", result_digest="x",
            published_at=timezone.now() if published else None, objections_until=today + dt.timedelta(days=until),
        )  # fmt: skip
        for position, (name, school, key, rank, value, subject) in enumerate(rows, start=1):
            place = self.schools[school]
            RankingRow.objects.create(
                run=run, staff=self.person(name, school), institution=place, district=place.district,
                category="middle", subject=subject, partition_key=key, position=position, rank=rank,
                holder_name=name, value_exact=value, value=1, evidence={},
            )  # fmt: skip
        return run

    def round(self, cadence="year", **options):
        return compute_round(year=self.year, cadence=cadence, by=None, **options)


@pytest.fixture
def place():
    return Place()


def lines(award_round, code):
    found = AwardLine.objects.filter(list__round=award_round, list__rule__code=code).order_by("list__pk", "position")
    return [
        (str(line.list.district or "il"), line.holder_name, line.rank, line.status, line.passed_over_for)
        for line in found.select_related("list__district")
    ]


def test_progress_in_an_exam_makes_a_province_list_and_district_lists(place):
    place.exam("LGS-2021", "LGS", "middle")
    exam = {"exam": "LGS-2021"}
    place.run(
        "teacher_exam_progress", "subject",
        [
            ("Ali", 0, "mat", 1, "5", "Matematik"),
            ("Ali", 0, "tur", 1, "4", "Türkçe"),
            ("Can", 2, "tur", 2, "3", "Türkçe"),
        ],
        **exam,
    )  # fmt: skip
    place.run(
        "teacher_exam_progress", "district,subject",
        [
            ("Ali", 0, "e|mat", 1, "5", "Matematik"),
            ("Bora", 1, "e|mat", 2, "2", "Matematik"),
            ("Can", 2, "h|tur", 1, "3", "Türkçe"),
        ],
        **exam,
    )  # fmt: skip
    made = place.round()
    found = lines(made, "T-AC-1")
    assert sorted(found) == [
        ("Edremit", "Ali", 1, "passed_over", "T-AC-1"),
        ("Edremit", "Bora", 2, "awarded", ""),
        ("Havran", "Can", 1, "passed_over", "T-AC-1"),
        ("il", "Ali", 1, "awarded", ""),  # once, though first in two subjects: Türkçe stands first in the exam
        ("il", "Can", 2, "awarded", ""),
    ]
    province = AwardList.objects.get(round=made, rule__code="T-AC-1", district=None)
    assert [(part.title, [line.holder_name for line in part.lines]) for part in parts_of(lines_of(province))] == [
        ("Türkçe", ["Ali", "Can"])
    ]
    assert {row.partition for row in round_rows(made) if row.holder == "Bora"} == {"Edremit / Matematik"}
    assert "Proje" not in str(facts_of(province))
    skipped = {entry["rule"]: entry["reason"] for entry in made.skipped_rules}
    assert "TYT" in skipped["T-AC-2"]
    assert "yayımlanmamış" in skipped["T-AC-3"]


def test_one_list_of_success_may_stand_on_two_rankings(place):
    place.exam("LGS-2021", "LGS", "middle")
    place.exam("TYT-2021", "TYT", "high")
    first = place.run(
        "teacher_exam_success", "district,subject", [("Ali", 0, "e|m", 1, "5", "Matematik")], exam="LGS-2021"
    )
    second = place.run(
        "teacher_exam_success", "district,subject", [("Bora", 1, "e|m", 1, "7", "Matematik")], exam="TYT-2021", until=3
    )
    with pytest.raises(UserError, match="itiraz süresi"):
        place.round()
    RankingRun.objects.filter(pk=second.pk).update(objections_until=timezone.localdate() - dt.timedelta(days=1))
    award_list = AwardList.objects.get(round=place.round(), rule__code="T-AC-3")
    assert (award_list.run, runs_of(award_list)) == (None, [first, second])
    assert [line.document for line in lines_of(award_list)] == ["achievement", "achievement"]
    assert [part.title for part in parts_of(lines_of(award_list))] == ["Matematik", "Matematik"]
    RankingRun.objects.filter(pk=second.pk).update(status="computed")
    board = seat_user(CommissionKind.EXECUTIVE, unit=place.year.province)
    with pytest.raises(UserError, match="yayımlanmamış"):
        decide_list(
            award_list=award_list,
            decision_number="1",
            decision_date=timezone.localdate(),
            version=award_list.version,
            by=board,
        )


def eba_run(place, term, rows, **options):
    ranked = [(name, school, str(school), rank, value, "") for name, school, rank, value in rows]
    return place.run("teacher_eba_points", "institution", ranked, term=term, **options)


def test_a_district_picks_its_best_among_those_whom_schools_proposed(place):
    make_use(place.person("Ali"), {"WORK_SENT": 1})
    rows = [("Ali", 0, 1, "32/3"), ("Bora", 0, 2, "9"), ("Can", 0, 3, "8"), ("Dal", 0, 4, "7.5")]
    rows += [("Er", 1, 1, "9"), ("Fer", 1, 2, "2"), ("Gül", 2, 1, "1")]
    eba_run(place, 1, rows)
    made = place.round("term")
    assert lines(made, "T-EB-2") == [
        ("Edremit", "Ali", 1, "awarded", ""),
        ("Edremit", "Bora", 2, "awarded", ""),
        ("Edremit", "Er", 2, "awarded", ""),
        ("Havran", "Gül", 1, "awarded", ""),
    ]
    reasons = {entry["rule"]: entry["reason"] for entry in made.skipped_rules}
    assert "önerisidir" in reasons["T-EB-1"]


def test_lists_of_the_first_term_stand_when_the_second_is_computed(place):
    make_use(place.person("Ali"), {"WORK_SENT": 1})
    eba_run(place, 1, [("Ali", 0, 1, "5"), ("Gül", 2, 1, "1")])
    first = place.round("term")
    decided = AwardList.objects.get(round=first, district=place.edremit)
    AwardList.objects.filter(pk=decided.pk).update(status=ListStatus.DECIDED)
    eba_run(place, 2, [("Ali", 0, 1, "9"), ("Bora", 0, 2, "4"), ("Gül", 2, 1, "1")])
    second = place.round("term")
    assert lines(second, "T-EB-2") == [
        ("Edremit", "Ali", 1, "passed_over", "T-EB-2"),
        ("Edremit", "Bora", 2, "awarded", ""),
        ("Havran", "Gül", 1, "awarded", ""),
    ]
    undecided = AwardList.objects.get(round=first, district=place.havran)
    assert undecided.status == ListStatus.PROPOSED
    again = place.round("term")
    assert AwardRound.objects.get(pk=second.pk).is_discarded
    assert lines(again, "T-EB-2") == lines(second, "T-EB-2")


def test_progress_in_eba_is_ranked_by_category_in_the_province(place):
    for term in (1, 2):
        make_use(place.person("Ali"), {"WORK_SENT": term}, term=term)
    place.run("teacher_eba_progress", "category", [("Ali", 0, "middle", 1, "5", ""), ("Can", 2, "middle", 2, "3", "")])
    assert lines(place.round(), "T-EB-3") == [("il", "Ali", 1, "awarded", ""), ("il", "Can", 2, "awarded", "")]


def test_without_any_ranking_the_refusal_says_which_is_missing(place):
    with pytest.raises(UserError, match="Bu yılın EBA kullanımı aktarılmamış"):
        place.round("term")
