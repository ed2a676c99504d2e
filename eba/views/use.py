"""Use of the platform: the province, a district, a school, its students, a person."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from common.charts import grouped_bars, histogram
from common.tables import page_of
from eba.rules import may
from eba.selectors import criteria, figures, points, students
from eba.views.access import require, term_of
from schools.authority import institutions_led_by, scope_of
from schools.models import District, Institution, StaffMember
from schools.models.units import Category
from schools.selectors import institutions_visible_to
from schools.views.requests import person, year_of

TERM_LABELS = {1: gettext_lazy("1. dönem"), 2: gettext_lazy("2. dönem")}


@login_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Shows the widest page that is the person's own; permission: eba.view_own."""
    year = year_of(request)
    scope = scope_of(request.user)
    if year.province_id in scope.provinces:
        return province(request)
    districts = District.objects.filter(province=year.province_id, pk__in=scope.districts).order_by("pk")
    if scope.districts and (first := districts.first()):
        return district(request, first.pk)
    schools = institutions_led_by(request.user)
    return school(request, schools[0].code) if schools else own(request)


@login_required
@require_safe
def province(request: HttpRequest) -> HttpResponse:
    """Districts and levels of the province, for its boards the schools of a level; permission: eba.view_province."""
    year = year_of(request)
    require(request, year, "eba.view_province")
    tariff = criteria.tariff_of(year)
    context: dict[str, Any] = {"year": year, "tariff": tariff}
    if tariff is not None:
        schools, scope = figures.schools_of(tariff), scope_of(request.user)
        sees_all = year.province_id in scope.provinces

        def covers(row: figures.SchoolFigures) -> bool:
            return sees_all or row.district_id in scope.districts or row.pk in scope.institutions

        levels = figures.groups_of(schools, lambda r: r.category, lambda r: r.category_label, covers=covers)
        levels.sort(key=lambda group: Category.values.index(str(group.key)))
        districts = figures.groups_of(schools, lambda r: r.district_id, lambda r: r.district, covers=covers)
        context |= {
            "total": figures.total_of(schools, None, str(year.province), covers=covers, shown=(levels, districts)),
            "levels": levels,
            "districts": districts,
            "chart": _terms_chart(_("Kademelere göre ortalama EBA puanı"), levels),
            "opens": {g.key for g in districts if sees_all or g.key in scope.districts},
        }
        if may(request.user, "eba.compare_schools", year):
            context |= _schools_of_level(request, schools)
    return render(request, "eba/province.html", context)


def _schools_of_level(request: HttpRequest, schools: list[figures.SchoolFigures]) -> dict[str, Any]:
    """The schools of the level that the address asks for, highest mean of the term first."""
    category, term = request.GET.get("kademe", ""), term_of(request)
    chosen: list[Any] = [row for row in schools if row.category == category and row.figures.mean(term) is not None]
    chosen.sort(key=lambda row: row.figures.mean(term) or 0, reverse=True)
    return {
        "compares": True,
        "chips": [
            {"label": label, "url": f"?kademe={value}&donem={term}#okullar", "active": value == category, "count": None}
            for value, label in Category.choices
        ],
        "level": str(Category(category).label) if category in Category.values else "",
        "level_code": category,
        "term": term,
        "page": page_of(chosen, request, per_page=25),
    }


@login_required
@require_safe
def district(request: HttpRequest, pk: int) -> HttpResponse:
    """The schools of a district; permission: eba.view_district."""
    year = year_of(request)
    found = get_object_or_404(District, pk=pk, province=year.province_id)
    require(request, found, "eba.view_district")
    tariff = criteria.tariff_of(year)
    context: dict[str, Any] = {"year": year, "district": found, "tariff": tariff}
    if tariff is not None:
        schools = figures.schools_of(tariff)
        own: list[Any] = [row for row in schools if row.district_id == found.pk]
        sees_all = may(request.user, "eba.compare_schools", year)

        def covers(row: figures.SchoolFigures) -> bool:
            return sees_all or row.district_id == found.pk

        levels = figures.groups_of(own, lambda r: r.category, lambda r: r.category_label, covers=covers)
        total = figures.total_of(own, found.pk, found.name, covers=covers)
        whole = figures.total_of(schools, None, str(year.province), covers=covers)
        context |= {
            "total": total,
            "whole": whole,
            "page": page_of(own, request),
            "levels": levels,
            "chart": _terms_chart(_("Kademelere göre ortalama EBA puanı"), levels),
        }
    return render(request, "eba/district.html", context)


