"""What the school has entered before, offered while it fills in a form."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from common.text import fold
from projects.models import Evidence, Project

LATEST = 60
"""Projects of the school that are looked at, the last changed first."""

MOST = 12
"""Suggestions for one field."""


@dataclass(frozen=True)
class Suggestions:
    """For each field what was entered before, the last used first; ``hosts`` are beginnings of addresses."""

    budget_sources: list[str]
    partners: list[str]
    hosts: list[str]
    captions: list[str]


def suggestions_for(project: Project) -> Suggestions:
    """Suggestions from the other projects of the same school, of all years; two queries."""
    own = Project.objects.filter(institution=project.institution_id).exclude(pk=project.pk)
    rows = list(
        own.order_by("-updated_at", "-pk").values_list("budget_source", "partners", "links")[:LATEST],
    )
    captions = Evidence.objects.filter(project__institution=project.institution_id).exclude(caption="")
    used = captions.order_by("-pk").values_list("caption", flat=True)[:LATEST]
    return Suggestions(
        budget_sources=distinct(source for source, _partners, _links in rows),
        partners=distinct(line for _source, partners, _links in rows for line in partners.splitlines()),
        hosts=distinct(_host(line) for _source, _partners, links in rows for line in links.splitlines()),
        captions=distinct((*used, *_usual_captions())),
    )


def distinct(texts: Iterable[str]) -> list[str]:
    """The first of each text that is the same when folded, in order, at most ``MOST``."""
    found: dict[str, str] = {}
    for text in texts:
        text = text.strip()
        if key := fold(text):
            found.setdefault(key, text)
        if len(found) == MOST:
            break
    return list(found.values())


def _usual_captions() -> list[str]:
    return [_("Başvuru formu"), _("Resmî yazı"), _("Onay belgesi"), _("Sonuç belgesi"), _("Fotoğraf")]


def _host(address: str) -> str:
    """``https://example.org/`` of an address below it; nothing for what is none."""
    try:
        parts = urlsplit(address.strip())
        return f"{parts.scheme}://{parts.netloc}/" if parts.scheme in ("http", "https") and parts.netloc else ""
    except ValueError:
        return ""
