"""What the school sends: a project with its first claim, later claims, corrections, withdrawals."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from common.audit import record
from common.errors import Conflict, UserError
from common.files import EVIDENCE_KINDS, discard, store_upload
from common.models import AuditEntry, StoredFile
from common.text import clean_lines
from projects.models import Claim, ClaimEvent, Evidence, ProgrammeItem, Project
from projects.selectors.submission import (
    claimable_items,
    deadline_sentence,
    is_open_for_sending,
    stage_problem,
    standing_claim,
    submission_problems,
)
from projects.services.desk import close_opinions
from projects.services.drafts import AUTOSAVE_ACTION
from projects.services.evidence import PURPOSE
from projects.services.notices import tell_school
from projects.services.transition import follow_claims, locked_project, log, transition, true_state
from projects.workflow import SUBMITTABLE, ClaimStage, ClaimStatus


class NotReady(UserError):
    """The project can't be sent yet; ``submission_problems`` lists why."""


@transaction.atomic
def submit_project(*, project_id: int, by: User) -> Claim:
    """Send a draft to the technical team: makes its first claim. ``Conflict`` when it has been sent already."""
    project = locked_project(project_id)
    if project.status not in SUBMITTABLE:
        raise Conflict(_already_sent(project))
    if not is_open_for_sending(project.year):
        raise UserError(deadline_sentence(project.year))
    problems = submission_problems(project)
    if problems or project.item is None:
        raise NotReady(_("Proje henüz gönderilemez: %(first)s") % {"first": problems[0].sentence if problems else ""})
    return _new_claim(project, project.item, project.first_stage, "submit", by=by)


def add_claim(
    *,
    project_id: int,
    item: ProgrammeItem,
    stage: str,
    by: User,
    note: str = "",
    uploads: Sequence[UploadedFile[bytes]] = (),
) -> Claim:
    """Claim a further success or step of a project that has been sent, with at least one file that proves it."""
    if not uploads:
        raise UserError(_("Bu başarıyı gösteren en az bir kanıt dosyası ekleyiniz."))
    kept: list[StoredFile] = []
    try:
        for upload in uploads:
            kept.append(store_upload(upload=upload, by=by, purpose=PURPOSE, kinds=EVIDENCE_KINDS))
        return _add_claim(project_id=project_id, item=item, stage=stage, by=by, note=note, files=kept)
    except Exception:
        with transaction.atomic():
            for stored in kept:
                discard(stored)
        raise


@transaction.atomic
def _add_claim(
    *, project_id: int, item: ProgrammeItem, stage: str, by: User, note: str, files: Sequence[StoredFile]
) -> Claim:
    project = locked_project(project_id)
    if project.status in SUBMITTABLE:
        raise Conflict(_("Önce projenin kendisini gönderiniz; başarı talebi gönderilmiş bir projeye eklenir."))
    if not is_open_for_sending(project.year):
        raise UserError(deadline_sentence(project.year))
    if item not in claimable_items(project):
        raise UserError(_("Bu kalem projenin programıyla uyuşmuyor; listedeki kalemlerden birini seçiniz."))
    if wrong := stage_problem(item, stage):
        raise UserError(wrong)
    standing = standing_claim(project, item, stage)
    if standing is not None:
        raise Conflict(
            _("Bu kalem ve aşama için bir talep zaten var (%(status)s).") % {"status": standing.get_status_display()}
        )
    claim = _new_claim(project, item, stage, "add_claim", by=by, note=note)
    Evidence.objects.bulk_create(Evidence(project=project, claim=claim, file=stored) for stored in files)
    return claim


def _new_claim(project: Project, item: ProgrammeItem, stage: str, action: str, *, by: User, note: str = "") -> Claim:
    claim = Claim.objects.create(
        project=project,
        item=item,
        stage=ClaimStage(stage),
        status=ClaimStatus.SUBMITTED,
        note=clean_lines(note),
        submitted_at=timezone.now(),
    )
    log(project, action, by, claim=claim, text=claim.note)
    follow_claims(project)
    record(
        action=f"claim.{action}",
        target=claim,
        by=by,
        after={"project": project.pk, "item": item.code, "stage": claim.stage, "status": claim.status},
    )
    tell_school(claim, action, by=by)
    return claim


def resubmit(*, claim: Claim, by: User, note: str | None = None) -> Claim:
    """Send a returned claim again; its history line says what changed since. Possible after the deadline, too."""
    with transaction.atomic():
        project = locked_project(claim.project_id)
        current = Claim.objects.select_related("item").get(pk=claim.pk)
        fields: dict[str, Any] = {} if note is None else {"note": clean_lines(note)}
        if current.status == ClaimStatus.RETURNED and _is_first(current):
            problems = submission_problems(project)
            if problems:
                raise NotReady(_("Talep henüz gönderilemez: %(first)s") % {"first": problems[0].sentence})
            fields |= _as_corrected(project, current)
        changes = changes_since(project, _returned_at(current))
        if note is not None and fields["note"] != current.note:
            changes["note"] = [current.note, fields["note"]]
        return transition(claim=current, action="resubmit", by=by, fields=fields, changes=changes)


@transaction.atomic
def withdraw(*, claim: Claim, by: User, text: str = "") -> Claim:
    """Take back a claim that is not decided; the project is a draft again when no other claim stands."""
    withdrawn = transition(claim=claim, action="withdraw", by=by, text=text)
    close_opinions(claim=withdrawn, by=by)
    return withdrawn


def changes_since(project: Project, moment: dt.datetime | None) -> dict[str, Any]:
    """Field -> [before, after] as stored, over the saves of the project after that moment; ``files`` lists names."""
    if moment is None:
        return {}
    entries = AuditEntry.objects.filter(
        target_type=project._meta.label_lower, target_id=str(project.pk), at__gt=moment
    ).order_by("id")
    first: dict[str, Any] = {}
    last: dict[str, Any] = {}
    added: list[str] = []
    for entry in entries:
        before, after = entry.before or {}, entry.after or {}
        if entry.action in (AUTOSAVE_ACTION, "project.team", "project.partners"):
            for name in (set(before) & set(after)) - {"version", "fields"}:
                first.setdefault(name, before[name])
                last[name] = after[name]
        elif entry.action == "project.add_evidence":
            added.append(after["name"])
        elif entry.action == "project.remove_evidence":
            added = [name for name in added if name != before["name"]]
    changed = {name: [first[name], last[name]] for name in sorted(first) if first[name] != last[name]}
    return changed | ({"files": [[], added]} if added else {})


def _is_first(claim: Claim) -> bool:
    return not Claim.objects.filter(project=claim.project_id, pk__lt=claim.pk).exclude(status="withdrawn").exists()


def _as_corrected(project: Project, claim: Claim) -> dict[str, Any]:
    """The first claim follows the item and stage of the corrected project."""
    if project.item is None or (project.item_id == claim.item_id and project.first_stage == claim.stage):
        return {}
    standing = standing_claim(project, project.item, project.first_stage)
    if standing is not None and standing.pk != claim.pk:
        raise Conflict(true_state(standing))
    return {"item": project.item, "stage": project.first_stage}


def _returned_at(claim: Claim) -> dt.datetime | None:
    return (
        ClaimEvent.objects.filter(claim=claim, action="return")
        .order_by("-at", "-pk")
        .values_list("at", flat=True)
        .first()
    )


def _already_sent(project: Project) -> str:
    claim = project.claims.exclude(status__in=["rejected", "withdrawn"]).order_by("pk").first()
    return true_state(claim) if claim is not None else _("Bu proje zaten gönderilmiş.")
