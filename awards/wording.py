"""The words on paper: what a certificate says, in the official form."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from awards.codes import grouped
from awards.models import AwardLine, AwardList
from awards.models.rules import Area
from awards.workflow import AuthorityKind, DocumentKind
from common.text import turkish_lower, turkish_upper
from schools.models.people import Title
from schools.models.units import Category

AREA_WORDS = {
    Area.ACADEMIC: "akademik çalışmalar",
    Area.PROJECT: "proje tabanlı çalışmalar",
    Area.ARTS: "sanatsal, sportif, kültürel ve sosyal çalışmalar",
    Area.INNOVATION: "yenilikçi öğrenme ortamları",
    Area.EBA: "EBA kullanımı",
}


CLOSING = "çalışmalarınızın devamını dilerim.".replace(" ", "\u00a0")


def office_of(award_list: AwardList) -> str:
    """``EDREMİT KAYMAKAMLIĞI`` or ``BALIKESİR VALİLİĞİ``."""
    if award_list.authority == AuthorityKind.DISTRICT_GOVERNOR and award_list.district is not None:
        return f"{turkish_upper(award_list.district.name)} KAYMAKAMLIĞI"
    return f"{turkish_upper(award_list.round.year.province.name)} VALİLİĞİ"


def authority_words(award_list: AwardList) -> str:
    """``Edremit Kaymakamlığı`` or ``Balıkesir Valiliği``."""
    if award_list.authority == AuthorityKind.DISTRICT_GOVERNOR and award_list.district is not None:
        return f"{award_list.district.name} Kaymakamlığı"
    return f"{award_list.round.year.province.name} Valiliği"


def post_words(title: str, branch: str) -> str:
    """``Fen Bilimleri Öğretmeni``; a title other than plain teacher stands by itself."""
    if branch and title == str(Title.TEACHER.label):
        return f"{branch} Öğretmeni"
    return title


def category_words(category: str) -> str:
    if not category:
        return ""
    if category == Category.PROVINCIAL:
        return "İl Millî Eğitim Müdürlüğüne bağlı kurumlar"
    return turkish_lower(str(Category(category).label))


def body_of(line: AwardLine, award_list: AwardList) -> str:
    """The sentence of the document: what for, where, and the closing words of its kind."""
    year = award_list.round.year.name
    area = AREA_WORDS.get(Area(award_list.rule.area), "eğitim çalışmaları")
    ground = _("%(year)s eğitim-öğretim yılında %(area)s alanında") % {"year": year, "area": area}
    if line.rank is not None and award_list.rule.area == Area.PROJECT:
        ground += " " + _("%(place)s en yüksek proje puanına sahip öğretmenler arasında yer alarak") % {
            "place": _place(line, award_list)
        }
    words = (
        _("gösterdiğiniz gayret ve başarıdan dolayı size teşekkür eder,")
        if line.document == DocumentKind.THANKS
        else _("gösterdiğiniz üstün gayret ve başarıdan dolayı sizi bu belgeyle ödüllendirir,")
    )
    # Bound together, so that no last word stands alone on a line.
    return f"{ground} {words} {CLOSING}"


def _place(line: AwardLine, award_list: AwardList) -> str:
    where = (
        f"{award_list.district.name} ilçesi" if award_list.district else f"{award_list.round.year.province.name} ili"
    )
    category = category_words(line.category)
    return _("%(where)s %(category)s kategorisinde") % {"where": where, "category": category} if category else where


def certificate_text(line: AwardLine, award_list: AwardList, *, number: str, code: str) -> dict[str, Any]:
    """The frozen snapshot from which a certificate is drawn (``Certificate.text``); ``code`` ungrouped."""
    seat = award_list.signatory
    heading = str(DocumentKind(line.document).label)
    path = reverse("verification:certificate", args=[grouped(code)])
    site = settings.SITE_URL
    return {
        "kind": line.document,
        "rule": award_list.rule.code,
        "office": office_of(award_list),
        "authority": authority_words(award_list),
        "heading": heading,
        "heading_upper": turkish_upper(heading),
        "holder_name": line.holder_name,
        "post": post_words(line.title, line.branch),
        "institution_name": line.institution_name,
        "district_name": line.institution.district.name if line.institution else "",
        "province_name": award_list.round.year.province.name,
        "year": award_list.round.year.name,
        "body": body_of(line, award_list),
        "number": number,
        "date": award_list.grant_date.strftime("%d.%m.%Y") if award_list.grant_date else "",
        "decision_number": award_list.decision_number,
        "decision_date": award_list.decision_date.strftime("%d.%m.%Y") if award_list.decision_date else "",
        "grant_number": award_list.grant_number,
        "signatory_name": f"{seat.staff.first_name} {turkish_upper(seat.staff.last_name)}" if seat else "",
        "signs_as": seat.signs_as if seat else "",
        "code": grouped(code),
        "verify_url": f"{site}{path}",
        "verify_site": f"{site.partition('://')[2]}{reverse('verification:ask')}",
    }
