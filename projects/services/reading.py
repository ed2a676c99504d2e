"""The reading project that every school commission records."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from common.text import fold
from projects.models import Project
from projects.selectors.reading import standing_reading_project
from projects.services.drafts import create_project
from schools.models import AcademicYear, Institution


@transaction.atomic
def start_reading_project(*, institution: Institution, year: AcademicYear, by: User) -> Project:
    """The school's reading project of the year: the one that stands, else a new draft. Two clicks make one."""
    locked = Institution.objects.select_for_update().get(pk=institution.pk)
    standing = standing_reading_project(locked, year)
    if standing is not None:
        return standing
    taken = set(Project.objects.filter(institution=locked, year=year).values_list("title_key", flat=True))
    first = title = _("Kitap okuma projesi")
    number = 1
    while fold(title) in taken:
        number += 1
        title = f"{first} {number}"
    return create_project(institution=locked, year=year, title=title, by=by, is_reading=True)
