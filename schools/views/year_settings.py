from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.errors import Conflict, UserError
from common.versions import StaleForm
from schools import selectors, services
from schools.forms import SettingForm, SubmissionDeadlineForm
from schools.models import YearSetting
from schools.views.requests import person, require, year_of
from schools.year_settings import DEFINITIONS, SUBMISSION_DEADLINE, shown_moment


@require_safe
@login_required
@permission_required("schools.view_settings", raise_exception=True)
def setting_list(request: HttpRequest) -> HttpResponse:
    """Every decision of the year: its meaning, value, default, source and who changed it."""
    year = year_of(request)
    context = {
        "year": year,
        "settings": selectors.settings_shown(year),
        "deadline": SUBMISSION_DEADLINE,
        "deadline_moment": shown_moment(year.submission_deadline),
        "deadline_changed": selectors.deadline_trail(year).first(),
        "may_edit": request.user.has_perm("schools.edit_settings", year),
        "may_approve": request.user.has_perm("schools.approve_settings", year),
    }
    return render(request, "schools/year_settings.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def setting_edit(request: HttpRequest, key: str) -> HttpResponse:
    """Change one decision; permission ``schools.edit_settings``. A stale form shows both values (409)."""
    year = year_of(request)
    require(request, "schools.edit_settings", year)
    definition = DEFINITIONS.get(key)
    if definition is None:
        raise Http404
    row = YearSetting.objects.filter(year=year, key=key).first()
    form = SettingForm(request.POST or None, definition=definition, row=row)
    context = {"form": form, "definition": definition, "year": year, "trail": selectors.setting_trail(row)}
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            services.set_year_setting(
                year=year, key=key, value=data["value"], version=data["version"], note=data["note"], by=person(request)
            )
        except StaleForm as stale:
            return _both_versions(request, context, stale)
        except UserError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("“%(label)s” ayarı kaydedildi.") % {"label": definition.label})
            return redirect("schools:year_settings")
    return render(request, "schools/year_setting_form.html", context, status=422 if form.errors else 200)


def _both_versions(request: HttpRequest, context: dict[str, object], stale: StaleForm) -> HttpResponse:
    """The form again with the stored value beside the posted one; sending it once more keeps what it then says."""
    row = stale.current
    assert isinstance(row, YearSetting)
    form, definition = context["form"], DEFINITIONS[row.key]
    assert isinstance(form, SettingForm)
    form.data = {**request.POST.dict(), "version": str(row.version)}
    context["conflicts"] = [
        {
            "name": "value",
            "label": definition.label,
            "mine": definition.shown(form.cleaned_data["value"]),
            "theirs": definition.shown(row.value),
        }
    ]
    context["changed"] = selectors.setting_trail(row).first()
    return render(request, "schools/year_setting_form.html", context, status=409)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def submission_deadline(request: HttpRequest) -> HttpResponse:
    """Until when projects may be sent; permission ``schools.edit_settings``. Somebody else's change is told (409)."""
    year = year_of(request)
    require(request, "schools.edit_settings", year)
    form = SubmissionDeadlineForm(request.POST or None, moment=year.submission_deadline)
    context = {"form": form, "definition": SUBMISSION_DEADLINE, "year": year, "trail": selectors.deadline_trail(year)}
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            data = form.cleaned_data
            try:
                services.set_submission_deadline(
                    year=year, moment=form.moment(), seen=data["seen"], note=data["note"], by=person(request)
                )
            except Conflict as conflict:
                form.data = {**request.POST.dict(), "seen": form.fields["seen"].initial}
                form.add_error(None, str(conflict))
                status = 409
            except UserError as error:
                form.add_error("day", str(error))
            else:
                messages.success(request, _("Proje gönderme son anı kaydedildi."))
                return redirect("schools:year_settings")
    return render(request, "schools/year_setting_form.html", context, status=status)


@require_POST
@login_required
def settings_approve(request: HttpRequest) -> HttpResponse:
    """The executive board's approval; permission ``schools.approve_settings``."""
    year = year_of(request)
    require(request, "schools.approve_settings", year)
    try:
        services.approve_year_settings(year=year, by=person(request))
    except UserError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Yılın ayarları onaylandı."))
    return redirect("schools:year_settings")
