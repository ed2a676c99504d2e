"""Finding an item of the catalogue by the words that offices use for it."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from common.text import fold
from projects.models import ItemAlias, ProgrammeItem
from schools import year_settings
from schools.models import AcademicYear


class ItemFinder:
    """Items by name, code or alias; two queries when made, none afterwards."""

    def __init__(self) -> None:
        self._by_programme: dict[tuple[str, str], ProgrammeItem] = {}
        self._by_name: dict[str, list[ProgrammeItem]] = {}
        aliases: dict[int, list[str]] = {}
        for item_id, key in ItemAlias.objects.order_by("key").values_list("item", "key"):
            aliases.setdefault(item_id, []).append(key)
        for item in ProgrammeItem.objects.select_related("programme").order_by("order"):
            keys = {fold(item.name), fold(item.code), *aliases.get(item.pk, ())}
            for key in keys:
                self._by_name.setdefault(key, []).append(item)
                self._by_programme[fold(item.programme.name), key] = item
                self._by_programme[fold(item.programme.code), key] = item

    def find(self, programme: str, name: str) -> ProgrammeItem | None:
        """The item of that programme (name or code; may be empty where the item's name alone is clear), else None."""
        key = fold(name)
        if programme.strip():
            return self._by_programme.get((fold(programme), key))
        found = self._by_name.get(key, [])
        return found[0] if len(found) == 1 else None


def item_choices(keep: ProgrammeItem | None = None) -> list[tuple[str, list[tuple[int, str]]]]:
    """The items for a select, grouped by programme. Local projects are one choice: their level is decided later.

    ``keep`` is the item that a record already holds; it stays choosable.
    """
    groups: dict[str, list[tuple[int, str]]] = {}
    has_local = keep is not None and keep.is_local_level
    for item in ProgrammeItem.objects.select_related("programme").order_by("order"):
        group = groups.setdefault(item.programme.name, [])
        if not item.is_local_level:
            group.append((item.pk, item.name))
        elif (has_local and keep is not None and keep.pk == item.pk) or (not has_local and not group):
            group.append((item.pk, _("Yerel proje (düzeyi onayda teknik ekip belirler)")))
    return list(groups.items())


@dataclass(frozen=True)
class LocalLevel:
    """A level of local projects with what makes it one, in the words of the year's settings."""

    pk: int
    code: str
    name: str
    criterion: str


def local_levels(year: AcademicYear) -> list[LocalLevel]:
    """Düzey 1-3 in their order, each with its criterion; two queries."""
    decisions = year_settings.all_of(year)
    items = ProgrammeItem.objects.filter(is_local_level=True).order_by("order")
    return [
        LocalLevel(item.pk, item.code, item.name, decisions.get(f"local_level_{item.code.rpartition('-')[2]}", ""))
        for item in items
    ]
