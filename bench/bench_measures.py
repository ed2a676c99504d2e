"""All rankings of a year, every measure of exams and EBA in its partitions, against bare SQL with the same rows.

The bare side works out each measure's values once, in a temporary table, and ranks it once a partition: less work than
a statement for each ranking. Ours reads once a measure too, and brings the rows as the command prints them. All rows
are compared before anything is timed. Sizes: a sixteenth, a quarter and the whole of a province, for the growth.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import partial
from itertools import pairwise

from django.core.management import call_command
from django.db import connection

from bench.report import Report
from bench.school_year import SchoolYear, filled
from scoring.exports import ranking_rows
from scoring.inputs import Query
from scoring.selectors.rankings import rank_partitions

SHARES, ROUNDS = (1 / 16, 1 / 4, 1), 3

CATEGORIES = {
    "preschool": "Okul öncesi",
    "primary": "İlkokul",
    "middle": "Ortaokul",
    "high": "Lise",
    "project_high": "Proje lise",
    "special": "Özel eğitim",
    "provincial": "İl MEM'e bağlı kurum",
}
BY_CATEGORY = "CASE category " + " ".join(f"WHEN '{code}' THEN {n}" for n, code in enumerate(CATEGORIES)) + " END"
PARTS = {
    "district": ("district", "district COLLATE turkish"),
    "institution": ("code", "code"),
    "category": ("category", BY_CATEGORY),
    "subject": ("subject", "subject_order"),
}

EXAM = "(SELECT id FROM exams_exam WHERE code = '{code}' AND year_id = {year})"
PLACE = """JOIN schools_institution n ON n.id = {institution}
JOIN schools_institutionyear y ON y.institution_id = n.id AND y.year_id = {this}
JOIN schools_district d ON d.id = n.district_id"""
WHERE = "d.name AS district, n.code AS code, y.category AS category"
STAFF = """JOIN schools_staffmember p ON p.id = v.holder
JOIN schools_posting g ON g.staff_id = p.id AND g.year_id = {this}
""" + PLACE.replace("{institution}", "g.institution_id")
STUDENT = """JOIN schools_student p ON p.id = v.holder
JOIN schools_enrolment e ON e.student_id = p.id AND e.year_id = {this}
""" + PLACE.replace("{institution}", "e.institution_id")
SCHOOL = PLACE.replace("{institution}", "v.holder")
PERSON = "p.first_name AS first, p.last_name AS last"

GROUPS = """
SELECT a.teacher_id AS holder, a.subject_key AS key, SUM(s.total) AS total, SUM(s.size) AS size FROM (
  SELECT e.institution_id AS institution, e.section_name AS section, r.subject_id AS subject,
         SUM(3 * r.correct - r.wrong) AS total, COUNT(*) AS size
  FROM exams_subjectresult r JOIN exams_studentresult t ON t.id = r.result_id
  JOIN schools_enrolment e ON e.student_id = t.student_id AND e.year_id = {year} AND e.grade = 8
  WHERE t.exam_id = {exam} AND r.correct IS NOT NULL GROUP BY e.institution_id, e.section_name, r.subject_id
) s JOIN exams_examsubject b ON b.id = s.subject
JOIN schools_section c ON c.year_id = {year} AND c.grade = 8 AND c.institution_id = s.institution AND c.name = s.section
JOIN schools_teachingassignment a ON a.section_id = c.id AND a.subject_key = b.key
GROUP BY a.teacher_id, a.subject_key HAVING SUM(s.size) >= 10"""
MEANS = """
SELECT e.institution_id AS holder, SUM(t.score_units) AS total, COUNT(*) AS size FROM exams_studentresult t
JOIN schools_enrolment e ON e.student_id = t.student_id AND e.year_id = {year}{grade}
WHERE t.exam_id = {exam} AND t.score_units IS NOT NULL GROUP BY e.institution_id"""
POINTS = """
SELECT u.staff_id AS holder, SUM(x.value_units * {coefficient}) AS total FROM eba_staffuse u
JOIN eba_staffusevalue x ON x.use_id = u.id JOIN eba_criterionweight w ON w.criterion_id = x.criterion_id
JOIN eba_criteriatable k ON k.id = w.table_id AND k.year_id = {this} AND k.status = 'approved'
WHERE u.year_id = {this} AND u.term = {term} GROUP BY u.staff_id"""


@dataclass(frozen=True)
class Question:
    """A measure with its partitions, and the statement that gives everybody's value and place."""

    measure: str
    partitions: tuple[str, ...]
    values: str
    exam: str = ""
    term: int | None = None
    ascending: bool = False


