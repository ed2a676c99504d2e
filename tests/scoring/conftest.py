"""A small province with two schools in Edremit, their people, and the board of its project rankings."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from common.text import fold
from projects.models import Claim
from projects.workflow import ClaimStatus
from schools.models import AcademicYear, Institution, StaffMember
from schools.models.commissions import CommissionKind, SeatRole
from schools.models.units import Category
from scoring.models import PointsTable, RankingRun
from tests.factories.projects import ClaimFactory, ProjectFactory, item, team
from tests.factories.schools import (
    DistrictFactory,
    InstitutionFactory,
    StaffFactory,
    YearFactory,
    seat_user,
    staff_user,
)
from tests.factories.scoring import points_table, project_points_run


@dataclass
class Edremit:
    """Çınar (32 + 6,4), İrem (32) and Şule (32) rank 1, 2, 2 among the middle schools; Ümit (0) is not ranked."""

    year: AcademicYear
    table: PointsTable
    school: Institution
    other: Institution
    people: dict[str, StaffMember]
    board: Any
    coordinator: Any
    neighbour: Any
    executive: Any
    technical: Any
    district_board: Any

    def claim(self, title: str, school: Institution, code: str, stage: str, *names: str, **values: Any) -> Claim:
        """An approved claim of a project of these people; the project is made when it is new."""
        project = ProjectFactory(institution=school, year=self.year, title=title, item=item(code))
        team(project, teachers=[self.people[name] for name in names])
        return ClaimFactory(project=project, item=item(code), stage=stage, status=ClaimStatus.APPROVED, **values)

    def run(self) -> RankingRun:
        return project_points_run(self.year)


@pytest.fixture
def edremit(db: None) -> Edremit:
    year = YearFactory()
    table = points_table(year)
    district = DistrictFactory(province=year.province, name="Edremit")
    school, other = (
        InstitutionFactory(district=district, name=name, category=Category.MIDDLE)
        for name in ("Edremit Işık Ortaokulu", "Edremit Çınarlı Ortaokulu")
    )
    board = seat_user(CommissionKind.MONITORING_PROJECT, unit=year.province, full_name="Deniz Uysal")
    cinar_user = staff_user(school, full_name="Çınar Çelik")
    people = {"Çınar": cinar_user.staff_member}
    StaffMember.objects.filter(pk=people["Çınar"].pk).update(
        first_name="Çınar", last_name="Çelik", name_key=fold("Çınar Çelik")
    )
    for name, place in (("İrem", school), ("Şule", other), ("Ümit", other)):
        people[name] = StaffFactory(institution=place, first_name=name, last_name="İnce")
    world = Edremit(
        year=year,
        table=table,
        school=school,
        other=other,
        people=people,
        board=board,
        coordinator=seat_user(CommissionKind.SCHOOL, SeatRole.COORDINATOR, school, full_name="Ayşe Yılmaz"),
        neighbour=seat_user(CommissionKind.SCHOOL, SeatRole.COORDINATOR, other, full_name="Oya Ilgaz"),
        executive=seat_user(CommissionKind.EXECUTIVE, unit=year.province, full_name="Vedat Ak"),
        technical=seat_user(CommissionKind.TECHNICAL, unit=year.province, full_name="Tuna Er"),
        district_board=seat_user(CommissionKind.DISTRICT, unit=district, full_name="Kaya Su"),
    )
    world.claim("Deniz", school, "KA2", "success", "Çınar", "İrem")
    world.claim("Orman", school, "KA1", "preparing", "Çınar")
    world.claim("Göl", other, "KA3", "success", "Şule")
    world.claim("Bağımsız", other, "AB-OTHER", "success", "Ümit", independent_points=Decimal(0))
    return world
