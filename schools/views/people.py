from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from common.errors import UserError
from common.tables import page_of
from schools import selectors
from schools.forms import CloseAccountForm, StaffFilter, StudentFilter
from schools.models import StaffMember
from schools.services import close_account, reopen_account
from schools.views.requests import person, require, year_of


@require_safe
@login_required
@permission_required("schools.view_people", raise_exception=True)
def staff_list(request: HttpRequest) -> HttpResponse:
    """The staff of the institutions in the user's scope."""
    year = year_of(request)
    form = StaffFilter(request.GET, districts=selectors.districts_visible_to(request.user, year))
    rows = selectors.staff_list(
        request.user,
        year,
        search=request.GET.get("ara", "")[:100],
        title=form.value("unvan") or "",
        district=form.value("ilce"),
        institution=form.value("kurum") or "",
    )
    context = {
        "page": page_of(rows, request),
        "form": form,
        "search_value": request.GET.get("ara", ""),
        "is_filtered": bool(request.GET),
    }
    return render(request, "schools/staff_list.html", context)


@require_safe
@login_required
def person_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """A member of staff: the own record, or somebody in the user's scope; 404 otherwise."""
    member = get_object_or_404(selectors.people_visible_to(request.user).select_related("user", "province"), pk=pk)
    context = {
        "person": member,
        "postings": selectors.postings_of(member),
        "seats": selectors.seats_held_by(member),
        "may_close": member.user is not None
        and member.user != request.user
        and request.user.has_perm("schools.close_account", member),
        "close_form": CloseAccountForm(),
    }
    return render(request, "schools/person_detail.html", context)


@require_POST
@login_required
def person_account(request: HttpRequest, pk: int) -> HttpResponse:
    """Close or reopen a person's account; permission ``schools.close_account`` over the person."""
    member: StaffMember = get_object_or_404(
        selectors.people_visible_to(request.user).select_related("user"), pk=pk, user__isnull=False
    )
    require(request, "schools.close_account", member)
    assert member.user is not None
    try:
        if member.user.is_active:
            form = CloseAccountForm(request.POST)
            reason = form.cleaned_data["reason"] if form.is_valid() else ""
            close_account(user=member.user, reason=reason, by=person(request))
            messages.success(request, _("Hesap kapatıldı; kişi artık giriş yapamaz."))
        else:
            reopen_account(user=member.user, by=person(request))
            messages.success(request, _("Hesap yeniden açıldı."))
    except UserError as error:
        messages.error(request, str(error))
    return redirect("schools:person", pk=member.pk)


@require_safe
@login_required
@permission_required("schools.view_students", raise_exception=True)
def student_list(request: HttpRequest) -> HttpResponse:
    """The students of the institutions in the user's scope."""
    year = year_of(request)
    form = StudentFilter(request.GET)
    grade = form.value("sinif")
    rows = selectors.student_list(
        request.user,
        year,
        search=request.GET.get("ara", "")[:100],
        institution=form.value("kurum") or "",
        grade=int(grade) if grade is not None else None,
    )
    context = {
        "page": page_of(rows, request),
        "form": form,
        "search_value": request.GET.get("ara", ""),
        "is_filtered": bool(request.GET),
    }
    return render(request, "schools/student_list.html", context)


@require_safe
@login_required
def my_account(request: HttpRequest) -> HttpResponse:
    """The own account: seats held, posting, ways to sign in."""
    staff = StaffMember.objects.filter(user=person(request)).first()
    context = {
        "person": staff,
        "seats": selectors.seats_held_by(staff) if staff else [],
        "postings": selectors.postings_of(staff) if staff else [],
    }
    return render(request, "schools/my_account.html", context)
