"""What the tests of result files share: an exam, its students, files of results, and what is stored of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from common.identity import complete_tc
from exams.models import Exam, StudentResult, SubjectResult, TopicResult
from tests.common.sending import counts, import_table, import_table_told, write_csv
from tests.factories.schools import StudentFactory

TC = [complete_tc(str(300_000_000 + n)) for n in range(40)]
HEADER = "T.C. Kimlik No;Türkçe D;Türkçe Y;Matematik D;Matematik Y"


def make_students(school: Any, count: int) -> list[Any]:
    return [StudentFactory(institution=school, tc=TC[n]) for n in range(count)]


def send(folder: Path, header: str, *rows: Sequence[Any], exam: str = "LGS", options: Sequence[str] = ()) -> Any:
    """What ``import_table exam_results`` answers for these rows, and its exit code."""
    path = write_csv(folder / "sonuc.csv", header, *rows)
    return import_table("exam_results", path, "--exam", exam, *options)


def told_of(folder: Path, header: str, *rows: Sequence[Any], exam: str = "LGS") -> tuple[tuple[int, ...], list[str]]:
    """Counts of an import of these rows, and what the command tells people beside them."""
    path = write_csv(folder / "sonuc.csv", header, *rows)
    answer, _code, told = import_table_told("exam_results", path, "--exam", exam)
    return counts(answer), told


def stored(exam: Exam) -> dict[int, tuple[Any, ...]]:
    """Student id -> (score in units, national rank, province rank, percentile), {subject: (correct, wrong)}."""
    answers: dict[int, dict[str, tuple[int | None, int | None]]] = {}
    rows = SubjectResult.objects.filter(result__exam=exam).order_by("pk")
    for student, subject, correct, wrong in rows.values_list("result__student", "subject__name", "correct", "wrong"):
        assert subject not in answers.setdefault(student, {})
        answers[student][subject] = (correct, wrong)
    values = ("score_units", "national_rank", "province_rank", "percentile_units")
    return {
        student: (rest, answers[student])
        for student, *rest in StudentResult.objects.filter(exam=exam).order_by("pk").values_list("student", *values)
    }


def stored_topics(exam: Exam) -> set[tuple[Any, ...]]:
    rows = TopicResult.objects.filter(result__exam=exam).order_by("pk")
    return set(rows.values_list("result__student", "topic__name", "correct", "wrong"))