def questions(made: SchoolYear) -> list[Question]:
    this, last = made.year.pk, made.before.pk
    exam = {
        "this": EXAM.format(code="LGS", year=this),
        "last": EXAM.format(code="LGS", year=last),
        "sitting": EXAM.format(code="IZLEME-2", year=this),
        "before": EXAM.format(code="IZLEME-1", year=this),
    }
    on_postgres = connection.vendor == "postgresql"
    mean = "{0}.total::numeric / {0}.size" if on_postgres else "{0}.total * 1.0 / {0}.size"
    coefficient = "w.coefficient" if on_postgres else "CAST(ROUND(w.coefficient) AS INTEGER)"
    digits = 12 if on_postgres else 8
    groups = {role: GROUPS.format(year=year, exam=exam[role]) for role, year in (("this", this), ("last", last))}
    subject = f"JOIN exams_examsubject b ON b.key = v.key AND b.exam_id = {exam['this']}"
    named = 'b.name AS subject, b."order" AS subject_order'
    teachers = ("subject", "district,subject", "institution,subject", "category,subject")
    everywhere = ("", "district", "institution", "category", "district,category")
    schools = ("", "district", "category", "district,category")
    points = {term: POINTS.format(this=this, term=term, coefficient=coefficient) for term in (1, 2)}

    def teacher(value: str, source: str) -> str:
        return (
            f"SELECT v.holder, {named}, ROUND({value}, {digits}) AS value, {PERSON}, {WHERE} FROM {source} {subject} "
            + STAFF.format(this=this)
        )

    def plain(value: str, source: str, place: str = STUDENT, person: str = PERSON) -> str:
        return (
            f"SELECT v.holder, '' AS subject, 0 AS subject_order, {value} AS value, {person}, {WHERE} "
            f"FROM ({source}) v " + place.format(this=this)
        )

    def progress(role: str, before: str, year: int, grade: str) -> str:
        one = MEANS.format(year=this, exam=exam[role], grade=grade)
        other = MEANS.format(year=year, exam=exam[before], grade=grade)
        source = (
            f"SELECT q.holder, ({mean.format('q')} - {mean.format('z')}) / 100000000 AS value "
            f"FROM ({one}) q JOIN ({other}) z ON z.holder = q.holder"
        )
        school = "n.name AS first, n.code AS last"
        return plain(f"ROUND(v.value, {digits})", source, SCHOOL, school)

    pair = f"({groups['this']}) v JOIN ({groups['last']}) w ON w.holder = v.holder AND w.key = v.key"
    score = "SELECT student_id AS holder, score_units AS value FROM exams_studentresult WHERE exam_id = {exam}"
    final = " AND e.grade = 8"
    in_units = "v.value / 100000000.0"
    per_school = (
        "SELECT g.institution_id AS holder, SUM(s.total) AS total, COUNT(*) AS size FROM schools_posting g "
        f"JOIN ({points[1]}) s ON s.holder = g.staff_id WHERE g.year_id = {this} GROUP BY g.institution_id"
    )
    both = (
        f"SELECT q.holder, q.total - z.total AS value FROM ({points[2]}) q JOIN ({points[1]}) z ON z.holder = q.holder"
    )
    return [
        Question("teacher_exam_progress", teachers,
                 teacher(f"({mean.format('v')} - {mean.format('w')}) / 3", pair), exam="LGS"),
        Question("teacher_exam_success", teachers,
                 teacher(f"{mean.format('v')} / 3 / b.questions * 100", f"({groups['this']}) v"), exam="LGS"),
        Question("student_exam_score", everywhere,
                 plain(in_units, score.format(exam=exam["this"])) + final, exam="LGS"),
        Question("student_exam_rank", everywhere,
                 plain("v.value", score.format(exam=exam["this"]).replace("score_units", "national_rank")) + final,
                 exam="LGS", ascending=True),
        Question("student_monitoring_exam", everywhere,
                 plain(in_units, score.format(exam=exam["sitting"])), exam="IZLEME-2"),
        Question("school_exam_progress", schools, progress("this", "last", last, final), exam="LGS"),
        Question("school_monitoring_progress", schools, progress("sitting", "before", this, ""), exam="IZLEME-2"),
        Question("teacher_eba_points", everywhere, plain("v.total / 36000000.0", points[2], STAFF), term=2),
        Question("teacher_eba_progress", everywhere, plain("v.value / 36000000.0", both, STAFF)),
        Question("school_eba_points", schools,
                 plain(f"ROUND({mean.format('v')} / 36000000, {digits})", per_school, SCHOOL,
                       "n.name AS first, n.code AS last"), term=1),
        Question("student_eba_usage", everywhere,
                 plain("v.value / 36000000.0", "SELECT student_id AS holder, time_units AS value FROM eba_studentuse "
                       f"WHERE year_id = {this} AND term = 2"), term=2),
    ]  # fmt: skip


