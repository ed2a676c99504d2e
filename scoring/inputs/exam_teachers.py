"""Teachers by the results of the sections that they teach: progress against last year, and success this year."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, NamedTuple

from django.db.models import BigIntegerField, Count, Exists, F, OuterRef, Sum, Value
from django.db.models.functions import Cast
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from common.errors import UserError
from exams.models import SubjectResult
from exams.nets import net_of, net_unit, net_units
from schools import year_settings
from schools.models import Institution, Posting, TeachingAssignment
from schools.models.commissions import CommissionKind
from scoring.engine.exact import as_text
from scoring.engine.exam_working import (
    difference_sentence,
    mean_facts,
    rate_sentence,
    spread_facts,
)
from scoring.engine.means import (
    Group,
    Spread,
    differences,
    distance,
    on_one_denominator,
    standardised,
)
from scoring.inputs.exam_students import OF_STUDENT
from scoring.inputs.holders import staff_holders, staff_without_place
from scoring.inputs.measures import Amount, Holder, Query, Reading, measure, not_read, place_lines
from scoring.inputs.partitions import places_of
from scoring.inputs.sittings import (
    Sitting,
    Subject,
    Tally,
    central_sitting,
    overall,
    tallies,
    versions,
    without_enrolment,
    year_before,
)

PARTS = ("province", "district", "institution", "category", "level", "subject")
SECTION = ("institution_id", "section_name")

TeacherSubject = tuple[int, str]
SectionKey = tuple[int, str]


class Sums(NamedTuple):
    """Results of a section in a subject; ``squares`` of the nets are read for standardised progress only."""

    correct: int
    wrong: int
    size: int
    squares: int = 0


class School(NamedTuple):
    """A school as a working names it, and the key of its district."""

    name: str
    district: int | None


UNKNOWN = School("", None)


@dataclass
class TeacherYear:
    """One year's results by section and subject, and who taught them there."""

    sitting: Sitting
    sums: dict[tuple[int, str, str], Sums]
    taught: dict[TeacherSubject, list[SectionKey]]

    @cached_property
    def groups(self) -> dict[TeacherSubject, Group]:
        """The pooled results of all sections of a teacher in a subject; nobody without a result."""
        divisor = self.sitting.exam.divisor
        unit = net_unit(divisor)
        totals = {key: (net_units(sums[0], sums[1], divisor), sums[2]) for key, sums in self.sums.items()}
        found = {}
        for teacher_subject, sections in self.taught.items():
            subject = teacher_subject[1]
            total = count = 0
            for institution, section in sections:
                known = totals.get((institution, section, subject))
                if known is not None:
                    total += known[0]
                    count += known[1]
            if count:
                found[teacher_subject] = Group(total, count, unit)
        return found

    @cached_property
    def spreads(self) -> dict[str, Spread]:
        """All counted students of the province, by subject, taught by somebody or not."""
        divisor = self.sitting.exam.divisor
        pooled: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
        for (_institution, _section, subject), sums in self.sums.items():
            one = pooled[subject]
            one[0] += sums.size
            one[1] += net_units(sums.correct, sums.wrong, divisor)
            one[2] += sums.squares
        return {subject: Spread(*numbers) for subject, numbers in pooled.items()}

    def lines(self) -> list[str]:
        lines = self.sitting.lines()
        lines += [
            f"sums {institution} {section} {subject} {' '.join(map(str, sums))}"
            for (institution, section, subject), sums in sorted(self.sums.items())
        ]
        lines += [
            f"taught {teacher} {subject} {institution} {section}"
            for (teacher, subject), sections in sorted(self.taught.items())
            for institution, section in sorted(sections)
        ]
        return lines


def read_year(sitting: Sitting, *, squares: bool = False) -> TeacherYear:
    """Sums per section and subject, and the teaching assignments of the year (two queries)."""
    keys = {subject.id: subject.key for subject in sitting.subjects}
    rows = SubjectResult.objects.filter(
        correct__isnull=False, result__exam=sitting.exam, **sitting.counted(OF_STUDENT)
    ).order_by()
    wanted: dict[str, Any] = {"c": Sum("correct"), "w": Sum("wrong"), "n": Count("pk")}
    if squares:
        divisor = sitting.exam.divisor
        correct = Cast(F("correct"), BigIntegerField())
        net = Value(divisor) * correct - F("wrong") if divisor else correct
        wanted["q"] = Sum(net * net, output_field=BigIntegerField())
    grouped = rows.values_list(f"{OF_STUDENT}institution_id", f"{OF_STUDENT}section_name", "subject_id")
    sums = {
        (institution, section, keys[subject]): Sums(*map(int, numbers))
        for institution, section, subject, *numbers in grouped.annotate(**wanted)
    }
    taught: defaultdict[TeacherSubject, list[SectionKey]] = defaultdict(list)
    assignments = TeachingAssignment.objects.filter(
        section__year=sitting.exam.year_id, section__grade=sitting.final_grade, subject_key__in=list(keys.values())
    ).order_by()
    for teacher, subject, institution, section in assignments.values_list(
        "teacher_id", "subject_key", "section__institution_id", "section__name"
    ):
        taught[teacher, subject].append((institution, section))
    return TeacherYear(sitting, sums, dict(taught))


