"""What is said of an exam as a printed document, and the digest that tells whether it would say something else now."""

from __future__ import annotations

import datetime as dt
import hashlib

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from common.text import turkish_upper
from exams.report.parts import UnitReport


def document_of(report: UnitReport, made_on: dt.date | None) -> str:
    """A4 portrait as HTML: heading, counts, subjects, comparisons, units, distribution, sittings, topics."""
    exam = report.exam
    province = str(exam.year.province)
    context = {
        "report": report,
        "exam": exam,
        "office": ["T.C.", f"{turkish_upper(province)} VALİLİĞİ", _("İl Millî Eğitim Müdürlüğü")],
        "reference": f"{exam.code} · {exam.year.name} · {report.place} · {_('sürüm')} {exam.version}",
        "made_on": made_on,
    }
    return render_to_string("pdf/exam_report.html", context)


def digest_of(report: UnitReport) -> str:
    """SHA-256 of all that is printed but the day."""
    return hashlib.sha256(document_of(report, None).encode()).hexdigest()
