"""Figures of schools, districts, levels and the province: statistics by today's data, never ranks."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from django.db import connection
from django.db.models import Count, Max
from django.utils.translation import gettext as _

from common.caching import remembered
from common.disclosure import is_open, parts
from common.numbers import format_number
from common.text import sort_key
from eba.models import StaffUseValue
from eba.selectors.criteria import POINT_UNITS, Tariff
from eba.selectors.points import point_sums
from schools import year_settings
from schools.models import AcademicYear, InstitutionYear, Posting
from schools.models.units import Category

PEOPLE: dict[str, Callable[[Figures], int]] = {
    "first": lambda figures: figures.first.people,
    "second": lambda figures: figures.second.people,
    "gain": lambda figures: figures.both,
}
"""The means of a group by name, and of how many people each is."""


@dataclass(frozen=True)
class TermSum:
    """How many people have a record in a term, and the sum of their points in 1/``POINT_UNITS``."""

    people: int = 0
    units: int = 0

    def __add__(self, other: TermSum) -> TermSum:
        return TermSum(self.people + other.people, self.units + other.units)


@dataclass(frozen=True)
class Figures:
    """A group's use. ``gain`` sums the points of the second term minus those of the first, of ``both`` people.

    ``mean_of_staff``: means are over all staff, not over those with a record (setting ``school_eba``).
    """

    staff: int = 0
    first: TermSum = TermSum()
    second: TermSum = TermSum()
    both: int = 0
    gain: int = 0
    mean_of_staff: bool = False

    def __add__(self, other: Figures) -> Figures:
        return Figures(
            self.staff + other.staff,
            self.first + other.first,
            self.second + other.second,
            self.both + other.both,
            self.gain + other.gain,
            other.mean_of_staff,
        )

    def of_term(self, term: int) -> TermSum:
        return self.first if term == 1 else self.second

    def mean(self, term: int) -> Fraction | None:
        """Points; None without a record in the term."""
        found = self.of_term(term)
        people = self.staff if self.mean_of_staff else found.people
        return Fraction(found.units, POINT_UNITS * people) if found.people and people else None

    @property
    def first_mean(self) -> Fraction | None:
        return self.mean(1)

    @property
    def second_mean(self) -> Fraction | None:
        return self.mean(2)

    @property
    def mean_gain(self) -> Fraction | None:
        """Points; over those with a record in both terms."""
        return Fraction(self.gain, POINT_UNITS * self.both) if self.both else None

    @property
    def has_data(self) -> bool:
        return bool(self.first.people or self.second.people)


@dataclass(frozen=True)
class SchoolFigures:
    """An institution of the year with its figures."""

    pk: int
    code: str
    name: str
    district_id: int
    district: str
    category: str
    figures: Figures

    @property
    def category_label(self) -> str:
        return str(Category(self.category).label)


Covers = Callable[[SchoolFigures], bool]
"""Whether the reader has a seat over a school."""


@dataclass(frozen=True)
class Group:
    """Several schools as one. ``hidden`` names the means (of ``PEOPLE``) that would tell the reader about
    few people; ``covered`` are the figures of the schools in it that the reader has a seat over."""

    key: Hashable
    label: str
    schools: int
    with_data: int
    figures: Figures
    covered: Figures
    hidden: frozenset[str] = frozenset()

    def mean(self, term: int) -> Fraction | None:
        """Of a term; None where it is hidden."""
        return self.first_mean if term == 1 else self.second_mean

    @property
    def first_mean(self) -> Fraction | None:
        return None if "first" in self.hidden else self.figures.first_mean

    @property
    def second_mean(self) -> Fraction | None:
        return None if "second" in self.hidden else self.figures.second_mean

    @property
    def mean_gain(self) -> Fraction | None:
        return None if "gain" in self.hidden else self.figures.mean_gain

    def known(self, name: str) -> int:
        """Of how many people in it the reader sees a mean of this name."""
        return PEOPLE[name](self.covered if name in self.hidden else self.figures)

    @property
    def of_schools(self) -> str:
        return _("%(count)s kurumdan") % {"count": format_number(self.schools)}


def schools_of(tariff: Tariff) -> list[SchoolFigures]:
    """Every institution of the tariff's year, by district, category and name; a minute old unless records came.

    Four queries, none but two while they are remembered.
    """
    year = tariff.table.year
    newest = StaffUseValue.objects.aggregate(newest=Max("pk"))["newest"]
    by_staff = year_settings.get(year, "school_eba") == "mean_all_staff"
    key = f"eba:{tariff.table.pk}:{newest}:{by_staff}:{tariff.time_unit}"
    return remembered(key, lambda: _read_schools(tariff, mean_of_staff=by_staff))


def _read_schools(tariff: Tariff, *, mean_of_staff: bool) -> list[SchoolFigures]:
    year = tariff.table.year
    sums = _sums(tariff, year)
    staff = dict(Posting.objects.filter(year=year).order_by().values_list("institution").annotate(Count("pk")))
    rows = InstitutionYear.objects.filter(year=year).values_list(
        "institution_id",
        "institution__code",
        "institution__name",
        "institution__district_id",
        "institution__district__name",
        "category",
    )
    order = {category: index for index, category in enumerate(Category.values)}
    found = []
    for pk, code, name, district_id, district, category in rows.order_by():
        first, second, both, gain = sums.get(pk, (TermSum(), TermSum(), 0, 0))
        figures = Figures(staff.get(pk, 0), first, second, both, gain, mean_of_staff)
        found.append(SchoolFigures(pk, code, name, district_id, district, category, figures))
    return sorted(found, key=lambda row: (sort_key(row.district), order[row.category], sort_key(row.name), row.code))


def _sums(tariff: Tariff, year: AcademicYear) -> dict[int, tuple[TermSum, TermSum, int, int]]:
    """By institution: the sums of both terms, how many have both, and their gain. One statement."""
    if not tariff.lines:
        return {}
    points, values = point_sums(tariff).query.sql_with_params()
    posting, step = Posting._meta.db_table, tariff.step
    with connection.cursor() as cursor:
        cursor.execute(
            f"""WITH points (staff_id, term, units) AS ({points}), people AS (
                SELECT staff_id, MAX(CASE WHEN term = 1 THEN units END) AS first,
                MAX(CASE WHEN term = 2 THEN units END) AS second FROM points GROUP BY staff_id
            )
            SELECT posting.institution_id, COUNT(people.first), SUM(people.first), COUNT(people.second),
            SUM(people.second), COUNT(people.second - people.first), SUM(people.second - people.first)
            FROM people JOIN {posting} posting ON posting.staff_id = people.staff_id AND posting.year_id = %s
            GROUP BY posting.institution_id""",  # noqa: S608
            (*values, year.pk),
        )
        return {
            pk: (TermSum(n1, int(s1 or 0) * step), TermSum(n2, int(s2 or 0) * step), both, int(gain or 0) * step)
            for pk, n1, s1, n2, s2, both, gain in cursor.fetchall()
        }


def total_of(
    schools: Iterable[SchoolFigures],
    key: Hashable,
    label: str,
    *,
    covers: Covers,
    shown: Iterable[Sequence[Group]] = (),
) -> Group:
    """These schools as one group. ``shown`` are tables of groups inside it that the reader sees beside it."""
    group = _group(list(schools), key, label, covers)
    tables = list(shown)
    hidden = set()
    for name, people in PEOPLE.items():
        whole, covered = people(group.figures), people(group.covered)
        known = [covered, *(sum(part.known(name) for part in table) for table in tables)]
        if whole != covered and not all(is_open(whole, part) for part in known):
            hidden.add(name)
    return replace(group, hidden=frozenset(hidden))


def groups_of(
    schools: Iterable[SchoolFigures],
    key: Callable[[SchoolFigures], Hashable],
    label: Callable[[SchoolFigures], str],
    *,
    covers: Covers,
) -> list[Group]:
    """The schools grouped, in the order in which groups first appear; means of small groups that the reader does not
    cover are hidden, and as many more as they would follow from."""
    found: dict[Hashable, list[SchoolFigures]] = {}
    for row in schools:
        found.setdefault(key(row), []).append(row)
    groups = [_group(rows, known, label(rows[0]), covers) for known, rows in found.items()]
    opened = {
        name: parts([(people(group.figures), people(group.covered)) for group in groups])
        for name, people in PEOPLE.items()
    }
    return [
        replace(group, hidden=frozenset(name for name in PEOPLE if not opened[name][place]))
        for place, group in enumerate(groups)
    ]


def _group(rows: Sequence[SchoolFigures], key: Hashable, label: str, covers: Covers) -> Group:
    figures = sum((row.figures for row in rows), Figures())
    covered = sum((row.figures for row in rows if covers(row)), Figures())
    return Group(key, label, len(rows), sum(row.figures.has_data for row in rows), figures, covered)
