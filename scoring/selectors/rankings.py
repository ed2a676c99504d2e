"""Rankings computed from the data as it is now; nothing is stored."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from common.errors import UserError
from schools.models import AcademicYear
from scoring.engine.exact import rounded
from scoring.engine.ranking import Entry, ranked, top
from scoring.inputs import Holder, Measure, Partition, Query, Reading, measure_of, one_view
from scoring.inputs.partitions import PartValue


class RankedRow(NamedTuple):
    """One place of a ranking. The exact value is ``numerator / denominator`` of the ranking."""

    parts: tuple[PartValue, ...]
    position: int
    rank: int
    tied: bool
    holder_id: int
    holder: Holder
    subject: str
    numerator: int

    @property
    def partition_key(self) -> str:
        return "|".join(part.key for part in self.parts)


@dataclass(frozen=True)
class Ranking:
    """Everybody who may be ranked, by partition, rank and name; ``cut_ties`` are the groups where ``top`` took more than N."""

    measure: Measure
    partition: Partition
    reading: Reading
    rows: Sequence[RankedRow]
    cut_ties: frozenset[str] = frozenset()

    def exact(self, row: RankedRow) -> Fraction:
        return Fraction(row.numerator, self.reading.denominator)

    def value(self, row: RankedRow) -> Decimal:
        """The value rounded half up to 4 decimals, for display and export."""
        return rounded(self.exact(row))

    def holder_key(self, row: RankedRow) -> str:
        """The stable key of the holder: a person's key in the module, or the kurum kodu."""
        return row.holder.place.code if self.measure.holder == "institution" else str(row.holder_id)


class NeedMissing(UserError):
    """The measure needs a term or an exam that was not named, or cannot use the one that was."""


def check_need(measure: Measure, query: Query) -> None:
    """Raise ``NeedMissing`` unless the query names just what the measure needs."""
    if measure.needs == "term" and query.term not in {1, 2}:
        raise NeedMissing(_("“%(label)s” için dönem belirtiniz (1 ya da 2).") % {"label": measure.label})
    if measure.needs == "exam" and not query.exam:
        raise NeedMissing(_("“%(label)s” için sınavın kodunu belirtiniz.") % {"label": measure.label})
    if (query.term is not None and measure.needs != "term") or (query.exam and measure.needs != "exam"):
        raise NeedMissing(_("“%(label)s” bütün yıla bakar; dönem ve sınav belirtmeyiniz.") % {"label": measure.label})


def rank_measure(
    *,
    year: AcademicYear,
    measure: str,
    partition: str | None = None,
    term: int | None = None,
    exam: str = "",
    count: int | None = None,
    with_evidence: bool = False,
) -> Ranking:
    """Rank a measure on one consistent view of the data; ``count`` keeps everybody with rank <= count.

    ``partition`` None means the measure's own one, "" the whole province. Raises ``UserError``.
    """
    chosen = measure_of(measure)
    query = Query(year, term, exam, with_evidence)
    check_need(chosen, query)
    parts = Partition.parse(chosen.default_partition if partition is None else partition, chosen.partitions)
    with one_view():
        reading = chosen.read(query)
    return rank_reading(chosen, parts, reading, count)


def rank_reading(measure: Measure, partition: Partition, reading: Reading, count: int | None = None) -> Ranking:
    """Rank what was read; the same whatever the order of the rows."""
    groups = _Groups(partition, reading)
    holders = reading.holders
    places = ranked(
        (
            Entry(groups.index_of(holder, subject), value, holders[holder].order, (holder, subject))
            for holder, value, subject in reading.amounts
        ),
        descending=measure.descending,
    )
    cut_ties: frozenset[Any] = frozenset()
    if count is not None:
        places, cut_ties = top(places, count)
    rows = [
        RankedRow(groups.parts[entry.partition], position, rank, tied, entry.holder[0], holders[entry.holder[0]],
                  entry.holder[1], entry.value)
        for position, rank, tied, entry in places
    ]  # fmt: skip
    keys = frozenset("|".join(part.key for part in groups.parts[index]) for index in cut_ties)
    return Ranking(measure, partition, reading, rows, keys)


class _Groups:
    """The partition's groups, numbered in the order in which they are listed."""

    def __init__(self, partition: Partition, reading: Reading) -> None:
        self._holders = reading.holders
        found = dict(self._each(partition, reading))
        listed = sorted(set(found.values()), key=lambda parts: tuple(part.order for part in parts))
        number = {parts: index for index, parts in enumerate(listed)}
        self.parts = listed
        self._index = {group: number[parts] for group, parts in found.items()}

    @staticmethod
    def _each(partition: Partition, reading: Reading) -> Iterator[tuple[tuple[int, str], tuple[PartValue, ...]]]:
        seen = set()
        for holder, _value, subject in reading.amounts:
            place = reading.holders[holder].place
            group = place.institution_id, subject
            if group not in seen:
                seen.add(group)
                yield group, partition.values(place, subject)

    def index_of(self, holder: int, subject: str) -> int:
        return self._index[self._holders[holder].place.institution_id, subject]
