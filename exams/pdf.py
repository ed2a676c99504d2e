"""The printed report of an exam; jobs import this module in their body."""

from __future__ import annotations

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from common.pdf import render
from common.text import turkish_upper
from exams.report import UnitReport


def report_pdf(report: UnitReport) -> bytes:
    """A4 portrait: heading, counts, subjects, comparisons, units, distribution, sittings, topics."""
    exam = report.exam
    province = str(exam.year.province)
    context = {
        "report": report,
        "exam": exam,
        "office": ["T.C.", f"{turkish_upper(province)} VALİLİĞİ", _("İl Millî Eğitim Müdürlüğü")],
        "reference": f"{exam.code} · {exam.year.name} · {report.place} · {_('sürüm')} {exam.version}",
        "made_on": timezone.localdate(),
    }
    return render(render_to_string("pdf/exam_report.html", context), "exam_report.css")
