"""Turkish text: repairing, casing, search keys and alphabetical order.

Python's own ``lower``, ``upper`` and ``title`` know nothing of ı and İ, and databases fold
only ASCII or fold differently; these functions give the same answer everywhere.
"""

import re
import unicodedata
from functools import lru_cache

from django.db.models import F, OrderBy
from django.db.models.functions import Collate

TURKISH = "turkish"
"""Name of the collation that sorts by the Turkish alphabet on both databases."""

_INVISIBLE = re.compile(
    "[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff]"
)
_PLAIN = re.compile(r"[!-~]+(?: [!-~]+)*")
_WORD_START = re.compile(r"(^|[\s\-–/(\[\"“.&+])(\w)")
_MINOR_WORD = re.compile(r"(?<=\s)(Ve|Veya|İle)(?=\s)")

_LOWER = str.maketrans("Iİ", "ıi")
_UPPER = str.maketrans("ıi", "Iİ")
_FOLD = str.maketrans("İIıçÇğĞöÖşŞüÜâÂîÎûÛ", "iiiccggoossuuaaiiuu")

_SYMBOLS = " _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$"
_ALPHABET = "abcçdefgğhıijklmnoöpqrsştuüvwxyz"
_CAPITALS = "ABCÇDEFGĞHIİJKLMNOÖPQRSŞTUÜVWXYZ"
_RANKED = _SYMBOLS + "0123456789" + _ALPHABET
_PRIMARY = {ord(char): chr(0x100 + place) for place, char in enumerate(_RANKED)} | {
    ord(capital): chr(0x100 + _RANKED.index(small)) for capital, small in zip(_CAPITALS, _ALPHABET, strict=True)
}
_CASE = {ord(char): "0" for char in _ALPHABET} | {ord(char): "1" for char in _CAPITALS}


def clean(text: str) -> str:
    """One line of text as a person meant it.

    Composes accents (NFC), turns ``i`` + U+0307 back into ``i``, removes zero-width, control and
    direction characters and lone surrogates, and leaves single spaces only.
    """
    if _PLAIN.fullmatch(text):
        return text
    text = _INVISIBLE.sub("", text)
    return " ".join(unicodedata.normalize("NFC", text).replace("i\u0307", "i").split())


def clean_lines(text: str) -> str:
    """``clean`` applied to each line; line ends become ``\\n`` and blank lines at the edges go."""
    return "\n".join(clean(line) for line in text.splitlines()).strip("\n")


def fold(text: str) -> str:
    """Search and matching key: no case, no marks, İ I ı i alike, single spaces.

    Equal keys mean "the same letters as an office types them"; two different names may share one.
    """
    text = text.translate(_FOLD)
    if not text.isascii():
        text = unicodedata.normalize("NFKD", _INVISIBLE.sub("", text))
        text = "".join(char for char in text if not unicodedata.combining(char)).translate(_FOLD)
        text = text.casefold()
    elif not text.isprintable():
        text = _INVISIBLE.sub("", text)
    return " ".join(text.lower().split())


def plain_key(text: str) -> str:
    """Matching key of a header or a subject: folded, letters and digits only (``T.C. Kimlik No`` -> ``tckimlikno``)."""
    return "".join(char for char in fold(text) if char.isalnum())


def turkish_lower(text: str) -> str:
    """Lower case with I -> ı and İ -> i."""
    return unicodedata.normalize("NFC", text).translate(_LOWER).lower()


def turkish_upper(text: str) -> str:
    """Upper case with ı -> I and i -> İ."""
    return unicodedata.normalize("NFC", text).replace("i\u0307", "i").translate(_UPPER).upper()


def turkish_title(text: str) -> str:
    """Each word with a capital first letter; ``ve``, ``veya`` and ``ile`` inside stay small."""
    lowered = turkish_lower(clean(text))
    titled = _WORD_START.sub(lambda match: match[1] + turkish_upper(match[2]), lowered)
    return _MINOR_WORD.sub(lambda match: turkish_lower(match[0]), titled)


@lru_cache(maxsize=1 << 16)
def sort_key(text: str) -> str:
    """Key that sorts by the Turkish alphabet: ç after c, ğ after g, ı before i, ö, ş, ü.

    Accents (â, î, û) count only between otherwise equal texts, and case after that: the order
    of PostgreSQL's ICU collation ``tr-TR``.
    """
    text = unicodedata.normalize("NFC", text)
    accented = primary = text.translate(_PRIMARY)
    if any(char < "\u0100" or char > "\u0180" for char in primary):
        marked = "".join(_decomposed(char) for char in text)
        primary = "".join(char for char in marked if not unicodedata.combining(char))
        primary, accented = primary.translate(_PRIMARY), marked.translate(_PRIMARY)
    return f"{primary}\x00{accented}\x00{text.translate(_CASE)}"


def compare(left: str, right: str) -> int:
    """-1, 0 or 1 by the Turkish alphabet: the body of the collation on SQLite."""
    one, other = sort_key(left), sort_key(right)
    if one == other:
        one, other = left, right
    return (one > other) - (one < other)


def turkish_order(field: str, *, descending: bool = False) -> OrderBy:
    """Ordering of ``field`` by the Turkish alphabet, for ``order_by``; add a unique key after it."""
    return OrderBy(Collate(F(field), TURKISH), descending=descending)


def _decomposed(char: str) -> str:
    if ord(char) in _PRIMARY:
        return char
    return unicodedata.normalize("NFKD", char)
