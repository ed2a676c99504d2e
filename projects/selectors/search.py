"""Searching projects by words: in what the school wrote, its name, the programme item and the team's teachers."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q, QuerySet, Value
from django.db.models.functions import StrIndex
from django.db.models.lookups import GreaterThan

from common.text import fold
from projects.models import ProgrammeItem, Project, TeamTeacher
from schools.models import StaffMember


def words_of(search: str) -> list[str]:
    """The folded words of a search, each once; a word that is part of another one adds nothing and is left out."""
    words = dict.fromkeys(fold(search).split())
    return [word for word in words if not any(word != other and word in other for other in words)]


def matching(projects: QuerySet[Project], search: str) -> QuerySet[Project]:
    """The projects in which every word is found somewhere.

    A word may stand in the title or summary, in the school's name (or be its code), in the name, code or other name of
    the item or programme, or in the name of a teacher of the team. Pupils' names are never searched. The caller has
    narrowed the projects to those that the reader may see, team included.
    """
    words = words_of(search)
    if not words:
        return projects
    items = _item_texts()
    for word in words:
        projects = projects.filter(_holds(word, [pk for pk, text in items if word in text]))
    return projects


def _holds(word: str, items: Iterable[int]) -> Q:
    teachers = StaffMember.objects.filter(name_key__contains=word)
    # Not `contains`: LIKE takes twice the time over long texts.
    written = GreaterThan(StrIndex("search_key", Value(word)), 0)
    found = Q(written) | Q(institution__name_key__contains=word)
    found |= Q(pk__in=TeamTeacher.objects.filter(staff__in=teachers).values("project"))
    items = list(items)
    if items:
        found |= Q(item__in=items)
    if word.isdigit():
        found |= Q(institution__code=word)
    return found


def _item_texts() -> list[tuple[int, str]]:
    """Each item with every name under which it is known, folded, in the order of the table; one query."""
    rows = ProgrammeItem.objects.order_by("order", "aliases__key").values_list(
        "pk", "name", "code", "programme__name", "programme__code", "aliases__key"
    )
    names: dict[int, list[str]] = {}
    for pk, name, code, programme, programme_code, alias in rows:
        names.setdefault(pk, [fold(f"{name} {code} {programme} {programme_code}")]).append(alias or "")
    return [(pk, " ".join(known)) for pk, known in names.items()]
