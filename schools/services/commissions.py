"""Forming commissions and seating people."""

from __future__ import annotations

import datetime

from django.db import transaction
from django.db.models import ProtectedError, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from common.audit import record
from common.errors import Conflict, UserError
from common.outbox import notify
from common.text import clean, fold
from schools.models import AcademicYear, Commission, District, Institution, Posting, Province, Seat, StaffMember
from schools.models.commissions import CommissionKind, SeatRole
from schools.models.people import IdentityKind

SCHOOL_ROLES = (SeatRole.CHAIR, SeatRole.COORDINATOR, SeatRole.MEMBER)
DISTRICT_ROLES = (
    SeatRole.CHAIR,
    SeatRole.DIRECTOR,
    SeatRole.BRANCH_DIRECTOR,
    SeatRole.BUREAU,
    SeatRole.SCHOOL_PRINCIPAL,
    SeatRole.MEMBER,
)
OFFICE_ROLES = (SeatRole.DIRECTOR, SeatRole.DEPUTY_DIRECTOR, SeatRole.RND, SeatRole.MEASUREMENT, SeatRole.MEMBER)
ROLES: dict[str, tuple[SeatRole, ...]] = {
    CommissionKind.EXECUTIVE: (SeatRole.CHAIR, *OFFICE_ROLES),
    CommissionKind.TECHNICAL: (
        SeatRole.CHAIR,
        SeatRole.DEPUTY_DIRECTOR,
        SeatRole.RND,
        SeatRole.MEASUREMENT,
        SeatRole.IT,
        SeatRole.MEMBER,
    ),
    CommissionKind.DISTRICT: DISTRICT_ROLES,
    CommissionKind.SCHOOL: SCHOOL_ROLES,
    CommissionKind.MEASUREMENT_CENTRE: (SeatRole.CHAIR, SeatRole.DATA_CLERK),
}
MONITORING_ROLES = (SeatRole.CHAIR, SeatRole.MEMBER)
SIGNATURES = {CommissionKind.EXECUTIVE: "Vali", CommissionKind.DISTRICT: "Kaymakam"}


def roles_on(kind: str) -> tuple[SeatRole, ...]:
    """The roles that a commission of this kind has seats for."""
    return ROLES.get(kind, MONITORING_ROLES)


@transaction.atomic
def form_commission(
    *,
    year: AcademicYear,
    kind: CommissionKind,
    district: District | None = None,
    institution: Institution | None = None,
    by: User | None,
) -> Commission:
    """Form the one commission of a kind at its unit.

    Raises ``UserError`` for a unit that doesn't fit the kind and ``Conflict`` if it was formed already.
    """
    _check_unit(year, kind, district, institution)
    locked = AcademicYear.objects.select_for_update().get(pk=year.pk)
    if Commission.objects.filter(year=locked, kind=kind, district=district, institution=institution).exists():
        raise Conflict(_("Bu kurul bu yıl için zaten kurulmuş; üyelerini kurulun sayfasından düzenleyiniz."))
    commission = Commission.objects.create(year=locked, kind=kind, district=district, institution=institution)
    record(action="commission.form", target=commission, by=by, after={"kind": kind, "unit": str(commission.unit)})
    return commission


def _check_unit(
    year: AcademicYear, kind: CommissionKind, district: District | None, institution: Institution | None
) -> None:
    if (kind == CommissionKind.SCHOOL) != (institution is not None):
        raise UserError(_("Okul komisyonu için bir okul seçiniz; öteki kurullar için okul seçilmez."))
    if (kind == CommissionKind.DISTRICT) != (district is not None):
        raise UserError(_("İlçe kurulu için bir ilçe seçiniz; öteki kurullar için ilçe seçilmez."))
    unit = institution or district
    if unit is not None and unit.province_id != year.province_id:
        raise UserError(_("Seçtiğiniz birim bu ilde değil; yılın ilindeki bir birimi seçiniz."))


@transaction.atomic
def add_officer(
    *, province: Province, first_name: str, last_name: str, email: str = "", by: User | None
) -> StaffMember:
    """Record a person of the administration (Vali, Kaymakam, şube müdürü): no number, no posting at a school."""
    first, last = clean(first_name), clean(last_name)
    if not first or not last:
        raise UserError(_("Kişinin adını ve soyadını yazınız."))
    officer = StaffMember.objects.create(
        province=province,
        first_name=first,
        last_name=last,
        name_key=fold(f"{first} {last}"),
        identity_kind=IdentityKind.NONE,
        email=email.strip().lower(),
    )
    record(action="staff.add_officer", target=officer, by=by, after={"name": officer.full_name})
    return officer


