"""Certificates: issuing a list's, one certificate, the holder's own."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from awards import selectors, services
from awards.forms import DayForm, GrantNumberForm, ReasonForm, ReplaceForm, SignedCopyForm
from awards.models import Certificate, CertificatePrint
from awards.rules import may
from awards.views.lists import act, visible_list
from awards.workflow import CertificateStatus, ListStatus
from common.errors import UserError
from common.files import serve
from common.jobs import create_job, wake
from common.tables import page_of


@login_required
@require_safe
def certificates(request: HttpRequest, pk: int) -> HttpResponse:
    """The certificates of a list: blanks before, downloads after; permission: awards.view_list."""
    award_list = visible_list(request, pk)
    granted = award_list.status == ListStatus.GRANTED
    blanks = selectors.blank_fields(award_list) if granted else []
    return render(
        request,
        "awards/certificates.html",
        {
            "list": award_list,
            "page": page_of(selectors.certificates_of(award_list), request),
            "blanks": blanks,
            "blocked": any(blank.needed for blank in blanks),
            "missing": selectors.lines_for_certificates(award_list, missing=True).count() if granted else 0,
            "first": selectors.first_preview(award_list) if granted else None,
            "printed": CertificatePrint.objects.filter(list=award_list).first(),
            "may_issue": may(request.user, "awards.issue_certificates", award_list),
            "may_deliver": award_list.status == ListStatus.ISSUED
            and may(request.user, "awards.record_delivery", award_list),
            "number_form": GrantNumberForm(initial={"version": award_list.version}),
            "day_form": DayForm(initial={"version": award_list.version}, auto_id=False),
            "delivery": selectors.delivery_of(award_list),
        },
    )


@login_required
@require_POST
def issue(request: HttpRequest, pk: int) -> HttpResponse:
    """Start issuing the whole list; permission: awards.issue_certificates."""
    award_list = visible_list(request, pk, "awards.issue_certificates")
    params = {"list": award_list.pk, "accept_blanks": request.POST.get("accept_blanks") == "on"}
    return _start(request, "awards.issue_certificates", params, f"list:{award_list.pk}")


@login_required
@require_POST
def make_print(request: HttpRequest, pk: int) -> HttpResponse:
    """Have the print-ready file made again; permission: awards.issue_certificates."""
    award_list = visible_list(request, pk, "awards.issue_certificates")
    return _start(request, "awards.print_file", {"list": award_list.pk}, f"list:{award_list.pk}")


def _start(request: HttpRequest, kind: str, params: dict[str, object], once_key: str) -> HttpResponse:
    with transaction.atomic():
        job = create_job(kind=kind, params=params, by=request.user, once_key=once_key)
        wake(job)
    return redirect(job)


@login_required
@require_safe
def download_print(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The print-ready file of a list; permission: awards.view_list."""
    award_list = visible_list(request, pk)
    printed = get_object_or_404(CertificatePrint.objects.select_related("file"), list=award_list)
    return serve(printed.file)


@login_required
@require_POST
def grant_number(request: HttpRequest, pk: int) -> HttpResponse:
    """Record the EBYS number; permission: awards.issue_certificates."""
    award_list = visible_list(request, pk, "awards.issue_certificates")
    return act(
        request,
        GrantNumberForm(request.POST),
        lambda data: services.set_grant_number(award_list=award_list, by=request.user, **data),
        _("EBYS sayısı kaydedildi."),
        "awards:certificates",
        pk,
    )


@login_required
@require_POST
def handed_over(request: HttpRequest, pk: int) -> HttpResponse:
    """Record the handing over of the whole list; permission: awards.record_delivery."""
    award_list = visible_list(request, pk, "awards.record_delivery")
    return act(
        request,
        DayForm(request.POST),
        lambda data: services.mark_handed_over(
            award_list=award_list, on=data["day"], version=data["version"], by=request.user
        ),
        _("Teslim tarihi kaydedildi."),
        "awards:certificates",
        pk,
    )


