"""Background work of awards: rounds, certificates, printed reports. PDFs are drawn here and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.urls import reverse
from django.utils.translation import gettext as _

from awards import services
from awards.models import AwardList, Certificate
from awards.models.rules import Cadence
from awards.rules import may
from common.errors import UserError
from common.jobs import JobContext, job_handler
from schools.models import AcademicYear


def _on_list(permission: str) -> Any:
    def allowed(user: AbstractBaseUser, params: Mapping[str, Any]) -> bool:
        award_list = (
            AwardList.objects.select_related("rule", "round__year", "district").filter(pk=params["list"]).first()
        )
        return award_list is not None and may(user, permission, award_list)

    return allowed


def _may_compute(user: AbstractBaseUser, params: Mapping[str, Any]) -> bool:
    year = AcademicYear.objects.filter(pk=params["year"]).first()
    return year is not None and may(user, "awards.compute_round", year)


def _may_replace(user: AbstractBaseUser, params: Mapping[str, Any]) -> bool:
    certificates = Certificate.objects.select_related(
        "line__list__rule", "line__list__round__year", "line__list__district"
    )
    certificate = certificates.filter(pk=params["certificate"]).first()
    return certificate is not None and may(user, "awards.revoke_certificate", certificate)


def _list(pk: int) -> AwardList:
    lists = AwardList.objects.select_related("rule", "round__year__province", "district", "run", "signatory__staff")
    award_list = lists.filter(pk=pk).first()
    if award_list is None:
        raise UserError(_("Liste artık yok; ödül turunun sayfasına dönünüz."))
    return award_list


@job_handler("awards.compute_round", label=_("Ödül turu hesabı"), soft_seconds=300, allowed=_may_compute)
def compute_round(job: JobContext) -> dict[str, Any]:
    def work() -> dict[str, Any]:
        new = services.compute_round(
            year=AcademicYear.objects.select_related("province").get(pk=job.params["year"]),
            cadence=Cadence(job.params["cadence"]),
            by=job.by,
            progress=job.progress,
        )
        return {"round": new.pk, "redirect_url": reverse("awards:round", args=[new.pk])}

    return job.once("compute", work)


@job_handler(
    "awards.issue_certificates",
    label=_("Belgelerin düzenlenmesi"),
    soft_seconds=600,
    allowed=_on_list("awards.issue_certificates"),
)
def issue_certificates(job: JobContext) -> dict[str, Any]:
    from awards.pdf import certificates_pdf

    award_list = _list(job.params["list"])
    made = services.issue_certificates(
        award_list=award_list,
        render=certificates_pdf,
        by=job.by,
        accept_blanks=bool(job.params.get("accept_blanks")),
        progress=job.progress,
    )
    return {"issued": made, "redirect_url": reverse("awards:certificates", args=[award_list.pk])}


@job_handler(
    "awards.print_file", label=_("Toplu basım dosyası"), soft_seconds=300, allowed=_on_list("awards.issue_certificates")
)
def make_print_file(job: JobContext) -> dict[str, Any]:
    from awards.pdf import certificates_pdf

    award_list = _list(job.params["list"])
    services.print_file_of(award_list=award_list, render=certificates_pdf, by=job.by)
    return {"redirect_url": reverse("awards:certificates", args=[award_list.pk])}


@job_handler(
    "awards.list_report", label=_("Ödül listesi raporu"), soft_seconds=120, allowed=_on_list("awards.view_list")
)
def make_list_report(job: JobContext) -> dict[str, Any]:
    from awards.pdf import list_report_pdf

    award_list = _list(job.params["list"])
    services.make_list_report(award_list=award_list, render=list_report_pdf, by=job.by)
    return {"redirect_url": reverse("awards:list", args=[award_list.pk])}


@job_handler("awards.replace_certificate", label=_("Yerine belge düzenlenmesi"), soft_seconds=120, allowed=_may_replace)
def replace_certificate(job: JobContext) -> dict[str, Any]:
    from awards.pdf import certificates_pdf

    def work() -> dict[str, Any]:
        new = services.replace_certificate(
            certificate=Certificate.objects.select_related("line").get(pk=job.params["certificate"]),
            corrections=job.params["corrections"],
            render=certificates_pdf,
            by=job.by,
        )
        return {"redirect_url": reverse("awards:certificate", args=[new.pk])}

    return job.once("replace", work)
