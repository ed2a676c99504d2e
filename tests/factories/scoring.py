"""Points tables and ranking runs for tests."""

from __future__ import annotations

from projects import reference as project_reference
from projects.models import ProgrammeItem
from schools.models import AcademicYear
from scoring import reference
from scoring.models import PointsTable, RankingRun
from scoring.services import compute_run


def points_table(year: AcademicYear) -> PointsTable:
    """The published points table as the year's approved version 1; loads the catalogue when it is missing."""
    if not ProgrammeItem.objects.exists():
        project_reference.load()
    return reference.load(year)


def project_points_run(year: AcademicYear, partition: str = "district,category") -> RankingRun:
    """A stored run of ``teacher_project_points``, computed by the system."""
    return compute_run(year=year, measure="teacher_project_points", partition=partition, by=None)
