"""Random provinces: a few schools with projects that meet every corner of the points rules. Fast: sets of rows only."""

from __future__ import annotations

import datetime
import itertools
import random
from dataclasses import dataclass
from decimal import Decimal

from common.text import fold
from projects import reference as project_reference
from projects.models import Claim, ProgrammeItem, Project, TeamTeacher
from projects.workflow import ClaimStatus, project_status
from schools.models import (
    AcademicYear,
    District,
    Institution,
    InstitutionYear,
    Posting,
    Province,
    StaffMember,
    YearSetting,
)
from schools.models.people import Employment, Title
from schools.models.units import Category
from scoring import reference

DISTRICTS = ("Sındırgı", "Susurluk", "İvrindi", "Havran", "Edremit", "Gönen", "Ayvalık", "Burhaniye")
FIRST = ("Ayşe", "Çağla", "Işık", "İpek", "Ömer", "Şule", "Ümit", "Zeki", "Gül", "Güneş")
LAST = ("Ilgaz", "İnce", "Çelik", "Cengiz", "Öz", "Ozan", "Şahin", "Sarı", "Uysal", "Ünal", "Yıldız")
SETTINGS = tuple(
    dict(zip(("project_points", "team_share", "project_sum"), values, strict=True))
    for values in itertools.product(
        ("highest", "sum"), ("full", "split"), ("all", "best_per_programme", "capped_per_programme")
    )
)
LADDER_CODES = ("COMP-APPLY", "COMP-FINAL", "COMP-DEGREE", "OLY-APPLY", "OLY-FINAL", "OLY-DEGREE")
INDEPENDENT_POINTS = (None, Decimal("0"), Decimal("33.33"), Decimal("50"), Decimal("72.25"), Decimal("100"))


@dataclass(frozen=True)
class RandomProvince:
    """A made province; ``settings`` are the ones that were chosen for its year."""

    province: Province
    year: AcademicYear
    settings: dict[str, str]


def make(
    seed: int, *, settings: dict[str, str] | None = None, shuffle: int | None = None, plate_code: int | None = None
) -> RandomProvince:
    """The province of a seed. ``shuffle`` only changes the order in which its rows are inserted.

    Plate codes start at 1000 + seed, so many provinces stand side by side. The catalogue is loaded when it is missing.
    """
    plan = random.Random(seed)
    order = random.Random(seed if shuffle is None else shuffle)
    if not ProgrammeItem.objects.exists():
        project_reference.load()
    plate = plate_code or 1000 + seed
    chosen = settings if settings is not None else SETTINGS[seed % len(SETTINGS)]
    province = Province.objects.create(plate_code=plate, name=f"İl {plate}")
    years = [add_year(province, name, current) for name, current in (("2019-2020", False), ("2020-2021", True))]
    year = years[1]
    reference.load(year)
    YearSetting.objects.bulk_create(YearSetting(year=year, key=key, value=value) for key, value in chosen.items())
    institutions = _institutions(plan, order, province, years, plate)
    staff = _staff(plan, province, year, institutions)
    _projects(plan, order, years, institutions, staff)
    return RandomProvince(province, year, dict(chosen))


def add_year(province, name, current):
    """An academic year of the province."""
    first, second = int(name[:4]), int(name[5:])
    return AcademicYear.objects.create(
        province=province,
        name=name,
        is_current=current,
        start_date=datetime.date(first, 9, 14),
        second_term_date=datetime.date(second, 2, 15),
        end_date=datetime.date(second, 8, 31),
    )


def _institutions(plan, order, province, years, plate):
    names = plan.sample(DISTRICTS, plan.randint(2, 4))
    districts = District.objects.bulk_create(
        [District(province=province, name=name, name_key=fold(name)) for name in names]
    )
    rows = []
    for number in range(plan.randint(5, 9)):
        name = f"{plan.choice(FIRST)} Okulu {number}"
        rows.append(
            Institution(
                province=province,
                district=plan.choice(districts),
                code=f"{plate:05}{number:03}",
                name=name,
                name_key=fold(name),
                is_private=plan.random() < 0.2,
            )
        )
    institutions = Institution.objects.bulk_create(rows)
    categories = plan.sample(list(Category), 3)
    placed = [
        InstitutionYear(institution=institution, year=year, category=plan.choice(categories))
        for year in years
        for institution in institutions
        if plan.random() > 0.06
    ]
    order.shuffle(placed)
    InstitutionYear.objects.bulk_create(placed)
    return institutions


