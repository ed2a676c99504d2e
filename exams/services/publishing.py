"""Publishing the results of an exam: from then on districts and schools see theirs."""

from __future__ import annotations

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from common.audit import record
from common.errors import Conflict, UserError
from common.outbox import Notice, notify_each
from exams.models import Exam, StudentResult
from schools.authority import in_office
from schools.models import Enrolment, Seat
from schools.models.commissions import CommissionKind, SeatRole


@transaction.atomic
def publish_results(*, exam: Exam, version: int, by: User) -> Exam:
    """Open the results to districts and schools; principals and coordinators of schools with a result are told.

    ``version`` is the one that the person looked at. Raises ``Conflict`` when another one is in force by now, and
    ``UserError`` for an exam without results; an exam that is published stays as it is.
    """
    locked = Exam.objects.select_for_update(of=("self",)).select_related("year", "family").get(pk=exam.pk)
    if locked.published_at is not None:
        return locked
    if locked.version != version:
        raise Conflict(_("Sonuçlar bu sırada değişti; sayfayı yeniden açıp bakınız, sonra yayımlayınız."))
    if not StudentResult.objects.filter(exam=locked).exists():
        raise UserError(_("Sınavın sonucu yok; önce sonuç dosyasını aktarınız."))
    locked.published_at, locked.published_by = timezone.now(), by
    locked.save(update_fields=["published_at", "published_by"])
    record(action="exam.publish", target=locked, by=by, after={"version": locked.version})
    notify_each(_notices(locked))
    return locked


def _notices(exam: Exam) -> list[Notice]:
    schools = Enrolment.objects.filter(year=exam.year_id, student__exam_results__exam=exam).order_by()
    seats = Seat.objects.filter(
        in_office(timezone.localdate()),
        commission__kind=CommissionKind.SCHOOL,
        commission__year__is_current=True,
        commission__institution__in=schools.values("institution"),
        role__in=[SeatRole.CHAIR, SeatRole.COORDINATOR],
        staff__user__is_active=True,
    )
    rows = seats.select_related("staff__user", "commission__institution").order_by("pk")
    return [
        Notice(
            seat.staff.user,  # type: ignore[arg-type]
            "exam.published",
            _("%(exam)s sonuçları yayımlandı") % {"exam": exam.name},
            _("%(school)s için ders, şube ve konu sonuçlarını sınav sayfasında görebilirsiniz.")
            % {"school": seat.commission.institution},
            reverse("exams:school", args=[exam.pk, seat.commission.institution.code]),  # type: ignore[union-attr]
            f"exam.published:{exam.pk}:{seat.commission.institution_id}",
        )
        for seat in rows
    ]
