"""What lists have in common: chips that change the status in the address, and pages whose total is known."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.http import HttpRequest

from common.tables import PAGE_PARAM
from projects.forms.filters import LONGEST_SEARCH

STATUS_PARAM = "durum"
PER_PAGE = 50


def chips(
    request: HttpRequest, rows: Iterable[tuple[str, Any, int]], chosen: str, default: str
) -> list[dict[str, Any]]:
    """Chips for ``components/filter_bar.html`` from (status, words, count); other filters stay in the address."""
    kept = {key: value for key, value in request.GET.items() if key not in (STATUS_PARAM, PAGE_PARAM) and value}
    return [
        {
            "label": label,
            "url": "?" + urlencode(kept if status == default else kept | {STATUS_PARAM: status}),
            "active": status == chosen,
            "count": count,
        }
        for status, label, count in rows
    ]


def counted_page(rows: Any, request: HttpRequest, total: int) -> Page[Any]:
    """The page that the address asks for, of rows whose number the chips have counted already."""
    paginator: Paginator[Any] = Paginator(rows, PER_PAGE)
    paginator.count = total  # type: ignore[misc]
    return paginator.get_page(request.GET.get(PAGE_PARAM))


def query_of(request: HttpRequest) -> str:
    """The filter as it stands in the address, carried from page to page: empty or ``?…``.

    Values are cut where the forms cut them: Django refuses to redirect to an address of more than 2048 characters.
    """
    kept = {key: value[:LONGEST_SEARCH] for key, value in request.GET.items() if key != PAGE_PARAM and value}
    return f"?{urlencode(kept)}" if kept else ""


def posted_key(text: str | None) -> int:
    """A row's key as posted; 0, which no row has, for anything else."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 19 else 0
