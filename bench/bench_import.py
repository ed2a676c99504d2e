"""Import of 20,000 staff rows against the database's own way to take the same ready rows.

Ours: the CSV file through everything (child process, limits, every check, undo data, audit row). The limit: COPY of
the finished rows of both tables, with all constraints; on SQLite one prepared INSERT each. The second row sends the
same file again, when nothing changes.
"""

import csv
import io
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from django.db import connection, transaction

from bench.report import Report
from common.identity import complete_tc
from common.imports.kinds import Scope
from common.imports.services import import_path
from common.models import ImportBatch
from common.text import fold
from schools.models import AcademicYear, District, Institution, Posting, Province, StaffMember

ROWS, INSTITUTIONS, ROUNDS = 20_000, 1_000, 3
HEADERS = ["T.C. Kimlik No", "Ad", "Soyad", "Unvan", "Branş", "Kurum Kodu", "E-posta", "İstihdam"]
FIRST = ("Ayşe", "Çağla", "Işık", "İpek", "Ömer", "Şule", "Ümit", "Zeki", "Gül", "Can", "Deniz", "Ece", "Figen")
LAST = ("Ilgaz", "İnce", "Çelik", "Cengiz", "Öztürk", "Ozan", "Şahin", "Sarı", "Uysal", "Ünal", "Yıldız")
BRANCHES = ("Türkçe", "Matematik", "Fen Bilimleri", "İngilizce", "Beden Eğitimi", "Müzik", "Görsel Sanatlar")
TABLES = (StaffMember, Posting)


def run(report: Report) -> None:
    scope = _place()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "staff.csv"
        _write_file(path)

        def ours() -> None:
            done = import_path(kind="staff", scope=scope, path=path)
            assert done.counts.created == ROWS, done.counts

        def again() -> None:
            done = import_path(kind="staff", scope=scope, path=path)
            assert done.counts.unchanged == ROWS, done.counts

        ours()
        again_seconds = _timed(again)
        limit = _copy_back() if connection.vendor == "postgresql" else _insert_back()
        times: dict[str, list[float]] = {"ours": [], "limit": []}
        for _round in range(ROUNDS):
            for name, way in (("ours", ours), ("limit", limit)):
                _empty()
                times[name].append(_timed(way))
                assert Posting.objects.count() == ROWS
    bare = statistics.median(times["limit"])
    report.add("20,000 staff rows: CSV to tables", ours=statistics.median(times["ours"]), limit=bare, unit="s", aim=3)
    report.add("the same file again", ours=again_seconds, limit=bare, unit="s", aim=3)


def _timed(way: Callable[[], None]) -> float:
    began = time.perf_counter()
    way()
    return time.perf_counter() - began


def _place() -> Scope:
    province = Province.objects.create(plate_code=10, name="Balıkesir")
    AcademicYear.objects.create(
        province=province,
        name="2020-2021",
        start_date="2020-09-14",
        second_term_date="2021-02-15",
        end_date="2021-08-31",
        is_current=True,
    )
    district = District.objects.create(province=province, name="Edremit", name_key=fold("Edremit"))
    Institution.objects.bulk_create(
        Institution(
            province=province, district=district, code=str(700_000 + n), name=f"Okul {n}", name_key=fold(f"Okul {n}")
        )
        for n in range(INSTITUTIONS)
    )
    return Scope(10, "2020-2021")


def _write_file(path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as target:
        lines = csv.writer(target, delimiter=";")
        lines.writerow(HEADERS)
        for n in range(ROWS):
            lines.writerow(
                [
                    complete_tc(str(100_000_000 + n * 7_919)),
                    FIRST[n % len(FIRST)],
                    LAST[n // 7 % len(LAST)],
                    "Müdür" if n % 20 == 0 else "Öğretmen",
                    BRANCHES[n % len(BRANCHES)],
                    str(700_000 + n % INSTITUTIONS),
                    f"personel{n}@okul.example",
                    ("Kadrolu", "Sözleşmeli", "Ücretli")[n % 3],
                ]
            )


def _empty() -> None:
    """Both tables as new: no dead rows, no warm index pages left behind."""
    ImportBatch.objects.all().delete()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"TRUNCATE {', '.join(model._meta.db_table for model in TABLES)} CASCADE")
        else:
            for model in reversed(TABLES):
                cursor.execute(f"DELETE FROM {model._meta.db_table}")


def _copy_back() -> Callable[[], None]:
    """COPY of the rows as they stand now."""
    kept: list[tuple[str, str]] = []
    with connection.cursor() as cursor:
        for model in TABLES:
            buffer = io.StringIO()
            cursor.copy_expert(f"COPY {model._meta.db_table} TO STDOUT WITH (FORMAT csv)", buffer)
            kept.append((model._meta.db_table, buffer.getvalue()))

    def copy() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            for table, rows in kept:
                cursor.copy_expert(f"COPY {table} FROM STDIN WITH (FORMAT csv)", io.StringIO(rows))

    return copy


def _insert_back() -> Callable[[], None]:
    kept = []
    with connection.cursor() as cursor:
        for model in TABLES:
            cursor.execute(f"SELECT * FROM {model._meta.db_table}")
            rows = cursor.fetchall()
            marks = ", ".join(["%s"] * len(rows[0]))
            kept.append((f"INSERT INTO {model._meta.db_table} VALUES ({marks})", rows))

    def insert() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            for statement, rows in kept:
                cursor.executemany(statement, rows)

    return insert