@login_required
@require_safe
def school(request: HttpRequest, code: str) -> HttpResponse:
    """A school's staff with their points of a term, its place among the others, its students' time.

    Permission: eba.view_school.
    """
    year = year_of(request)
    institution = _institution(request, code, "eba.view_school")
    term, tariff = term_of(request, 1), criteria.tariff_of(year)
    context: dict[str, Any] = {
        "year": year,
        "institution": institution,
        "tariff": tariff,
        "term": term,
        "terms": _term_chips(term),
        "sees_students": may(request.user, "eba.view_students", institution),
    }
    if tariff is not None:
        context |= _staff_of(request, tariff, institution, term)
    pupils = students.students_of(institution, year)
    context |= {
        "grades": [(pupils.grades[1][n], pupils.grades[2][n]) for n in range(len(pupils.grades[1]))],
        "student_count": pupils.people(term),
        "histogram": histogram(
            _("Öğrencilerin sistemde kalma süresi, %(term)s") % {"term": TERM_LABELS[term]},
            pupils.steps[term],
            _("Saat"),
        ),
    }
    return render(request, "eba/school.html", context)


def _staff_of(request: HttpRequest, tariff: criteria.Tariff, institution: Institution, term: int) -> dict[str, Any]:
    rows = points.staff_rows(tariff, institution, tariff.table.year, term)
    schools, scope = figures.schools_of(tariff), scope_of(request.user)
    own = [row for row in schools if row.pk == institution.pk]
    near = [row for row in schools if row.district_id == institution.district_id]
    in_province = institution.province_id in scope.provinces

    def covers(row: figures.SchoolFigures) -> bool:
        return in_province or row.district_id in scope.districts or row.pk == institution.pk

    nearest = figures.total_of(own, "school", _("Okul"), covers=covers)
    district = figures.total_of(near, "district", institution.district.name, covers=covers)
    province = str(tariff.table.year.province)
    whole = figures.total_of(schools, "province", province, covers=covers, shown=([district],))
    groups = [nearest, district, whole]
    return {
        "page": page_of(rows, request),
        "with_record": sum(row.found is not None for row in rows),
        "staff_count": len(rows),
        "groups": groups,
        "chart": _terms_chart(_("Ortalama EBA puanı, dönemlere göre"), groups),
    }


@login_required
@require_safe
def school_students(request: HttpRequest, code: str) -> HttpResponse:
    """A school's students by name with their time; permission: eba.view_students."""
    year = year_of(request)
    institution, term = _institution(request, code, "eba.view_students"), term_of(request)
    context = {
        "year": year,
        "institution": institution,
        "term": term,
        "terms": _term_chips(term),
        "page": page_of(students.named_students(institution, year, term), request),
    }
    return render(request, "eba/students.html", context)


@login_required
@require_safe
def own(request: HttpRequest) -> HttpResponse:
    """How the person's own EBA points came about; permission: eba.view_own."""
    year_of(request)
    staff = StaffMember.objects.filter(user=request.user.pk).first()
    if staff is None:
        return render(request, "eba/person.html", {"staff": None, "own": True})
    return _person_page(request, staff, own=True)


@login_required
@require_safe
def staff(request: HttpRequest, pk: int) -> HttpResponse:
    """How the EBA points of a member of staff came about; permission: eba.view_staff."""
    found = get_object_or_404(StaffMember.objects.select_related("province"), pk=pk)
    if found.province_id != year_of(request).province_id:
        raise Http404
    require(request, found, "eba.view_staff")
    return _person_page(request, found, own=False)


def _person_page(request: HttpRequest, found: StaffMember, *, own: bool) -> HttpResponse:
    year = year_of(request)
    tariff = criteria.tariff_of(year)
    terms = points.own_terms(tariff, found) if tariff else {}
    context = {
        "year": year,
        "staff": found,
        "own": own,
        "tariff": tariff,
        "terms": list(terms.values()),
        "progress": points.progress_of(terms),
    }
    return render(request, "eba/person.html", context)


def _institution(request: HttpRequest, code: str, permission: str) -> Institution:
    year = year_of(request)
    found = get_object_or_404(institutions_visible_to(person(request), year), code=code)
    require(request, found, permission)
    return found


def _term_chips(term: int) -> list[dict[str, Any]]:
    return [
        {"label": label, "url": f"?donem={number}", "active": number == term, "count": None}
        for number, label in TERM_LABELS.items()
    ]


def _terms_chart(title: str, groups: list[figures.Group]) -> Any:
    shown = [group for group in groups if any(group.mean(term) is not None for term in points.TERMS)]
    if not shown:
        return None
    series = [(str(TERM_LABELS[term]), [group.mean(term) for group in shown]) for term in points.TERMS]
    return grouped_bars(title, [group.label for group in shown], series, _("puan"), 2)
