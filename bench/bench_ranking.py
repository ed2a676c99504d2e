"""The T-PR-1 ranking at province size against one bare SQL statement that answers the same question.

The statement leaves ladders out: here no project claims two steps of one, so the answers are the same, row by row.
Both bring every row to Python with district, category, rank, key, name and value, in the order of the list.

First row: reading, points, ranks and every row with its value. Second row: the whole frozen run, with each row's
working, both digests, and everything written; its limit is still only the bare reading, so it says what freezing costs.
"""

import random
from decimal import Decimal

from django.db import connection

from bench.report import Report, median_seconds
from common.text import fold
from projects import reference as project_reference
from projects.models import Claim, ProgrammeItem, Project, TeamTeacher
from projects.workflow import ClaimStatus
from schools.models import (
    AcademicYear,
    District,
    Institution,
    InstitutionYear,
    Posting,
    Province,
    StaffMember,
)
from schools.models.units import Category
from scoring import reference
from scoring.exports import ranking_rows, value_text
from scoring.models import RankingRow, RankingRun
from scoring.selectors.rankings import rank_measure
from scoring.services import compute_run

DISTRICTS, INSTITUTIONS, STAFF, PROJECTS = 20, 1054, 17_765, 8_000
FIRST = (
    "Ayşe",
    "Çağla",
    "Işık",
    "İpek",
    "Ömer",
    "Şule",
    "Ümit",
    "Zeki",
    "Gül",
    "Güneş",
    "Can",
    "Deniz",
    "Ece",
    "Figen",
)
LAST = ("Ilgaz", "İnce", "Çelik", "Cengiz", "Öz", "Ozan", "Şahin", "Sarı", "Uysal", "Ünal", "Yıldız", "Ak", "Kara")

SQL = """
WITH worth AS (
  SELECT c.project_id, MAX({points} * {percent}) AS units
  FROM projects_claim c
  JOIN projects_project p ON p.id = c.project_id
  JOIN projects_programmeitem i ON i.id = c.item_id
  JOIN scoring_pointsline l ON l.item_id = i.id
  JOIN scoring_pointstable t ON t.id = l.table_id AND t.year_id = p.year_id AND t.status = 'approved'
  JOIN scoring_programmecoefficient k ON k.table_id = t.id AND k.programme_id = i.programme_id
  WHERE p.year_id = %(year)s AND c.status = 'approved'
  GROUP BY c.project_id
), totals AS (
  SELECT m.staff_id, SUM(w.units) AS units
  FROM projects_teamteacher m JOIN worth w ON w.project_id = m.project_id
  GROUP BY m.staff_id
)
SELECT d.name, y.category,
       RANK() OVER (PARTITION BY n.district_id, y.category ORDER BY s.units DESC) AS place,
       f.id, f.first_name || ' ' || f.last_name, {value}
FROM totals s
JOIN schools_staffmember f ON f.id = s.staff_id
JOIN schools_posting g ON g.staff_id = f.id AND g.year_id = %(year)s
JOIN schools_institution n ON n.id = g.institution_id
JOIN schools_institutionyear y ON y.institution_id = n.id AND y.year_id = g.year_id
JOIN schools_district d ON d.id = n.district_id
WHERE s.units > 0
ORDER BY d.name COLLATE turkish,
         CASE y.category WHEN 'preschool' THEN 1 WHEN 'primary' THEN 2 WHEN 'middle' THEN 3 WHEN 'high' THEN 4
                         WHEN 'project_high' THEN 5 WHEN 'special' THEN 6 ELSE 7 END,
         place, f.first_name COLLATE turkish, f.last_name COLLATE turkish, f.id
"""
STAGE = """CASE WHEN i.independent THEN COALESCE(c.independent_points, 0)
                WHEN c.stage = 'preparing' THEN COALESCE(l.preparing_points, 0)
                ELSE COALESCE(l.success_points, 0) END"""
DIALECTS = {
    "postgresql": {"points": f"({STAGE})", "percent": "k.percent / 100", "value": "ROUND(s.units, 4)"},
    "sqlite": {
        "points": f"CAST(ROUND(({STAGE}) * 100) AS INTEGER)",
        "percent": "CAST(ROUND(k.percent * 100) AS INTEGER)",
        "value": "s.units",
    },
}