@login_required
@require_POST
def recorded(request: HttpRequest, pk: int) -> HttpResponse:
    """Record the MEBBİS entry of the whole list; permission: awards.record_delivery."""
    award_list = visible_list(request, pk, "awards.record_delivery")
    return act(
        request,
        DayForm(request.POST),
        lambda data: services.mark_recorded(
            award_list=award_list, on=data["day"], version=data["version"], by=request.user
        ),
        _("MEBBİS kayıt tarihi kaydedildi."),
        "awards:certificates",
        pk,
    )


@login_required
@require_safe
def own_certificates(request: HttpRequest) -> HttpResponse:
    """The person's own certificates; permission: awards.view_own_certificates."""
    return render(request, "awards/own.html", {"page": page_of(selectors.certificates_held_by(request.user), request)})


def visible_certificate(request: HttpRequest, pk: int, permission: str = "awards.view_certificate") -> Certificate:
    """The certificate if the permission holds; 404 otherwise."""
    certificate = get_object_or_404(selectors.certificates_with_list(), pk=pk)
    allowed = (
        request.user.has_perm(permission, certificate)
        if permission == "awards.view_certificate"
        else may(request.user, permission, certificate)
    )
    if not allowed:
        raise Http404
    return certificate


@login_required
@require_safe
def certificate_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One certificate; permission: awards.view_certificate."""
    certificate = visible_certificate(request, pk)
    text = certificate.text
    may_revoke = may(request.user, "awards.revoke_certificate", certificate)
    revoked = certificate.status == CertificateStatus.REVOKED
    successor = getattr(certificate, "replaced_by", None)
    return render(
        request,
        "awards/certificate.html",
        {
            "certificate": certificate,
            "rows": selectors.certificate_facts(certificate),
            "successor": successor,
            "sees_list": request.user.has_perm("awards.view_list", certificate.line.list),
            "may_revoke": may_revoke and not revoked,
            "may_replace": may_revoke and revoked and successor is None,
            "may_upload": not revoked and may(request.user, "awards.upload_signed_copy", certificate),
            "reason_form": ReasonForm(),
            "signed_form": SignedCopyForm(),
            "replace_form": ReplaceForm(
                initial={key: text[key] for key in ("holder_name", "post", "institution_name")}
            ),
        },
    )


@login_required
@require_safe
def download(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The stored PDF; permission: awards.view_certificate."""
    return serve(visible_certificate(request, pk).file, inline=request.GET.get("goster") == "1")


@login_required
@require_safe
def download_signed(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The scanned signed copy; permission: awards.view_certificate."""
    certificate = visible_certificate(request, pk)
    if certificate.signed_file is None:
        raise Http404
    return serve(certificate.signed_file)


@login_required
@require_POST
def upload_signed(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep a signed copy; permission: awards.upload_signed_copy."""
    certificate = visible_certificate(request, pk, "awards.upload_signed_copy")
    return act(
        request,
        SignedCopyForm(request.POST, request.FILES),
        lambda data: services.attach_signed_copy(certificate=certificate, upload=data["file"], by=request.user),
        _("İmzalı örnek kaydedildi."),
        "awards:certificate",
        pk,
    )


@login_required
@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Revoke with a reason; permission: awards.revoke_certificate."""
    certificate = visible_certificate(request, pk, "awards.revoke_certificate")
    return act(
        request,
        ReasonForm(request.POST),
        lambda data: services.revoke_certificate(certificate=certificate, reason=data["reason"], by=request.user),
        _("Belge iptal edildi."),
        "awards:certificate",
        pk,
    )


@login_required
@require_POST
def replace(request: HttpRequest, pk: int) -> HttpResponse:
    """Have a new certificate made in place of a revoked one; permission: awards.revoke_certificate."""
    certificate = visible_certificate(request, pk, "awards.revoke_certificate")
    form = ReplaceForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Ad soyad, görev ve kurum boş bırakılamaz."))
        return redirect("awards:certificate", pk=pk)
    try:
        services.require_replaceable(certificate)
    except UserError as refusal:
        messages.error(request, str(refusal))
        return redirect("awards:certificate", pk=pk)
    params = {"certificate": certificate.pk, "corrections": form.cleaned_data}
    return _start(request, "awards.replace_certificate", params, f"certificate:{certificate.pk}")
