"""The menu and what stands around every page. The menu is data: `SECTIONS`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from schools.authority import seats_of

SCHOOL = "school"
DISTRICT = "district"
TECHNICAL = "technical"
EXECUTIVE = "executive"
CENTRE = "measurement_centre"
GOVERNOR = "district:chair"
VALI = "executive:chair"
MONITORING = (
    "monitoring_academic",
    "monitoring_project",
    "monitoring_arts",
    "monitoring_innovation_eba",
)
PROVINCE = (EXECUTIVE, TECHNICAL, *MONITORING)

Kinds = frozenset[str]


@dataclass(frozen=True)
class Item:
    """One line of the menu: shown when its address exists and `shown_to` accepts the user's seats."""

    url_name: str
    label: Any
    icon: str
    shown_to: Callable[[Kinds], bool]
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Section:
    label: Any
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Link:
    """An item as the page shows it."""

    url: str
    label: Any
    icon: str
    is_current: bool


@dataclass(frozen=True)
class SeatLine:
    """A seat in words: "Okul proje sorumlusu", "İncirli Anadolu Lisesi"."""

    role: Any
    place: str


def everybody(kinds: Kinds) -> bool:
    """Every signed-in person, with or without a seat."""
    return True


def holders_of(*codes: str) -> Callable[[Kinds], bool]:
    """People with a seat on a commission of one of these kinds."""
    wanted = frozenset(codes)
    return lambda kinds: not wanted.isdisjoint(kinds)


SECTIONS = (
    Section(
        "",
        (
            Item("portal:home", _("Ana sayfa"), "home", everybody),
            Item("common:notifications", _("Bildirimler"), "bell", everybody),
        ),
    ),
    Section(
        _("Projeler"),
        (
            Item(
                "projects:queue", _("İnceleme sırası"), "clipboard-check", holders_of(TECHNICAL), ("projects:review",)
            ),
            Item("projects:outbox", _("Duyurulacak kararlar"), "send", holders_of(TECHNICAL)),
            Item("projects:list", _("Projeler"), "rocket", everybody, ("projects:",)),
            Item("projects:catalogue", _("Programlar"), "book-2", holders_of(SCHOOL, DISTRICT, *PROVINCE)),
        ),
    ),
    Section(
        _("Puan ve sıralama"),
        (
            Item("scoring:rankings", _("Sıralamalar"), "chart-bar", holders_of(SCHOOL, DISTRICT, *PROVINCE)),
            Item("scoring:points_tables", _("Puan tabloları"), "table", everybody),
            Item("scoring:my_points", _("Puanlarım"), "star", everybody),
            Item("scoring:objections", _("İtirazlar"), "scale", holders_of(SCHOOL, TECHNICAL, *MONITORING)),
        ),
    ),
    Section(
        _("Ödüller"),
        (
            Item("awards:rounds", _("Ödül listeleri"), "trophy", holders_of(DISTRICT, *PROVINCE)),
            Item("awards:offers", _("Makam onayı"), "gavel", holders_of(GOVERNOR, VALI)),
            Item("awards:certificates", _("Belgeler"), "certificate", everybody),
        ),
    ),
    Section(
        _("Kurum ve kişiler"),
        (
            Item("schools:institutions", _("Kurumlar"), "building", holders_of(DISTRICT, CENTRE, *PROVINCE)),
            Item("schools:staff", _("Personel"), "users", holders_of(SCHOOL, DISTRICT, CENTRE, *PROVINCE)),
            Item("schools:students", _("Öğrenciler"), "school", holders_of(SCHOOL, CENTRE, TECHNICAL)),
            Item("schools:commissions", _("Kurullar"), "users-group", holders_of(SCHOOL, DISTRICT, *PROVINCE)),
        ),
    ),
    Section(
        _("Yönetim"),
        (
            Item("common:imports", _("Veri aktarma"), "file-import", holders_of(TECHNICAL, CENTRE)),
            Item("schools:year_settings", _("Yıl ayarları"), "settings", holders_of(EXECUTIVE, TECHNICAL)),
            Item("common:jobs", _("Arka plan işleri"), "refresh", holders_of(TECHNICAL, CENTRE, EXECUTIVE)),
            Item("common:audit", _("Denetim kaydı"), "history", holders_of(EXECUTIVE, TECHNICAL)),
        ),
    ),
)

SHORTCUTS = {
    "home": "portal:home",
    "search": "portal:search",
    "notifications": "common:notifications",
    "profile": "schools:my_account",
    "email": "account_email",
    "password": "account_change_password",
    "mfa": "mfa_index",
    "login": "account_login",
    "logout": "account_logout",
    "privacy": "accounts:privacy",
    "showcase": "portal:showcase",
    "verify": "awards:verify",
    "styleguide": "portal:styleguide",
}


def address_of(url_name: str) -> str:
    """The address of a URL name without arguments; empty when there is none."""
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""


def is_here(view_name: str, item: Item) -> bool:
    """Whether the page on show belongs to the item; `app:` in `also` stands for the whole app."""
    names: Iterable[str] = (item.url_name, *item.also)
    return any(view_name == name or (name.endswith(":") and view_name.startswith(name)) for name in names)


class Navigation:
    """What `base.html` shows around a page. Every part is worked out only when a template asks for it."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @property
    def organisation(self) -> str:
        """Name of the province of the year on show."""
        province = getattr(self.year, "province", None)
        return str(province) if province else ""

    @property
    def year(self) -> Any:
        return getattr(self.request, "year", None)

    @property
    def is_demo(self) -> bool:
        """Only demo accounts are let in without a second factor, so theirs is a site of made-up people."""
        return bool(getattr(self.user, "mfa_exempt", False))

    @cached_property
    def urls(self) -> dict[str, str]:
        return {key: address_of(name) for key, name in SHORTCUTS.items()}

    @property
    def login_url(self) -> str:
        return self.urls["login"]

    @cached_property
    def user(self) -> Any:
        return getattr(self.request, "user", None) or AnonymousUser()

    @cached_property
    def seats(self) -> list[SeatLine]:
        """The user's seats in words, in the order of `seats_of`."""
        return [
            SeatLine(
                seat.get_role_display(), str(seat.commission.institution or seat.commission.district or seat.commission)
            )
            for seat in seats_of(self.user)
        ]

    @cached_property
    def kinds(self) -> Kinds:
        """`technical` for each seat's commission and `technical:chair` for its role there."""
        held = [(str(seat.commission.kind), str(seat.role)) for seat in seats_of(self.user)]
        return frozenset(kind for kind, _role in held) | frozenset(f"{kind}:{role}" for kind, role in held)

    @cached_property
    def sections(self) -> list[tuple[Any, list[Link]]]:
        """The menu of this user: only addresses that exist, only what their seats call for."""
        match = self.request.resolver_match
        here = match.view_name if match else ""
        shown = []
        marked = False
        for section in SECTIONS:
            links = []
            for item in section.items:
                url = address_of(item.url_name)
                if not url or not (self.user.is_superuser or item.shown_to(self.kinds)):
                    continue
                current = not marked and is_here(here, item)
                marked = marked or current
                links.append(Link(url, item.label, item.icon, current))
            if links:
                shown.append((section.label, links))
        return shown

    @cached_property
    def unread(self) -> int:
        """Number of unread notices: one query, only where the bell is shown."""
        return int(self.user.notifications.unread().count()) if self.user.is_authenticated else 0


def navigation(request: HttpRequest) -> dict[str, Navigation]:
    """`nav` in every template."""
    return {"nav": Navigation(request)}