def run(report: Report) -> None:
    year = province_of_full_size()
    statement = SQL.format(**DIALECTS[connection.vendor])

    def bare():
        with connection.cursor() as cursor:
            cursor.execute(statement, {"year": year.pk})
            return cursor.fetchall()

    def ours():
        ranking = rank_measure(year=year, measure="teacher_project_points", partition="district,category")
        return list(ranking_rows(ranking))

    def frozen():
        return compute_run(year=year, measure="teacher_project_points", partition="district,category", by=None)

    expected = [as_text(row) for row in bare()]
    assert expected == [row[2:] for row in ours()], "the statement and the ranking answer differently"
    print(f"   {len(expected)} rows ranked", flush=True)
    mine, limit = median_seconds(ours, bare, rounds=9)
    report.add("ranking T-PR-1, all rows (vs bare SQL)", ours=mine * 1000, limit=limit * 1000, unit="ms", aim=2)
    whole, limit = median_seconds(frozen, bare, rounds=3)
    report.add("the same as a frozen run (vs bare SQL)", ours=whole * 1000, limit=limit * 1000, unit="ms", aim=40)
    assert RankingRun.objects.count() * len(expected) == RankingRow.objects.count()


def as_text(row):
    """(rank, key, name, value) of a row of the statement, as the ranking prints them."""
    _district, _category, place, key, name, value = row
    exact = Decimal(value).scaleb(-6) if connection.vendor == "sqlite" else value
    return place, str(key), name, value_text(exact.quantize(Decimal("0.0001")))


def province_of_full_size() -> AcademicYear:
    """20 districts, 1,054 institutions, 17,765 staff, 8,000 projects with claims and teams; the same at every run."""
    plan = random.Random(10)
    project_reference.load()
    province = Province.objects.create(plate_code=10, name="Balıkesir")
    year = AcademicYear.objects.create(
        province=province, name="2020-2021", start_date="2020-09-14", second_term_date="2021-02-15",
        end_date="2021-08-31", is_current=True,
    )  # fmt: skip
    reference.load(year)
    districts = District.objects.bulk_create(
        [District(province=province, name=f"İlçe {n:02}", name_key=f"ilce {n:02}") for n in range(DISTRICTS)]
    )
    institutions = Institution.objects.bulk_create(
        [
            Institution(province=province, district=plan.choice(districts), code=f"{700000 + n}", name=f"Okul {n}",
                        name_key=f"okul {n}")
            for n in range(INSTITUTIONS)
        ]
    )  # fmt: skip
    categories = list(Category)
    InstitutionYear.objects.bulk_create(
        InstitutionYear(institution=institution, year=year, category=categories[n % len(categories)])
        for n, institution in enumerate(institutions)
    )
    names = [(plan.choice(FIRST), f"{plan.choice(LAST)}{chr(97 + n % 26)}") for n in range(STAFF)]
    staff = StaffMember.objects.bulk_create(
        [
            StaffMember(province=province, first_name=first, last_name=last, name_key=fold(f"{first} {last}"),
                        identity_kind="none")
            for first, last in names
        ],
        batch_size=5000,
    )  # fmt: skip
    Posting.objects.bulk_create(
        (Posting(staff=one, year=year, institution=plan.choice(institutions), title="teacher") for one in staff),
        batch_size=5000,
    )
    _projects(plan, year, institutions, staff)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return year


def _projects(plan, year, institutions, staff) -> None:
    items = list(ProgrammeItem.objects.order_by("order"))
    projects = Project.objects.bulk_create(
        [
            Project(year=year, institution=plan.choice(institutions), title=f"Proje {n}", title_key=f"proje {n}",
                    item=plan.choice(items), status="approved")
            for n in range(PROJECTS)
        ],
        batch_size=2000,
    )  # fmt: skip
    Claim.objects.bulk_create(
        (
            Claim(project=project, year_id=project.year_id, item=project.item, stage=stage, status=status,
                  independent_points=plan.randint(0, 100) if project.item and project.item.independent else None)
            for project in projects
            for stage, status in (
                ("preparing", ClaimStatus.APPROVED),
                ("success", plan.choice((ClaimStatus.APPROVED, ClaimStatus.SUBMITTED))),
            )
        ),
        batch_size=5000,
    )  # fmt: skip
    TeamTeacher.objects.bulk_create(
        (
            TeamTeacher(project=project, staff=person, is_coordinator=place == 0)
            for project in projects
            for place, person in enumerate(plan.sample(staff, plan.choice((1, 2, 2, 3))))
        ),
        batch_size=5000,
    )
