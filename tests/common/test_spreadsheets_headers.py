"""Finding the table: titles, merged headers, other casing, totals, groups, empty rows."""

import pytest

from common.errors import UserError
from common.spreadsheets.headers import ColumnSpec, Table, find_table
from common.spreadsheets.reader import Sheet

SPECS = (
    ColumnSpec("code", "Kurum Kodu", ("Okul Kodu",)),
    ColumnSpec("name", "Kurum Adı"),
    ColumnSpec("district", "İlçe", required=False, fill_down=True),
)
PEOPLE = (ColumnSpec("teacher", "Öğretmen T.C. Kimlik No"), ColumnSpec("pupil", "Öğrenci T.C. Kimlik No"))


def table(rows: list[list[str]], specs: tuple[ColumnSpec, ...] = SPECS) -> Table:
    return find_table([Sheet("S", rows)], specs)


def test_plain_header() -> None:
    found = table([["Kurum Kodu", "Kurum Adı", "İlçe"], ["1", " A  Okulu ", "Edremit"]])
    assert found.columns == {"code": ["1"], "name": ["A Okulu"], "district": ["Edremit"]}
    assert found.row_numbers == [2]


@pytest.mark.parametrize(
    "header",
    [
        ["KURUM KODU", "KURUM ADI", "İLÇE"],
        ["kurum kodu", "kurum adi", "ILCE"],
        ["OKUL  KODU:", "Kurum Adı *", "i\u0307lçe"],
    ],
)
def test_header_in_other_letters(header: list[str]) -> None:
    assert table([header, ["1", "A", "B"]]).columns == {"code": ["1"], "name": ["A"], "district": ["B"]}


def test_titles_empty_rows_totals_and_repeated_header() -> None:
    header = ["İlçe", "Kurum Kodu", "Kurum Adı"]
    found = table(
        [
            ["BALIKESİR İL MİLLÎ EĞİTİM MÜDÜRLÜĞÜ"],
            [],
            ["", "Kurum Listesi"],
            header,
            ["Edremit", "1", "A"],
            ["", "2", "B"],
            ["TOPLAM", "", "2"],
            header,
            ["", " ", ""],
            ["Sındırgı", "3", "Toplam Kalite Okulu"],
            ["GENEL TOPLAM:", "3"],
        ]
    )
    assert found.row_numbers == [5, 6, 10]
    assert found.columns["district"] == ["Edremit", "Edremit", "Sındırgı"]
    assert found.columns["name"] == ["A", "B", "Toplam Kalite Okulu"]


def test_group_title_row_fills_its_group() -> None:
    found = table([["İlçe", "Kurum Kodu", "Kurum Adı"], ["Edremit"], ["", "1", "A"], ["Havran"], ["", "2", "B"]])
    assert found.row_numbers == [3, 5]
    assert found.columns["district"] == ["Edremit", "Havran"]


def test_header_over_two_merged_rows() -> None:
    found = table(
        [["Öğretmen", "", "Öğrenci", ""], ["Ad", "T.C. Kimlik No", "Ad", "T.C. Kimlik No"], ["x", "1", "y", "2"]],
        PEOPLE,
    )
    assert (found.columns["teacher"], found.columns["pupil"]) == (["1"], ["2"])


def test_header_over_three_rows_with_cells_merged_downwards() -> None:
    found = table([["Liste"], ["Kurum", "", "İlçe"], ["Kodu", "Adı", ""], ["1", "A", "B"]])
    assert found.columns == {"code": ["1"], "name": ["A"], "district": ["B"]}
    assert found.row_numbers == [4]


def test_missing_columns_are_named() -> None:
    with pytest.raises(UserError, match="“Kurum Adı” sütunu yok"):
        table([["Kurum Kodu", "İlçe"], ["1", "A"]])
    with pytest.raises(UserError, match=r"başlık satırı bulunamadı.*Kurum Kodu; Kurum Adı"):
        table([["a", "b"], ["1", "A"]])


def test_column_given_twice_is_refused() -> None:
    with pytest.raises(UserError, match="“Okul Kodu” sütunu dosyada iki kez var"):
        table([["Kurum Kodu", "Kurum Adı", "Okul Kodu"], ["1", "A", "2"]])


def test_table_is_found_on_a_later_sheet_but_two_are_refused() -> None:
    rows = [["Kurum Kodu", "Kurum Adı"], ["1", "A"]]
    assert find_table([Sheet("Kapak", [["x"]]), Sheet("Liste", rows)], SPECS).sheet == "Liste"
    with pytest.raises(UserError, match=r"birden çok sayfada tablo var \(Bir, İki\)"):
        find_table([Sheet("Bir", rows), Sheet("İki", rows)], SPECS)
    assert find_table([Sheet("Bir", rows), Sheet("İki", rows[:1])], SPECS).sheet == "Bir"


def test_missing_optional_column_is_empty() -> None:
    found = table([["Kurum Kodu", "Kurum Adı"], ["1"], ["2", "B"]])
    assert found.columns == {"code": ["1", "2"], "name": ["", "B"], "district": ["", ""]}
