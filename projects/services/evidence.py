"""The files that prove a project or one of its claims."""

from __future__ import annotations

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from common.audit import record
from common.errors import Conflict, UserError
from common.files import EVIDENCE_KINDS, discard, store_upload
from common.models import StoredFile
from common.text import clean
from projects.models import Claim, ClaimQuestion, Evidence, Project
from projects.services.transition import locked_project
from projects.workflow import AWAITING_REVIEW, EDITABLE, ClaimStatus

PURPOSE = "project-evidence"
MOST_FILES = 40


def add_evidence(
    *, project_id: int, upload: UploadedFile[bytes], by: User, claim: Claim | None = None, caption: str = ""
) -> Evidence:
    """Check and keep one file; ``UploadRefused`` with a sentence when it is not taken.

    The check runs in a child process before the transaction opens; a file that finds no place is thrown away.
    """
    stored = store_upload(upload=upload, by=by, purpose=PURPOSE, kinds=EVIDENCE_KINDS)
    try:
        return attach_stored(project_id=project_id, stored=stored, by=by, claim=claim, caption=caption)
    except Exception:
        with transaction.atomic():
            discard(stored)
        raise


@transaction.atomic
def attach_stored(
    *, project_id: int, stored: StoredFile, by: User, claim: Claim | None = None, caption: str = ""
) -> Evidence:
    """Attach a checked file to a project that the school may change, or to a claim that is returned or asked about."""
    project = locked_project(project_id)
    if claim is not None:
        claim = Claim.objects.get(pk=claim.pk, project=project)
    _require_open(project, claim)
    if project.evidence.count() >= MOST_FILES:
        raise UserError(
            _("Bir projeye en çok %(limit)s dosya eklenebilir; gerekmeyenleri siliniz.") % {"limit": MOST_FILES}
        )
    evidence = Evidence.objects.create(project=project, claim=claim, file=stored, caption=clean(caption)[:200])
    record(
        action="project.add_evidence",
        target=project,
        by=by,
        after={"evidence": evidence.pk, "name": stored.name, "sha256": stored.sha256},
    )
    return evidence


@transaction.atomic
def remove_evidence(*, evidence: Evidence, by: User) -> None:
    """Take a file away; its content is deleted unless the project has been sent with it before."""
    project = locked_project(evidence.project_id)
    evidence = Evidence.objects.select_related("claim", "file").get(pk=evidence.pk)
    stored = evidence.file
    _require_open(project, evidence.claim, stored)
    record(
        action="project.remove_evidence",
        target=project,
        by=by,
        before={"evidence": evidence.pk, "name": stored.name, "sha256": stored.sha256},
    )
    evidence.delete()
    if not project.claims.exists():
        discard(stored)


def _require_open(project: Project, claim: Claim | None, there: StoredFile | None = None) -> None:
    """A file of the project may change while the project may; a file of a claim while the school is to correct it.

    While a question about a claim waits for the school, files may be added to it, and those added since taken away.
    """
    if claim is None and project.status in EDITABLE:
        return
    if claim is not None and claim.status == ClaimStatus.RETURNED:
        return
    if claim is not None and claim.status in AWAITING_REVIEW:
        asked = ClaimQuestion.objects.filter(claim=claim, answered_at=None)
        if there is not None:
            asked = asked.filter(asked_at__lte=there.created_at)
        if asked.exists():
            return
    raise Conflict(_("Gönderilen proje incelenirken kanıt dosyaları değiştirilemez; önce talebi geri çekiniz."))
