"""Decisions that wait for their announcement."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from common.errors import UserError
from projects import services
from projects.models import StagedDecision
from projects.views.access import person, seen_claim
from projects.views.filters import query_of


@login_required
@require_POST
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a claim's staged decision back and open the claim again; permission: projects.review_claim."""
    claim = seen_claim(request, pk, "projects.review_claim")
    staged = StagedDecision.objects.filter(claim=claim).first()
    try:
        if staged is None:
            raise UserError(
                _("Bu talebin duyurulacak bir kararı yok; %(state)s") % {"state": services.true_state(claim)}
            )
        services.take_back(staged=staged, by=person(request))
    except UserError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("“%(title)s”: karar geri alındı.") % {"title": claim.project.title})
    return redirect(reverse("projects:review", args=[claim.pk]) + query_of(request))
