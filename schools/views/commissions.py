from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.errors import UserError
from common.tables import page_of
from schools import selectors, services
from schools.forms import (
    BoardSeatForm,
    CommissionFilter,
    CommissionForm,
    EndSeatForm,
    InvitationForm,
    SchoolSeatForm,
    SeatForm,
)
from schools.models import Commission, Seat
from schools.models.commissions import CommissionKind, SeatRole
from schools.tasks import send_invitations
from schools.views.requests import person, require, year_of

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@login_required
@permission_required("schools.view_commission", raise_exception=True)
def commission_list(request: HttpRequest) -> HttpResponse:
    """The commissions of the year in the user's scope, with what school commissions lack."""
    year = year_of(request)
    form = CommissionFilter(request.GET, districts=selectors.districts_visible_to(request.user, year))
    rows = selectors.commission_list(
        request.user,
        year,
        search=request.GET.get("ara", "")[:100],
        kind=form.value("tur") or "",
        district=form.value("ilce"),
    )
    page = page_of(rows, request)
    context = {
        "page": page,
        "missing": selectors.composition_of(list(page)),
        "form": form,
        "search_value": request.GET.get("ara", ""),
        "is_filtered": bool(request.GET),
        "may_form": request.user.has_perm("schools.form_commission", year),
    }
    return render(request, "schools/commission_list.html", context)


@get_or_post
@login_required
def commission_create(request: HttpRequest) -> HttpResponse:
    """Form a commission; permission ``schools.form_commission`` in the province."""
    year = year_of(request)
    require(request, "schools.form_commission", year)
    form = CommissionForm(
        request.POST or None,
        districts=selectors.districts_visible_to(request.user, year),
        institutions=selectors.institutions_visible_to(request.user, year),
        initial={"kind": request.GET.get("tur", CommissionKind.SCHOOL), "institution": request.GET.get("kurum", "")},
    )
    if request.method == "POST" and form.is_valid():
        try:
            commission = services.form_commission(
                year=year,
                kind=CommissionKind(form.cleaned_data["kind"]),
                district=form.cleaned_data["district"],
                institution=form.cleaned_data["institution"],
                by=person(request),
            )
        except UserError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Kurul kuruldu; şimdi üyelerini ekleyiniz."))
            return redirect("schools:commission", pk=commission.pk)
    return render(request, "schools/commission_form.html", {"form": form}, status=422 if form.errors else 200)


@require_safe
@login_required
@permission_required("schools.view_commission", raise_exception=True)
def commission_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """A commission: who sits on it, who is missing, who sat on it before."""
    commission = _visible(request, pk)
    seats = list(selectors.seats_on(commission))
    today = timezone.localdate()
    context = {
        "commission": commission,
        "seats": [seat for seat in seats if seat.end_date is None or seat.end_date >= today],
        "past": [seat for seat in seats if seat.end_date is not None and seat.end_date < today],
        "missing": selectors.composition_of([commission]).get(commission.pk, []),
        "may_seat": request.user.has_perm("schools.seat_person", commission),
        "may_seat_chair": request.user.has_perm("schools.seat_chair", commission),
        "may_invite": request.user.has_perm("schools.invite", commission),
        "today": today,
    }
    return render(request, "schools/commission_detail.html", context)


@get_or_post
@login_required
def seat_create(request: HttpRequest, pk: int) -> HttpResponse:
    """Seat a person; permission ``schools.seat_person`` over the commission, ``schools.seat_chair`` for its chair."""
    commission = _visible(request, pk)
    require(request, "schools.seat_person", commission)
    form = _seat_form(request, commission)
    if request.method == "POST" and form.is_valid():
        try:
            seat = _give_seat(request, commission, form)
        except UserError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("%(name)s kurula eklendi.") % {"name": seat.staff})
            return redirect("schools:commission", pk=commission.pk)
    context = {
        "form": form,
        "commission": commission,
        "is_board": commission.kind != CommissionKind.SCHOOL,
        "search_value": request.GET.get("ara", ""),
    }
    return render(request, "schools/seat_form.html", context, status=422 if form.errors else 200)


