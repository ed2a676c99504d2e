"""Issuing certificates of a granted list, revoking and replacing them. A number is given once and never left out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from awards import selectors
from awards.codes import new_code
from awards.models import AwardLine, AwardList, Certificate, CertificateCounter, CertificatePrint
from awards.services.states import locked_list, require_status, transition
from awards.wording import certificate_text
from awards.workflow import WITH_CERTIFICATES, CertificateStatus, ListStatus
from common.audit import Change, record, record_many
from common.errors import Conflict, UserError
from common.files import PDF_TYPE, discard, store_bytes
from common.outbox import notify
from common.text import clean, clean_lines, fold
from schools.models import AcademicYear

Render = Callable[[Sequence[Mapping[str, Any]]], bytes]
Progress = Callable[[int, int, str], None]

CHUNK = 10
"""Certificates per transaction: the counter stays locked while they are drawn."""


def issue_certificates(
    *,
    award_list: AwardList,
    render: Render,
    by: User | None,
    accept_blanks: bool = False,
    progress: Progress | None = None,
) -> int:
    """Give every name of a granted list its numbered certificate; returns how many are new.

    Safe to call again or at the same time: a line has one valid certificate. ``render`` draws snapshots
    (``awards.pdf.certificates_pdf``). Fields without content are refused with their list unless ``accept_blanks``;
    a name, a signatory and a date are always needed.
    """
    require_status(award_list, *WITH_CERTIFICATES)
    blanks = selectors.blank_fields(award_list)
    if any(blank.needed for blank in blanks) or (blanks and not accept_blanks):
        raise UserError(
            _("Belgeler düzenlenmedi; şu alanlar boş: %(fields)s.")
            % {"fields": "; ".join(str(blank) for blank in blanks)}
        )
    total = selectors.lines_for_certificates(award_list).count()
    made = 0
    while True:
        new = _issue_some(award_list.pk, render, by)
        made += new
        if progress is not None:
            progress(selectors.valid_certificates(award_list).count(), total, _("Belgeler düzenleniyor"))
        if not new:
            break
    _finish(award_list.pk, render, by)
    return made


@transaction.atomic
def revoke_certificate(*, certificate: Certificate, reason: str, by: User) -> Certificate:
    """Revoke with a reason; the holder is told and the verification page says so from now on."""
    text = clean_lines(reason)
    if not text:
        raise UserError(_("İptal gerekçesini yazınız; gerekçe belge sahibine bildirilir."))
    locked = (
        Certificate.objects.select_for_update(of=("self",)).select_related("line__staff__user").get(pk=certificate.pk)
    )
    if locked.status != CertificateStatus.VALID:
        raise Conflict(
            _("%(number)s numaralı belge daha önce iptal edilmiş; sayfayı yenileyiniz.") % {"number": locked.number}
        )
    locked.status, locked.revoked_at, locked.revoked_by = CertificateStatus.REVOKED, timezone.now(), by
    locked.revoke_reason = text[:1000]
    locked.save(update_fields=["status", "revoked_at", "revoked_by", "revoke_reason"])
    record(
        action="certificate.revoke",
        target=locked,
        by=by,
        before={"status": CertificateStatus.VALID},
        after={"status": CertificateStatus.REVOKED},
        note=locked.revoke_reason,
    )
    _tell_holder(
        locked,
        "certificate.revoked",
        _("%(number)s numaralı belgeniz iptal edildi") % {"number": locked.number},
        locked.revoke_reason,
    )
    _drop_print(locked.line.list_id)
    return locked


@transaction.atomic
def replace_certificate(
    *, certificate: Certificate, corrections: Mapping[str, str], render: Render, by: User
) -> Certificate:
    """A new certificate in place of a revoked one; it points at the old and has its own number and code.

    ``corrections`` may hold ``holder_name``, ``post`` and ``institution_name``; the rest is as it was.
    """
    award_list = locked_list(certificate.line.list_id)
    old = Certificate.objects.select_for_update(of=("self",)).select_related("line__staff__user").get(pk=certificate.pk)
    require_replaceable(old)
    allowed = {
        key: clean(corrections[key])[:200] for key in ("holder_name", "post", "institution_name") if key in corrections
    }
    if not all(allowed.values()):
        raise UserError(_("Ad soyad, görev ve kurum boş bırakılamaz."))
    text = certificate_text(old.line, award_list, number=_next_number(award_list.round.year), code=new_code())
    text |= allowed
    new = _store(text, old.line, award_list, render([text]), by, replaces=old)
    new.save(force_insert=True)
    record(
        action="certificate.replace",
        target=new,
        by=by,
        before={"number": old.number},
        after={"number": new.number, "sha256": new.sha256, **allowed},
    )
    _tell_holder(new, "certificate.issued", _("%(number)s numaralı yeni belgeniz hazır") % {"number": new.number}, "")
    _drop_print(award_list.pk)
    return new


def require_replaceable(certificate: Certificate) -> None:
    """Raise ``UserError`` unless the certificate is revoked and nothing stands in its place."""
    if certificate.status != CertificateStatus.REVOKED:
        raise UserError(_("Yerine yenisi düzenlenecek belge önce iptal edilmelidir."))
    if Certificate.objects.filter(line=certificate.line_id, status=CertificateStatus.VALID).exists():
        raise Conflict(_("Bu belgenin yerine yenisi zaten düzenlenmiş; sayfayı yenileyiniz."))


@transaction.atomic
def print_file_of(*, award_list: AwardList, render: Render, by: User | None) -> CertificatePrint:
    """The print-ready file of the list's valid certificates; made anew after one was revoked or replaced."""
    locked = locked_list(award_list.pk)
    present = CertificatePrint.objects.filter(list=locked).select_related("file").first()
    if present is not None:
        return present
    texts = list(selectors.valid_certificates(locked).values_list("text", flat=True))
    if not texts:
        raise UserError(_("Bu listede geçerli belge yok; önce belgeleri düzenleyiniz."))
    file = store_bytes(
        name=f"belgeler-{fold(str(locked.district or locked.round.year.province))}-{locked.pk}.pdf",
        data=render(texts),
        content_type=PDF_TYPE,
        by=by,
        purpose="certificate_print",
    )
    return CertificatePrint.objects.create(list=locked, file=file)


