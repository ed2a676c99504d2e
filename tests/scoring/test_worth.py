"""What the form shows while it is filled in: the worth of an item at both stages, in words and exact numbers."""

from __future__ import annotations

import html
import re
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from schools.models import AcademicYear, YearSetting
from scoring.models import PointsLine, PointsTable
from scoring.selectors.worth import table_in_force, worth_of
from tests.factories.projects import item

pytestmark = pytest.mark.django_db


def words(client: Client, code: str, stage: str) -> str:
    answer = client.get(reverse("scoring:points_preview"), {"item": item(code).pk, "stage": stage, "both": "1"})
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode()))).strip()


@pytest.fixture
def client_at_school(edremit: Any) -> Client:
    client = Client()
    client.force_login(edremit.coordinator)
    return client


@pytest.mark.parametrize(
    ("code", "stage", "parts"),
    [
        ("KA1", "success", ["Başarı aşamasında onaylanırsa: 90 × %32 = 28,8 puan", "20 × %32 = 6,4 puan"]),
        ("KA1", "preparing", ["Hazırlayan aşamasında onaylanırsa: 20 × %32 = 6,4 puan", "90 × %32 = 28,8 puan"]),
        ("KA2", "preparing", ["40 × %32 = 12,8 puan", "100 × %32 = 32 puan", "1. sürüm"]),
        ("AB-OTHER", "success", ["0–100 arası puan", "En çok 100 × %32 = 32 puan"]),
        ("COMP-FINAL", "success", ["60 × %29 = 17,4 puan", "3 basamaklı bir dizinin 2. basamağıdır"]),
        (
            "COMP-DEGREE",
            "preparing",
            ["yalnız Başarı aşamasında talep edilebilir", "0 × %29 = 0 puan", "bu aşama boştur"],
        ),
        (
            "LOCAL-1",
            "success",
            [
                "düzeyini onayda teknik ekip belirler",
                "Düzey – 1: 25 × %8 = 2 puan",
                "Düzey – 2: 50 × %8 = 4 puan",
                "Düzey – 3: 100 × %8 = 8 puan",
            ],
        ),
    ],
)
def test_the_worth_of_an_item_in_words(client_at_school: Client, code: str, stage: str, parts: list[str]) -> None:
    shown = words(client_at_school, code, stage)
    assert [part for part in parts if part not in shown] == []


def test_products_are_exact_decimals(edremit: Any) -> None:
    table = table_in_force(edremit.year)
    assert table is not None
    found = worth_of(table, item("KA1"), "success")
    assert found is not None
    assert (found.chosen.product, found.other.product) == (Decimal("28.8"), Decimal("6.4"))
    assert isinstance(found.chosen.product, Decimal)


def test_the_years_rule_is_named(client_at_school: Client, edremit: Any) -> None:
    assert "en yüksek puanlı olanı sayılır" in words(client_at_school, "KA1", "success")
    YearSetting.objects.create(year=edremit.year, key="project_points", value="sum")
    assert "İki aşamanın puanları toplanır." in words(client_at_school, "KA1", "success")


def test_without_a_line_or_an_approved_table_a_sentence_says_so(client_at_school: Client, edremit: Any) -> None:
    PointsLine.objects.filter(item=item("KA1")).delete()
    assert "bu kalemin puanı yok" in words(client_at_school, "KA1", "success")
    PointsTable.objects.update(status="draft")
    assert "onaylı puan tablosu henüz yok" in words(client_at_school, "KA1", "success")
    assert AcademicYear.objects.get(pk=edremit.year.pk).name in words(client_at_school, "KA1", "success")


def test_nothing_chosen_says_what_will_be_here(client_at_school: Client) -> None:
    answer = client_at_school.get(reverse("scoring:points_preview"), {"both": "1", "item": "", "stage": "success"})
    assert "kaç puan getireceği burada görünür" in answer.content.decode()


@pytest.mark.parametrize("code", ["KA1", "LOCAL-1", "COMP-FINAL"])
def test_the_fragment_asks_few_questions(
    client_at_school: Client, code: str, django_assert_max_num_queries: Any
) -> None:
    words(client_at_school, code, "success")
    with django_assert_max_num_queries(12):
        words(client_at_school, code, "success")
