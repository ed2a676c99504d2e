"""Template tags of the design system; templates/README.md shows each with an example.

Everything here is pure formatting: no tag or filter touches the database, so that a list
of fifty rows may use them freely.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from django import template
from django.conf import settings
from django.template.context import Context
from django.utils import timezone
from django.utils.html import conditional_escape, escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from common.caching import drawn
from common.charts import Chart
from common.numbers import NO_VALUE, exact_decimal, format_number

register = template.Library()
register.simple_tag(drawn)

MONTHS = (
    "Ocak", "Şubat", "Mart", "Nisan", "Mayıs", "Haziran",
    "Temmuz", "Ağustos", "Eylül", "Ekim", "Kasım", "Aralık",
)  # fmt: skip
DAYS = ("Pazartesi", "Salı", "Çarşamba", "Perşembe", "Cuma", "Cumartesi", "Pazar")


class Chip(NamedTuple):
    """How a code looks: its words, its colour tone and its icon."""

    label: Any
    tone: str
    icon: str


STATUS_CHIPS = {
    "draft": Chip(_("Taslak"), "neutral", "pencil"),
    "submitted": Chip(_("Gönderildi"), "info", "send"),
    "in_review": Chip(_("İncelemede"), "progress", "eye"),
    "returned": Chip(_("Düzeltme istendi"), "warning", "arrow-back-up"),
    "approved": Chip(_("Onaylandı"), "success", "circle-check"),
    "rejected": Chip(_("Reddedildi"), "danger", "circle-x"),
    "withdrawn": Chip(_("Geri çekildi"), "neutral", "arrow-back-up"),
    "archived": Chip(_("Arşivlendi"), "neutral", "history"),
    "queued": Chip(_("Sırada"), "neutral", "hourglass"),
    "running": Chip(_("Çalışıyor"), "progress", "refresh"),
    "succeeded": Chip(_("Tamamlandı"), "success", "circle-check"),
    "done": Chip(_("Tamamlandı"), "success", "circle-check"),
    "failed": Chip(_("Tamamlanamadı"), "danger", "alert-triangle"),
    "dead": Chip(_("Durduruldu"), "danger", "ban"),
    "denied": Chip(_("Yetki yok"), "danger", "lock"),
    "cancelled": Chip(_("İptal edildi"), "neutral", "ban"),
    "undone": Chip(_("Geri alındı"), "neutral", "arrow-back-up"),
    "previewed": Chip(_("Önizlendi"), "info", "eye"),
    "computed": Chip(_("Hesaplandı"), "info", "list-check"),
    "published": Chip(_("Yayımlandı"), "success", "flag"),
    "superseded": Chip(_("Yerine yenisi geldi"), "neutral", "history"),
    "proposed": Chip(_("Önerildi"), "info", "send"),
    "decided": Chip(_("Karara bağlandı"), "progress", "gavel"),
    "offered": Chip(_("Makama sunuldu"), "progress", "send"),
    "granted": Chip(_("Verildi"), "success", "award"),
    "awarded": Chip(_("Ödül aldı"), "success", "award"),
    "declined": Chip(_("Uygun görülmedi"), "danger", "circle-x"),
    "issued": Chip(_("Belge düzenlendi"), "success", "certificate"),
    "handed_over": Chip(_("Teslim edildi"), "success", "check"),
    "recorded": Chip(_("MEBBİS'e işlendi"), "success", "check"),
    "revoked": Chip(_("İptal edildi"), "danger", "ban"),
    "struck": Chip(_("Listeden çıkarıldı"), "danger", "eraser"),
    "added": Chip(_("Listeye eklendi"), "info", "user-plus"),
    "passed_over": Chip(_("Atlandı"), "neutral", "player-skip-forward"),
    "valid": Chip(_("Geçerli"), "success", "circle-check"),
    "open": Chip(_("Açık"), "info", "clock"),
    "closed": Chip(_("Kapandı"), "neutral", "lock"),
    "overdue": Chip(_("Süresi geçti"), "danger", "alert-triangle"),
    "active": Chip(_("Etkin"), "success", "circle-check"),
    "passive": Chip(_("Etkin değil"), "neutral", "ban"),
    "pending": Chip(_("Bekliyor"), "warning", "clock"),
    "accepted": Chip(_("Kabul edildi"), "success", "circle-check"),
    "new": Chip(_("Yeni"), "info", "plus"),
    "changed": Chip(_("Değişti"), "warning", "pencil"),
    "same": Chip(_("Aynı"), "neutral", "check"),
    "refused": Chip(_("Reddedildi"), "danger", "circle-x"),
}
UNKNOWN_CHIP = Chip("", "neutral", "point")

AREA_CHIPS = {
    "academic": Chip(_("Akademik"), "academic", "book-2"),
    "project": Chip(_("Proje"), "project", "rocket"),
    "arts": Chip(_("Sanat, spor ve kültür"), "arts", "palette"),
    "innovation": Chip(_("Yenilikçi ortamlar ve atölyeler"), "innovation", "tools"),
    "eba": Chip(_("EBA"), "eba", "device-laptop"),
}


# Icons


PACKAGE_ICONS = ("node_modules", "@tabler", "icons", "icons", "outline")


@lru_cache(maxsize=1)
def built_icons() -> dict[str, str]:
    """Drawings by name, as `npm run build` collects them from static/icons.txt."""
    try:
        return dict(
            json.loads((Path(settings.BASE_DIR) / "static" / "build" / "icons.json").read_text(encoding="utf-8"))
        )
    except OSError:
        return {}


@lru_cache(maxsize=512)
def icon_paths(name: str) -> str:
    """Inner markup of one icon: a built one, else from the whole npm package; empty when there is no such icon."""
    if name in built_icons():
        return built_icons()[name]
    if not re.fullmatch(r"[a-z0-9-]+", name):
        return ""
    try:
        source = Path(settings.BASE_DIR).joinpath(*PACKAGE_ICONS, f"{name}.svg").read_text(encoding="utf-8")
    except OSError:
        return ""
    return "".join(re.findall(r"<(?!/?svg\b|path stroke=\"none\")[^>]+>", source))


@lru_cache(maxsize=2048)
def icon_svg(name: str, css: str = "", label: str = "") -> SafeString:
    """One inline SVG: hidden from screen readers unless it has a label of its own.

    Escaped even where a template calls the label safe: the cache doesn't tell a safe string from an equal plain one.
    """
    voice = format_html('role="img" aria-label="{}"', escape(label)) if label else mark_safe('aria-hidden="true"')
    return format_html(
        '<svg class="icon{}" {} width="24" height="24" viewBox="0 0 24 24" fill="none" stroke="currentColor" '
        'stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round" focusable="false">{}</svg>',
        f" {css}" if css else "",
        voice,
        mark_safe(icon_paths(name)),  # noqa: S308
    )


@register.simple_tag
def icon(name: str, css: str = "", label: str = "") -> SafeString:
    """`{% icon "check" %}`; `css` adds classes (icon-lg), `label` gives it a voice."""
    return icon_svg(str(name), css, str(label))


# Chips


@lru_cache(maxsize=1024)
def _chip(tone: str, icon_name: str, label: str) -> SafeString:
    return format_html('<span class="chip chip-{}">{}<span>{}</span></span>', tone, icon_svg(icon_name), escape(label))


@register.simple_tag
def status_chip(status: Any, label: str = "", tone: str = "", icon: str = "") -> SafeString:
    """A status as word, colour and icon. `status` is a code or a choice; `label` overrides the words."""
    known = STATUS_CHIPS.get(str(getattr(status, "value", status)), UNKNOWN_CHIP)
    words = label or getattr(status, "label", "") or known.label or status
    return _chip(tone or known.tone, icon or known.icon, str(words))


@register.simple_tag
def area_chip(area: Any, label: str = "") -> SafeString:
    """One of the five areas, in its colour and with its icon."""
    known = AREA_CHIPS.get(str(getattr(area, "value", area)), UNKNOWN_CHIP)
    return _chip(f"area chip-{known.tone}", known.icon, str(label or known.label or area))


# Numbers, dates


@register.filter
def tr_number(value: Any, places: int | None = None) -> str:
    """`{{ count|tr_number }}` -> 1.054; `{{ value|tr_number:2 }}` -> 28,80."""
    return format_number(value, places)


@register.filter
def percent(value: Any, places: int | None = None) -> str:
    """A number that already is a percentage: `{{ 32|percent }}` -> %32."""
    text = format_number(value, places)
    return text if text == NO_VALUE else f"%{text}"


@register.filter
def points(value: Any) -> str:
    """`{{ claim.points|points }}` -> 28,8 puan."""
    text = format_number(value)
    return text if text == NO_VALUE else f"{text} puan"


@register.filter
def tr_date(value: Any, style: str = "") -> str:
    """`05.03.2026`, a moment with its time (`05.03.2026 14:02`); styles: `date`, `time`, `long`, `day`."""
    if not isinstance(value, dt.date):
        return NO_VALUE
    moment = value
    if isinstance(moment, dt.datetime) and timezone.is_aware(moment):
        moment = timezone.localtime(moment)
    if style == "long":
        return f"{moment.day} {MONTHS[moment.month - 1]} {moment.year}"
    if style == "day":
        return f"{moment.day} {MONTHS[moment.month - 1]} {moment.year} {DAYS[moment.weekday()]}"
    day = moment.strftime("%d.%m.%Y")
    if not isinstance(moment, dt.datetime) or style == "date":
        return day
    clock = moment.strftime("%H:%M")
    return clock if style == "time" else f"{day} {clock}"


@register.filter
def days_since(value: Any) -> str:
    """Age in whole days: `bugün`, `1 gündür`, `12 gündür`."""
    if not isinstance(value, dt.date):
        return NO_VALUE
    if isinstance(value, dt.datetime):
        value = timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    days = (timezone.localdate() - value).days
    return "bugün" if days <= 0 else f"{days} gündür"


@register.filter
def file_size(value: Any) -> str:
    """Bytes in words: `840 B`, `12 kB`, `3,4 MB`."""
    number = exact_decimal(value)
    if number is None:
        return NO_VALUE
    for unit, divisor, places in (("MB", 1_000_000, 1), ("kB", 1000, 0)):
        if number >= divisor:
            shown = (number / divisor).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
            return f"{format_number(shown)} {unit}"
    return f"{format_number(number)} B"


@register.simple_tag
def points_working(base: Any, coefficient: Any, total: Any, lead: str = "") -> SafeString:
    """The working behind a number: `90 × %32 = 28,8 puan`."""
    return format_html(
        '<span class="working">{}<span class="num">{}</span> × <span class="num">{}</span> = '
        '<strong class="num">{}</strong></span>',
        format_html('<span class="working-lead">{}</span> ', lead) if lead else "",
        format_number(base),
        percent(coefficient),
        points(total),
    )


# Charts


@register.inclusion_tag("components/charts/figure.html")
def chart(chart: Chart, table: bool = True) -> dict[str, Any]:
    """A chart of ``common.charts`` with its title and the table behind it; ``table=False`` where one stands beside."""
    return {"chart": chart, "table": table}


# Page plumbing


@register.simple_tag(takes_context=True)
def active_nav(context: Context, *names: str) -> SafeString:
    """` aria-current="page"` when the page's URL name (`app:name`) or its app (`app:`) is among `names`."""
    match = getattr(context.get("request"), "resolver_match", None)
    here = getattr(match, "view_name", "") or ""
    hit = any(here == name or (name.endswith(":") and here.startswith(name)) for name in names)
    return mark_safe(' aria-current="page"' if hit else "")  # noqa: S308