def bare(question: Question) -> list[list[tuple]]:
    """The rows of each partition, all brought to Python."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE found AS {question.values}")
        try:
            answers = []
            for partition in question.partitions:
                cursor.execute(statement(question, partition))
                answers.append(cursor.fetchall())
            return answers
        finally:
            cursor.execute("DROP TABLE found")


def statement(question: Question, partition: str) -> str:
    parts = [PARTS[part] for part in partition.split(",") if part]
    grouped = f"PARTITION BY {', '.join(column for column, _order in parts)}" if parts else ""
    better = "value" if question.ascending else "value DESC"
    shown = [column for column, _order in parts]
    if question.exam and "subject" not in shown:
        shown.append("subject")
    is_school = question.measure.startswith("school")
    name, key = ("first", "code") if is_school else ("first || ' ' || last", "holder")
    order = [order for _column, order in parts]
    order += ["place", "first COLLATE turkish", "last" if is_school else "last COLLATE turkish", "holder"]
    return (
        f"SELECT {', '.join([*shown, f'RANK() OVER ({grouped} ORDER BY {better}) AS place', key, name, 'value'])} "
        f"FROM found WHERE value > 0 ORDER BY {', '.join(order)}"
    )


def ours(made: SchoolYear, question: Question) -> list[list[tuple]]:
    query = Query(made.year, question.term, question.exam)
    rankings = rank_partitions(measure=question.measure, query=query, partitions=question.partitions)
    return [list(ranking_rows(ranking)) for ranking in rankings]


def as_printed(question: Question, partition: str, rows: list[tuple]) -> list[tuple]:
    """A statement's rows as the command prints them."""
    at_category = partition.split(",").index("category") if "category" in partition else -1
    listed = []
    for row in rows:
        cells = list(row)
        if at_category >= 0:
            cells[at_category] = CATEGORIES[cells[at_category]]
        value = Decimal(str(cells[-1])).quantize(Decimal("0.0001"), rounding=ROUND_HALF_UP)
        holder = cells[-3] if question.measure.startswith("school") else str(cells[-3])
        listed.append((*cells[:-3], holder, cells[-2], f"{value:.4f}"))
    return listed


def compare(made: SchoolYear, question: Question) -> int:
    """Every row of every partition is the same on both sides; returns how many."""
    count = 0
    for partition, theirs, mine in zip(question.partitions, bare(question), ours(made, question), strict=True):
        expected = as_printed(question, partition, theirs)
        if expected != mine:
            wrong = next((pair for pair in zip(expected, mine, strict=False) if pair[0] != pair[1]), "length")
            raise AssertionError(f"{question.measure} by {partition or 'province'}: {wrong}")
        count += len(mine)
    return count


def run(report: Report) -> None:
    least = {}
    for share in SHARES:
        call_command("flush", interactive=False, verbosity=0)
        began = time.monotonic()
        made = filled(share)
        print(f"   {share:g} of a province filled in {time.monotonic() - began:.0f} s", flush=True)
        least[share] = measure_all(report, made)
    for smaller, larger in pairwise(SHARES):
        report.add(
            f"all rankings, {larger:g} to {smaller:g} of a province (x data)",
            ours=least[larger] / least[smaller], limit=larger / smaller, unit="x", aim=1.2,
        )  # fmt: skip


def measure_all(report: Report, made: SchoolYear) -> float:
    """Least seconds of all rankings of the year; at full size the medians are told beside their limits."""
    least = mine = limit = 0.0
    rows = 0
    for question in questions(made):
        rows += compare(made, question)
        best, medians = in_turns(partial(ours, made, question), partial(bare, question))
        least, mine, limit = least + best, mine + medians[0], limit + medians[1]
        if made.share == 1:
            told = f"{medians[0] * 1000:8.0f} ms {medians[1] * 1000:8.0f} ms {medians[0] / medians[1]:6.2f}"
            print(f"   {question.measure:28} {told}", flush=True)
    print(f"   {rows} rows in all", flush=True)
    if made.share == 1:
        report.add("all rankings of a year (vs bare SQL)", ours=mine * 1000, limit=limit * 1000, unit="ms", aim=2)
    return least


def in_turns(mine: Callable[[], object], limit: Callable[[], object]) -> tuple[float, list[float]]:
    """Our least time, the one that tells growth however busy the machine is, and the medians of both sides."""
    taken: tuple[list[float], list[float]] = ([], [])
    for _round in range(ROUNDS):
        for way, seconds in zip((mine, limit), taken, strict=True):
            began = time.perf_counter()
            way()
            seconds.append(time.perf_counter() - began)
    return min(taken[0]), [statistics.median(seconds) for seconds in taken]
