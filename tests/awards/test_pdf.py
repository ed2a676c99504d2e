"""Paper: Turkish letters by their pixels, the same bytes each time, nothing fetched, nothing attached."""

import base64
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pypdfium2
import pytest

from awards import pdf
from common import pdf as paper

TEXT = {
    "office": "EDREMİT KAYMAKAMLIĞI",
    "heading": "Başarı Belgesi",
    "heading_upper": "BAŞARI BELGESİ",
    "holder_name": "Gülşah Işık Çağlayangöl",
    "post": "Fen Bilimleri Öğretmeni",
    "institution_name": "Kazdağı Ortaokulu",
    "district_name": "Edremit",
    "province_name": "Balıkesir",
    "body": "Üstün gayret ve başarıdan dolayı.",
    "number": "2020-2021/10/00012",
    "date": "15.06.2021",
    "decision_number": "2021/14",
    "decision_date": "01.06.2021",
    "grant_number": "E-1",
    "signatory_name": "İsmail ŞENGÖZ",
    "signs_as": "Kaymakam",
    "code": "7Q4KM-9XW2B-HT6RV-3NDPC",
    "verify_url": "http://localhost:8000/belge/7Q4KM-9XW2B-HT6RV-3NDPC/",
    "verify_site": "localhost:8000/belge/",
}


def picture(data, scale=2):
    """The first page in grey."""
    return pypdfium2.PdfDocument(data)[0].render(scale=scale).to_pil().convert("L")


def letter(char, family="Belge", sheet="certificate.css"):
    """One letter drawn alone on a page, cut to its ink; with the box where the ink was (left, top, right, bottom)."""
    html = f"<body style=\"font-family: '{family}'\"><p style='font-size: 120pt; margin: 60pt'>{char}</p></body>"
    ink = picture(paper.render(html, sheet)).point(lambda value: 255 if value < 128 else 0)
    box = ink.getbbox()
    return ink.crop(box), box


def runs(char):
    """How many separate runs of ink a letter has from top to bottom: a dot or breve above makes one more."""
    drawn, _box = letter(char)
    rows = [drawn.crop((0, y, drawn.width, y + 1)).getbbox() is not None for y in range(drawn.height)]
    return sum(here and not above for above, here in zip([False, *rows], rows, strict=False))


@pytest.mark.parametrize(("plain", "marked"), [("g", "ğ"), ("I", "İ"), ("ı", "i"), ("G", "Ğ"), ("o", "ö"), ("u", "ü")])
def test_mark_above_is_ink_of_its_own(plain, marked):
    _drawn, low = letter(plain)
    _drawn, high = letter(marked)
    assert high[1] < low[1]
    assert runs(marked) == runs(plain) + 1


@pytest.mark.parametrize(("plain", "marked"), [("s", "ş"), ("c", "ç"), ("S", "Ş"), ("C", "Ç")])
def test_cedilla_hangs_below(plain, marked):
    _drawn, low = letter(plain)
    _drawn, high = letter(marked)
    assert high[3] > low[3]
    assert abs(high[1] - low[1]) <= 2


def test_the_turkish_letters_are_all_different_drawings():
    letters = "gGğĞsSşŞıIiİcCçÇoOöÖuUüÜ"
    assert len({(drawn.size, drawn.tobytes()) for drawn, _box in map(letter, letters)}) == len(letters)


def test_report_font_has_turkish_letters():
    _drawn, low = letter("g", "Rapor", "list_report.css")
    _drawn, high = letter("ğ", "Rapor", "list_report.css")
    assert high[1] < low[1]


def test_certificate_is_one_landscape_page_and_says_what_it_should():
    document = pypdfium2.PdfDocument(pdf.certificates_pdf([TEXT]))
    assert len(document) == 1
    width, height = document[0].get_size()
    assert (round(width), round(height)) == (842, 595)
    words = "".join(document[0].get_textpage().get_text_range().split())
    said = ("T.C.", "EDREMİT KAYMAKAMLIĞI", "BAŞARI BELGESİ", "Gülşah Işık Çağlayangöl", "İsmail ŞENGÖZ", "Kaymakam")
    for expected in (*said, TEXT["number"], TEXT["code"], TEXT["date"], TEXT["body"]):
        assert "".join(expected.split()) in words


def test_the_only_image_is_the_qr_without_alpha():
    data = pdf.certificates_pdf([TEXT])
    assert b"/SMask" not in data
    document = pypdfium2.PdfDocument(data)
    images = [item for item in document[0].get_objects() if item.type == pypdfium2.raw.FPDF_PAGEOBJ_IMAGE]
    assert len(images) == 1


