"""What still stands between a draft and its sending."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from projects.models import Claim, ProgrammeItem, Project
from projects.workflow import ClaimStage
from schools.models import AcademicYear

STEPS: dict[str, object] = {
    "basics": gettext_lazy("Temel bilgiler"),
    "content": gettext_lazy("Amaç ve içerik"),
    "schedule": gettext_lazy("Takvim ve bütçe"),
    "team": gettext_lazy("Ekip"),
    "evidence": gettext_lazy("Kanıtlar"),
}
"""The steps of the project form, in order; the last one, checking and sending, is a page of its own."""


_STEP_OF = {
    "content": ("summary", "aims", "partners", "links", "showcase_consent"),
    "schedule": ("start_date", "end_date", "budget", "budget_currency", "budget_source"),
}


def step_of(field: str) -> str:
    """The step of the form that holds a field."""
    return next((step for step, fields in _STEP_OF.items() if field in fields), "basics")


@dataclass(frozen=True)
class Problem:
    """One thing to put right: the step and the element of the form that hold it, and a sentence that says how."""

    step: str
    anchor: str
    sentence: str


def is_open_for_sending(year: AcademicYear) -> bool:
    """Whether projects and new claims may be sent: until the set moment, without one until the next year is opened."""
    if year.submission_deadline is None:
        return year.is_current
    return timezone.now() < year.submission_deadline


def deadline_sentence(year: AcademicYear) -> str:
    """Why it is too late, and what is not lost."""
    kept = _("Yazdıklarınız taslak olarak saklanıyor; ek süre için İl Proje Hazırlama ve Teknik Ekibine başvurunuz.")
    if year.submission_deadline is None:
        return _("%(year)s yılı kapandı. %(kept)s") % {"year": year.name, "kept": kept}
    at = timezone.localtime(year.submission_deadline).strftime("%d.%m.%Y %H:%M")
    return _("%(year)s yılı için proje gönderme süresi %(at)s itibarıyla doldu. %(kept)s") % {
        "year": year.name,
        "at": at,
        "kept": kept,
    }


def submission_problems(project: Project) -> list[Problem]:
    """Everything that keeps the project from being sent, in the order of the form; empty when it is ready."""
    return [*_field_problems(project), *_team_problems(project), *_evidence_problems(project)]


def submission_cautions(project: Project) -> list[Problem]:
    """What is probably a slip and keeps nobody from sending: a project may run over several years, but hardly beside
    all of its own year.
    """
    year, start, end = project.year, project.start_date, project.end_date
    is_late = start is not None and start > year.end_date
    if not is_late and (end is None or end >= year.start_date):
        return []
    sentence = _(
        "Projenin tarihleri (%(dates)s) %(year)s eğitim-öğretim yılının (%(of_year)s) dışında kalıyor; yanlış "
        "yazıldıysa düzeltiniz. Bu yıla ait olmayan bir çalışma incelemede reddedilebilir."
    ) % {"dates": _span(start, end), "year": year.name, "of_year": _span(year.start_date, year.end_date)}
    return [Problem("schedule", "id_start_date" if is_late else "id_end_date", sentence)]


def _span(start: dt.date | None, end: dt.date | None) -> str:
    return " – ".join("…" if day is None else day.strftime("%d.%m.%Y") for day in (start, end))


def stage_problem(item: ProgrammeItem, stage: str) -> str:
    """The later steps of a ladder are results: they can only be claimed as a success. Empty when all is well."""
    if stage == ClaimStage.PREPARING and (item.ladder_step or 1) > 1:
        return _("Bu basamak bir sonuçtur, yalnız Başarı aşamasında talep edilebilir; aşamayı Başarı olarak seçiniz.")
    return ""


def _field_problems(project: Project) -> list[Problem]:
    found = []
    if not project.title:
        found.append(Problem("basics", "id_title", _("Projenin adını yazınız.")))
    if project.item is None:
        found.append(Problem("basics", "id_item", _("Projenin program kalemini seçiniz.")))
    elif project.is_reading and not project.item.is_local_level:
        sentence = _(
            "Kitap okuma projesi yerel proje olarak kaydedilir; program kalemi olarak “Yerel proje”yi seçiniz."
        )
        found.append(Problem("basics", "id_item", sentence))
    elif wrong := stage_problem(project.item, project.first_stage):
        found.append(Problem("basics", "id_stage", wrong))
    if project.responsible_manager_id is None:
        found.append(Problem("basics", "id_responsible_manager", _("Projeden sorumlu yöneticiyi seçiniz.")))
    if not project.summary:
        found.append(Problem("content", "id_summary", _("Projenin özetini yazınız.")))
    if project.start_date is None:
        found.append(Problem("schedule", "id_start_date", _("Projenin başlangıç tarihini giriniz.")))
    if project.end_date is None:
        found.append(Problem("schedule", "id_end_date", _("Projenin bitiş tarihini giriniz.")))
    return found


def _team_problems(project: Project) -> list[Problem]:
    leads = list(project.team_teachers.values_list("is_coordinator", flat=True))
    if not leads:
        return [Problem("team", "team", _("Ekibe en az bir öğretmen ekleyiniz."))]
    if True not in leads:
        return [Problem("team", "team", _("Ekipteki öğretmenlerden birini koordinatör olarak belirleyiniz."))]
    return []


def _evidence_problems(project: Project) -> list[Problem]:
    if project.evidence.filter(claim=None).exists():
        return []
    sentence = _("En az bir kanıt dosyası ekleyiniz: başvuru formu, resmî yazı, onay veya sonuç belgesi gibi.")
    return [Problem("evidence", "evidence", sentence)]


def claimable_items(project: Project) -> list[ProgrammeItem]:
    """The items for which the project may claim later: its ladder, its own local project, or its programme's items."""
    item = project.item
    if item is None:
        return []
    if item.is_local_level or item.independent:
        return [item]
    items = ProgrammeItem.objects.filter(programme=item.programme_id, ladder=item.ladder, independent=False)
    return list(items.select_related("programme").order_by("order"))


def standing_claim(project: Project, item: ProgrammeItem, stage: str) -> Claim | None:
    """The open or approved claim of the project for this item and stage; of local projects for any level."""
    same = {"item__is_local_level": True} if item.is_local_level else {"item": item}
    claims = Claim.objects.filter(project=project, stage=stage, **same)
    return claims.exclude(status__in=["rejected", "withdrawn"]).order_by("pk").first()
