from __future__ import annotations

from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from common.tables import page_of
from schools import selectors
from schools.forms import InstitutionFilter
from schools.models import Commission
from schools.models.commissions import CommissionKind
from schools.views.requests import year_of

STAFF_SHOWN = 15


@require_safe
@login_required
@permission_required("schools.view_units", raise_exception=True)
def institution_list(request: HttpRequest) -> HttpResponse:
    """The institutions in the user's scope, searched and filtered."""
    year = year_of(request)
    form = InstitutionFilter(request.GET, districts=selectors.districts_visible_to(request.user, year))
    rows = selectors.institution_list(
        request.user,
        year,
        search=request.GET.get("ara", "")[:100],
        category=form.value("kategori") or "",
        district=form.value("ilce"),
    )
    page = page_of(rows, request)
    context = {"page": page, "form": form, "search_value": request.GET.get("ara", ""), "is_filtered": bool(request.GET)}
    return render(request, "schools/institution_list.html", context)


@require_safe
@login_required
@permission_required("schools.view_units", raise_exception=True)
def institution_detail(request: HttpRequest, code: str) -> HttpResponse:
    """The card of an institution; 404 outside the user's scope."""
    year = year_of(request)
    institution = get_object_or_404(
        selectors.institutions_visible_to(request.user, year).select_related("predecessor"), code=code
    )
    commission = (
        Commission.objects.filter(year=year, kind=CommissionKind.SCHOOL, institution=institution)
        .select_related("year__province", "institution", "district")
        .first()
    )
    staff = list(selectors.staff_of(institution, year)[: STAFF_SHOWN + 1])
    context = {
        "institution": institution,
        "year": year,
        "counts": selectors.counts_of(institution, year),
        "commission": commission,
        "missing": selectors.composition_of([commission]).get(commission.pk, []) if commission else [],
        "seats": selectors.seats_in_force(commission) if commission else [],
        "staff": staff[:STAFF_SHOWN],
        "has_more_staff": len(staff) > STAFF_SHOWN,
        "may_form": request.user.has_perm("schools.form_commission", institution),
        "sees_students": request.user.has_perm("schools.view_students", institution),
    }
    return render(request, "schools/institution_detail.html", context)