@dataclass
class TeacherRead:
    """This year (and last year) with the values that came out; ``values`` by teacher and subject key."""

    query: Query
    years: tuple[TeacherYear, ...]
    settings: Mapping[str, Any]
    values: dict[TeacherSubject, int]
    denominator: int
    sentence: Callable[[TeacherSubject], str]

    @cached_property
    def names(self) -> dict[str, str]:
        return {subject.key: subject.name for subject in self.years[0].sitting.subjects}

    @cached_property
    def holders(self) -> dict[int, Holder]:
        """Everybody with a value, where their posting of the exam's year is."""
        sitting = self.years[0].sitting
        teaching = TeachingAssignment.objects.filter(
            teacher=OuterRef("staff"), section__year=sitting.exam.year_id, section__grade=sitting.final_grade
        )
        postings = Posting.objects.filter(Exists(teaching), year=sitting.exam.year_id)
        wanted = {teacher for teacher, _subject in self.values}
        return staff_holders(postings, wanted, places_of(self.query.year))

    def reading(self) -> Reading:
        holders, names = self.holders, self.names
        counts = {"groups": len(self.years[0].groups), "people": len({key[0] for key in self.values})}
        notes: list[dict[str, Any]] = []
        explain: Callable[[int, str], dict[str, Any]] = not_read
        if self.query.with_evidence:
            tally = [tallies(year.sitting, *SECTION) for year in self.years]
            counts |= overall(tally[0])
            notes = staff_without_place({key[0] for key in self.values} - holders.keys())
            explain = self.explainer(tally)
        if self.query.with_evidence or not self.values:
            notes += without_enrolment(*(year.sitting for year in self.years))
        return Reading(
            amounts=[
                Amount(teacher, value, names[subject])
                for (teacher, subject), value in self.values.items()
                if teacher in holders
            ],
            denominator=self.denominator,
            holders=holders,
            used_settings=self.settings,
            canonical=self.canonical,
            evidence=explain,
            counts=counts,
            notes=notes,
            exam_versions=versions(*(year.sitting for year in self.years)),
            subjects=tuple(names.values()),
            level=self.years[0].sitting.exam.level,
        )

    def canonical(self) -> list[str]:
        lines = [f"setting {key} {value}" for key, value in sorted(self.settings.items())]
        for year in self.years:
            lines += year.lines()
        return lines + place_lines(self.holders)

    def explainer(self, tally: list[dict[Any, Tally]]) -> Callable[[int, str], dict[str, Any]]:
        """A function from teacher and subject to the working: each year's group, section by section."""
        province = Institution.objects.filter(province=self.query.year.province_id).order_by()
        places = province.values_list("pk", "name", "district_id")
        schools = {pk: School(name, district) for pk, name, district in places}
        head = self.years[0].sitting.facts() | {"rules": dict(self.settings), **self.settings}
        keys = {name: key for key, name in self.names.items()}

        def explain(teacher: int, subject: str) -> dict[str, Any]:
            key = teacher, keys[subject]
            exact = Fraction(self.values[key], self.denominator)
            years = [
                _year_facts(year, key, counted, schools, standard=self.settings.get("progress") == "standardised")
                for year, counted in zip(self.years, tally, strict=True)
            ]
            return head | {"value": as_text(exact), "working": self.sentence(key), "years": years}

        return explain


def _year_facts(
    year: TeacherYear, key: TeacherSubject, tally: Mapping[Any, Tally], schools: Mapping[int, School], *, standard: bool
) -> dict[str, Any]:
    """One year of a teacher's working."""
    divisor = year.sitting.exam.divisor
    subject = next(subject for subject in year.sitting.subjects if subject.key == key[1])
    none = Tally(0, 0, 0)
    sections = []
    correct = wrong = applied = enrolled = 0
    for institution, section in sorted(year.taught[key], key=lambda one: (schools.get(one[0], UNKNOWN).name, one)):
        sums = year.sums.get((institution, section, subject.key), Sums(0, 0, 0))
        counted = tally.get((institution, section), none)
        correct, wrong = correct + sums.correct, wrong + sums.wrong
        applied, enrolled = applied + counted.applied, enrolled + counted.enrolled
        place = _place_facts(institution, schools.get(institution, UNKNOWN))
        sections.append(place | _section_facts(year, section, sums, counted))
    group = year.groups[key]
    facts = {
        **year.sitting.facts(),
        "subject": subject.name,
        "questions": subject.questions,
        "divisor": divisor,
        **mean_facts(group),
        "sat": group.size,
        "applied": applied,
        "enrolled": enrolled,
        "correct": correct,
        "wrong": wrong,
        "sum": as_text(net_of(correct, wrong, divisor)),
        "sections": sections,
    }
    if standard:
        spread = year.spreads[subject.key]
        facts |= spread_facts(spread, net_unit(divisor), distance(group, spread) or Fraction(0))
    return facts


