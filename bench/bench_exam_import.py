"""Import of 180,000 exam results (30,000 students x 6 subjects) against the database's own way to take the same rows.

Ours: the file through everything (child process, limits, every check of every row, undo data, a version of the exam,
audit row). The limit: the finished rows of both tables by COPY into temporary tables and one upsert each; on SQLite
by a prepared INSERT into temporary tables and the same upsert. In turns, each time into emptied tables, medians.

For comparison an ordinary loop of ``update_or_create`` over 5,000 results is timed, too (django-import-export, which
does much more for each row, is no dependency).
"""

import csv
import io
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import xlsxwriter
from django.conf import settings
from django.db import connection, connections, transaction

from bench.bench_import import _place
from bench.report import Report
from common.identity import complete_tc, parse_identities
from common.imports.bulk import Target, insert
from common.imports.kinds import Scope
from common.imports.services import import_path
from common.models import AuditEntry, ImportBatch
from exams.models import Exam, ExamFamily, ExamSubject, ExamVersion, StudentResult, SubjectResult
from schools.models import AcademicYear, Student
from schools.subjects import subject_key

STUDENTS, ROUNDS, LOOPED = 30_000, 3, 5_000
SIZES = (7_500, 30_000, 120_000)
SUBJECTS = (
    ("Türkçe", 20),
    ("Matematik", 20),
    ("Fen Bilimleri", 20),
    ("T.C. İnkılap Tarihi ve Atatürkçülük", 10),
    ("Din Kültürü ve Ahlak Bilgisi", 10),
    ("Yabancı Dil", 10),
)
MOST_MEGABYTES = 400
TABLES = (StudentResult, SubjectResult)


@dataclass
class Place:
    """A province with students and an exam; ``numbers`` are the T.C. numbers of its students."""

    scope: Scope
    exam: Exam
    numbers: list[str]
    folder: Path


def run(report: Report) -> None:
    with tempfile.TemporaryDirectory(prefix="bigep-bench-") as folder:
        place = _province(Path(folder))
        files = {size: _csv_file(place, size) for size in SIZES}
        book = _xlsx_file(place, STUDENTS)
        on_postgresql = connection.vendor == "postgresql"
        aims = (1.5, 2.5) if on_postgresql else (2.0, 3.0)
        _measure_against_limit(report, place, files[STUDENTS], book, aims)
        _measure_memory(report, place, {"CSV": files[STUDENTS], "XLSX": book})
        _measure_growth(report, place, files)


def _measure_against_limit(report: Report, place: Place, plain: Path, book: Path, aims: tuple[float, float]) -> None:
    _import(place, plain, created=STUDENTS)
    limit = _limit(place.exam)
    looped = _looped()
    ways: dict[str, Callable[[], object]] = {
        "limit": limit,
        "csv": lambda: _import(place, plain, created=STUDENTS),
        "xlsx": lambda: _import(place, book, created=STUDENTS),
    }
    times = _in_turns(place, ways)
    bare = times["limit"]
    _empty(place)
    loop = _timed(looped) / LOOPED * STUDENTS * len(SUBJECTS)
    print(f"   a loop of update_or_create, {LOOPED:,} results scaled up: {loop:.0f} s, {loop / bare:.0f} x the limit")
    report.add("180,000 exam results from CSV", ours=times["csv"], limit=bare, unit="s", aim=aims[0])
    report.add("the same from XLSX", ours=times["xlsx"], limit=bare, unit="s", aim=aims[1])
    _empty(place)
    _import(place, plain, created=STUDENTS)
    before = _state(place)
    again = statistics.median(_timed(lambda: _import(place, plain, unchanged=STUDENTS)) for _round in range(ROUNDS))
    if _state(place) != before:
        raise RuntimeError("the same file again wrote something")
    print("   the same file again: 0 rows written, no new version")
    report.add("the same CSV again", ours=again, limit=bare, unit="s", aim=aims[0])


def _measure_memory(report: Report, place: Place, files: dict[str, Path]) -> None:
    for name, path in files.items():
        _empty(place)
        held = _peak_megabytes(place, path)
        report.add(f"peak memory with its child, {name}", ours=held, limit=MOST_MEGABYTES, unit="MB", aim=1)


def _measure_growth(report: Report, place: Place, files: dict[int, Path]) -> None:
    def way(size: int) -> Callable[[], object]:
        return lambda: _import(place, files[size], created=size)

    times = _in_turns(place, {str(size): way(size) for size in SIZES})
    each = [times[str(size)] / size * 1e6 for size in SIZES]
    report.add("time per student, 4x the students", ours=each[1], limit=each[0], unit="us", aim=1.1)
    report.add("time per student, 16x the students", ours=each[2], limit=each[0], unit="us", aim=1.1)


