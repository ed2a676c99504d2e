"""Institutions of the demo, by district and category."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from common.text import fold
from portal.demo import names
from portal.demo.sizes import CATEGORY_WEIGHTS, DISTRICT_WEIGHTS, Size, shares
from schools.models import AcademicYear, District, Institution, InstitutionYear
from schools.models.units import Category

FIRST_CODE = 700101
PRIVATE_SHARE = 8  # percent of the categories that have private schools


@dataclass(frozen=True)
class School:
    institution: Institution
    category: Category


def build_institutions(*, year: AcademicYear, size: Size, rng: Random) -> list[School]:
    """Create the institutions and their categories of the year; every category exists where the size allows."""
    districts = {district.name: district for district in District.objects.filter(province=year.province)}
    names_in = [name for name in DISTRICT_WEIGHTS if name in size.districts]
    per_district = shares(size.institutions, [DISTRICT_WEIGHTS[name] for name in names_in], least=1)
    categories = _categories(size.institutions)
    taken: set[str] = set()
    rows: list[School] = []
    for name, count in zip(names_in, _spread(per_district, len(categories)), strict=True):
        for index in count:
            rows.append(_school(year, districts[name], categories[index], index, taken, rng))
    Institution.objects.bulk_create([row.institution for row in rows], batch_size=500)
    InstitutionYear.objects.bulk_create(
        [InstitutionYear(institution=row.institution, year=year, category=row.category) for row in rows],
        batch_size=500,
    )
    return rows


def _categories(total: int) -> list[Category]:
    """One category for each place, dealt so that any run of consecutive places is mixed."""
    counts = shares(total, list(CATEGORY_WEIGHTS.values()))
    slots = [
        ((number * 2 + 1) / (2 * count), order, category)
        for order, (category, count) in enumerate(zip(CATEGORY_WEIGHTS, counts, strict=True))
        for number in range(count)
    ]
    return [category for _, _, category in sorted(slots, key=lambda slot: slot[:2])]


def _spread(per_district: list[int], total: int) -> list[list[int]]:
    """Places 0..total-1 dealt to the districts in proportion, so that each gets a mixture."""
    slots = sorted(
        ((number * 2 + 1) / (2 * count), district)
        for district, count in enumerate(per_district)
        for number in range(count)
    )
    dealt: list[list[int]] = [[] for _ in per_district]
    for place, (_, district) in enumerate(slots[:total]):
        dealt[district].append(place)
    return dealt


def _school(
    year: AcademicYear, district: District, category: Category, index: int, taken: set[str], rng: Random
) -> School:
    kind = rng.choice(names.SCHOOL_TYPES[category])
    private = category in (Category.PRIMARY, Category.MIDDLE, Category.HIGH) and rng.randrange(100) < PRIVATE_SHARE
    if private and category == Category.HIGH:
        kind = "Anadolu Lisesi"
    while True:
        place = rng.choice(names.DIRECTIONS) + rng.choice(names.PLACE_WORDS)
        name = f"Özel {place} {kind}" if private else f"{district.name} {place} {kind}"
        if name not in taken:
            break
    taken.add(name)
    institution = Institution(
        province=year.province,
        district=district,
        code=str(FIRST_CODE + index),
        name=name,
        name_key=fold(name),
        is_private=private,
        is_vocational="Mesleki ve Teknik" in kind,
    )
    return School(institution, category)
