"""Who is taken by which rule, in which order: standard library only, plain rows in, plain rows out.

Guarantees: nobody is taken twice in a group; everybody of one partition is taken at the same moment; a tie at the cut
takes all of the tied; the result does not depend on the order in which rules, partitions or candidates are given.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Hashable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

ACHIEVEMENT_DOCUMENT = "Başarı Belgesi"
PROPOSAL_DOCUMENT = "öneri"


class Place(Enum):
    """How wide a partition is; wider ones are taken first."""

    PROVINCE = 0
    DISTRICT = 1
    SCHOOL = 2


@dataclass(frozen=True)
class Candidate:
    """A ranked holder. ``rank`` is the competition rank (1, 2, 2, 4) in the published ranking of the partition."""

    person: Hashable
    rank: int


@dataclass(frozen=True)
class Partition:
    """One ranked group. ``order`` sorts partitions of the same width: district, institution code, category, subject."""

    key: str
    place: Place
    order: tuple[Any, ...]
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True)
class Rule:
    """A rule of the catalogue. ``take`` None means everybody in the ranking; ``order`` is catalogue order."""

    code: str
    group: str
    document: str
    order: int
    take: int | None
    partitions: tuple[Partition, ...]

    @property
    def is_proposal(self) -> bool:
        """A proposal names people for another rule; it takes nobody."""
        return self.document == PROPOSAL_DOCUMENT


class Outcome(Enum):
    AWARDED = "awarded"
    PROPOSED = "proposed"
    PASSED_OVER = "passed_over"


@dataclass(frozen=True)
class Result:
    """What became of one candidate. ``passed_over_for`` is the code of the rule that took them earlier."""

    rule: str
    partition: str
    person: Hashable
    rank: int
    outcome: Outcome
    passed_over_for: str = ""
    tied_at_cut: bool = False


@dataclass
class Taken:
    """Who is taken already, by (group, person), with the code of the rule that took them."""

    by_rule: dict[tuple[str, Hashable], str] = field(default_factory=dict)

    def rule_of(self, group: str, person: Hashable) -> str | None:
        return self.by_rule.get((group, person))

    def add(self, group: str, people: Iterable[Hashable], code: str) -> None:
        self.by_rule.update({(group, person): code for person in people})


def in_precedence(rules: Iterable[Rule]) -> list[Rule]:
    """Rules whose document is the Başarı Belgesi first, then the others; within both in catalogue order."""
    return sorted(rules, key=lambda rule: (rule.document != ACHIEVEMENT_DOCUMENT, rule.order, rule.code))


def award(
    rules: Iterable[Rule],
    *,
    taken: Mapping[tuple[str, Hashable], str] | None = None,
    struck: AbstractSet[tuple[str, Hashable]] = frozenset(),
    backfill: bool,
) -> list[Result]:
    """Apply the rules of a round.

    ``taken`` holds those taken by earlier rounds of the year; ``struck`` the (rule code, person) that a board has taken
    off that rule's list this year: they are left out altogether. With ``backfill`` those who remain are ranked again
    among themselves; without it the place of a person passed over stays empty.
    """
    known = Taken(dict(taken or {}))
    results: list[Result] = []
    for rule in in_precedence(rules):
        for part in sorted(rule.partitions, key=lambda part: (part.place.value, part.order, part.key)):
            found = _of_partition(rule, part, known, struck, backfill)
            results.extend(found)
            if not rule.is_proposal:
                known.add(rule.group, (r.person for r in found if r.outcome is Outcome.AWARDED), rule.code)
    return results


def _of_partition(
    rule: Rule, part: Partition, known: Taken, struck: AbstractSet[tuple[str, Hashable]], backfill: bool
) -> list[Result]:
    present = sorted(
        (c for c in part.candidates if (rule.code, c.person) not in struck), key=lambda c: (c.rank, str(c.person))
    )
    earlier = {
        c.person: code for c in present if (code := known.rule_of(rule.group, c.person)) and not rule.is_proposal
    }
    competing = [c for c in present if c.person not in earlier] if backfill else present
    remaining = [c.rank for c in competing] if backfill else None
    within = {c.person for c in present if _has_place(rule.take, c, remaining)}
    counted = [c.rank for c in competing if c.person in within]
    over = rule.take is not None and len(counted) > rule.take
    last = max(counted, default=0)
    outcome = Outcome.PROPOSED if rule.is_proposal else Outcome.AWARDED
    return [
        Result(rule.code, part.key, c.person, c.rank, Outcome.PASSED_OVER, earlier[c.person])
        if c.person in earlier
        else Result(rule.code, part.key, c.person, c.rank, outcome, tied_at_cut=over and c.rank == last)
        for c in present
        if c.person in within
    ]


def _has_place(take: int | None, candidate: Candidate, remaining: Sequence[int] | None) -> bool:
    """Whether fewer than ``take`` stand before the candidate: in the ranking, or among the sorted ``remaining``."""
    if take is None:
        return True
    before = candidate.rank - 1 if remaining is None else bisect_left(remaining, candidate.rank)
    return before < take


def parse_take(take: str) -> int | None:
    """The number in a catalogue's ``take`` ("3" -> 3, "all" -> None). Raises ``ValueError`` for one a board decides."""
    if take.strip() in {"all", "all in tier"}:
        return None
    number = re.fullmatch(r"(\d+)(?: schools)?", take.strip())
    if number is None:
        raise ValueError(f"the board decides how many: {take}")
    return int(number[1])
