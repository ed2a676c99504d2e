"""The menu and what stands around every page. The menu is data: `SECTIONS`."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Hashable
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import cached_property
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from common.caching import drawn
from portal.selectors.frame import ReaderFacts, facts_of
from schools.authority import seats_of
from schools.models.commissions import CommissionKind


@dataclass(frozen=True)
class Item:
    """One line of the menu: shown where its address exists and the user holds ``permission`` somewhere.

    Asked about no place, a permission follows from the kinds of the person's seats and asks the database nothing.
    An item ``for_coaches`` is for those who coach students this year, which no seat tells.
    """

    url_name: str
    label: Any
    icon: str
    permission: str
    also: tuple[str, ...] = ()
    for_coaches: bool = False


@dataclass(frozen=True)
class Section:
    label: Any
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Link:
    """An item as the page shows it."""

    url: str
    label: str
    icon: str
    is_current: bool


@dataclass(frozen=True)
class SeatLine:
    """A seat in words: "Okul proje sorumlusu", "İncirli Anadolu Lisesi"."""

    role: str
    place: str


@dataclass(frozen=True)
class Frame:
    """All that the bar on top of every page shows of its reader and year; equal frames are drawn once."""

    is_signed_in: bool
    name: str
    email: str
    is_demo: bool
    organisation: str
    year: str
    unread: int
    seats: tuple[SeatLine, ...]
    urls: Any


SIGNED_IN = ""
"""Permission of an item that everybody with an account may open."""

SECTIONS = (
    Section(
        "",
        (
            Item("portal:home", _("Ana sayfa"), "home", SIGNED_IN),
            Item("portal:tasks", _("Yapılacaklar"), "checklist", SIGNED_IN),
            Item("common:notifications", _("Bildirimler"), "bell", SIGNED_IN, ("common:mail_settings",)),
        ),
    ),
    Section(
        _("Projeler"),
        (
            Item(
                "projects:queue",
                _("İnceleme sırası"),
                "clipboard-check",
                "projects.view_queue",
                (
                    "projects:review",
                    "projects:outbox",
                    "projects:bulk",
                    "projects:bulk_run",
                    "projects:outcome",
                    "projects:share_out",
                    "projects:reasons",
                ),
            ),
            Item("projects:list", _("Projeler"), "rocket", "projects.list_projects", ("projects:",)),
            Item("projects:reading", _("Kitap okuma projeleri"), "book-2", "projects.view_reading"),
        ),
    ),
    Section(
        _("Sınavlar ve EBA"),
        (
            Item("exams:list", _("Sınavlar"), "file-text", "exams.list_exams", ("exams:",)),
            Item("exams:my_students", _("Öğrencilerim"), "users", SIGNED_IN, for_coaches=True),
            Item(
                "eba:home",
                _("EBA kullanımı"),
                "device-laptop",
                "eba.view_province",
                ("eba:province", "eba:district", "eba:school", "eba:students", "eba:staff"),
            ),
            Item("eba:own", _("EBA puanım"), "user", "eba.view_own"),
            Item("eba:criteria", _("EBA ölçütleri"), "list-check", "eba.view_province", ("eba:",)),
        ),
    ),
    Section(
        _("Puan ve sıralama"),
        (
            Item(
                "scoring:rankings",
                _("Sıralamalar"),
                "chart-bar",
                "scoring.view_rankings",
                ("scoring:run", "scoring:row"),
            ),
            Item("scoring:objections", _("İtirazlar"), "scale", "scoring.view_objections", ("scoring:objection",)),
            Item(
                "scoring:points_tables",
                _("Puan tabloları"),
                "table",
                "scoring.view_points",
                ("scoring:points_table",),
            ),
            Item("scoring:my_points", _("Puanlarım"), "star", "scoring.view_points"),
        ),
    ),
    Section(
        _("Ödüller"),
        (
            Item("awards:rounds", _("Ödül listeleri"), "trophy", "awards.view_awards", ("awards:",)),
            Item("awards:eba_chain", _("EBA ödül zinciri"), "award", "eba.view_province"),
            Item("awards:offered", _("Makam onayı"), "gavel", "awards.grant_list"),
            Item("awards:own", _("Belgelerim"), "certificate", "awards.view_own_certificates"),
        ),
    ),
    Section(
        _("Kurum ve kişiler"),
        (
            Item("schools:institutions", _("Kurumlar"), "building", "schools.view_units", ("schools:institution",)),
            Item(
                "schools:staff",
                _("Personel"),
                "users",
                "schools.view_people",
                ("schools:person", "schools:person_account"),
            ),
            Item("schools:students", _("Öğrenciler"), "school", "schools.view_students"),
            Item(
                "schools:commissions", _("Kurullar"), "users-group", "schools.view_commission", ("schools:commission",)
            ),
        ),
    ),
    Section(
        _("Yönetim"),
        (
            Item("common:imports", _("Veri aktarma"), "file-import", "schools.import_data", ("common:import_",)),
            Item(
                "schools:year_settings",
                _("Yıl ayarları"),
                "settings",
                "schools.view_settings",
                ("schools:year_setting",),
            ),
            Item("common:jobs", _("Arka plan işleri"), "refresh", "schools.import_data", ("common:job",)),
            Item("common:mail_log", _("Gönderimler"), "mail", "common.view_mail_log"),
        ),
    ),
)

SHORTCUTS = {
    "home": "portal:home",
    "search": "projects:list",
    "notifications": "common:notifications",
    "tasks": "portal:tasks",
    "profile": "schools:my_account",
    "email": "account_email",
    "password": "account_change_password",
    "mfa": "mfa_index",
    "login": "account_login",
    "logout": "account_logout",
    "verify": "verification:ask",
    "session": "accounts:session",
    "styleguide": "portal:styleguide",
}


@cache
def address_of(url_name: str) -> str:
    """The address of a URL name without arguments; empty when there is none. The same for everybody, so kept."""
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""


@cache
def shortcuts() -> Any:
    """`SHORTCUTS` with their addresses, as attributes."""
    return namedtuple("Shortcuts", SHORTCUTS)(*(address_of(name) for name in SHORTCUTS.values()))


def item_of(view_name: str) -> Item | None:
    """The item that a page belongs to: the one of its own name, else the first that claims it in ``also``.

    A name in ``also`` that ends in ``:`` or ``_`` stands for all names that begin so.
    """
    items = [item for section in SECTIONS for item in section.items]
    own = (item for item in items if item.url_name == view_name)
    wider = (item for item in items for name in item.also if view_name == name or _begins(view_name, name))
    return next(own, None) or next(wider, None)


def _begins(view_name: str, name: str) -> bool:
    return name.endswith((":", "_")) and view_name.startswith(name)


def _permissions_of(user: Any) -> frozenset[str]:
    """Those permissions of the menu that the user holds; worked out once for people with the same kinds of seats."""
    seats = frozenset((seat.commission.kind, seat.role) for seat in seats_of(user))
    standing = (user.is_authenticated, user.is_active, user.is_superuser, seats)
    if standing not in _HELD:
        asked = {item.permission for section in SECTIONS for item in section.items}
        _HELD[standing] = frozenset(name for name in asked if name == SIGNED_IN or user.has_perm(name))
    return _HELD[standing]


_HELD: dict[Hashable, frozenset[str]] = {}


@lru_cache(maxsize=1024)
def _menu(permissions: frozenset[str], view_name: str, *, coaches: bool) -> tuple[tuple[str, tuple[Link, ...]], ...]:
    """The sections that hold something, with their links."""
    current = item_of(view_name)
    sections = (
        (
            str(section.label),
            tuple(
                Link(url, str(item.label), item.icon, item is current)
                for item in section.items
                if item.permission in permissions
                and (coaches or not item.for_coaches)
                and (url := address_of(item.url_name))
            ),
        )
        for section in SECTIONS
    )
    return tuple((label, links) for label, links in sections if links)


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

    @property
    def urls(self) -> Any:
        """The shortcuts by name; an address that does not exist is empty."""
        return shortcuts()

    @property
    def login_url(self) -> str:
        return str(self.urls.login)

    @property
    def email(self) -> str:
        return getattr(self.user, "email", "")

    @cached_property
    def user(self) -> Any:
        return getattr(self.request, "user", None) or AnonymousUser()

    @cached_property
    def seats(self) -> list[SeatLine]:
        """The user's seats in words, in the order of `seats_of`."""
        return [
            SeatLine(
                seat.role_label,
                str(
                    seat.commission.institution
                    or seat.commission.district
                    or CommissionKind(seat.commission.kind).label
                ),
            )
            for seat in seats_of(self.user)
        ]

    @cached_property
    def sections(self) -> tuple[tuple[str, tuple[Link, ...]], ...]:
        """The menu of this user: only addresses that exist and that they may open."""
        match = getattr(self.request, "resolver_match", None)
        return _menu(_permissions_of(self.user), match.view_name if match else "", coaches=self.facts.coaches)

    @cached_property
    def facts(self) -> ReaderFacts:
        """What the bell and the menu ask about the reader, in one query."""
        return facts_of(self.user.pk) if self.user.pk else ReaderFacts()

    @property
    def menu(self) -> SafeString:
        """The menu as it stands in the page."""
        return drawn("components/nav.html", sections=self.sections)

    @property
    def unread(self) -> int:
        """Number of unread notices."""
        return self.facts.unread

    @property
    def topbar(self) -> SafeString:
        """The bar on top of the page."""
        frame = Frame(
            self.user.is_authenticated,
            getattr(self.user, "full_name", "") or self.email,
            self.email,
            self.is_demo,
            self.organisation,
            str(self.year or ""),
            self.unread,
            tuple(self.seats),
            self.urls,
        )
        return drawn("components/topbar.html", nav=frame)


def navigation(request: HttpRequest) -> dict[str, Navigation]:
    """`nav` in every template."""
    return {"nav": Navigation(request)}
