"""Points: the tables and their versions, what an item is worth, how a person's points came about."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.doors import told
from common.errors import UserError
from common.tables import page_of
from projects.models import ProgrammeItem
from projects.selectors.submission import stage_problem
from projects.workflow import ClaimStage
from schools.forms import NewVersionForm
from schools.models import StaffMember
from schools.views.requests import person, year_of
from scoring import services
from scoring.forms import DraftTableForm
from scoring.inputs.projects import NoPointsTable
from scoring.models import PointsTable
from scoring.rules import may
from scoring.selectors import points, standing, worth
from scoring.selectors.reasons import group_label
from scoring.views.access import seen
