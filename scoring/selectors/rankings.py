"""Rankings computed from the data as it is now; nothing is stored."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from itertools import count as numbers
from operator import itemgetter
from typing import NamedTuple

from django.utils.translation import gettext as _

from common.errors import UserError
from schools.models import AcademicYear
from scoring.engine.exact import as_text, rounded_ratio
from scoring.engine.ranking import best_first, standings, top
from scoring.inputs import Holder, Measure, Partition, Place, Query, Reading, measure_of, one_view
from scoring.inputs.measures import Amount
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
    def labels(self) -> tuple[str, ...]:
        return tuple([part.label for part in self.parts])

    @property
    def partition_key(self) -> str:
        return "|".join(part.key for part in self.parts)


@dataclass(frozen=True)
class Ranking:
    """Everybody who may be ranked, by partition, rank and name.

    ``cut_ties`` are the groups where a tie made "top N" more than N people.
    """

    measure: Measure
    partition: Partition
    reading: Reading
    rows: Sequence[RankedRow]
    cut_ties: frozenset[str] = frozenset()
    _shown: dict[int, Decimal] = field(default_factory=dict, repr=False, compare=False)
    _texts: dict[int, str] = field(default_factory=dict, repr=False, compare=False)

    def exact(self, row: RankedRow) -> Fraction:
        return Fraction(row.numerator, self.reading.denominator)

    def value(self, row: RankedRow) -> Decimal:
        """The value rounded half up to 4 decimals, for display and export."""
        known = self._shown.get(row.numerator)
        if known is None:
            known = self._shown[row.numerator] = rounded_ratio(row.numerator, self.reading.denominator)
        return known

    def exact_text(self, row: RankedRow) -> str:
        """The exact value as "12.8" or "32/3"."""
        known = self._texts.get(row.numerator)
        if known is None:
            known = self._texts[row.numerator] = as_text(self.exact(row))
        return known


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
    wanted = measure_of(measure).default_partition if partition is None else partition
    query = Query(year, term, exam, with_evidence)
    return next(iter(rank_partitions(measure=measure, query=query, partitions=[wanted], count=count)))


def rank_partitions(
    *, measure: str, query: Query, partitions: Sequence[str], count: int | None = None
) -> Iterator[Ranking]:
    """One reading ranked in several partitions, one after the other ("" is the whole province); as ``rank_measure``."""
    chosen = measure_of(measure)
    check_need(chosen, query)
    wanted = [Partition.parse(partition, chosen.partitions) for partition in partitions]
    with collector_paused():
        with one_view():
            reading = chosen.read(query)
        lined = line_up(chosen, reading)
    for parts in wanted:
        with collector_paused():
            ranking = rank_line_up(chosen, parts, lined, count)
        yield ranking


PAUSES_PER_SEARCH = 32
"""After so many pauses everything is searched once for reference cycles."""

_pauses = numbers(1)


@contextmanager
def collector_paused() -> Iterator[None]:
    """No search for reference cycles meanwhile: a province is tens of thousands of small tuples and no cycle.

    What was made goes to the collector's oldest generation at once, so that it is not searched at the end either.
    That sets the collector's counters back, and a process that does little else would never search that generation
    again: every so many pauses it is searched first, while the last province is gone and this one not yet read.
    """
    was_on = gc.isenabled()
    if was_on and next(_pauses) % PAUSES_PER_SEARCH == 0:
        gc.collect()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.freeze()
            gc.unfreeze()
            gc.enable()


@dataclass(frozen=True)
class LineUp:
    """A reading put in order once for all its partitions.

    ``amounts`` are best first, of those who may be ranked; ``spots`` says for each which of ``places`` it belongs to:
    an institution, and a subject where there are any. ``shown`` and ``texts`` keep what was worked out for a value.
    """

    reading: Reading
    amounts: Sequence[Amount]
    spots: Sequence[int]
    places: Sequence[tuple[Place, str]]
    shown: dict[int, Decimal] = field(default_factory=dict)
    texts: dict[int, str] = field(default_factory=dict)


def line_up(measure: Measure, reading: Reading) -> LineUp:
    """The same whatever the order of the reading's amounts."""
    holders = reading.holders
    amounts = best_first(
        reading.amounts,
        itemgetter(1),
        lambda amount: (holders[amount[0]][1], amount[0], amount[2]),
        descending=measure.descending,
    )
    known: dict[tuple[int, str], int] = {}
    places: list[tuple[Place, str]] = []
    spots = []
    for holder, _value, subject in amounts:
        place = holders[holder][2]
        spot = known.get((place[4], subject))
        if spot is None:
            spot = known[place[4], subject] = len(places)
            places.append((place, subject))
        spots.append(spot)
    return LineUp(reading, amounts, spots, places)


def rank_reading(measure: Measure, partition: Partition, reading: Reading, count: int | None = None) -> Ranking:
    """Rank what was read; the same whatever the order of the rows."""
    return rank_line_up(measure, partition, line_up(measure, reading), count)


def rank_line_up(measure: Measure, partition: Partition, lined: LineUp, count: int | None = None) -> Ranking:
    """Deal the line-up out to the partition's groups and rank each."""
    groups, group_of = _groups(partition, lined)
    dealt: list[list[Amount]] = [[] for _group in groups]
    for amount, spot in zip(lined.amounts, lined.spots, strict=True):
        dealt[group_of[spot]].append(amount)
    holders = lined.reading.holders
    rows: list[RankedRow] = []
    cut_ties = set()
    before = 0
    for parts, amounts in zip(groups, dealt, strict=True):
        ranks = standings([amount[1] for amount in amounts])
        if count is not None:
            cut = top(ranks, count)
            ranks = ranks[: cut.size]
            if cut.tied:
                cut_ties.add("|".join(part.key for part in parts))
        rows += [
            RankedRow(parts, position, rank, tied, holder, holders[holder], subject, value)
            for position, ((rank, tied), (holder, value, subject)) in enumerate(
                zip(ranks, amounts, strict=False), start=before + 1
            )
        ]
        before += len(amounts)
    return Ranking(measure, partition, lined.reading, rows, frozenset(cut_ties), lined.shown, lined.texts)


Group = tuple[PartValue, ...]


def _groups(partition: Partition, lined: LineUp) -> tuple[list[Group], list[int]]:
    """The partition's groups in the order in which they are listed, and the group of each spot."""
    subjects, level = lined.reading.subjects, lined.reading.level
    alike = [partition.decided_by(place, subject) for place, subject in lined.places]
    one_of_each = dict(zip(alike, lined.places, strict=True))
    found = {key: partition.values(*where, subjects=subjects, level=level) for key, where in one_of_each.items()}
    listed = sorted(set(found.values()), key=lambda parts: tuple(part.order for part in parts))
    number = {parts: index for index, parts in enumerate(listed)}
    return listed, [number[found[key]] for key in alike]
