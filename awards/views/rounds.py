"""Rounds: computing, the board's screen over many lists, the catalogue."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from awards import selectors, services
from awards.forms import ComputeForm, DecideForm, OfferForm
from awards.models import AwardList, AwardRound
from awards.rules import may
from awards.services import DecisionResult
from awards.workflow import ListStatus
from common.jobs import create_job, wake
from common.tables import page_of
from schools.models import AcademicYear
from schools.views.requests import year_of


@login_required
@require_safe
def rounds(request: HttpRequest) -> HttpResponse:
    """The year's rounds, or a district's lists; permission: awards.view_awards."""
    year = year_of(request)
    if not request.user.has_perm("awards.view_awards"):
        raise Http404
    if not request.user.has_perm("awards.view_round", year):
        return _district_lists(request, year)
    return render(
        request,
        "awards/rounds.html",
        {
            "page": page_of(selectors.rounds_of(year), request, per_page=20),
            "may_compute": may(request.user, "awards.compute_round", year),
            "form": ComputeForm(),
            "year": year,
        },
    )


def _district_lists(request: HttpRequest, year: AcademicYear) -> HttpResponse:
    lists = selectors.with_counts(selectors.lists_visible_to(request.user).filter(round__year=year))
    page = page_of(lists, request)
    selectors.mark_outdated(page)
    return render(request, "awards/district_lists.html", {"page": page, "year": year})


@login_required
@require_POST
def compute(request: HttpRequest) -> HttpResponse:
    """Start the computation of a round; permission: awards.compute_round."""
    year = year_of(request)
    if not may(request.user, "awards.compute_round", year):
        raise Http404
    form = ComputeForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Hesaplanacak sıklığı seçiniz."))
        return redirect("awards:rounds")
    with transaction.atomic():
        job = create_job(
            kind="awards.compute_round",
            params={"year": year.pk, "cadence": form.cleaned_data["cadence"]},
            by=request.user,
            once_key=f"{year.pk}:{form.cleaned_data['cadence']}",
        )
        wake(job)
    return redirect(job)


@login_required
@require_safe
def round_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """The lists of a round: what waits for a decision, what for an offer; permission: awards.view_round."""
    award_round = get_object_or_404(AwardRound.objects.select_related("year__province", "computed_by"), pk=pk)
    if not request.user.has_perm("awards.view_round", award_round):
        raise Http404
    visible = selectors.lists_visible_to(request.user).filter(round=award_round)
    status = request.GET.get("durum", "")
    shown = visible.filter(status=status) if status in ListStatus.values else visible
    page = page_of(selectors.with_counts(shown), request)
    any_outdated = selectors.mark_outdated(page)
    return render(
        request,
        "awards/round.html",
        {
            "round": award_round,
            "page": page,
            "any_outdated": any_outdated,
            "chips": _status_chips(award_round, visible, status),
            "may_decide": may(request.user, "awards.decide_list", award_round),
            "decide_form": DecideForm(),
            "offer_form": OfferForm(),
            "status": status,
        },
    )


def _status_chips(award_round: AwardRound, visible: object, status: str) -> list[dict[str, object]]:
    counts = selectors.status_counts(visible)
    here = reverse("awards:round", args=[award_round.pk])
    chips: list[dict[str, object]] = [
        {"label": _("Tümü"), "url": here, "active": not status, "count": sum(counts.values())}
    ]
    chips += [
        {"label": label, "url": f"{here}?durum={value}", "active": status == value, "count": counts[value]}
        for value, label in ListStatus.choices
        if value in counts
    ]
    return chips


@login_required
@require_POST
def decide_many(request: HttpRequest, pk: int) -> HttpResponse:
    """Decide on the chosen lists with one number and date; permission: awards.decide_list."""
    form = DecideForm(request.POST)
    return _bulk(
        request,
        pk,
        form,
        lambda lists: services.decide_lists(lists=lists, by=request.user, **form.cleaned_data),
        _("%(count)s liste karara bağlandı."),
    )


@login_required
@require_POST
def offer_many(request: HttpRequest, pk: int) -> HttpResponse:
    """Offer the chosen lists to the mülki amir; permission: awards.offer_list."""
    form = OfferForm(request.POST)
    return _bulk(
        request,
        pk,
        form,
        lambda lists: services.offer_lists(lists=lists, by=request.user, **form.cleaned_data),
        _("%(count)s liste makama sunuldu."),
    )


def _bulk(
    request: HttpRequest,
    pk: int,
    form: DecideForm | OfferForm,
    act: Callable[[list[tuple[AwardList, object]]], DecisionResult],
    done: str,
) -> HttpResponse:
    award_round = get_object_or_404(AwardRound.objects.select_related("year"), pk=pk)
    if not may(request.user, "awards.decide_list", award_round):
        raise Http404
    chosen = _chosen_lists(request, award_round)
    if not chosen:
        messages.error(request, _("Önce listelerden en az birini işaretleyiniz."))
    elif not form.is_valid():
        for errors in form.errors.values():
            messages.error(request, errors[0])
    else:
        result = act(chosen)
        if result.done:
            messages.success(request, done % {"count": len(result.done)})
        for award_list, reason in result.refused:
            messages.error(request, f"{award_list}: {reason}")
    return redirect("awards:round", pk=pk)


def _chosen_lists(request: HttpRequest, award_round: AwardRound) -> list[tuple[AwardList, object]]:
    """The marked lists with the version each was shown in (``lists`` holds "id:version")."""
    versions: dict[int, object] = {}
    for value in request.POST.getlist("lists"):
        number, _colon, version = value.partition(":")
        if number.isdecimal() and len(number) < 18:
            versions[int(number)] = version
    lists = selectors.lists_visible_to(request.user).filter(round=award_round, pk__in=versions)
    return [(award_list, versions[award_list.pk]) for award_list in lists.order_by("pk")]


@login_required
@require_safe
def catalogue(request: HttpRequest) -> HttpResponse:
    """The year's award rules; permission: awards.view_catalogue."""
    year = year_of(request)
    if not request.user.has_perm("awards.view_catalogue"):
        raise Http404
    return render(request, "awards/catalogue.html", {"rules": selectors.catalogue_with_sources(year), "year": year})