def _seat_form(request: HttpRequest, commission: Commission) -> SeatForm:
    may_seat_chair = request.user.has_perm("schools.seat_chair", commission)
    if commission.institution is not None:
        return SchoolSeatForm(
            request.POST or None,
            commission=commission,
            may_seat_chair=may_seat_chair,
            postings=selectors.staff_of(commission.institution, commission.year),
        )
    people = selectors.people_visible_to(request.user).filter(province=commission.year.province_id)
    return BoardSeatForm(
        request.POST or None,
        commission=commission,
        may_seat_chair=may_seat_chair,
        people=people,
        found=selectors.people_named(people, request.GET.get("ara", "")[:100]),
    )


def _give_seat(request: HttpRequest, commission: Commission, form: SeatForm) -> Seat:
    data = form.cleaned_data
    if data.get("staff") is None:
        return services.seat_officer(
            commission=commission,
            first_name=data["first_name"],
            last_name=data["last_name"],
            email=data["email"],
            role=SeatRole(data["role"]),
            start_date=data["start_date"],
            signs_as=data.get("signs_as", ""),
            by=person(request),
        )
    return services.seat_person(
        commission=commission,
        staff=data["staff"],
        role=SeatRole(data["role"]),
        start_date=data["start_date"],
        signs_as=data.get("signs_as", ""),
        by=person(request),
    )


@get_or_post
@login_required
def seat_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End a seat on a day; same permissions as for giving it."""
    seat = _seat(request, pk)
    form = EndSeatForm(request.POST or None, initial={"end_date": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            services.end_seat(seat=seat, end_date=form.cleaned_data["end_date"], by=person(request))
        except UserError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("%(name)s için üyeliğin son günü kaydedildi.") % {"name": seat.staff})
            return redirect("schools:commission", pk=seat.commission_id)
    return render(request, "schools/seat_end.html", {"form": form, "seat": seat}, status=422 if form.errors else 200)


@require_POST
@login_required
def seat_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back a seat given by mistake; same permissions as for giving it."""
    seat = _seat(request, pk)
    try:
        services.withdraw_seat(seat=seat, by=person(request))
    except UserError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Üyelik kaldırıldı."))
    return redirect("schools:commission", pk=seat.commission_id)


@get_or_post
@login_required
def seat_invite(request: HttpRequest, pk: int) -> HttpResponse:
    """Invite the holder of a seat by mail; permission ``schools.invite`` over the commission."""
    seat = _seat(request, pk)
    require(request, "schools.invite", seat.commission)
    form = InvitationForm(request.POST or None, initial={"email": seat.staff.email})
    if request.method == "POST" and form.is_valid():
        try:
            services.invite(seat=seat, email=form.cleaned_data["email"], by=person(request))
        except UserError as error:
            form.add_error(None, str(error))
        else:
            send_invitations.delay_on_commit()
            messages.success(
                request, _("Davet %(email)s adresine gönderiliyor.") % {"email": form.cleaned_data["email"]}
            )
            return redirect("schools:commission", pk=seat.commission_id)
    return render(request, "schools/seat_invite.html", {"form": form, "seat": seat}, status=422 if form.errors else 200)


def _visible(request: HttpRequest, pk: int) -> Commission:
    return get_object_or_404(selectors.commissions_visible_to(request.user, year_of(request)), pk=pk)


def _seat(request: HttpRequest, pk: int) -> Seat:
    """A seat that the user may change: 404 where they don't see its commission, 403 where they may only look."""
    commissions = selectors.commissions_visible_to(request.user, year_of(request))
    seat: Seat = get_object_or_404(
        Seat.objects.select_related(
            "staff__user", "commission__year__province", "commission__district", "commission__institution__district"
        ),
        pk=pk,
        commission__in=commissions.values("pk"),
    )
    require(request, "schools.seat_person", seat.commission)
    if seat.role == SeatRole.CHAIR and not request.user.has_perm("schools.seat_chair", seat.commission):
        raise PermissionDenied
    return seat
