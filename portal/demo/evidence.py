"""A page of evidence for claims that wait for a decision, drawn so that nobody takes it for a real paper."""

from __future__ import annotations

from io import BytesIO

from django.conf import settings
from PIL import Image, ImageDraw, ImageFont

from accounts.models import User
from common.files import store_bytes
from projects.models import Claim, Evidence
from projects.workflow import AWAITING_REVIEW
from schools.models import AcademicYear

PAGE = (1240, 1754)  # A4 at 150 dpi
FONT = settings.BASE_DIR / "static" / "build" / "fonts" / "source-sans-3-semibold.ttf"


def build_evidence(*, year: AcademicYear, count: int, by: User) -> None:
    """Attach one PDF page to each of the ``count`` claims that have waited longest."""
    waiting = (
        Claim.objects.filter(year=year, status__in=AWAITING_REVIEW)
        .select_related("project__institution", "item")
        .order_by("submitted_at", "pk")[:count]
    )
    for claim in waiting:
        stored = store_bytes(
            name="basvuru-ozeti.pdf",
            data=_page(claim),
            content_type="application/pdf",
            by=by,
            purpose="evidence",
        )
        Evidence.objects.create(project=claim.project, claim=claim, file=stored, caption="Başvuru özeti")


def _page(claim: Claim) -> bytes:
    image = Image.new("L", PAGE, 255)
    draw = ImageDraw.Draw(image)
    draw.rectangle((70, 70, PAGE[0] - 70, PAGE[1] - 70), outline=120, width=3)
    lines = (
        (46, "DENEME BELGESİ"),
        (30, claim.project.institution.name),
        (38, claim.project.title),
        (30, f"{claim.item.programme.name} – {claim.item.name}"),
        (30, f"Aşama: {claim.get_stage_display()}"),
        (24, "Bu sayfa deneme verisi için çizilmiştir; resmî bir değeri yoktur."),
    )
    top = 150
    for size, text in lines:
        draw.text((130, top), text, fill=30, font=ImageFont.truetype(FONT, size))
        top += size * 2
    buffer = BytesIO()
    image.save(buffer, "PDF", resolution=150)
    return buffer.getvalue()
