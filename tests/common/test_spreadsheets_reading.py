"""Reading strangers' files: what is read, and the sentence for what is not."""

import datetime
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.errors import UserError
from common.spreadsheets.parsing import parse_file
from common.spreadsheets.reader import SENTENCES, read_workbook
from tests.common import workbook_files as files

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
ROWS = [["Kurum Kodu", "Kurum Adı"], ["123456", "Sındırgı İlkokulu"], [], ["765432", "Şehit Öğretmen Ğ, Ü"]]


def read(folder: Path, name: str, data: bytes) -> list[list[str]]:
    path = folder / "file"
    path.write_bytes(data)
    return read_workbook(path, name)[0].rows


def sentence(folder: Path, name: str, data: bytes) -> str:
    with pytest.raises(UserError) as caught:
        read(folder, name, data)
    return str(caught.value)


@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1254"])
def test_csv_of_every_kind(tmp_path: Path, separator: str, encoding: str) -> None:
    text = "\r\n".join(separator.join(f'"{cell}"' for cell in row) for row in ROWS)
    assert read(tmp_path, "a.csv", text.encode(encoding)) == ROWS


def test_csv_with_separator_line_keeps_row_numbers(tmp_path: Path) -> None:
    assert read(tmp_path, "a.csv", b"sep=,\r\na,b;c\r\n\r\n1,2\r\n") == [["a", "b;c"], [], ["1", "2"]]


def test_csv_cell_with_line_break_is_one_row(tmp_path: Path) -> None:
    assert read(tmp_path, "a.csv", b'a;b\n"x\ny";2\n') == [["a", "b"], ["x\ny", "2"]]


def test_xlsx_cells_read_as_a_person_sees_them(tmp_path: Path) -> None:
    day = datetime.date(2020, 9, 21)
    data = files.xlsx([[], [None, "Ad", 12345678901, 12.5, day, True, 0.1 + 0.2]])
    assert read(tmp_path, "a.xlsx", data) == [
        [],
        ["", "Ad", "12345678901", "12,5", "21.09.2020", "DOĞRU", "0,3"],
    ]


def test_xlsx_named_xls_is_read_by_its_content(tmp_path: Path) -> None:
    assert read(tmp_path, "a.xls", files.xlsx([["x"]])) == [["x"]]


