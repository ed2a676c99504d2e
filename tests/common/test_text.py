"""Turkish text: what offices type, and what must come out."""

import pytest

from common import text


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("  Ali   Veli ", "Ali Veli"),
        ("I\u0307zmir", "İzmir"),
        ("Sindi\u0307rgi", "Sindirgi"),
        ("S\u0327ule", "Şule"),
        ("Gu\u0308l\u200b\ufeff", "Gül"),
        ("Ali\u00a0Veli\t\nCan", "Ali Veli Can"),
        ("a\x00b\x07c", "abc"),
        ("ters\u202eyazı", "tersyazı"),
        ("yarım\ud800", "yarım"),
        ("Edremit", "Edremit"),
        ("", ""),
    ],
)
def test_clean(given: str, expected: str) -> None:
    assert text.clean(given) == expected


def test_clean_lines_keeps_lines() -> None:
    assert text.clean_lines("\n bir  \r\n iki\u200b\n\nüç\n") == "bir\niki\n\nüç"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("İIıi", "iiii"),
        ("ÇĞÖŞÜçğöşü", "cgosucgosu"),
        ("Kâzım  Şâhin", "kazim sahin"),
        ("Sındırgı", "sindirgi"),
        ("SINDIRGI", "sindirgi"),
        ("sindi\u0307rgi\u0307", "sindirgi"),
        ("I\u0307vrindi", "ivrindi"),
        ("T.C.\u00a0Kimlik\u200b No", "t.c. kimlik no"),
        ("ﬁne", "fine"),
        ("Straße", "strasse"),
    ],
)
def test_fold(given: str, expected: str) -> None:
    assert text.fold(given) == expected
    assert text.fold(text.fold(given)) == expected


@pytest.mark.parametrize(
    ("lower", "upper"),
    [("ısparta ili", "ISPARTA İLİ"), ("çiğir", "ÇİĞİR"), ("çığır", "ÇIĞIR"), ("iğdır", "İĞDIR")],
)
def test_case(lower: str, upper: str) -> None:
    assert text.turkish_upper(lower) == upper
    assert text.turkish_lower(upper) == lower


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("İBRAHİM IŞIK", "İbrahim Işık"),
        ("ayşe-nur ÖZ", "Ayşe-Nur Öz"),
        ("ATATÜRK'ÜN OKULU", "Atatürk'ün Okulu"),
        ("FEN VE SOSYAL BİLİMLER LİSESİ", "Fen ve Sosyal Bilimler Lisesi"),
        ("t.c. millî eğitim (il)", "T.C. Millî Eğitim (İl)"),
    ],
)
def test_title(given: str, expected: str) -> None:
    assert text.turkish_title(given) == expected


def test_sort_key_follows_the_alphabet() -> None:
    ordered = [
        "1. Okul",
        "Altıeylül",
        "Ayvalık",
        "Balya",
        "Bandırma",
        "cam",
        "Can",
        "çam",
        "Çan",
        "dağ",
        "dal",
        "gaz",
        "Gönen",
        "Ğ",
        "Havran",
        "Isparta",
        "ıtır",
        "İvrindi",
        "izmir",
        "kar",
        "Kar",
        "kâr",
        "kara",
        "Karesi",
        "Oya",
        "Öykü",
        "Sındırgı",
        "Susurluk",
        "Şule",
        "Uğur",
        "Ümit",
        "Zonguldak",
    ]
    turned = list(reversed(ordered))
    assert sorted(turned, key=text.sort_key) == ordered


def test_compare_is_total_and_antisymmetric() -> None:
    assert text.compare("Çan", "Can") == 1
    assert text.compare("Can", "Çan") == -1
    assert text.compare("Can", "Can") == 0
