"""Helpers of the import tests: files on disk, the command, the wizard."""

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.management import call_command

SCOPE = ("--province", "10", "--year", "2020-2021")


def write_csv(path: Path, header: str, *rows: Sequence[Any]) -> Path:
    """A semicolon file; ``header`` lists the headers separated by semicolons."""
    path.write_bytes(csv_bytes(header, *rows))
    return path


def csv_bytes(header: str, *rows: Sequence[Any]) -> bytes:
    target = io.StringIO()
    lines = csv.writer(target, delimiter=";")
    lines.writerow(header.split(";"))
    lines.writerows(rows)
    return target.getvalue().encode()


def import_table(kind: str, path: Path, *options: str) -> tuple[dict[str, Any], int]:
    """What the command prints with ``--json``, and its exit code."""
    answer, code, _told = import_table_told(kind, path, *options)
    return answer, code


def import_table_told(kind: str, path: Path, *options: str) -> tuple[dict[str, Any], int, list[str]]:
    """As ``import_table``, and the lines that the command tells people beside its answer."""
    printed, told, code = io.StringIO(), io.StringIO(), 0
    try:
        call_command("import_table", kind, str(path), *SCOPE, "--json", *options, stdout=printed, stderr=told)
    except SystemExit as left:
        code = int(left.code or 0)
    return json.loads(printed.getvalue()), code, told.getvalue().splitlines()


def counts(answer: dict[str, Any]) -> tuple[int, int, int, int, int]:
    """rows, created, updated, unchanged, refused."""
    return tuple(answer[name] for name in ("rows", "created", "updated", "unchanged", "refused"))  # type: ignore[return-value]
