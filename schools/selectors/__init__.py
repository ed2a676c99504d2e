"""Reads of units, people and commissions; scope lives here."""

from schools.selectors.commissions import (
    commission_list,
    commissions_visible_to,
    composition_of,
    seats_held_by,
    seats_in_force,
    seats_on,
)
from schools.selectors.people import (
    people_named,
    people_visible_to,
    postings_of,
    postings_visible_to,
    staff_list,
    staff_of,
    student_list,
    students_visible_to,
)
from schools.selectors.units import (
    InstitutionCounts,
    counts_of,
    current_year_of,
    districts_visible_to,
    institution_list,
    institutions_visible_to,
    sections_of,
)
from schools.selectors.year_settings import deadline_trail, setting_trail, settings_shown

__all__ = [
    "InstitutionCounts",
    "commission_list",
    "commissions_visible_to",
    "composition_of",
    "counts_of",
    "current_year_of",
    "deadline_trail",
    "districts_visible_to",
    "institution_list",
    "institutions_visible_to",
    "people_named",
    "people_visible_to",
    "postings_of",
    "postings_visible_to",
    "seats_held_by",
    "seats_in_force",
    "seats_on",
    "sections_of",
    "setting_trail",
    "settings_shown",
    "staff_list",
    "staff_of",
    "student_list",
    "students_visible_to",
]
