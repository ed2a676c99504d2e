"""Searching projects by words: in what the school wrote, its name, the programme item and the team's teachers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet

from common.text import fold
from projects.models import ItemAlias, ProgrammeItem, Project, TeamTeacher
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
    found = Q(search_key__contains=word) | Q(institution__name_key__contains=word)
    found |= Q(pk__in=TeamTeacher.objects.filter(staff__in=teachers).values("project"))
    items = list(items)
    if items:
        found |= Q(item__in=items)
    if word.isdigit():
        found |= Q(institution__code=word)
    return found


def _item_texts() -> list[tuple[int, str]]:
    """Each item with every name under which it is known, folded; two queries."""
    aliases: dict[int, list[str]] = {}
    for item, key in ItemAlias.objects.order_by("key").values_list("item", "key"):
        aliases.setdefault(item, []).append(key)
    rows: Any = ProgrammeItem.objects.order_by("order").values_list(
        "pk", "name", "code", "programme__name", "programme__code"
    )
    return [(pk, " ".join([fold(" ".join(names)), *aliases.get(pk, ())])) for pk, *names in rows]
