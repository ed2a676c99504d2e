from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from common.errors import Conflict, UserError
from schools import selectors, services
from schools.forms import ClassGuideForm
from schools.models import Section
from schools.views.requests import person, require, year_of


@require_safe
@login_required
@permission_required("schools.view_units", raise_exception=True)
def section_list(request: HttpRequest, code: str) -> HttpResponse:
    """The sections of an institution with their class guide teachers; 404 outside the user's scope."""
    year = year_of(request)
    institution = get_object_or_404(selectors.institutions_visible_to(request.user, year), code=code)
    context = {
        "institution": institution,
        "year": year,
        "sections": selectors.sections_of(institution, year),
        "may_edit": request.user.has_perm("schools.edit_section", institution),
    }
    return render(request, "schools/section_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def section_guide(request: HttpRequest, pk: int) -> HttpResponse:
    """Name the class guide teacher; permission ``schools.edit_section`` over the institution."""
    year = year_of(request)
    section = get_object_or_404(
        Section.objects.select_related("institution__district", "class_guide"),
        pk=pk,
        year=year,
        institution__in=selectors.institutions_visible_to(request.user, year).values("pk"),
    )
    require(request, "schools.edit_section", section)
    form = ClassGuideForm(
        request.POST or None,
        postings=selectors.staff_of(section.institution, year),
        initial={"staff": section.class_guide_id, "expected": section.class_guide_id},
    )
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            services.set_class_guide(
                section=section,
                staff=form.cleaned_data["staff"],
                expected=form.cleaned_data["expected"],
                by=person(request),
            )
        except UserError as error:
            form.add_error(None, str(error))
            status = 409 if isinstance(error, Conflict) else 422
            section.refresh_from_db(fields=["class_guide"])
            form.data = {**request.POST.dict(), "expected": section.class_guide_id}
        else:
            messages.success(request, _("%(section)s şubesinin öğretmeni kaydedildi.") % {"section": section})
            return redirect("schools:sections", code=section.institution.code)
    if form.errors and status == 200:
        status = 422
    return render(request, "schools/section_guide.html", {"form": form, "section": section}, status=status)
