"""The chain from a computed list to a certificate in the holder's hand."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class AuthorityKind(models.TextChoices):
    GOVERNOR = "governor", _("Valilik")
    DISTRICT_GOVERNOR = "district_governor", _("Kaymakamlık")


class DocumentKind(models.TextChoices):
    ACHIEVEMENT = "achievement", _("Başarı Belgesi")
    THANKS = "thanks", _("Teşekkür Belgesi")
    PRIZE = "prize", _("Ödül")


class ListStatus(models.TextChoices):
    PROPOSED = "proposed", _("Önerildi")
    DECIDED = "decided", _("Karara bağlandı")
    OFFERED = "offered", _("Makama sunuldu")
    GRANTED = "granted", _("Uygun görüldü")
    DECLINED = "declined", _("Uygun görülmedi")
    ISSUED = "issued", _("Belgeler düzenlendi")
    DISCARDED = "discarded", _("Yerini yeni tur aldı")


STANDING = frozenset({ListStatus.DECIDED, ListStatus.OFFERED, ListStatus.GRANTED, ListStatus.ISSUED})
"""A board has decided: the names on such a list count as taken, and a new round leaves the list alone."""

WITH_CERTIFICATES = frozenset({ListStatus.GRANTED, ListStatus.ISSUED})


class LineStatus(models.TextChoices):
    AWARDED = "awarded", _("Listede")
    PASSED_OVER = "passed_over", _("Atlandı")
    STRUCK = "struck", _("Çıkarıldı")
    DECLINED = "declined", _("Uygun görülmedi")


class CertificateStatus(models.TextChoices):
    VALID = "valid", _("Geçerli")
    REVOKED = "revoked", _("İptal edildi")


@dataclass(frozen=True)
class Transition:
    action: str
    sources: frozenset[str]
    target: str
    permission: str
    label: str | Promise


LIST_TRANSITIONS = {
    t.action: t
    for t in (
        Transition(
            "decide", frozenset({ListStatus.PROPOSED}), ListStatus.DECIDED, "awards.decide_list", _("Karara bağla")
        ),
        Transition("offer", frozenset({ListStatus.DECIDED}), ListStatus.OFFERED, "awards.offer_list", _("Makama sun")),
        Transition("grant", frozenset({ListStatus.OFFERED}), ListStatus.GRANTED, "awards.grant_list", _("Uygun gör")),
        Transition(
            "decline", frozenset({ListStatus.OFFERED}), ListStatus.DECLINED, "awards.grant_list", _("Uygun görme")
        ),
        Transition(
            "issue",
            frozenset({ListStatus.GRANTED}),
            ListStatus.ISSUED,
            "awards.issue_certificates",
            _("Belgeleri düzenle"),
        ),
        Transition(
            "discard",
            frozenset({ListStatus.PROPOSED}),
            ListStatus.DISCARDED,
            "awards.compute_round",
            _("Yerine yenisi geldi"),
        ),
    )
}