def test_same_snapshot_gives_the_same_bytes():
    assert pdf.certificates_pdf([TEXT]) == pdf.certificates_pdf([dict(TEXT)])
    assert pdf.certificates_pdf([TEXT]) != pdf.certificates_pdf([TEXT | {"date": "16.06.2021"}])


def test_place_for_the_signature_is_empty():
    """Between date and name on the right lies white paper: nothing imitates a signature."""
    page = picture(pdf.certificates_pdf([TEXT]), scale=3)
    per_mm = page.width / 297
    left, top, right, bottom = (int(edge * per_mm) for edge in (200, 158, 268, 172))
    assert page.crop((left, top, right, bottom)).getextrema()[0] > 250
    assert page.crop((left, bottom, right, int(190 * per_mm))).getextrema()[0] < 128


def test_qr_is_black_and_white_without_grey():
    data = base64.b64decode(pdf.qr_png(TEXT["verify_url"]).partition(",")[2])
    assert data[24] == 1  # bit depth in the PNG header
    assert data[25] in {0, 3}  # grey or palette, no alpha


def test_long_names_stay_on_the_page():
    long = TEXT | {"holder_name": "Muhammed Abdurrahman Şükrü Karamahmutoğulları", "institution_name": "Ö" * 60}
    assert len(pypdfium2.PdfDocument(pdf.certificates_pdf([long]))) == 1


def test_names_are_text_not_markup():
    words = pypdfium2.PdfDocument(pdf.certificates_pdf([TEXT | {"holder_name": "<img src=x> {{ 7|add:7 }}"}]))[0]
    assert "<img src=x> {{ 7|add:7 }}" in words.get_textpage().get_text_range()


class Trap(BaseHTTPRequestHandler):
    asked: list[str] = []

    def do_GET(self):
        self.asked.append(self.path)
        self.send_response(302 if self.path == "/redirect" else 200)
        if self.path == "/redirect":
            self.send_header("Location", "file:///etc/hostname")
        self.end_headers()
        self.wfile.write(b"secret-from-the-network")

    def log_message(self, *args):
        pass


@pytest.fixture
def trap():
    Trap.asked = []
    server = HTTPServer(("127.0.0.1", 0), Trap)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


HOSTILE = (
    "file:///etc/hostname",
    "file:///proc/self/environ",
    "/etc/hostname",
    "{trap}/image.png",
    "{trap}/redirect",
    "https://127.0.0.1:1/x",
    "ftp://127.0.0.1/x",
    "asset:../../../etc/hostname",
    "asset:source-sans-3-italic.ttf",
)


@pytest.mark.parametrize(
    "markup",
    [
        '<img src="{url}">',
        '<object data="{url}"></object>',
        '<link rel="stylesheet" href="{url}">',
        '<style>@import url("{url}");</style>',
        '<style>@font-face {{ font-family: X; src: url("{url}") }}</style><p style="font-family: X">a</p>',
        '<div style="background: url({url})">a</div>',
        '<svg><image href="{url}" width="9" height="9"/></svg>',
    ],
)
def test_hostile_addresses_reach_nothing(trap, markup):
    refused = []

    class Watching(paper.AssetFetcher):
        def fetch(self, url, headers=None):
            try:
                return super().fetch(url, headers)
            except ValueError:
                refused.append(url)
                raise

    html = "".join(markup.format(url=url.format(trap=trap)) for url in HOSTILE)
    found = paper.HTML(string=html, base_url="about:blank", url_fetcher=Watching()).write_pdf()
    assert len(refused) >= len(HOSTILE) - 1  # the relative address has nothing to be relative to
    assert Trap.asked == []
    assert Path("/etc/hostname").read_bytes().strip() not in found
    assert paper.render(html, "certificate.css").startswith(b"%PDF")
    assert Trap.asked == []


@pytest.mark.parametrize("address", ["file:///etc/hostname", "data:text/plain,hello", "http://127.0.0.1:1/"])
@pytest.mark.parametrize("markup", ['<link rel="attachment" href="{url}">', '<a rel="attachment" href="{url}">x</a>'])
def test_attachments_are_refused(markup, address):
    with pytest.raises(paper.UnsafeDocument):
        paper.render(f"<body>{markup.format(url=address)}</body>", "certificate.css")


def test_fetcher_refuses_everything_but_data_and_fonts():
    fetcher = paper.AssetFetcher()
    assert fetcher.fetch("data:text/plain,a").read() == b"a"
    assert fetcher.fetch("asset:source-serif-4-regular.ttf").read()[:4] == b"\0\1\0\0"
    for url in ("file:///etc/hostname", "http://127.0.0.1/", "HTTP://127.0.0.1/", "asset:x.ttf", "gopher://x/"):
        with pytest.raises(ValueError):
            fetcher.fetch(url)