def _import(place: Place, path: Path, *, created: int = 0, unchanged: int = 0) -> None:
    counts = import_path(kind="exam_results", scope=place.scope, path=path).counts
    if (counts.created, counts.unchanged, counts.refused) != (created, unchanged, 0):
        raise RuntimeError(f"{path.name}: {counts}")


def _in_turns(place: Place, ways: dict[str, Callable[[], object]]) -> dict[str, float]:
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _round in range(ROUNDS):
        for name, way in ways.items():
            _empty(place)
            times[name].append(_timed(way))
    return {name: statistics.median(seconds) for name, seconds in times.items()}


def _timed(way: Callable[[], object]) -> float:
    began = time.perf_counter()
    way()
    return time.perf_counter() - began


def _state(place: Place) -> tuple[Any, ...]:
    place.exam.refresh_from_db()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*), max(id) FROM {SubjectResult._meta.db_table}")
        return place.exam.version, cursor.fetchone(), ExamVersion.objects.count()


def _province(folder: Path) -> Place:
    scope = _place()
    year = AcademicYear.objects.get()
    family = ExamFamily.objects.create(code="LGS")
    exam = Exam.objects.create(
        year=year, code="LGS", name="LGS", family=family, kind="central", level="middle", date="2021-06-06", divisor=3
    )
    ExamSubject.objects.bulk_create(
        ExamSubject(exam=exam, order=order, name=name, key=subject_key(name), questions=questions)
        for order, (name, questions) in enumerate(SUBJECTS, 1)
    )
    numbers = [complete_tc(str(100_000_000 + n * 5_003)) for n in range(max(SIZES))]
    columns = ("identity_digest", "identity_kind", "identity_mask", "first_name", "last_name", "name_key")
    target = Target(model=Student, columns=columns, key=(), update=(), scope={"province_id": year.province_id})
    with transaction.atomic():
        insert(target, [(digest, kind, mask, "Ece", "Öz", "ece oz") for kind, digest, mask in _identities(numbers)])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return Place(replace(scope, exam=exam.code), exam, numbers, folder)


def _identities(numbers: Sequence[str]) -> list[Any]:
    return [(each.kind, each.digest, each.mask) for each in parse_identities(numbers)]  # type: ignore[union-attr]


def _header() -> list[str]:
    answers = [f"{name} {side}" for name, _questions in SUBJECTS for side in "DY"]
    return ["T.C. Kimlik No", *answers, "Puan", "Genel Sıra", "Yüzdelik Dilim"]


def _lines(place: Place, size: int) -> list[list[Any]]:
    """T.C. number, correct and wrong of each subject (now and then not taken), score, rank, percentile."""
    plan = random.Random(size)
    lines = []
    for n in range(size):
        line: list[Any] = [place.numbers[n]]
        for _name, questions in SUBJECTS:
            correct = plan.randint(0, questions)
            line += ["G", "G"] if plan.random() < 0.01 else [correct, plan.randint(0, questions - correct)]
        line += [plan.randint(100 * 10**4, 500 * 10**4), plan.randint(1, 1_000_000), plan.randint(1, 10_000)]
        lines.append(line)
    return lines


def _csv_file(place: Place, size: int) -> Path:
    path = place.folder / f"{size}.csv"
    with path.open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target, delimiter=";")
        writer.writerow(_header())
        for *cells, score, rank, percentile in _lines(place, size):
            writer.writerow([*cells, f"{score / 10**4:.4f}".replace(".", ","), rank, f"{percentile / 100:.2f}"])
    return path


def _xlsx_file(place: Place, size: int) -> Path:
    path = place.folder / f"{size}.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Sonuçlar")
        sheet.write_row(0, 0, _header())
        for number, (*cells, score, rank, percentile) in enumerate(_lines(place, size), 1):
            sheet.write_row(number, 0, [*cells, score / 10**4, rank, percentile / 100])
    return path


def _empty(place: Place) -> None:
    """Both tables as new: no dead rows, no warm index pages left behind."""
    ImportBatch.objects.all().delete()
    AuditEntry.objects.all()._raw_delete("default")
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"TRUNCATE {', '.join(model._meta.db_table for model in TABLES)} CASCADE")
        else:
            for model in reversed(TABLES):
                cursor.execute(f"DELETE FROM {model._meta.db_table}")
    ExamVersion.objects.all().delete()
    Exam.objects.update(version=1)


