"""Two years of LGS: from a crooked file to a ranking that a school objects to, corrected and shown changed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from accounts.models import User
from exams.models import Exam, StudentResult, SubjectResult
from portal.services import install_province, open_year
from schools.models import AcademicYear, Institution, Posting, StaffMember
from schools.models.commissions import CommissionKind, SeatRole
from schools.models.people import Title
from scoring.models import Objection, RankingRow, RankingRun
from tests.conftest import Process
from tests.factories.accounts import PASSWORD
from tests.factories.exams import make_teaching
from tests.factories.schools import (
    DistrictFactory,
    InstitutionFactory,
    StaffFactory,
    StudentFactory,
    seat_user,
    tc_number,
)

pytestmark = pytest.mark.journey
expect.set_options(timeout=20_000)

EARLIER, CURRENT = "2025-2026", "2026-2027"
PUPILS = 10
"""The smallest group that a teacher's mean is made of."""
LONG = 60_000


@dataclass
class School:
    """A school with one eighth-grade section and its teacher of Matematik; ``first`` numbers its students."""

    institution: Institution
    teacher: StaffMember
    first: int

    def numbers(self, year: str) -> list[str]:
        start = self.first + (0 if year == EARLIER else 50)
        return [tc_number(start + place) for place in range(PUPILS)]


@dataclass
class Province:
    schools: tuple[School, School]
    clerk: User
    board: User
    coordinator: User

    def open_next_year(self) -> None:
        """The next year as the administration opens it, with the same teachers and new eighth grades."""
        year = open_year(plate=10, year_name=CURRENT, from_name=None, by=None)
        for posting in Posting.objects.filter(year__name=EARLIER).order_by("pk"):
            posting.pk, posting.year = None, year
            posting.save()
        for school in self.schools:
            self.fill(school, year)

    def fill(self, school: School, year: AcademicYear) -> None:
        for number in school.numbers(year.name):
            StudentFactory(institution=school.institution, year=year, tc=number)
        make_teaching(school.institution, school.teacher, "Matematik", year=year)


@pytest.fixture
def province(live_site: str) -> Province:
    year = install_province(plate=10, year_name=EARLIER, by=None)
    district = DistrictFactory(province=year.province, name="Edremit")
    schools = []
    for name, teacher, first in (("Kazdağı", "Işıl", 500_000), ("Sarıkız", "Çağlar", 600_000)):
        institution = InstitutionFactory(district=district, name=f"Edremit {name} Ortaokulu", year=year)
        staff = StaffFactory(institution=institution, first_name=teacher, last_name="Öztürk", branch="Matematik")
        schools.append(School(institution, staff, first))
    people = Province(
        schools=(schools[0], schools[1]),
        clerk=seat_user(CommissionKind.MEASUREMENT_CENTRE, SeatRole.DATA_CLERK, year.province),
        board=seat_user(CommissionKind.MONITORING_ACADEMIC, SeatRole.CHAIR, year.province),
        coordinator=seat_user(CommissionKind.SCHOOL, SeatRole.COORDINATOR, schools[0].institution),
    )
    for school in schools:
        people.fill(school, year)
    StaffFactory(institution=schools[1].institution, title=Title.PRINCIPAL)
    return people


def sign_in(page: Page, site: str, user: User) -> None:
    page.context.clear_cookies()
    page.goto(f"{site}/hesap/login/")
    page.get_by_label("E-posta").fill(user.email)
    page.get_by_label("Parola", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Giriş yap", exact=True).click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Giriş yap")


def define_lgs(page: Page, site: str, date: str) -> None:
    page.goto(f"{site}/sinavlar/")
    page.get_by_role("main").get_by_role("link", name="Sınav tanımla").first.click()
    page.get_by_role("link", name="LGS", exact=True).click()
    expect(page.get_by_label("Dersler ve soru sayıları")).to_have_value(re.compile("Matematik: 20"))
    page.get_by_label("Tarih").fill(date)
    page.get_by_role("button", name="Sınavı tanımla").click()
    expect(page.get_by_text("Sınav tanımlandı; sıra sonuç dosyasında.")).to_be_visible()


