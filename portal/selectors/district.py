"""What waits in a district, for its board: schools that have sent nothing, and returned claims not sent again."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.selectors.reading import Reading
from portal.selectors.task import Task
from projects.models import Claim
from projects.selectors.reading import ANY, READING, missing_counts
from projects.workflow import ProjectStatus


def district_tasks(reading: Reading) -> Iterator[Task]:
    """Schools without a project sent, without a reading project; returned claims that are not sent again."""
    missing = missing_counts(reading.user, reading.year)
    deadline = reading.year.submission_deadline
    due = timezone.localdate(deadline) if deadline and deadline > timezone.now() else None
    address = reverse("projects:reading")
    if missing[ANY]:
        yield Task(
            _("Henüz proje göndermemiş okullar"), f"{address}?eksik={ANY}",
            _("Okulları hatırlatabilir, kurul gündemine alabilirsiniz."),
            missing[ANY], due, icon="building", tone="info",
        )  # fmt: skip
    if missing[READING]:
        yield Task(
            _("Kitap okuma projesi olmayan okullar"), address,
            _("Her okul komisyonu yılda bir kitap okuma projesi kaydeder."),
            missing[READING], due, icon="book-2", tone="info",
        )  # fmt: skip
    returned = [claim for claim in returned_in(reading) if claim.project.status == ProjectStatus.RETURNED]
    if returned:
        oldest, count = returned[0].decided_at, len({claim.project_id for claim in returned})
        yield Task(
            _("Düzeltilip yeniden gönderilmeyen projeler"), reverse("projects:list") + "?durum=returned",
            _("Okulların düzeltmesi bekleniyor."), count, icon="arrow-back-up", tone="warning",
            since=timezone.localdate(oldest) if oldest else None,
        )  # fmt: skip


def returned_in(reading: Reading) -> list[Claim]:
    """Returned claims of the person's districts, longest first."""
    return [claim for claim in reading.returned if claim.project.institution.district_id in reading.districts]