READY = (
    (
        "CREATE TEMPORARY TABLE ready_results (exam_id bigint, student_id bigint, score_units bigint, "
        "national_rank bigint, province_rank bigint, percentile_units bigint)"
    ),
    "CREATE TEMPORARY TABLE ready_answers (student_id bigint, subject_id bigint, correct smallint, wrong smallint)",
)
READ = (
    (
        "SELECT exam_id, student_id, score_units, national_rank, province_rank, percentile_units "
        "FROM exams_studentresult ORDER BY id"
    ),
    (
        "SELECT r.student_id, a.subject_id, a.correct, a.wrong FROM exams_subjectresult a "
        "JOIN exams_studentresult r ON r.id = a.result_id ORDER BY a.id"
    ),
)
UPSERT = (
    (
        "INSERT INTO exams_studentresult AS t "
        "(exam_id, student_id, score_units, national_rank, province_rank, percentile_units) "
        "SELECT exam_id, student_id, score_units, national_rank, province_rank, percentile_units "
        "FROM ready_results WHERE true ON CONFLICT (exam_id, student_id) DO UPDATE SET "
        "score_units = excluded.score_units, "
        "national_rank = excluded.national_rank, province_rank = excluded.province_rank, "
        "percentile_units = excluded.percentile_units WHERE t.score_units {same} excluded.score_units "
        "OR t.national_rank {same} excluded.national_rank OR t.province_rank {same} excluded.province_rank "
        "OR t.percentile_units {same} excluded.percentile_units"
    ),
    (
        "INSERT INTO exams_subjectresult AS t (result_id, subject_id, correct, wrong) "
        "SELECT r.id, s.subject_id, s.correct, s.wrong FROM ready_answers s "
        "JOIN exams_studentresult r ON r.exam_id = {exam} AND r.student_id = s.student_id WHERE true "
        "ON CONFLICT (result_id, subject_id) DO UPDATE SET correct = excluded.correct, wrong = excluded.wrong "
        "WHERE t.correct {same} excluded.correct OR t.wrong {same} excluded.wrong"
    ),
)


def _limit(exam: Exam) -> Callable[[], None]:
    """The rows as they stand now, into temporary tables and from there by one upsert a table."""
    on_postgresql = connection.vendor == "postgresql"
    same = "IS DISTINCT FROM" if on_postgresql else "IS NOT"
    kept = []
    with connection.cursor() as cursor:
        for statement in READ:
            cursor.execute(statement)
            rows = cursor.fetchall()
            kept.append(_as_csv(rows) if on_postgresql else rows)
    names = ("ready_results", "ready_answers")

    def write() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            for name, table, upsert, rows in zip(names, READY, UPSERT, kept, strict=True):
                cursor.execute(table)
                if on_postgresql:
                    cursor.copy_expert(f"COPY {name} FROM STDIN WITH (FORMAT csv)", io.StringIO(rows))
                else:
                    cursor.executemany(f"INSERT INTO {name} VALUES ({', '.join(['%s'] * len(rows[0]))})", rows)
                cursor.execute(upsert.format(same=same, exam=exam.pk))
            for name in names:
                cursor.execute(f"DROP TABLE {name}")

    return write


def _as_csv(rows: Sequence[Sequence[Any]]) -> str:
    target = io.StringIO()
    csv.writer(target).writerows(["" if value is None else value for value in row] for row in rows)
    return target.getvalue()


def _looped() -> Callable[[], None]:
    """What most people would write first, over so many results."""
    rows = list(
        SubjectResult.objects.order_by("pk").values_list(
            "result__exam_id", "result__student_id", "subject_id", "correct", "wrong"
        )[:LOOPED]
    )

    def loop() -> None:
        for exam, student, subject, correct, wrong in rows:
            result, _created = StudentResult.objects.update_or_create(exam_id=exam, student_id=student)
            SubjectResult.objects.update_or_create(
                result=result, subject_id=subject, defaults={"correct": correct, "wrong": wrong}
            )

    return loop


def _peak_megabytes(place: Place, path: Path) -> float:
    """The most that ``import_table`` and its child process hold at one moment, without pages that they share."""
    database = connections["default"].settings_dict
    url = f"sqlite:///{database['NAME']}"
    if connection.vendor == "postgresql":
        url = "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**database)
    command = [sys.executable, "manage.py", "import_table", "exam_results", str(path), "--province", "10"]
    process = subprocess.Popen(
        [*command, "--year", place.scope.year, "--exam", "LGS"],
        env=os.environ | {"DATABASE_URL": url, "BIGEP_VAR": str(settings.VAR)},
        stdout=subprocess.DEVNULL,
    )
    most = 0
    while process.poll() is None:
        most = max(most, sum(map(_kilobytes, _family(process.pid))))
        time.sleep(0.01)
    if process.returncode:
        raise RuntimeError("import_table failed")
    return most / 1024


def _family(pid: int) -> list[int]:
    found = [pid]
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                found += _family(int(child))
    return found


def _kilobytes(pid: int) -> int:
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    return 0