def results_file(folder: Path, name: str, rows: Iterable[tuple[str, str, str]]) -> Path:
    """A file as an office sends it: Windows-1254, semicolons, a title above, D and Y of two subjects."""
    lines = ["LGS SONUÇLARI;;;;", ";;;;", "T.C. Kimlik No;Türkçe D;Türkçe Y;Matematik D;Matematik Y"]
    lines += [f"{number};GİRMEDİ;G;{correct};{wrong}" for number, correct, wrong in rows]
    path = folder / name
    path.write_bytes("\r\n".join(lines).encode("cp1254"))
    return path


def send(page: Page, site: str, exam: str, file: Path) -> None:
    page.goto(f"{site}/veri-aktarma/yeni/")
    page.get_by_label("Sınav sonuçları").check()
    page.get_by_role("combobox", name="Sınav").select_option(exam)
    page.get_by_label("Dosya", exact=True).set_input_files(file)
    page.get_by_role("button", name="Gönder ve kontrol et").click()
    expect(page.get_by_role("heading", name="Karar")).to_be_visible(timeout=LONG)


def confirm(page: Page, words: str) -> None:
    page.get_by_role("button", name=words).click()
    expect(page.get_by_text("Dosya aktarıldı")).to_be_visible(timeout=LONG)


def import_first_year(page: Page, site: str, province: Province, folder: Path) -> None:
    """Everybody of the first school nets 8 in Matematik, everybody of the second 6."""
    home, other = province.schools
    rows = [(number, "9", "3") for number in home.numbers(EARLIER)]
    rows += [(number, "7", "3") for number in other.numbers(EARLIER)]
    send(page, site, "LGS-2026", results_file(folder, "lgs-2026.csv", rows))
    confirm(page, "20 yeni kaydı aktar")
    assert Exam.objects.get(code="LGS-2026").version == 2
    taken = SubjectResult.objects.filter(result__exam__code="LGS-2026", correct__isnull=False)
    assert sorted(taken.values_list("subject__name", "correct", "wrong")) == sorted(
        [("Matematik", 9, 3)] * PUPILS + [("Matematik", 7, 3)] * PUPILS
    )


def import_second_year(page: Page, site: str, province: Province, folder: Path) -> None:
    """A file with a crooked row: left out first, corrected in the downloaded workbook, and sent again.

    The first school: nine net 11, one nets 1 by a mistake that nobody has seen yet. The second: 8 and 9.
    """
    home, other = province.schools
    mistaken, *right = home.numbers(CURRENT)
    crooked, *fine = other.numbers(CURRENT)
    rows = [(mistaken, "2", "3"), *((number, "12", "3") for number in right)]
    rows += [(crooked, "18", "3"), *((number, "9" if place < 5 else "10", "3") for place, number in enumerate(fine))]
    file = results_file(folder, "lgs-2027.csv", rows)
    send(page, site, "LGS-2027", file)
    expect(page.get_by_role("table", name="Hatalı hücreler")).to_contain_text("20")
    assert not StudentResult.objects.filter(exam__code="LGS-2027").exists()
    with page.expect_download() as downloading:
        page.get_by_role("link", name="Hatalı satırları nedenleriyle indir").click()
    refused = folder / "refused.xlsx"
    downloading.value.save_as(refused)
    page.get_by_label("Hatalı 1 satırı dışarıda bırak, kalanları aktar").check()
    confirm(page, "19 yeni kaydı aktar")
    send(page, site, "LGS-2027", corrected(refused, crooked))
    confirm(page, "1 yeni kaydı aktar")
    exam = Exam.objects.get(code="LGS-2027")
    assert (exam.version, exam.results.count()) == (3, 20)