@register.filter
def get_item(mapping: Any, key: Any) -> Any:
    """`{{ labels|get_item:code }}`: a value of a mapping, nothing when the key is missing."""
    return mapping.get(key, "") if hasattr(mapping, "get") else ""


# Blocks


@register.simple_block_tag
def card(content: str, title: str = "", icon: str = "", subtitle: str = "", id: str = "", flush: bool = False) -> str:
    """`{% card title="Ekip" icon="users" %}…{% endcard %}`; `flush` for a table that touches the edges."""
    head = ""
    if title:
        head = format_html(
            '<div class="card-header">{}<div><h2 class="card-title">{}</h2>{}</div></div>',
            icon_svg(icon, "card-icon") if icon else "",
            title,
            format_html('<p class="card-subtitle">{}</p>', subtitle) if subtitle else "",
        )
    anchor = format_html(' id="{}"', id) if id else ""
    body = content if flush else format_html('<div class="card-body">{}</div>', content)
    return format_html('<section class="card"{}>{}{}</section>', anchor, head, body)


@register.simple_block_tag
def data_table(content: str, caption: str, show_caption: bool = False, css: str = "") -> str:
    """A table that turns into cards on a phone. Each cell names its column: `<td data-label="Okul">`."""
    # What scrolls sideways must be reachable by keyboard.
    scrolls = format_html(' tabindex="0" role="region" aria-label="{}"', caption) if "table-keep" in css else ""
    return format_html(
        '<div class="table-wrap"{}>'
        '<table class="table table-cards {}"><caption class="{}">{}</caption>{}</table></div>',
        scrolls,
        css,
        "table-caption" if show_caption else "visually-hidden",
        caption,
        content,
    )


@register.simple_block_tag
def notice(content: str, tone: str = "info", title: str = "", icon: str = "") -> str:
    """A message in the page. Tones: info, success, warning, danger, neutral."""
    pictures = {"success": "circle-check", "warning": "alert-triangle", "danger": "alert-triangle"}
    return format_html(
        '<div class="notice notice-{}"{}>{}<div>{}{}</div></div>',
        tone,
        mark_safe(' role="alert"') if tone == "danger" else "",
        icon_svg(icon or pictures.get(tone, "info-circle")),
        format_html('<p class="notice-title">{}</p>', title) if title else "",
        content,
    )


@register.simple_block_tag
def decision_bar(content: str, label: str = "Karar") -> str:
    """The bar with the page's decisions, kept at the bottom of the window."""
    return format_html('<div class="decision-bar" role="group" aria-label="{}">{}</div>', label, content)


@register.filter
def label_value(value: Any) -> Any:
    """A value for a definition list: nothing becomes a dash, yes and no become words."""
    if value is None or value == "":
        return NO_VALUE
    if value is True or value is False:
        return "Evet" if value else "Hayır"
    return conditional_escape(value)