@transaction.atomic
def _issue_some(list_id: int, render: Render, by: User | None) -> int:
    award_list = locked_list(list_id)
    require_status(award_list, *WITH_CERTIFICATES)
    lines = list(selectors.lines_for_certificates(award_list, missing=True)[:CHUNK])
    if not lines:
        return 0
    new = []
    for line in lines:
        text = certificate_text(line, award_list, number="", code=new_code())
        text["number"] = _next_number(award_list.round.year)
        new.append(_store(text, line, award_list, render([text]), by))
    Certificate.objects.bulk_create(new)
    record_many(
        action="certificate.issue",
        changes=[
            Change(
                target=certificate, after={"number": certificate.number, "sha256": certificate.sha256, "line": line.pk}
            )
            for certificate, line in zip(new, lines, strict=True)
        ],
        by=by,
    )
    return len(new)


@transaction.atomic
def _finish(list_id: int, render: Render, by: User | None) -> None:
    award_list = locked_list(list_id)
    if award_list.status != ListStatus.GRANTED or selectors.lines_for_certificates(award_list, missing=True).exists():
        return
    before = transition(award_list, "issue")
    award_list.save(update_fields=["status", "version"])
    record(
        action="award_list.issue",
        target=award_list,
        by=by,
        before={"status": before},
        after={"status": award_list.status},
    )
    print_file_of(award_list=award_list, render=render, by=by)
    for certificate in selectors.valid_certificates(award_list).select_related("line__staff__user"):
        _tell_holder(
            certificate,
            "certificate.issued",
            _("%(kind)s düzenlendi") % {"kind": certificate.get_kind_display()},
            _("Belgeniz modülde hazır; aslı kurumunuz aracılığıyla teslim edilecektir."),
        )


def _next_number(year: AcademicYear) -> str:
    """``2026-2027/10/00012``; the counter stays locked until the transaction ends, so that no number is left out."""
    CertificateCounter.objects.get_or_create(year=year)
    counter = CertificateCounter.objects.select_for_update().get(year=year)
    counter.last += 1
    counter.save(update_fields=["last"])
    return f"{year.name}/{year.province.plate_code:02d}/{counter.last:05d}"


def _store(
    text: dict[str, Any],
    line: AwardLine,
    award_list: AwardList,
    data: bytes,
    by: User | None,
    replaces: Certificate | None = None,
) -> Certificate:
    file = store_bytes(
        name=f"belge-{text['number'].replace('/', '-')}.pdf",
        data=data,
        content_type=PDF_TYPE,
        by=by,
        purpose="certificate",
    )
    return Certificate(
        year=award_list.round.year,
        line=line,
        kind=text["kind"],
        number=text["number"],
        code=text["code"].replace("-", ""),
        text=text,
        file=file,
        sha256=file.sha256,
        issued_by=by,
        replaces=replaces,
    )


def _tell_holder(certificate: Certificate, kind: str, subject: str, body: str) -> None:
    staff = certificate.line.staff
    if staff is not None and staff.user is not None:
        notify(
            recipient=staff.user,
            kind=kind,
            subject=subject,
            body=body,
            url=reverse("awards:certificate", args=[certificate.pk]),
        )


def _drop_print(list_id: int) -> None:
    for printed in CertificatePrint.objects.filter(list=list_id).select_related("file"):
        file = printed.file
        printed.delete()
        discard(file)