def corrected(refused: Path, number: str) -> Path:
    """The workbook of refused rows with the one wrong cell put right: 10 correct instead of 18."""
    book = load_workbook(BytesIO(refused.read_bytes()))
    sheet: Any = book.active
    headers = {cell.value: cell.column for row in sheet.iter_rows(max_row=5) for cell in row if cell.value}
    place = next(row[0].row for row in sheet.iter_rows() if number in [str(cell.value) for cell in row])
    assert str(sheet.cell(place, headers["Matematik D"]).value) == "18"
    sheet.cell(place, headers["Matematik D"]).value = "10"
    path = refused.with_name("corrected.xlsx")
    book.save(path)
    return path


def compute_progress(page: Page, site: str) -> RankingRun:
    page.goto(f"{site}/puanlama/siralamalar/")
    form = page.locator("#compute")
    form.get_by_label("Ölçü").select_option("teacher_exam_progress")
    expect(form.get_by_label("Sınav")).to_be_visible()
    form.get_by_label("Sınav").select_option("LGS-2027")
    form.get_by_label("Gruplar").select_option("district,subject")
    form.get_by_role("button", name="Sıralamayı hesapla").click()
    expect(page.get_by_role("button", name="Yayımla ve itiraz süresini başlat")).to_be_visible(timeout=LONG)
    return RankingRun.objects.latest("pk")


def open_results(page: Page, site: str) -> None:
    """Both years' results to the schools, without which their ranking can't be published."""
    for exam in Exam.objects.order_by("date"):
        page.goto(f"{site}/sinavlar/{exam.pk}/")
        page.get_by_role("button", name="Sonuçları yayımla").click()
        page.locator("dialog[open]").get_by_role("button", name="Sonuçları yayımla").click()
        expect(page.get_by_text("Sonuçlar yayımlandı; okullara bildirildi.")).to_be_visible()


def publish(page: Page) -> None:
    page.get_by_role("button", name="Yayımla ve itiraz süresini başlat").click()
    page.locator("dialog[open]").get_by_role("button", name="Yayımla").click()
    expect(page.get_by_text("İtiraz süresi açık")).to_be_visible()


def standing(run: RankingRun) -> list[tuple[int, str, str, str]]:
    rows = RankingRow.objects.filter(run=run).order_by("position")
    return [(row.rank, row.holder_name, row.subject, row.value_exact) for row in rows]


def check_working(page: Page, teacher: StaffMember) -> None:
    """The working of a row: both years' groups, their means, and the versions that were read."""
    page.get_by_role("link", name=teacher.full_name).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(teacher.full_name)
    figures = page.get_by_role("table", name="Grupların rakamları")
    for words in ("LGS-2027", "LGS-2026", "sürüm 3", "sürüm 2"):
        expect(figures).to_contain_text(words)
    main = page.get_by_role("main")
    expect(main).to_contain_text("10 − 8 = 2")
    page.go_back()


def object_to_own_row(page: Page, site: str, run: RankingRun, teacher: StaffMember) -> None:
    page.goto(f"{site}/puanlama/siralamalar/{run.pk}/")
    rows = page.get_by_role("table", name="Sıralama").get_by_role("row")
    expect(rows).to_have_count(2)
    page.get_by_role("link", name=teacher.full_name).click()
    page.get_by_role("link", name="Bu satıra itiraz et").click()
    page.get_by_label("İtirazınız").fill(
        "8/A'dan bir öğrencinin Matematik doğrusu 12 iken 2 yazılmış; belgesi ektedir."
    )
    page.get_by_role("button", name="İtirazı kurula ilet").click()
    expect(page.get_by_text("İtirazınız kurula iletildi")).to_be_visible()


def answer_to_be_corrected(page: Page, site: str) -> None:
    page.goto(f"{site}/puanlama/itirazlar/")
    page.get_by_role("main").get_by_role("table").get_by_role("link").first.click()
    page.get_by_label("Cevabınız").fill("Okulun belgesi doğrudur; sonuç düzeltilecek ve sıralama yenilenecektir.")
    page.get_by_role("button", name="Düzeltilecek").click()
    expect(page.get_by_text("Cevabınız okula iletildi")).to_be_visible()
    objection = Objection.objects.get()
    assert objection.status == "corrected"


