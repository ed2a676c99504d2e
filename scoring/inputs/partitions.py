"""Where a holder stands, and the groups in which they are ranked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from common.errors import UserError
from common.text import sort_key
from schools.models import AcademicYear, InstitutionYear
from schools.models.units import Category

CATEGORY_ORDER = {category.value: index for index, category in enumerate(Category)}
LEVEL_OF_CATEGORY = {Category.MIDDLE: "middle", Category.HIGH: "high", Category.PROJECT_HIGH: "high"}
LEVEL_LABELS = {"middle": _("Ortaokul"), "high": _("Lise")}

PARTS: dict[str, str | Promise] = {
    "province": _("İl"),
    "district": _("İlçe"),
    "institution": _("Kurum"),
    "category": _("Kategori"),
    "level": _("Kademe"),
    "subject": _("Ders"),
}
"""What a partition can be made of, in the order in which lists are sorted."""

PART_ALIASES = {"school": "institution", "branch": "subject", "institution_category": "category"}


class Place(NamedTuple):
    """An institution in a year: where its people are ranked."""

    province_id: int
    province: str
    district_id: int
    district: str
    institution_id: int
    code: str
    institution: str
    category: str


DECIDING = {
    "province": "province_id",
    "district": "district_id",
    "institution": "institution_id",
    "category": "category",
    "level": "category",
}
"""The field of a place that decides a part."""


class PartValue(NamedTuple):
    """A group's value of one part: ``key`` identifies it, ``label`` is shown, ``order`` sorts lists."""

    key: str
    label: str
    order: Any


class PartitionError(UserError):
    """The partition is not one of the measure's; the message says which are."""


@dataclass(frozen=True)
class Partition:
    """A combination of parts, in canonical order; without parts it is the whole province."""

    parts: tuple[str, ...]

    @classmethod
    def parse(cls, text: str, allowed: Iterable[str]) -> Partition:
        """From "district,category"; raises ``PartitionError`` for an unknown, forbidden or repeated part."""
        permitted = tuple(allowed)
        names = [PART_ALIASES.get(part.strip(), part.strip()) for part in text.split(",") if part.strip()]
        if len(names) != len(set(names)) or not set(names) <= set(permitted):
            raise PartitionError(
                _now("Bölüm “%(text)s” olamaz; bu ölçü için şunları virgülle birleştiriniz: %(parts)s.")
                % {"text": text[:60], "parts": ", ".join(permitted)}
            )
        return cls(tuple(names))

    @property
    def code(self) -> str:
        """The name under which runs of this partition are stored, whatever the order of its parts."""
        return ",".join(sorted(self.parts, key=list(PARTS).index)) or "province"

    @property
    def label(self) -> str:
        words = [str(PARTS[part]) for part in self.code.split(",")]
        return " × ".join(words)

    def decided_by(self, place: Place, subject: str = "") -> tuple[int | str, ...]:
        """What the group hangs on: equal for two holders of one group, and cheaper than ``values``."""
        return tuple([subject if part == "subject" else getattr(place, DECIDING[part]) for part in self.parts])

    def values(
        self, place: Place, subject: str = "", *, subjects: Sequence[str] = (), level: str = ""
    ) -> tuple[PartValue, ...]:
        """The group of a holder at ``place``; ``subjects`` and ``level`` as in ``Reading``."""
        return tuple(part_value(part, place, subject, subjects, level) for part in self.parts)


def part_value(part: str, place: Place, subject: str, subjects: Sequence[str] = (), level: str = "") -> PartValue:
    """What a holder at ``place`` has for ``part``."""
    if part == "level" and level == "category":
        part = "category"
    match part:
        case "province":
            return PartValue(str(place.province_id), place.province, sort_key(place.province))
        case "district":
            return PartValue(str(place.district_id), place.district, (sort_key(place.district), place.district_id))
        case "institution":
            return PartValue(place.code, place.code, place.code)
        case "category":
            return PartValue(place.category, str(Category(place.category).label), CATEGORY_ORDER[place.category])
        case "level":
            level = level or LEVEL_OF_CATEGORY.get(Category(place.category), "")
            return PartValue(level, str(LEVEL_LABELS.get(level, "")), level != "middle")
        case _:
            place_in_exam = subjects.index(subject) if subject in subjects else len(subjects)
            return PartValue(subject, subject, (place_in_exam, sort_key(subject)))


def places_of(year: AcademicYear) -> dict[int, Place]:
    """Every institution that has a category in the year, by id."""
    province = year.province
    rows = InstitutionYear.objects.filter(year=year).values_list(
        "institution__district_id",
        "institution__district__name",
        "institution_id",
        "institution__code",
        "institution__name",
        "category",
    )
    return {row[2]: Place(province.pk, province.name, *row) for row in rows.order_by()}
