"""How big a demo is, and how it is spread over districts and categories."""

from __future__ import annotations

from dataclasses import dataclass

from schools.models.units import Category

DISTRICT_WEIGHTS = {
    "Karesi": 185,
    "Altıeylül": 182,
    "Bandırma": 162,
    "Edremit": 161,
    "Gönen": 75,
    "Ayvalık": 73,
    "Burhaniye": 63,
    "Bigadiç": 48,
    "Susurluk": 38,
    "Dursunbey": 34,
    "Sındırgı": 33,
    "Erdek": 33,
    "İvrindi": 32,
    "Havran": 28,
    "Kepsut": 22,
    "Manyas": 18,
    "Savaştepe": 17,
    "Gömeç": 15,
    "Balya": 12,
    "Marmara": 10,
}

CATEGORY_WEIGHTS = {
    Category.PRESCHOOL: 120,
    Category.PRIMARY: 330,
    Category.MIDDLE: 290,
    Category.HIGH: 190,
    Category.PROJECT_HIGH: 24,
    Category.SPECIAL: 40,
    Category.PROVINCIAL: 60,
}

STAFF_WEIGHTS = {
    Category.PRESCHOOL: 7,
    Category.PRIMARY: 15,
    Category.MIDDLE: 19,
    Category.HIGH: 26,
    Category.PROJECT_HIGH: 33,
    Category.SPECIAL: 12,
    Category.PROVINCIAL: 8,
}

STUDENT_WEIGHTS = {
    Category.PRESCHOOL: 60,
    Category.PRIMARY: 190,
    Category.MIDDLE: 210,
    Category.HIGH: 280,
    Category.PROJECT_HIGH: 420,
    Category.SPECIAL: 30,
    Category.PROVINCIAL: 0,
}

GRADES = {
    Category.PRESCHOOL: (0,),
    Category.PRIMARY: (1, 2, 3, 4),
    Category.MIDDLE: (5, 6, 7, 8),
    Category.HIGH: (9, 10, 11, 12),
    Category.PROJECT_HIGH: (9, 10, 11, 12),
    Category.SPECIAL: (5, 6, 7, 8),
    Category.PROVINCIAL: (),
}


@dataclass(frozen=True)
class Size:
    """Totals of a demo; ``districts`` are those that get institutions."""

    districts: tuple[str, ...]
    institutions: int
    staff: int
    students: int
    projects: int
    evidence: int


SIZES = {
    "school": Size(("Edremit",), 2, 44, 520, 12, 12),
    "district": Size(("Edremit", "Havran"), 64, 1080, 11_900, 480, 60),
    "province": Size(tuple(DISTRICT_WEIGHTS), 1_054, 17_765, 196_628, 8_000, 60),
}


def shares(total: int, weights: list[int], *, least: int = 0) -> list[int]:
    """``total`` in proportion to ``weights`` by largest remainder; where a weight is not 0, at least ``least``."""
    base = [least if weight else 0 for weight in weights]
    rest, whole = total - sum(base), sum(weights)
    parts = [rest * weight // whole for weight in weights]
    order = sorted(range(len(weights)), key=lambda place: (-(rest * weights[place] % whole), place))
    for place in order[: rest - sum(parts)]:
        parts[place] += 1
    return [low + part for low, part in zip(base, parts, strict=True)]
