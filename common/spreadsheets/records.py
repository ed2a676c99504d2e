"""Which rows under a header hold no record: empty ones, totals, titles, the header again."""

import re
from collections.abc import Sequence

from common.text import clean, fold, plain_key

_TOTALS = (
    *("toplam", "genel toplam", "ara toplam", "yekun", "ilce toplami", "okul toplami", "kurum toplami"),
    *("ortalama", "genel ortalama", "il ortalama", "ilce ortalama", "okul ortalama", "kurum ortalama"),
    *("sinif ortalama", "sube ortalama", "standart sapma"),
)
_USUAL, _SHORT = 11, 5
_TOTAL_ENDS = (" toplam", " toplami", " ortalamasi")
_WORD = re.compile(r"[^\W\d_]{3}")
_NUMBERED = re.compile(r"\W*[^\W\d_]{0,5}\W*[0-9]{4}|#")
_NAMES = frozenset(
    {"ad", "adi", "soyad", "soyadi", "adsoyad", "adisoyadi", "ogrenci", "ogretmen", "isim"}
    | {f"{who}{name}" for who in ("ogrenci", "ogrencinin", "ogretmen", "ogretmenin") for name in ("adi", "adisoyadi")}
)
"""Keys of headers over the name of a person."""
_NO_PERSON = (
    *("okulu", "lisesi", "mudurlugu", "merkezi", "sinifi", "subesi", "ilcesi", "listesi", "toplam", "ortalamasi"),
    *("sayisi", "mudur", "muduru", "yardimcisi", "ogretmeni", "imza"),
)
_PERSON = re.compile(r"[^\W\d_]+(?:[ .'-]+[^\W\d_]+)*\.?")


def without_record(
    columns: dict[str, list[str]],
    data: list[list[str]],
    header_rows: list[list[str]],
    places: dict[str, int],
    *,
    required: Sequence[list[str]],
    others: Sequence[list[str]],
) -> dict[int, bool]:
    """Places of rows that hold no record: empty rows, totals, the header again, titles of groups and pages (those of a
    column that is filled down, which is not among ``others``: True).

    Only rows with an empty required cell, or with a header's text under it, need a closer look; and those with a word
    or a short number in the only required column, for it may be TOPLAM or how many there are.
    """
    single = required[0] if len(required) == 1 else None
    suspects = {place for column in required if "" in column for place, text in enumerate(column) if not text}
    name, column = min(places.items(), key=lambda item: item[1])
    titles = {clean(row[column]) for row in header_rows if column < len(row)} - {""}
    if not titles.isdisjoint(columns[name]):
        suspects.update(place for place, text in enumerate(columns[name]) if text in titles)
    joined = "".join(single or ())
    if single is not None and not (joined.isdecimal() and len(joined) == _USUAL * len(single)):
        suspects.update(place for place, text in enumerate(single) if len(text) < _SHORT or not text.isdecimal())
    of_people = {column for titled in header_rows for column, text in enumerate(titled) if plain_key(text) in _NAMES}
    dropped: dict[int, bool] = {}
    for place in sorted(suspects):
        row = data[place]
        first = fold(_first_text(row))
        if single is None:
            unnumbered = not all(column[place] for column in required)
        else:
            unnumbered = len(single[place]) < _SHORT or first == fold(single[place])
        is_total = unnumbered and (first.startswith(_TOTALS) or first.endswith(_TOTAL_ENDS))
        if is_total or row in header_rows:
            dropped[place] = False
        elif any(_is_person(row, column) for column in of_people):
            continue
        elif not any(column[place] for column in columns.values()) or (
            not any(column[place] for column in required) and _holds_errors_only(row)
        ):
            dropped[place] = False
        elif not any(column[place] for column in others):
            dropped[place] = True
        elif len(places) > 1 and _is_title(row):
            dropped[place] = False
    return dropped


def _is_person(row: list[str], column: int) -> bool:
    """Whether a name stands there: the row is somebody's, even if it says nothing else that is read."""
    text = clean(row[column]) if column < len(row) else ""
    return _PERSON.fullmatch(text) is not None and not fold(text).endswith(_NO_PERSON)


def _holds_errors_only(row: list[str]) -> bool:
    """Whether formulas that were drawn down below the last record left nothing but their errors."""
    return all(text[0] == "#" for text in map(str.strip, row) if text)


def _is_title(row: list[str]) -> bool:
    """Whether the row holds words in one cell and nothing else: the name of a group, a page number. No number of a
    person, be it a wrong one."""
    texts = [text for text in map(clean, row) if text]
    return len(texts) == 1 and _WORD.search(texts[0]) is not None and _NUMBERED.match(texts[0]) is None


def _first_text(row: list[str]) -> str:
    return next((cell for cell in row if cell and not cell.isspace()), "")
