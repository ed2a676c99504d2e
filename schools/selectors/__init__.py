"""Reads of units, people and commissions; scope lives here."""

from schools.selectors.commissions import commission_list, commissions_visible_to, composition_of, seats_on
from schools.selectors.people import (
    people_visible_to,
    postings_visible_to,
    staff_list,
    staff_of,
    student_list,
    students_visible_to,
)
from schools.selectors.units import (
    InstitutionCounts,
    category_label,
    counts_of,
    current_year_of,
    districts_visible_to,
    institution_list,
    institutions_visible_to,
)

__all__ = [
    "InstitutionCounts",
    "category_label",
    "commission_list",
    "commissions_visible_to",
    "composition_of",
    "counts_of",
    "current_year_of",
    "districts_visible_to",
    "institution_list",
    "institutions_visible_to",
    "people_visible_to",
    "postings_visible_to",
    "seats_on",
    "staff_list",
    "staff_of",
    "student_list",
    "students_visible_to",
]
