"""Texts of several lines: what fits into the field is taken, although line ends travel as two characters."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from projects.models import Project, StagedDecision
from projects.services import claim_for_review
from tests.factories.projects import ClaimFactory
from tests.projects.conftest import ready_project
from tests.projects.test_school_pages import client_of

pytestmark = pytest.mark.django_db

LONG = "\n".join(["ç" * 99] * 20)
"""1,999 characters on twenty lines."""
TRAVELLING = LONG.replace("\n", "\r\n")


def test_a_decision_of_many_lines_is_taken(school: Any, reviewer: Any) -> None:
    claim = claim_for_review(claim=ClaimFactory(project=ready_project(school)), by=reviewer)
    data = {"action": "return", "reason": "return-evidence", "text": TRAVELLING}
    assert client_of(reviewer).post(reverse("projects:decide", args=[claim.pk]), data).status_code == 302
    assert StagedDecision.objects.get().text == LONG


def test_a_field_of_many_lines_saves_itself(project: Project, coordinator: Any) -> None:
    client, address = client_of(coordinator), reverse("projects:autosave", args=[project.pk])
    field = "partners"
    data = {"_fields": field, field: TRAVELLING, "version": project.version}
    answer = client.post(address, data).json()
    assert answer["errors"] == {}
    project.refresh_from_db()
    assert project.partners == LONG


def test_the_words_of_a_withdrawal_are_kept_whole(school: Any, coordinator: Any) -> None:
    claim = ClaimFactory(project=ready_project(school))
    client_of(coordinator).post(reverse("projects:withdraw", args=[claim.pk]), {"text": TRAVELLING})
    assert claim.events.get(action="withdraw").text == LONG