def _place_facts(institution: int, school: School) -> dict[str, Any]:
    """Where a section was: the name for the page, the keys for whoever asks whether the reader has a seat there."""
    return {"institution": school.name, "institution_id": institution, "district_id": school.district}


def _section_facts(year: TeacherYear, section: str, sums: Sums, counted: Tally) -> dict[str, Any]:
    divisor = year.sitting.exam.divisor
    facts = {
        "section": f"{year.sitting.grade}/{section}",
        "sat": sums.size,
        "applied": counted.applied,
        "enrolled": counted.enrolled,
        "correct": sums.correct,
        "wrong": sums.wrong,
    }
    if sums.size:
        group = Group(net_units(sums.correct, sums.wrong, divisor), sums.size, net_unit(divisor))
        facts |= mean_facts(group)
    return facts


@measure(
    code="teacher_exam_progress",
    label=_("Öğretmenlerin merkezi sınavda ilerlemesi"),
    area="academic",
    holder="staff",
    partitions=PARTS,
    default_partition="district,subject",
    unit=_("net"),
    board=CommissionKind.MONITORING_ACADEMIC,
    needs="exam",
    files=("teaching", "students"),
)
def teacher_exam_progress(query: Query) -> Reading:
    """Mean net of a teacher's final-year students in a subject, this year minus last year.

    Each year's group needs ``min_students`` results and is formed by that year's own teaching assignments. With
    ``progress`` = standardised: the difference of the distances to the province's mean in standard deviations.
    """
    sitting = central_sitting(query)
    before = year_before(sitting)
    chosen = year_settings.all_of(query.year)
    settings = {key: chosen[key] for key in ("min_students", "progress")}
    standard = settings["progress"] == "standardised"
    years = tuple(read_year(one, squares=standard) for one in (sitting, before))
    this, last = (year.groups for year in years)
    least = settings["min_students"]
    pairs = {
        key: (group, last[key])
        for key, group in this.items()
        if group[1] >= least and key in last and last[key][1] >= least
    }
    if standard:
        now, then = (year.spreads for year in years)
        values, denominator = standardised(pairs, {key: (now[key[1]], then[key[1]]) for key in pairs})
    else:
        values, denominator = differences(pairs)

    def sentence(key: TeacherSubject) -> str:
        groups = pairs[key]
        if not standard:
            return difference_sentence(groups[0].mean, groups[1].mean, "net")
        one, other = (
            distance(group, year.spreads[key[1]]) or Fraction(0) for group, year in zip(groups, years, strict=True)
        )
        return difference_sentence(one, other, "standart puan")

    return TeacherRead(query, years, settings, values, denominator, sentence).reading()


def _refuse_beyond_questions(sitting: Sitting) -> None:
    """Raise ``UserError`` where a result holds more answers than its subject has questions (one query)."""
    beyond = SubjectResult.objects.filter(
        result__exam=sitting.exam, subject__questions__lt=F("correct") + F("wrong")
    ).order_by("subject__order")
    found = beyond.values_list("subject__name", "subject__questions").first()
    if found is not None:
        raise UserError(
            _now(
                "%(subject)s dersinde %(questions)s soru var, kayıtlı sonuçlarda daha fazlası cevaplanmış; soru "
                "sayısını düzeltiniz ya da %(exam)s sınavının doğru sonuç dosyasını aktarınız."
            )
            % {"subject": found[0], "questions": found[1], "exam": sitting.exam.code}
        )


@measure(
    code="teacher_exam_success",
    label=_("Öğretmenlerin merkezi sınavda başarı oranı"),
    area="academic",
    holder="staff",
    partitions=PARTS,
    default_partition="district,subject",
    unit=_("yüzde"),
    board=CommissionKind.MONITORING_ACADEMIC,
    needs="exam",
    files=("teaching", "students"),
)
def teacher_exam_success(query: Query) -> Reading:
    """Mean net of a teacher's final-year students in a subject / questions x 100; ``min_students`` as in progress."""
    sitting = central_sitting(query)
    settings = {"min_students": year_settings.get(query.year, "min_students")}
    _refuse_beyond_questions(sitting)
    year = read_year(sitting)
    asked: dict[str, Subject] = {subject.key: subject for subject in sitting.subjects if subject.questions}
    fractions = {
        key: (100 * group.total, group.divided_by * asked[key[1]].questions)
        for key, group in year.groups.items()
        if group[1] >= settings["min_students"] and key[1] in asked
    }
    values, denominator = on_one_denominator(fractions)

    def sentence(key: TeacherSubject) -> str:
        return rate_sentence(year.groups[key].mean, asked[key[1]].questions)

    return TeacherRead(query, (year,), settings, values, denominator, sentence).reading()
