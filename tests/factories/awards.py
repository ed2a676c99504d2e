"""Rankings, rounds and lists for tests: a published run over given values, and a whole chain of people around it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils import timezone

from accounts.models import User
from awards import reference, services
from awards.models import AwardList, AwardRound
from schools.models import AcademicYear, District, Institution, InstitutionYear, StaffMember
from schools.models.commissions import CommissionKind, SeatRole
from schools.models.people import Employment
from schools.models.units import Category
from scoring.models import PointsTable, RankingRow, RankingRun
from scoring.workflow import RunStatus
from tests.factories.schools import DistrictFactory, InstitutionFactory, StaffFactory, YearFactory, seat_user

MEASURE = "teacher_project_points"
PARTITION = "district,category"


def published_run(
    year: AcademicYear, values: Iterable[tuple[StaffMember, str]], *, until: dt.date | None = None, status: str = ""
) -> RankingRun:
    """A run over (staff, points) whose objection window closed yesterday; ranks within district x category."""
    table, _created = PointsTable.objects.get_or_create(
        year=year, version=1, defaults={"status": PointsTable.Status.APPROVED}
    )
    run = RankingRun.objects.create(
        year=year,
        measure=MEASURE,
        partition=PARTITION,
        status=status or RunStatus.PUBLISHED,
        points_table=table,
        input_digest="0" * 64,
        result_digest="0" * 64,
        published_at=timezone.now(),
        objections_until=until or timezone.localdate() - dt.timedelta(days=1),
    )
    placed = []
    for staff, value in values:
        posting = staff.postings.get(year=year)
        category = InstitutionYear.objects.get(year=year, institution=posting.institution).category
        placed.append((posting.institution, category, staff, Decimal(value)))
    rows = []
    for institution, category, staff, value in sorted(placed, key=lambda p: (p[0].district_id, p[1], -p[3], p[2].pk)):
        better = [
            p for p in placed if p[0].district_id == institution.district_id and p[1] == category and p[3] > value
        ]
        rows.append(
            RankingRow(
                run=run,
                staff=staff,
                institution=institution,
                district_id=institution.district_id,
                category=category,
                partition_key=f"{institution.district_id}|{category}",
                position=len(rows) + 1,
                rank=len(better) + 1,
                holder_name=staff.full_name,
                value_exact=str(value),
                value=value,
                evidence={"working": f"{value} puan", "projects": []},
            )
        )
    RankingRow.objects.bulk_create(rows)
    return run


@dataclass
class Chain:
    """A district, its school, ranked teachers, and the people who decide, grant and issue."""

    year: AcademicYear
    district: District
    school: Institution
    teachers: list[StaffMember]
    run: RankingRun
    monitor: User
    technical: User
    executive: User
    governor: User
    district_governor: User
    extra: dict[str, Any] = field(default_factory=dict)

    def compute(self) -> AwardRound:
        return services.compute_round(year=self.year, cadence="year", by=self.technical)

    def list(self) -> AwardList:
        return AwardList.objects.select_related(
            "rule", "round__year__province", "district", "run", "signatory__staff"
        ).get(round__is_discarded=False, district=self.district)

    def decided(self) -> AwardList:
        self.compute()
        award_list = self.list()
        services.decide_list(
            award_list=award_list,
            decision_number="2021/7",
            decision_date=timezone.localdate(),
            version=award_list.version,
            by=self.executive,
        )
        return self.list()

    def offered(self) -> AwardList:
        award_list = self.decided()
        services.offer_list(award_list=award_list, reason="Üstün gayret", version=award_list.version, by=self.executive)
        return self.list()

    def granted(self, grant_number: str = "E-1") -> AwardList:
        award_list = self.offered()
        services.grant_list(
            award_list=award_list,
            grant_number=grant_number,
            grant_date=timezone.localdate(),
            version=award_list.version,
            by=self.district_governor,
        )
        return self.list()

    def issued(self) -> AwardList:
        from awards.pdf import certificates_pdf

        services.issue_certificates(award_list=self.granted(), render=certificates_pdf, by=self.executive)
        return self.list()


def chain(
    values: Sequence[str] = ("40", "32", "32", "10"),
    *,
    employments: Sequence[str] = (),
    names: Sequence[tuple[str, str]] = (),
    district_name: str = "Edremit",
) -> Chain:
    """Teachers of one middle school with these points, in this order."""
    year = YearFactory()
    district = DistrictFactory(province=year.province, name=district_name)
    school = InstitutionFactory(district=district, name="Kazdağı Ortaokulu", category=Category.MIDDLE)
    reference.load(year)
    teachers = []
    for index in range(len(values)):
        people = dict(zip(("first_name", "last_name"), names[index], strict=True)) if index < len(names) else {}
        teachers.append(
            StaffFactory(
                institution=school,
                employment=employments[index] if index < len(employments) else Employment.PERMANENT,
                **people,
            )
        )
    run = published_run(year, zip(teachers, values, strict=True))
    return Chain(
        year=year,
        district=district,
        school=school,
        teachers=teachers,
        run=run,
        monitor=seat_user(CommissionKind.MONITORING_PROJECT, unit=year.province),
        technical=seat_user(CommissionKind.TECHNICAL, unit=year.province),
        executive=seat_user(CommissionKind.EXECUTIVE, SeatRole.DIRECTOR, unit=year.province),
        governor=seat_user(CommissionKind.EXECUTIVE, SeatRole.CHAIR, unit=year.province, signs_as="Vali"),
        district_governor=seat_user(CommissionKind.DISTRICT, SeatRole.CHAIR, unit=district, signs_as="Kaymakam"),
    )
