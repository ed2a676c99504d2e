"""Pages of lists, and exports in which no cell starts a formula."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from decimal import Decimal
from fractions import Fraction
from typing import Any

import openpyxl
import pytest
from django.test import RequestFactory

from common.models import Notification
from common.tables import csv_response, keyset_page_of, page_of, write_xlsx, xlsx_response
from tests.factories.accounts import UserFactory
from tests.factories.common import NotificationFactory

FORMULAS = [
    "=1+1", "+1", "-1+2", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\0=1", "＝1", "＋1", "－1", "＠a", "  =1", "\u00a0=1",
    "\ufeff=1", '=HYPERLINK("http://x";"y")', "=cmd|' /C calc'!A0",
]  # fmt: skip
DAY, MOMENT = dt.datetime.fromisoformat("2026-03-05"), dt.datetime.fromisoformat("2026-03-05T14:02")
START = re.compile(r"[\s\ufeff]*[=+\-@＝＋－＠]")


@pytest.fixture
def numbered(db: None) -> Any:
    owner = UserFactory()
    for number in range(7):
        NotificationFactory(recipient=owner, subject=f"{number:02d}", kind="cift" if number % 2 == 0 else "tek")
    return Notification.objects.filter(recipient=owner)


@pytest.mark.parametrize(
    ("asked", "number", "first"),
    [
        ("", 1, "00"),
        ("2", 2, "03"),
        ("3", 3, "06"),
        ("99", 3, "06"),
        ("0", 3, "06"),
        ("x", 1, "00"),
        ("9" * 400, 3, "06"),
    ],
)
def test_page_is_found_whatever_is_asked(
    rf: RequestFactory, numbered: Any, asked: str, number: int, first: str
) -> None:
    page = page_of(numbered.order_by("subject", "id"), rf.get("/", {"page": asked}), per_page=3)
    assert (page.number, page[0].subject, page.paginator.count) == (number, first, 7)


def test_page_costs_two_queries(rf: RequestFactory, numbered: Any, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(2):
        page = page_of(numbered.order_by("subject", "id"), rf.get("/"), per_page=3)
        assert (len(list(page)), page.has_next()) == (3, True)


def walk(rf: RequestFactory, queryset: Any, keys: tuple[str, ...]) -> list[list[str]]:
    pages, cursor = [], ""
    while True:
        page = keyset_page_of(queryset, rf.get("/", {"sonra": cursor}), keys=keys, per_page=3)
        pages.append([row.subject for row in page])
        cursor = page.next_cursor
        if not cursor:
            return pages


def test_keyset_pages_meet_without_gap_or_overlap(rf: RequestFactory, numbered: Any) -> None:
    assert walk(rf, numbered, ("subject", "id")) == [["00", "01", "02"], ["03", "04", "05"], ["06"]]
    assert walk(rf, numbered, ("-created_at", "-id")) == [["06", "05", "04"], ["03", "02", "01"], ["00"]]
    assert walk(rf, numbered, ("-kind", "subject", "id")) == [["01", "03", "05"], ["00", "02", "04"], ["06"]]


@pytest.mark.parametrize("cursor", ["x", "W10", "bnVsbA", "WyJhIl0", "WyJhIiwgImIiXQ", "%00", "ÿ", "W251bGwsIG51bGxd"])
def test_unreadable_cursor_gives_the_first_page(rf: RequestFactory, numbered: Any, cursor: str) -> None:
    page = keyset_page_of(numbered, rf.get("/", {"sonra": cursor}), keys=("subject", "id"), per_page=3)
    assert [row.subject for row in page] == ["00", "01", "02"]


def csv_text(columns: list[str], rows: list[list[Any]]) -> str:
    return b"".join(csv_response("a.csv", columns, rows)).decode()


def test_csv_opens_in_turkish_excel() -> None:
    rows = [["İvrindi; Gökçeyazı", 'Ali "Can"', Decimal("28.80"), Fraction(1, 3), -5, True, None]]
    assert csv_text(["Okul", "Ad", "Puan", "Pay", "Fark", "Var", "Boş"], rows) == (
        '\ufeffOkul;Ad;Puan;Pay;Fark;Var;Boş\r\n"İvrindi; Gökçeyazı";"Ali ""Can""";28,80;0,3333;-5;Evet;\r\n'
    )


def test_csv_dates_are_turkish() -> None:
    moment = dt.datetime(2026, 3, 5, 11, 2, tzinfo=dt.UTC)
    assert csv_text(["t"], [[dt.date(2026, 3, 5)], [moment]]) == "\ufefft\r\n05.03.2026\r\n05.03.2026 14:02\r\n"


@pytest.mark.parametrize("text", FORMULAS)
def test_csv_cell_never_starts_a_formula(text: str) -> None:
    line = csv_text(["a"], [[text]]).split("\r\n", 1)[1]
    assert not START.match(line.lstrip('"'))
    assert "\0" not in line


def test_xlsx_holds_text_where_formulas_were_tried() -> None:
    target = io.BytesIO()
    assert write_xlsx(target, ["=A1"], [[text] for text in FORMULAS] + [["çığ\x07\x1b\ufffe"]]) == len(FORMULAS) + 1
    with zipfile.ZipFile(target) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet
    assert b"<f " not in sheet
    cells = [row[0].value for row in openpyxl.load_workbook(target).active.iter_rows()]
    assert cells[:2] == ["=A1", "=1+1"]
    assert cells[-1] == "çığ"


def test_xlsx_values_keep_their_kind() -> None:
    moment = dt.datetime(2026, 3, 5, 11, 2, tzinfo=dt.UTC)
    row = ["12.80", Decimal("12.80"), Fraction(1, 3), -5, dt.date(2026, 3, 5), moment, False, None, 10**20]
    answer = xlsx_response("Sıralama.xlsx", [str(n) for n in range(len(row))], [row], sheet="Ödül/2026:[1]")
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    assert book.sheetnames == ["Ödül 2026  1 "]
    assert [cell.value for cell in list(book.active.iter_rows())[1]] == [
        "12.80", 12.8, 0.3333, -5, DAY, MOMENT, "Hayır", None, str(10**20),
    ]  # fmt: skip
    assert answer["Content-Disposition"] == "attachment; filename*=utf-8''S%C4%B1ralama.xlsx"


@pytest.mark.parametrize(
    ("value", "shown"),
    [(Fraction(1, 8), "0,125"), (Fraction(1, 80000), "0"), (Fraction(1, 20000), "0,0001"), (Fraction(-1, 3), "-0,3333"),
     (Fraction(40), "40"), (Fraction(300), "300"), (Decimal("1E+2"), "100")],
)  # fmt: skip
def test_fractions_are_shown_half_up_at_four_places(value: Any, shown: str) -> None:
    assert csv_text(["a"], [[value]]) == f"\ufeffa\r\n{shown}\r\n"