@transaction.atomic
def seat_person(
    *,
    commission: Commission,
    staff: StaffMember,
    role: SeatRole,
    start_date: datetime.date,
    signs_as: str = "",
    by: User | None,
) -> Seat:
    """Give a person a seat from a day on. Raises ``UserError`` where the role, the person or the dates don't fit."""
    locked = Commission.objects.select_for_update(of=("self",)).select_related("year").get(pk=commission.pk)
    if role not in roles_on(locked.kind):
        raise UserError(_("Bu kurulda bu görev yok; listedeki görevlerden birini seçiniz."))
    if staff.province_id != locked.year.province_id:
        raise UserError(_("Bu kişi başka bir ilde kayıtlı; bu ilden bir kişi seçiniz."))
    if (
        locked.kind == CommissionKind.SCHOOL
        and not Posting.objects.filter(staff=staff, year=locked.year_id, institution=locked.institution_id).exists()
    ):
        raise UserError(_("Bu kişi bu yıl bu okulda görevli değil; önce görev yerini düzeltiniz."))
    _check_place(locked, staff, role, start_date)
    if role == SeatRole.CHAIR and not signs_as:
        signs_as = SIGNATURES.get(CommissionKind(locked.kind), "")
    seat = Seat.objects.create(
        commission=locked, staff=staff, role=role, signs_as=clean(signs_as), start_date=start_date
    )
    record(
        action="seat.give",
        target=seat,
        by=by,
        after={"commission": locked.label, "staff": staff.pk, "role": role, "start_date": start_date.isoformat()},
    )
    _tell_holder(
        seat,
        "seat_given",
        _("Size kurul görevi verildi: %(seat)s") % {"seat": seat.label},
        _("Görev %(day)s günü başlar; ne yapabildiğinizi Hesabım sayfasında görürsünüz.") % {"day": _day(start_date)},
        by=by,
    )
    return seat


@transaction.atomic
def seat_officer(
    *,
    commission: Commission,
    first_name: str,
    last_name: str,
    role: SeatRole,
    start_date: datetime.date,
    email: str = "",
    signs_as: str = "",
    by: User | None,
) -> Seat:
    """``add_officer`` and ``seat_person`` in one: somebody of the administration who isn't recorded yet."""
    officer = add_officer(
        province=commission.year.province, first_name=first_name, last_name=last_name, email=email, by=by
    )
    return seat_person(commission=commission, staff=officer, role=role, start_date=start_date, signs_as=signs_as, by=by)


def _check_place(commission: Commission, staff: StaffMember, role: SeatRole, start_date: datetime.date) -> None:
    later = Seat.objects.filter(Q(end_date=None) | Q(end_date__gte=start_date), commission=commission)
    if later.filter(staff=staff).exists():
        raise Conflict(_("Bu kişinin bu kurulda süren bir üyeliği var; önce o üyeliği bitiriniz."))
    if role in (SeatRole.CHAIR, SeatRole.COORDINATOR):
        holder = later.filter(role=role).select_related("staff").first()
        if holder is not None:
            raise Conflict(
                _("Bu görevde o tarihte %(name)s var; önce onun üyeliğini bitiriniz.") % {"name": holder.staff}
            )


@transaction.atomic
def end_seat(*, seat: Seat, end_date: datetime.date, by: User | None) -> Seat:
    """End a seat; ``end_date`` is its last day. Raises ``Conflict`` if it has ended, ``UserError`` before its start."""
    locked = Seat.objects.select_for_update(of=("self",)).select_related("commission", "staff").get(pk=seat.pk)
    if locked.end_date is not None:
        raise Conflict(_("Bu üyelik daha önce bitirilmiş."))
    if end_date < locked.start_date:
        raise UserError(
            _("Son gün, başlangıç gününden (%(start)s) önce olamaz; yanlış açılmış bir üyeliği kaldırınız.")
            % {"start": _day(locked.start_date)}
        )
    locked.end_date = end_date
    locked.save(update_fields=["end_date"])
    record(action="seat.end", target=locked, by=by, before={"end_date": None}, after={"end_date": end_date.isoformat()})
    _tell_holder(
        locked,
        "seat_ended",
        _("Kurul görevinizin son günü %(day)s: %(seat)s") % {"day": _day(end_date), "seat": locked.label},
        _(
            "Bu görevle gördüğünüz kayıtlar o günden sonra size açılmaz; bir yanlışlık varsa size bu görevi veren "
            "kurula başvurunuz."
        ),
        by=by,
    )
    return locked


@transaction.atomic
def withdraw_seat(*, seat: Seat, by: User | None) -> None:
    """Take back a seat given by mistake: one that began today or later and on which nothing rests."""
    locked = Seat.objects.select_for_update(of=("self",)).select_related("commission", "staff").get(pk=seat.pk)
    if locked.start_date < timezone.localdate():
        raise UserError(_("Başlamış bir üyelik kaldırılamaz; son gününü yazarak bitiriniz."))
    record(
        action="seat.withdraw",
        target=locked,
        by=by,
        before={"staff": locked.staff_id, "role": locked.role, "start_date": locked.start_date.isoformat()},
    )
    _tell_holder(
        locked,
        "seat_withdrawn",
        _("Size verilen kurul görevi geri alındı: %(seat)s") % {"seat": locked.label},
        _("Görev yanlışlıkla verildiği için kaldırıldı; bir yanlışlık varsa size bu görevi veren kurula başvurunuz."),
        by=by,
    )
    try:
        locked.delete()
    except ProtectedError:
        raise UserError(_("Bu üyeliğe dayanan kayıtlar var; üyeliği kaldırmak yerine bitiriniz.")) from None


def _tell_holder(seat: Seat, change: str, subject: str, body: str, *, by: User | None) -> None:
    """What an account opens follows from its seats: its holder is told at once of what others change about them."""
    holder = seat.staff.user
    if holder is not None and holder != by:
        notify(
            recipient=holder, kind=f"security.{change}", subject=subject, body=body, url=reverse("schools:my_account")
        )


def _day(day: datetime.date) -> str:
    return day.strftime("%d.%m.%Y")
