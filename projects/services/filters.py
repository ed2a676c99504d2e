"""Filters that people keep under a name of their own."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from common.audit import record
from common.errors import UserError
from common.text import clean
from projects.models import SavedFilter

MOST_FILTERS = 20
"""Filters that one person may keep on one page."""

LEFT_OUT = frozenset({"page", "sonra"})


@transaction.atomic
def save_filter(*, place: str, name: str, query: str, by: User) -> SavedFilter:
    """Keep the filter of an address (the part behind ``?``); the same name again replaces it.

    A replaced filter is a new row: whoever remembers pages by the newest key sees it at once.
    """
    name = clean(name)[:60].strip()
    if not name:
        raise UserError(_("Süzgece bir ad veriniz."))
    kept = urlencode([(key, value) for key, value in parse_qsl(query.lstrip("?")) if key not in LEFT_OUT])
    if not kept:
        raise UserError(_("Önce süzünüz; saklanacak bir süzgeç yok."))
    if len(kept) > 500:
        raise UserError(_("Bu süzgeç saklanamayacak kadar uzun; arama metnini kısaltınız."))
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=by.pk)
    mine = SavedFilter.objects.filter(user=by, place=place)
    standing = mine.filter(name=name).first()
    if standing is None and mine.count() >= MOST_FILTERS:
        raise UserError(
            _("En çok %(most)d süzgeç saklayabilirsiniz; önce kullanmadığınız birini siliniz.") % {"most": MOST_FILTERS}
        )
    before = None if standing is None else {"query": standing.query}
    if standing is not None:
        standing.delete()
    saved = SavedFilter.objects.create(user=by, place=place, name=name, query=kept)
    record(action="filter.save", target=saved, by=by, before=before, after={"name": name, "query": kept})
    return saved


@transaction.atomic
def delete_filter(*, saved: SavedFilter, by: User) -> None:
    """Forget one of one's own filters."""
    mine = SavedFilter.objects.get(pk=saved.pk, user=by)
    record(action="filter.delete", target=mine, by=by, before={"name": mine.name, "query": mine.query})
    mine.delete()
