"""The printed report of an exam; jobs import this module in their body."""

from __future__ import annotations

from django.utils import timezone

from common.pdf import render
from exams.report import UnitReport, document_of


def report_pdf(report: UnitReport) -> bytes:
    """The document with today's date, as PDF."""
    return render(document_of(report, timezone.localdate()), "exam_report.css")