def test_ods_with_repeats(tmp_path: Path) -> None:
    row = "<table:table-row>" + files.ods_cell("a") + files.ods_cell("b", 2) + "</table:table-row>"
    tail = (
        '<table:table-row table:number-rows-repeated="1048570">'
        '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    )
    assert read(tmp_path, "a.ods", files.ods(row + tail))[0] == ["a", "b", "b"]


def test_html_in_windows_1254_with_merged_cells(tmp_path: Path) -> None:
    page = """<html><head><meta http-equiv="Content-Type" content="text/html; charset=windows-1254">
    <style>td { color: red }</style></head><body><table>
    <tr><td rowspan="2">İlçe</td><td colspan=2>Öğretmen</td></tr>
    <tr><td>Adı<br>Soyadı</td><td>Şube &amp; Sınıf</td></tr>
    <tr><td>Sındırgı<td> Ayşe  Işık <td>8/A</table></body></html>"""
    assert read(tmp_path, "rapor.xls", page.encode("cp1254")) == [
        ["İlçe", "Öğretmen"],
        ["", "Adı Soyadı", "Şube & Sınıf"],
        ["Sındırgı", "Ayşe Işık", "8/A"],
    ]


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("a.xlsx", b"", "Dosya boş; içinde tablo olan bir dosya seçiniz."),
        ("a.csv", b"\xef\xbb\xbf \r\n\r\n", "Dosya boş; içinde tablo olan bir dosya seçiniz."),
        ("a.xlsx", PNG, "Bu dosya bir hesap tablosu değil"),
        ("a.csv", PNG, "Bu dosya bir hesap tablosu değil"),
        ("a.xls", b"%PDF-1.7\n%abc", "Bu dosya bir hesap tablosu değil"),
        ("a.xlsx", b"PK\x03\x04 and nothing more", "Dosya bozuk görünüyor"),
        ("a.xlsx", files.xlsx([["x"]])[:-40], "Dosya bozuk görünüyor"),
        ("a.pdf", b"x", "Bu dosya türü alınmıyor"),
        ("noextension", b"x", "Bu dosya türü alınmıyor"),
        ("a.xlsm", files.xlsx([["x"]]), "Dosyada makro var"),
        ("a.xlsx", files.raw_xlsx("", extra={"xl/vbaProject.bin": b"x"}), "Dosyada makro var"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "Dosya parolalı"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"WordDocument", "Bu dosya bir hesap tablosu değil"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Workbook".encode("utf-16-le"), "Dosya"),
        ("a.xlsx", files.two_corner_cells(), "Tablo 200.000 satırdan uzun"),
        ("a.xlsx", files.raw_xlsx('<row r="1"><c r="XFD1"><v>1</v></c></row>'), "Tablo 200 sütundan geniş"),
        ("a.xlsx", files.raw_xlsx('<row r="1048576"/>'), "Tablo 200.000 satırdan uzun"),
        ("a.csv", (";" * 300 + "x").encode(), "Tablo 200 sütundan geniş"),
        ("a.csv", b"a;b\n" + b'"' + b"x" * 40_000, "Dosyanın satırları ayrıştırılamadı"),
        ("a.xlsx", files.padding_bomb(150), "Dosya olağan dışı sıkıştırılmış"),
        (
            "a.xlsx",
            files.raw_xlsx("", extra={f"x/{n}": b"" for n in range(2001)}),
            "Dosya 2.000 parçadan fazlasını içeriyor",
        ),
        (
            "a.xlsx",
            files.raw_xlsx('<row r="1"><c r="B7"><f>1+1</f></c></row>'),
            "B7 hücresinde sonucu kayıtlı olmayan bir formül var",
        ),
        (
            "a.ods",
            files.ods(f'<table:table-row table:number-rows-repeated="900000">{files.ods_cell("x")}</table:table-row>'),
            "Tablo 200.000 satırdan uzun",
        ),
        (
            "a.ods",
            files.ods(f"<table:table-row>{files.ods_cell('x', 16384)}</table:table-row>"),
            "Tablo 200 sütundan geniş",
        ),
    ],
)
def test_refused_with_one_sentence(tmp_path: Path, name: str, data: bytes, expected: str) -> None:
    said = sentence(tmp_path, name, data)
    assert said.startswith(expected)
    assert said.endswith(".")


def test_the_two_corner_file_is_small() -> None:
    assert len(files.two_corner_cells()) < 1_500


def test_solved_formula_gives_its_value(tmp_path: Path) -> None:
    data = files.raw_xlsx('<row r="1"><c r="A1"><f>1+1</f><v>2</v></c></row>')
    assert read(tmp_path, "a.xlsx", data) == [["2"]]


def test_hidden_sheet_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(files.xlsx([], sheets={"Bir": [["a"]], "İki": [["b"]]}))
    assert [(sheet.name, sheet.rows) for sheet in read_workbook(path, "a.xlsx")] == [
        ("Bir", [["a"]]),
        ("İki", [["b"]]),
    ]


@settings(max_examples=40, deadline=None)
@given(
    data=st.one_of(
        st.binary(max_size=400),
        st.text(max_size=300).map(lambda text: text.encode("utf-8", "surrogatepass")),
        st.binary(max_size=60).map(lambda tail: b"PK\x03\x04" + tail),
        st.binary(max_size=60).map(lambda tail: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + tail),
        st.text(max_size=100).map(lambda text: f"<table><tr><td rowspan=9 colspan=9>{text}".encode("utf-8", "ignore")),
    )
)
def test_any_bytes_give_rows_or_a_refusal(data: bytes) -> None:
    """The child's own function, in this process: nothing but an answer may come out of it."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "source"), Path(folder, "target")
        source.write_bytes(data)
        answer = parse_file(str(source), str(target))
        assert answer.get("refused") in SENTENCES or answer["format"] in ("text", "html", "xls", "xlsx", "xlsb", "ods")
