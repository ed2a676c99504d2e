"""Reads of certificates: blanks before, what was issued, what the public may know."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from awards.codes import masked_name, read_code
from awards.models import AwardLine, AwardList, Certificate
from awards.wording import certificate_text
from awards.workflow import CertificateStatus, LineStatus


@dataclass(frozen=True)
class Blank:
    """A field without content; ``needed`` ones keep the batch from being issued."""

    where: str
    what: str
    needed: bool

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


def blank_fields(award_list: AwardList) -> list[Blank]:
    """What certificates of the list would lack, list first, then line by line."""
    whole = _("Liste")
    blanks = []
    if award_list.grant_date is None:
        blanks.append(Blank(whole, _("onay tarihi"), True))
    if award_list.signatory is None or not award_list.signatory.signs_as:
        blanks.append(Blank(whole, _("imza makamı"), True))
    if not award_list.grant_number:
        blanks.append(Blank(whole, _("EBYS sayısı"), False))
    for line in lines_for_certificates(award_list):
        named = (
            (line.holder_name.strip(), _("ad soyad"), True),
            (line.title.strip(), _("unvan"), False),
            (line.institution_name.strip(), _("kurum"), True),
        )
        blanks += [
            Blank(line.holder_name or f"{line.position}. satır", what, needed)
            for value, what, needed in named
            if not value
        ]
    return blanks


def lines_for_certificates(award_list: AwardList, *, missing: bool = False) -> QuerySet[AwardLine]:
    """The awarded lines of a list in printing order; with ``missing`` only those without any certificate yet."""
    lines = AwardLine.objects.filter(list=award_list, status=LineStatus.AWARDED)
    if missing:
        lines = lines.filter(~Exists(Certificate.objects.filter(line=OuterRef("pk"))))
    return lines.select_related("institution__district").order_by("position")


def certificates_of(award_list: AwardList) -> QuerySet[Certificate]:
    """All certificates of a list, revoked ones too, in printing order."""
    return (
        Certificate.objects.filter(line__list=award_list)
        .select_related("line", "file", "replaces", "replaced_by")
        .order_by("line__position", "pk")
    )


def valid_certificates(award_list: AwardList) -> QuerySet[Certificate]:
    return certificates_of(award_list).filter(status=CertificateStatus.VALID)


def certificates_held_by(user: Any) -> QuerySet[Certificate]:
    """The user's own certificates, newest first."""
    return (
        Certificate.objects.filter(line__staff__user=user.pk)
        .select_related("line__list__rule", "line__list__round__year", "file")
        .order_by("-issued_at", "-pk")
    )


@dataclass(frozen=True)
class Verification:
    """What the public may know of a certificate: nothing that is not printed on it, the name masked."""

    status: str
    kind: str = ""
    number: str = ""
    date: str = ""
    authority: str = ""
    holder: str = ""
    revoked_date: str = ""
    replaced: bool = False

    @property
    def is_known(self) -> bool:
        return self.status != "unknown"


UNKNOWN = Verification("unknown")


def verification_of_code(text: str) -> Verification:
    """The certificate with this code, however it was typed."""
    code = read_code(text)
    return _verification(Certificate.objects.filter(code=code)) if code else UNKNOWN


def verification_of_pdf(sha256: str) -> Verification:
    """The certificate whose stored file has this SHA-256; one changed byte makes it unknown."""
    return _verification(Certificate.objects.filter(sha256=sha256))


def _verification(found: QuerySet[Certificate]) -> Verification:
    certificate = found.select_related("replaced_by").order_by("pk").first()
    if certificate is None:
        return UNKNOWN
    text = certificate.text
    return Verification(
        status=certificate.status,
        kind=text["heading"],
        number=certificate.number,
        date=text["date"],
        authority=text["authority"],
        holder=masked_name(text["holder_name"]),
        revoked_date=timezone.localtime(certificate.revoked_at).strftime("%d.%m.%Y") if certificate.revoked_at else "",
        replaced=getattr(certificate, "replaced_by", None) is not None,
    )


def certificates_with_list() -> QuerySet[Certificate]:
    """Certificates with all that their page and permissions look at."""
    return Certificate.objects.select_related(
        "line__staff",
        "line__list__rule",
        "line__list__district",
        "line__list__round__year__province",
        "file",
        "signed_file",
        "replaces",
        "replaced_by",
        "issued_by",
        "revoked_by",
    )


def certificate_facts(certificate: Certificate) -> list[tuple[str, str]]:
    """Label and value of what a certificate says."""
    text = certificate.text
    rows = [
        (_("Belge"), text["heading"]),
        (_("Belge no"), certificate.number),
        (_("Sahibi"), text["holder_name"]),
        (_("Görevi"), text["post"]),
        (_("Kurumu"), text["institution_name"]),
        (_("Veren makam"), text["authority"]),
        (_("İmza"), f"{text['signatory_name']}, {text['signs_as']}"),
        (_("Tarih"), text["date"]),
        (_("EBYS sayısı"), text["grant_number"]),
        (_("Kurul kararı"), f"{text['decision_date']}, sayı {text['decision_number']}"),
        (_("Doğrulama kodu"), text["code"]),
        (_("Dosyanın SHA-256 özeti"), " ".join(re.findall("........", certificate.sha256))),
    ]
    return [(str(label), value) for label, value in rows]


def first_preview(award_list: AwardList) -> dict[str, Any] | None:
    """The text of the list's first certificate as it would be issued, without number and code."""
    line = lines_for_certificates(award_list, missing=True).first()
    return certificate_text(line, award_list, number="", code="0") if line is not None else None


@dataclass(frozen=True)
class Delivery:
    """How far a list's documents are: names, handed over, recorded, and the last day of both."""

    total: int
    handed_over: int
    recorded: int
    handed_over_last: Any
    recorded_last: Any


def delivery_of(award_list: AwardList) -> Delivery:
    found = AwardLine.objects.filter(list=award_list, status=LineStatus.AWARDED).aggregate(
        total=Count("pk"),
        handed_over=Count("pk", filter=Q(handed_over_date__isnull=False)),
        recorded=Count("pk", filter=Q(mebbis_date__isnull=False)),
        handed_over_last=Max("handed_over_date"),
        recorded_last=Max("mebbis_date"),
    )
    return Delivery(**found)
