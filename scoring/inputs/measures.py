"""The register of measures. A new measure is one reader function with ``@measure`` above it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _now

from common.errors import UserError
from eba.models import CriteriaTable
from exams.models import ExamVersion
from schools.models import AcademicYear
from schools.models.commissions import CommissionKind
from scoring.inputs.partitions import Place
from scoring.models import PointsTable

HolderKind = Literal["staff", "student", "institution"]
Need = Literal["", "term", "exam"]


class Query(NamedTuple):
    """What is asked: a year, a term (1 or 2) or an exam's code where the measure needs one, and how much detail."""

    year: AcademicYear
    term: int | None = None
    exam: str = ""
    with_evidence: bool = False


class Holder(NamedTuple):
    """Somebody who can be ranked. ``order`` sorts equals for display; ``description`` is their title as it was."""

    name: str
    order: Any
    place: Place
    description: str = ""


class Amount(NamedTuple):
    """A holder's value as an integer over the reading's denominator; ``subject`` for exam measures only."""

    holder: int
    value: int
    subject: str = ""


@dataclass(frozen=True)
class Reading:
    """What one measure found: exact values, who holds them, and what is needed to explain and repeat it.

    ``canonical`` gives the input rows as text in a fixed order (the digest is over these); ``evidence`` explains the
    value of a holder and subject as JSON data and may be called only for readings made ``with_evidence``. ``notes``
    names what was left out and why. ``subjects`` are the exam's in its order; ``level`` says what a level is here: ""
    by the institution's category, "category" the seven categories, otherwise the exam's.
    """

    amounts: Sequence[Amount]
    denominator: int
    holders: Mapping[int, Holder]
    used_settings: Mapping[str, Any]
    canonical: Callable[[], Sequence[str]]
    evidence: Callable[[int, str], dict[str, Any]]
    counts: Mapping[str, int]
    notes: Sequence[Mapping[str, Any]] = field(default=())
    points_table: PointsTable | None = None
    exam_versions: Sequence[ExamVersion] = ()
    criteria_table: CriteriaTable | None = None
    subjects: Sequence[str] = ()
    level: str = ""

    def digest(self) -> str:
        """SHA-256 over the canonical input rows."""
        return digest_of(self.canonical())


Reader = Callable[[Query], Reading]


@dataclass(frozen=True)
class Measure:
    """A question that can be ranked; ``board`` is the commission that computes and publishes its rankings.

    ``files`` are the kinds of imported files that it reads and that have no versions of their own, as exams have.
    """

    code: str
    label: str | Promise
    area: str
    holder: HolderKind
    partitions: tuple[str, ...]
    default_partition: str
    unit: str | Promise
    board: str
    read: Reader
    needs: Need = ""
    descending: bool = True
    files: tuple[str, ...] = ()


MEASURES: dict[str, Measure] = {}


class UnknownMeasure(UserError):
    """No measure of that name; the message lists the known ones."""


def measure(
    *,
    code: str,
    label: str | Promise,
    area: str,
    holder: HolderKind,
    partitions: tuple[str, ...],
    default_partition: str,
    unit: str | Promise,
    board: CommissionKind,
    needs: Need = "",
    descending: bool = True,
    files: tuple[str, ...] = (),
) -> Callable[[Reader], Reader]:
    """Register the decorated reader as the measure ``code``."""

    def register(reader: Reader) -> Reader:
        if code in MEASURES:
            raise ValueError(f"two readers for the measure {code}")
        MEASURES[code] = Measure(
            code=code,
            label=label,
            area=area,
            holder=holder,
            partitions=partitions,
            default_partition=default_partition,
            unit=unit,
            board=board.value,
            read=reader,
            needs=needs,
            descending=descending,
            files=files,
        )
        return reader

    return register


def measure_of(code: str) -> Measure:
    """Raises ``UnknownMeasure`` with a sentence that names the known ones."""
    if code not in MEASURES:
        raise UnknownMeasure(
            _now("“%(code)s” adlı bir ölçü yok; bilinen ölçüler: %(known)s.")
            % {"code": code[:60], "known": ", ".join(sorted(MEASURES))}
        )
    return MEASURES[code]


def place_lines(holders: Mapping[int, Holder]) -> list[str]:
    """Where everybody stands, as canonical lines."""
    return [
        f"place {key} {holder.place.institution_id} {holder.place.district_id} {holder.place.category}"
        for key, holder in sorted(holders.items())
    ]


def not_read(_holder: int, _subject: str) -> dict[str, Any]:
    """The evidence of readings that were made without."""
    raise RuntimeError("the reading was made without evidence")


def digest_of(lines: Sequence[str]) -> str:
    """SHA-256 over lines of text, each closed by a line end."""
    return hashlib.sha256(("\n".join(lines) + "\n").encode()).hexdigest()
