"""The school's answers to the reviewers' questions."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from common.errors import UserError
from projects import services
from projects.models import ClaimQuestion
from projects.rules import may
from projects.selectors.scope import visible_to
from projects.views.access import seen_project
from projects.views.school import project_shown
from schools.views.requests import person


@login_required
@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer a question about a claim; permission: projects.edit_project. A refused text is shown again."""
    questions = ClaimQuestion.objects.select_related("claim__project__institution", "claim__project__year")
    try:
        question = questions.get(pk=pk, claim__project__in=visible_to(request.user))
    except ClaimQuestion.DoesNotExist:
        raise Http404 from None
    if not may(request.user, "projects.edit_project", question.claim):
        raise Http404
    text = request.POST.get("text", "")
    try:
        services.answer_question(question=question, text=text, by=person(request))
    except UserError as refusal:
        project = seen_project(request, question.claim.project_id)
        refused = {"pk": pk, "text": text, "sentence": str(refusal)}
        return project_shown(request, project, status=422, refused_answer=refused)
    messages.success(request, _("Cevabınız teknik ekibe iletildi."))
    return redirect("projects:detail", question.claim.project_id)
