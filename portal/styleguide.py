"""The living style guide: every component with made-up contents. Served only with DEBUG."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from common.charts import bar_chart, grouped_bars, histogram, line_chart
from common.templatetags.ui import AREA_CHIPS, STATUS_CHIPS


class SampleForm(forms.Form):
    """One field of each kind."""

    title = forms.CharField(label="Proje adı", max_length=120, help_text="Raporlarda ve belgelerde bu ad görünür.")
    programme = forms.ChoiceField(
        label="Program", choices=[("", "Seçiniz"), ("ka2", "Erasmus+ KA2"), ("etwinning", "eTwinning")]
    )
    starts_on = forms.DateField(label="Başlangıç tarihi", widget=forms.DateInput(attrs={"type": "date"}))
    budget = forms.DecimalField(label="Bütçe (avro)", required=False, min_value=0)
    summary = forms.CharField(label="Özet", widget=forms.Textarea(attrs={"rows": 4}), required=False)
    stage = forms.ChoiceField(
        label="Aşama",
        choices=[("preparing", "Hazırlayan"), ("success", "Başarı")],
        widget=forms.RadioSelect,
        initial="preparing",
    )
    partners = forms.MultipleChoiceField(
        label="Ortaklar",
        choices=[("uni", "Üniversite"), ("stk", "Sivil toplum kuruluşu")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    consent = forms.BooleanField(
        label="Projenin iyi örnekler sayfasında gösterilmesini kabul ediyoruz.", required=False
    )


def sample_events(now: dt.datetime) -> list[dict[str, Any]]:
    """A short history with a return and a correction."""
    day = dt.timedelta(days=1)
    return [
        {
            "at": now,
            "by": "Demet Sargın",
            "title": "Proje yeniden gönderildi",
            "tone": "info",
            "icon": "send",
            "changes": [{"label": "Bütçe", "before": "40.000 avro", "after": "38.500 avro"}],
        },
        {
            "at": now - day,
            "by": "Teknik Ekip",
            "title": "Düzeltme istendi: eksik",
            "tone": "warning",
            "icon": "arrow-back-up",
            "note": "Kabul mektubunun imzalı sayfası eklenmelidir.",
        },
        {"at": now - 9 * day, "by": "Demet Sargın", "title": "Proje gönderildi", "tone": "info", "icon": "send"},
    ]


def sample_job(state: str, done: int = 0, total: int = 0, text: str = "", error: str = "") -> SimpleNamespace:
    """What `job_progress.html` reads of a job."""
    return SimpleNamespace(
        pk=uuid.UUID(int=done + 1),
        state=state,
        label="Sıralama hesaplanıyor",
        is_finished=state not in ("queued", "running"),
        progress_done=done,
        progress_total=total,
        progress_text=text,
        percent=done * 100 // total if total else None,
        error=error,
    )


def sample_rows() -> list[dict[str, Any]]:
    """Fifty-five invented projects."""
    schools = ["Çınarlı Ortaokulu", "İncirli Anadolu Lisesi", "Şifa İlkokulu", "Özel Ufuk Anaokulu"]
    states = ["submitted", "in_review", "returned", "approved", "rejected", "draft"]
    return [
        {
            "title": f"Denizlerimiz İçin {number}",
            "school": schools[number % 4],
            "area": list(AREA_CHIPS)[number % 5],
            "status": states[number % 6],
            "points": Decimal("28.80") + number,
            "at": timezone.now() - dt.timedelta(days=number),
        }
        for number in range(1, 56)
    ]


def sample_files() -> list[dict[str, Any]]:
    """Files as `file_list.html` takes them."""
    return [
        {
            "name": "Kabul mektubu.pdf",
            "url": "#",
            "size": 3_400_000,
            "kind": "pdf",
            "note": "5 Mart 2026",
            "delete_url": "#",
        },
        {"name": "Atölye fotoğrafı.jpg", "url": "#", "size": 812_000, "kind": "image"},
    ]


def sample_charts() -> list[Any]:
    """One chart of each kind."""
    subjects = ["Türkçe", "Matematik", "Fen Bilimleri"]
    sittings = ["1. İzleme", "2. İzleme", "3. İzleme"]
    return [
        bar_chart(
            "Ders netleri", list(zip(subjects, [Decimal("12.4"), Decimal("-1.25"), None], strict=True)), "Net", 2
        ),
        grouped_bars(
            "Okul, ilçe ve il", subjects, [("Okul", [12, 4, 9]), ("İlçe", [11, 5, 8]), ("İl", [10, 5, 9])], "Net"
        ),
        line_chart("Oturumlar", sittings, [("Okul", [42, 47, 51]), ("İl", [40, 41, 43])], "Toplam net"),
        histogram("Dağılım", [(0, 30, 4), (30, 60, 19), (60, 90, 7)], "Toplam net"),
    ]


def sample_parts() -> dict[str, Any]:
    """Chips, steps, rows and tasks of the page."""
    return {
        "charts": sample_charts(),
        "statuses": STATUS_CHIPS,
        "areas": AREA_CHIPS,
        "chips": [
            {"label": "Tümü", "url": "?", "active": True, "count": 1054},
            {"label": "Bekleyen", "url": "?durum=submitted", "active": False, "count": 45},
            {"label": "Düzeltme istenen", "url": "?durum=returned", "active": False, "count": 0},
        ],
        "steps": [
            {"label": "Proje bilgileri", "state": "done", "url": "#"},
            {"label": "Ekip", "state": "error", "note": "1 alan eksik", "url": "#"},
            {"label": "Kanıtlar", "state": "current"},
            {"label": "Gönder", "state": "todo"},
        ],
        "rows": [("Kurum", "İncirli Anadolu Lisesi"), ("İlçe", "Sındırgı"), ("Ortak proje", True), ("Bütçe", None)],
        "tasks": [
            {
                "title": "2 projeniz düzeltme bekliyor",
                "url": "#",
                "due": dt.date(2026, 3, 5),
                "tone": "warning",
                "icon": "arrow-back-up",
            },
            {
                "title": "Taslakları gönderiniz",
                "text": "Başvurular 7 gün sonra kapanıyor.",
                "url": "#",
                "count": 3,
                "icon": "pencil",
            },
        ],
        "conflicts": [
            {"label": "Özet", "mine": "Kıyı temizliği yapılır.", "theirs": "Kıyı ve orman temizliği yapılır."}
        ],
        "jobs": [
            sample_job("running", 412, 1054, "Karesi"),
            sample_job("queued"),
            sample_job("dead", error="Dosya okunamadı. Dosyayı XLSX olarak kaydedip yeniden yükleyiniz."),
        ],
    }


@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    """Public while DEBUG is on, otherwise it does not exist."""
    if not settings.DEBUG:
        raise Http404
    bound = SampleForm({"title": "", "stage": "preparing", "starts_on": "31.02.2026"})
    context = {
        "form": SampleForm(prefix="free"),
        "bound": bound,
        "events": sample_events(timezone.now()),
        "page": Paginator(sample_rows(), 8).get_page(request.GET.get("page")),
        "files": sample_files(),
        **sample_parts(),
    }
    return render(request, "portal/styleguide.html", context)
