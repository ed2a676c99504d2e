"""The list of projects, which is the search as well: filters in the address, chips that take them away again."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.paginator import Page
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import User
from common.caching import remembered_answer
from common.tables import PAGE_PARAM
from projects.forms import ProjectFilterForm
from projects.rules import may
from projects.selectors import lists
from projects.selectors.handover import moved_projects
from projects.selectors.lists import ProjectFilter
from projects.views.access import require
from projects.views.filters import chips, counted_page, query_of
from projects.workflow import ProjectStatus
from schools.authority import scope_of
from schools.models import AcademicYear
from schools.views.requests import person, year_of

SEARCH_PARAM = "ara"
STATUSES_SHOWN = (
    ProjectStatus.DRAFT,
    ProjectStatus.RETURNED,
    ProjectStatus.SUBMITTED,
    ProjectStatus.IN_REVIEW,
    ProjectStatus.APPROVED,
    ProjectStatus.REJECTED,
    ProjectStatus.WITHDRAWN,
)


ALWAYS_SHOWN = ("programme", "district", "category")
"""Filters that are always in sight; the others open on request."""


def sees_several(user: Any) -> bool:
    """Whether the person's seats reach more than one school."""
    scope = scope_of(user)
    return bool(scope.provinces or scope.districts) or len(scope.institutions) > 1


def filter_form(user: Any, year: AcademicYear, values: Any) -> ProjectFilterForm:
    """The filters that this person may set."""
    return ProjectFilterForm(
        values, year=year, several_schools=sees_several(user), technical=may(user, "projects.view_queue")
    )


def used_filters(form: ProjectFilterForm) -> list[tuple[str, str, str]]:
    """The filters in use as name in the address, label and value in words; the status is not among them."""
    found = []
    for field in form.visible_fields():
        value = form.cleaned_data.get(field.name)
        if value in (None, "", False):
            continue
        shown = "" if value is True else str(value)
        if isinstance(value, dt.date):
            shown = value.strftime("%d.%m.%Y")
        elif isinstance(field.field, forms.ChoiceField):
            shown = str(dict(field.field.choices)[value])  # type: ignore[arg-type]
        found.append((form.add_prefix(field.name), str(field.label), shown))
    return found


@login_required
@require_safe
def list_projects(request: HttpRequest) -> HttpResponse:
    """The projects that the person sees, found by words and filters; permission: projects.list_projects."""
    require(request, "projects.list_projects")
    user, year = person(request), year_of(request)
    asked = (lists.last_change(year, user), request.GET.urlencode())
    part = remembered_answer(f"projects:{year.pk}:{user.pk}", asked, lambda: _list_part(request, user, year))
    return render(request, "projects/list.html", {"list": part})


def _list_part(request: HttpRequest, user: User, year: AcademicYear) -> SafeString:
    """Heading, filters and rows: what is the same for a person until a project of the year changes.

    A renamed school or teacher, or a coordinator who moved, shows up to a minute later.
    """
    form = filter_form(user, year, request.GET)
    wanted = form.wanted(request.GET.get(SEARCH_PARAM, ""))
    counts, page = _found(request, year, wanted)
    rows = [("", _("Tümü"), sum(counts.values()))]
    rows += [(status, str(status.label), counts[status]) for status in STATUSES_SHOWN if counts.get(status)]
    active = _removable(request, form, wanted.search)
    may_add = may(user, "projects.add_project")
    moved = moved_projects([row["pk"] for row in page]) if may_add else {}
    more = [field for field in form.visible_fields() if field.name not in ALWAYS_SHOWN]
    context = {
        "year": year,
        "page": page,
        "rows": [row | {"elsewhere": moved.get(row["pk"], "")} for row in page],
        "total": page.paginator.count,
        "chips": chips(request, rows, wanted.status, ""),
        "active": active,
        "form": form,
        "first_fields": [field for field in form.visible_fields() if field.name in ALWAYS_SHOWN],
        "more_fields": more,
        "more_open": any(form.cleaned_data.get(field.name) or field.errors for field in more),
        "search": wanted.search,
        "several": sees_several(user),
        "query": query_of(request),
        "may_add": may_add,
        "may_see_reading": may(user, "projects.view_reading"),
        "is_filtered": bool(active or wanted.status),
    }
    return render_to_string("projects/parts/list.html", context, request)


def _found(request: HttpRequest, year: AcademicYear, wanted: ProjectFilter) -> tuple[dict[str, int], Page[Any]]:
    """How many projects stand in each status, and the rows of the page that was asked for."""
    if not wanted.search.strip():
        found = lists.projects_of_year(request.user, year, wanted)
        counts = lists.counts_by_status(found)
        total = counts.get(wanted.status, 0) if wanted.status else sum(counts.values())
        return counts, counted_page(lists.project_rows(found, wanted), request, total)
    known = lists.found_by_words(request.user, year, wanted)
    keys = [key for key, status in known if wanted.status in ("", status)]
    page = counted_page(keys, request, len(keys))
    page.object_list = lists.rows_of(page.object_list)
    return dict(Counter(status for _key, status in known)), page


def _removable(request: HttpRequest, form: ProjectFilterForm, search: str) -> list[dict[str, str]]:
    """A chip for each filter in use; its address is this one without the filter."""
    used = used_filters(form)
    if search.strip():
        used.insert(0, (SEARCH_PARAM, _("Aranan"), search.strip()))
    here = reverse("projects:list")
    found = []
    for name, label, value in used:
        kept = {key: text for key, text in request.GET.items() if key not in (name, PAGE_PARAM) and text}
        found.append({"label": label, "value": value, "url": f"{here}?{urlencode(kept)}" if kept else here})
    return found
