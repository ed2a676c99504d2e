"""HTML to PDF for certificates and reports: the only module that imports WeasyPrint; jobs import it in their body.

Everything a page needs is handed in or lies in ``FONTS``: the fetcher opens nothing else, follows nothing and attaches
nothing. The same input gives the same bytes.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from common.errors import UserError

# Full files, one face each: two subsets of one family give wrong Turkish letters on paper.
FONTS = frozenset(
    {
        "source-serif-4-regular.ttf",
        "source-serif-4-bold.ttf",
        "source-sans-3-regular.ttf",
        "source-sans-3-bold.ttf",
    }
)


class UnsafeDocument(ValueError):
    """The HTML asked for an attachment."""


class AssetFetcher(URLFetcher):
    """Opens ``data:`` and the fonts named in ``FONTS`` (``asset:NAME``); anything else raises ``ValueError``."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols=("data",), allow_redirects=False)

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:
        scheme, _colon, name = url.partition(":")
        if scheme == "asset":
            if name not in FONTS:
                raise ValueError(f"not an asset of the documents: {name}")
            return URLFetcherResponse(url, io.BytesIO(font_path(name).read_bytes()), {"Content-Type": "font/ttf"}, 200)
        return super().fetch(url, headers)


def render(html: str, stylesheet: str) -> bytes:
    """PDF bytes of an HTML text with one of the stylesheets in ``templates/pdf``. Raises ``UnsafeDocument``."""
    fetcher = _fetcher()
    document = HTML(string=html, base_url="about:blank", url_fetcher=fetcher).render(
        stylesheets=[_stylesheet(stylesheet)], font_config=_font_configuration()
    )
    attached = document.metadata.attachments or any(
        link[0] == "attachment" for page in document.pages for link in page.links
    )
    if attached:
        raise UnsafeDocument("documents carry no attachments")
    pdf: bytes = document.write_pdf()
    return pdf


def font_path(name: str) -> Path:
    path = Path(settings.BASE_DIR) / "static" / "build" / "fonts" / name
    if not path.is_file():
        raise UserError(
            _("Belgelerin yazı tipleri kurulmamış; sistem yöneticisi “make assets” komutunu çalıştırmalıdır.")
        )
    return path


@lru_cache(maxsize=1)
def _fetcher() -> AssetFetcher:
    return AssetFetcher()


@lru_cache(maxsize=1)
def _font_configuration() -> FontConfiguration:
    return FontConfiguration()


@lru_cache(maxsize=4)
def _stylesheet(name: str) -> CSS:
    # A font that can't be read would be replaced silently by one of the machine's.
    for font in sorted(FONTS):
        font_path(font)
    source = Path(settings.BASE_DIR) / "templates" / "pdf" / name
    return CSS(
        string=source.read_text(encoding="utf-8"),
        base_url="about:blank",
        url_fetcher=_fetcher(),
        font_config=_font_configuration(),
    )