def see_what_would_change(page: Page, site: str, run: RankingRun, province: Province) -> None:
    """The published ranking says that a newer version is there, and what it would change."""
    home, other = province.schools
    page.goto(f"{site}/puanlama/siralamalar/{run.pk}/")
    notice = page.get_by_role("main")
    expect(notice).to_contain_text("Okunan veriler hesaptan sonra değişti")
    expect(notice).to_contain_text("LGS-2027")
    page.get_by_role("link", name="Şimdi hesaplansa ne değişirdi?").click()
    check_changes(page, home, other)


def check_changes(page: Page, home: School, other: School) -> None:
    table = page.get_by_role("table", name="Değişen satırlar")
    risen = table.get_by_role("row", name=re.compile(home.teacher.full_name))
    expect(risen).to_contain_text(re.compile(r"2\. sıra,?\s*2(,0+)?\s"))
    expect(risen).to_contain_text(re.compile(r"1\. sıra,?\s*3(,0+)?\s"))
    fallen = table.get_by_role("row", name=re.compile(other.teacher.full_name))
    expect(fallen).to_contain_text(re.compile(r"1\. sıra,?\s*2,50*\s"))
    expect(fallen).to_contain_text(re.compile(r"2\. sıra,?\s*2,50*\s"))


def recompute(page: Page) -> RankingRun:
    page.get_by_role("button", name="Yeniden hesapla").click()
    expect(page.get_by_role("button", name="Yayımla ve itiraz süresini başlat")).to_be_visible(timeout=LONG)
    return RankingRun.objects.latest("pk")


def test_a_corrected_result_moves_a_published_ranking(
    live_site: str, worker: Process, page: Page, province: Province, tmp_path: Path
) -> None:
    home, other = province.schools
    sign_in(page, live_site, province.clerk)
    define_lgs(page, live_site, "2026-06-14")
    import_first_year(page, live_site, province, tmp_path)
    province.open_next_year()
    define_lgs(page, live_site, "2027-06-13")
    import_second_year(page, live_site, province, tmp_path)

    sign_in(page, live_site, province.board)
    open_results(page, live_site)
    first = compute_progress(page, live_site)
    before = [
        (1, other.teacher.full_name, "Matematik", "2.5"),
        (2, home.teacher.full_name, "Matematik", "2"),
    ]
    assert standing(first) == before
    check_working(page, home.teacher)
    publish(page)

    sign_in(page, live_site, province.coordinator)
    object_to_own_row(page, live_site, first, home.teacher)
    sign_in(page, live_site, province.board)
    answer_to_be_corrected(page, live_site)

    sign_in(page, live_site, province.clerk)
    mistaken = home.numbers(CURRENT)[0]
    send(page, live_site, "LGS-2027", results_file(tmp_path, "duzeltme.csv", [(mistaken, "12", "3")]))
    expect(page.get_by_role("table", name="Değişecek kayıtlar")).to_contain_text("12")
    confirm(page, "1 değişen kaydı aktar")
    assert Exam.objects.get(code="LGS-2027").version == 4

    sign_in(page, live_site, province.board)
    see_what_would_change(page, live_site, first, province)
    assert standing(first) == before
    second = recompute(page)
    assert standing(second) == [
        (1, home.teacher.full_name, "Matematik", "3"),
        (2, other.teacher.full_name, "Matematik", "2.5"),
    ]
    page.get_by_role("link", name="Önceki hesapla karşılaştır").click()
    check_changes(page, home, other)
    page.goto(f"{live_site}/puanlama/siralamalar/{second.pk}/")
    publish(page)
    first.refresh_from_db()
    assert first.status == "superseded"
