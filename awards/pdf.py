"""Certificates and reports of lists as PDF; jobs import this module in their body."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping, Sequence
from typing import Any

import segno
from django.template.loader import render_to_string

from common.pdf import render


def certificates_pdf(texts: Sequence[Mapping[str, Any]]) -> bytes:
    """One page for each snapshot (``Certificate.text``), in the given order."""
    pages = [{**text, "qr": qr_png(str(text["verify_url"]))} for text in texts]
    html = render_to_string("pdf/certificate.html", {"pages": pages})
    return render(html, "certificate.css")


def list_report_pdf(report: Mapping[str, Any]) -> bytes:
    """The official report of an award list (``selectors.list_report``)."""
    return render(render_to_string("pdf/list_report.html", {"report": report}), "list_report.css")


def qr_png(address: str) -> str:
    """The address as a 1-bit PNG without alpha, in a ``data:`` URL."""
    target = io.BytesIO()
    # Any of the eight masks is read alike; trying them all out would take half as long as drawing the page.
    segno.make(address, error="m", micro=False, mask=2).save(target, kind="png", scale=6, border=0)
    return "data:image/png;base64," + base64.b64encode(target.getvalue()).decode("ascii")
