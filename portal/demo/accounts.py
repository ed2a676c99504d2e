"""The demo's sign-ins: one for each role, without a second step, on a domain that no mail reaches."""

from __future__ import annotations

from dataclasses import dataclass

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.db.models import Count, Exists, OuterRef, Q

from accounts.models import User
from portal.demo.earlier import FINAL_GRADE
from schools.models import AcademicYear, Commission, Institution, InstitutionYear, Seat, StaffMember
from schools.models.commissions import CommissionKind, SeatRole
from schools.models.people import Title

DEMO_DOMAIN = "deneme.bigep.example"
DEMO_SIGN_IN = "balikesir-zeytin-2026"


@dataclass(frozen=True)
class DemoAccount:
    """Who can be tried: ``name`` is the part before the @, ``role`` what the address list says."""

    name: str
    role: str

    @property
    def email(self) -> str:
        return f"{self.name}@{DEMO_DOMAIN}"


ACCOUNTS = (
    DemoAccount("okul", "Okul proje sorumlusu"),
    DemoAccount("mudur", "Okul müdürü"),
    DemoAccount("ogretmen", "Öğretmen (kurul üyeliği yok)"),
    DemoAccount("komsu", "Başka bir okulun proje sorumlusu"),
    DemoAccount("teknik", "İl teknik ekibi (inceleyen)"),
    DemoAccount("teknik2", "İl teknik ekibi (ikinci inceleyen)"),
    DemoAccount("izleme", "Proje izleme ve değerlendirme kurulu"),
    DemoAccount("akademik", "Akademik izleme ve değerlendirme kurulu"),
    DemoAccount("eba", "EBA izleme ve değerlendirme kurulu"),
    DemoAccount("yurutme", "İl proje yürütme kurulu"),
    DemoAccount("vali", "Vali (mülki amir, il)"),
    DemoAccount("kaymakam", "Edremit Kaymakamı (mülki amir, ilçe)"),
    DemoAccount("ilce", "Edremit ilçe kurulu"),
    DemoAccount("veri", "Ölçme Değerlendirme Merkezi veri görevlisi"),
    DemoAccount("sistem", "Sistem yöneticisi"),
)


def build_reviewers(year: AcademicYear) -> list[User]:
    """Accounts of the technical team, needed before the projects that they decided on."""
    seats = _province_seats(year, CommissionKind.TECHNICAL)
    return [_account("teknik", seats[1].staff), _account("teknik2", seats[2].staff)]


def build_author() -> User:
    """The account in whose name the schools' earlier steps were taken; nobody signs in with it."""
    return User.objects.create(
        email=f"okullar@{DEMO_DOMAIN}", full_name="Okul proje sorumlusu", password=make_password(None), is_active=False
    )


def build_accounts(year: AcademicYear) -> None:
    """Give the people of the other roles their accounts."""
    executive = _province_seats(year, CommissionKind.EXECUTIVE)
    _account("vali", executive[0].staff)
    _account("yurutme", executive[3].staff)
    _account("izleme", _province_seats(year, CommissionKind.MONITORING_PROJECT)[0].staff)
    _account("akademik", _province_seats(year, CommissionKind.MONITORING_ACADEMIC)[0].staff)
    _account("eba", _province_seats(year, CommissionKind.MONITORING_INNOVATION_EBA)[0].staff)
    _account("veri", _province_seats(year, CommissionKind.MEASUREMENT_CENTRE)[0].staff)
    board = Commission.objects.get(year=year, kind=CommissionKind.DISTRICT, district__name="Edremit")
    members = list(board.seats.select_related("staff").order_by("pk"))
    _account("kaymakam", members[0].staff)
    _account("ilce", members[2].staff)
    home, other = _two_schools(year)
    _account("mudur", _seat(year, home, SeatRole.CHAIR).staff)
    _account("okul", _seat(year, home, SeatRole.COORDINATOR).staff)
    _account("ogretmen", _teacher_without_seat(year, home))
    _account("komsu", _seat(year, other, SeatRole.COORDINATOR).staff)
    system = User.objects.create(
        email=f"sistem@{DEMO_DOMAIN}",
        full_name="Sistem Yöneticisi",
        password=make_password(DEMO_SIGN_IN),
        is_superuser=True,
        is_staff=True,
        mfa_exempt=True,
    )
    EmailAddress.objects.create(user=system, email=system.email, verified=True, primary=True)


def home_school() -> Institution:
    """The school of the demo's coordinator."""
    seat = Seat.objects.select_related("commission__institution").get(staff__user__email=f"okul@{DEMO_DOMAIN}")
    assert seat.commission.institution is not None
    return seat.commission.institution


def _province_seats(year: AcademicYear, kind: CommissionKind) -> list[Seat]:
    return list(
        Seat.objects.filter(commission__year=year, commission__kind=kind).select_related("staff").order_by("pk")
    )


def _two_schools(year: AcademicYear) -> tuple[Institution, Institution]:
    """Two schools of Edremit: rather with a final grade, public, without a principal on the district board, with many
    projects."""
    first, second, *_ = (
        Institution.objects.filter(district__name="Edremit", district__province=year.province)
        .annotate(
            on_board=Count("postings", filter=Q(postings__staff__seats__commission__kind=CommissionKind.DISTRICT)),
            projects_count=Count("projects", filter=Q(projects__year=year), distinct=True),
            final=Exists(
                InstitutionYear.objects.filter(institution=OuterRef("pk"), year=year, category__in=FINAL_GRADE)
            ),
        )
        .order_by("-final", "is_private", "on_board", "-projects_count", "pk")[:2]
    )
    return first, second


def _seat(year: AcademicYear, school: Institution, role: SeatRole) -> Seat:
    return Seat.objects.select_related("staff").get(
        commission__year=year, commission__kind=CommissionKind.SCHOOL, commission__institution=school, role=role
    )


def _teacher_without_seat(year: AcademicYear, school: Institution) -> StaffMember:
    return (
        StaffMember.objects.filter(
            postings__year=year,
            postings__institution=school,
            postings__title__in=(Title.TEACHER, Title.CLASS_TEACHER, Title.PRESCHOOL_TEACHER),
            seats=None,
        )
        .annotate(teams=Count("team_memberships"))
        .order_by("-teams", "pk")[0]
    )


def _account(name: str, staff: StaffMember) -> User:
    user = User.objects.create(
        email=f"{name}@{DEMO_DOMAIN}",
        full_name=staff.full_name,
        password=make_password(DEMO_SIGN_IN),
        mfa_exempt=True,
    )
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    staff.user = user
    staff.email = user.email
    staff.save(update_fields=["user", "email"])
    return user