def _staff(plan, province, year, institutions):
    rows = []
    for _number in range(plan.randint(15, 35)):
        first, last = plan.choice(FIRST), plan.choice(LAST)
        rows.append(
            StaffMember(
                province=province,
                first_name=first,
                last_name=last,
                name_key=fold(f"{first} {last}"),
                identity_kind="none",
            )
        )
    staff = StaffMember.objects.bulk_create(rows)
    employments = (Employment.PERMANENT,) * 5 + (Employment.CONTRACTED, Employment.HOURLY, Employment.PRIVATE)
    titles = (Title.TEACHER,) * 6 + (Title.PRINCIPAL, Title.DEPUTY, Title.RESPONSIBLE_DEPUTY, Title.COUNSELLOR)
    Posting.objects.bulk_create(
        Posting(
            staff=person,
            year=year,
            institution=plan.choice(institutions),
            title=plan.choice(titles),
            employment=plan.choice(employments),
        )
        for person in staff
        if plan.random() > 0.07
    )
    return staff


def _projects(plan, order, years, institutions, staff):
    items = {item.code: item for item in ProgrammeItem.objects.order_by("order")}
    pool = _item_pool(plan, items)
    projects, claims, teams = [], [], []
    for number in range(plan.randint(12, 40)):
        institution = plan.choice(institutions)
        title = f"{plan.choice(FIRST)} Projesi {number}"
        project = Project(
            year=years[0] if plan.random() < 0.08 else years[1],
            institution=institution,
            title=title,
            title_key=fold(title),
            item=plan.choice(pool),
        )
        projects.append(project)
        own = _claims(plan, project, pool, items)
        project.status = project_status(claim.status for claim in own)
        claims += own
        team = plan.sample(staff, min(len(staff), plan.choice((0, 1, 1, 2, 2, 3, 4, 7))))
        teams += [
            TeamTeacher(project=project, staff=person, is_coordinator=place == 0) for place, person in enumerate(team)
        ]
    for rows in (projects, claims, teams):
        order.shuffle(rows)
    Project.objects.bulk_create(projects)
    Claim.objects.bulk_create(claims)
    TeamTeacher.objects.bulk_create(teams)


def _item_pool(plan, items):
    """A few items only, so that equal totals are frequent; ladders and independent items often among them."""
    pool = plan.sample(list(items.values()), plan.randint(3, 10))
    if plan.random() < 0.6:
        pool += [items[code] for code in LADDER_CODES if plan.random() < 0.6]
    if plan.random() < 0.6:
        pool.append(items["AB-OTHER"])
    return pool


def _claims(plan, project, pool, items):
    """None to four claims, among them other steps of the ladder and states that carry no points."""
    candidates = [(project.item, "preparing"), (project.item, "success")]
    if project.item.ladder:
        candidates += [
            (item, stage)
            for item in items.values()
            if item.ladder == project.item.ladder and item != project.item
            for stage in ("preparing", "success")
        ]
    else:
        candidates += [(item, "success") for item in pool if item.programme_id == project.item.programme_id]
        candidates += [(plan.choice(pool), plan.choice(("preparing", "success")))]
    seen, claims = set(), []
    for item, stage in plan.sample(candidates, min(len(candidates), plan.choice((0, 1, 1, 2, 2, 3, 4)))):
        if (item.pk, stage) in seen:
            continue
        seen.add((item.pk, stage))
        status = plan.choice((ClaimStatus.APPROVED,) * 5 + tuple(ClaimStatus))
        points = plan.choice(INDEPENDENT_POINTS) if item.independent else None
        claims.append(
            Claim(
                project=project,
                year_id=project.year_id,
                item=item,
                stage=stage,
                status=status,
                independent_points=points,
            )
        )
    return claims
