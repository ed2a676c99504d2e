"""Reads of projects; scope lives in ``visible_to``."""

from projects.selectors.catalogue import ItemFinder, item_choices
from projects.selectors.detail import claims_of, files_of, managers_of, project_page, team_of, timeline
from projects.selectors.lists import (
    ProjectFilter,
    approved_projects_with_claims,
    counts_by_status,
    project_rows,
    projects_of_year,
)
from projects.selectors.queue import QueueFilter, review_queue
from projects.selectors.scope import visible_to
from projects.selectors.submission import submission_problems

__all__ = [
    "ItemFinder",
    "ProjectFilter",
    "QueueFilter",
    "approved_projects_with_claims",
    "claims_of",
    "counts_by_status",
    "files_of",
    "item_choices",
    "managers_of",
    "project_page",
    "project_rows",
    "projects_of_year",
    "review_queue",
    "submission_problems",
    "team_of",
    "timeline",
    "visible_to",
]
