"""Identity numbers of people: checked, then kept only as a keyed digest and a mask.

Kinds:

``tc``
    T.C. kimlik no: 11 digits, the first not zero, with its two check digits.
``temporary``
    A number given to someone without one. Either the foreigner's number (yabancı kimlik no:
    11 digits that begin with 97, 98 or 99, with the same check digits) or a number given to a
    pupil by the school system: one to five letters, then four to twelve digits (``G1234567``).
    Spaces, hyphens and case don't matter in the latter.

The digest is HMAC-SHA256 under ``settings.IDENTITY_KEY``, or under a key derived from
``SECRET_KEY`` where that is not set. Changing the key breaks matching with what is stored.
"""

import hashlib
import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Literal, NamedTuple

from django.conf import settings
from django.utils.translation import gettext as _

from common.text import fold

Kind = Literal["tc", "temporary"]
FOREIGN_PREFIXES = ("97", "98", "99")

_ZERO = ord("0")
_TEMPORARY = re.compile(r"([A-Z]{1,5})([0-9]{4,12})")
_SCIENTIFIC = re.compile(r"[0-9]([.,][0-9]+)?E\+?[0-9]+", re.IGNORECASE)
_TRAILING_ZERO = re.compile(r"[.,]0+$")


class Identity(NamedTuple):
    """What the module keeps of a number: its kind, 64 hex digits, and ``12*******90``."""

    kind: Kind
    digest: str
    mask: str


class IdentityError(ValueError):
    """The text is no identity number; the message is a Turkish sentence without the number."""


def parse_identity(text: str) -> Identity:
    """The identity written in ``text``; raises ``IdentityError`` with a sentence for the person."""
    return _parse(text, _digester(_secret()))


def parse_identities(texts: Iterable[str]) -> list[Identity | IdentityError]:
    """``parse_identity`` over a whole column: the error stands where one would be raised.

    Equal texts give the same object, so a file of 20,000 rows takes some tens of milliseconds.
    """
    digest = _digester(_secret())
    column = list(texts)
    known: dict[str, Identity | IdentityError] = {}
    for text in set(column):
        if is_valid_tc(text):
            kind: Kind = "temporary" if text.startswith(FOREIGN_PREFIXES) else "tc"
            known[text] = Identity(kind, digest(text), f"{text[:2]}*******{text[-2:]}")
            continue
        try:
            known[text] = _parse(text, digest)
        except IdentityError as error:
            known[text] = error
    return [known[text] for text in column]


def parse_digests(texts: Iterable[str]) -> list[str | IdentityError]:
    """The digests alone, for files of hundreds of thousands of numbers of people who are known already."""
    digest = _digester(_secret())
    column = list(texts)
    if all(map(is_valid_tc, column)):
        return list(map(digest, column))
    known: dict[str, str | IdentityError] = {}
    for text in set(column):
        if is_valid_tc(text):
            known[text] = digest(text)
            continue
        try:
            known[text] = _parse(text, digest).digest
        except IdentityError as error:
            known[text] = error
    return [known[text] for text in column]


def is_valid_tc(text: str) -> bool:
    """Whether ``text`` is exactly 11 digits with the right check digits."""
    if len(text) != 11 or not text.isascii() or not text.isdigit() or text[0] == "0":
        return False
    digits = text.encode()
    odd, even, tenth = sum(digits[:9:2]) - 5 * _ZERO, sum(digits[1:8:2]) - 4 * _ZERO, digits[9] - _ZERO
    return (odd * 7 - even) % 10 == tenth and (odd + even + tenth) % 10 == digits[10] - _ZERO


def complete_tc(first_nine: str) -> str:
    """The 11-digit number that begins with these nine digits; for synthetic people only."""
    a, b, c, d, e, f, g, h, i = map(int, first_nine)
    odd, even = a + c + e + g + i, b + d + f + h
    tenth = (odd * 7 - even) % 10
    return f"{first_nine}{tenth}{(odd + even + tenth) % 10}"


def digest_of(number: str) -> str:
    """Keyed digest (64 hex digits) of a number that was checked already."""
    return _digester(_secret())(number)


def mask(text: str) -> str:
    """The first and last two characters, stars between; all stars where that would show most."""
    if len(text) < 7:
        return "*" * len(text)
    return f"{text[:2]}{'*' * (len(text) - 4)}{text[-2:]}"


def _normalised(text: str) -> str:
    number = _TRAILING_ZERO.sub("", text.strip())
    if _SCIENTIFIC.fullmatch(number):
        raise IdentityError(_("Kimlik numarası hücrede kısalmış; hücreyi metin yapıp 11 haneyi yeniden yazınız."))
    return fold(number).upper().replace(" ", "").replace("-", "")


def _problem_with(number: str) -> str:
    if not number:
        return _("Kimlik numarası boş; numarayı yazınız ya da satırı siliniz.")
    if len(number) == 11 and number.isdecimal():
        return _("Kimlik numarası geçerli değil; rakamları kontrol ediniz.")
    if number.isdecimal():
        return _("Kimlik numarası 11 haneli olmalıdır; %(count)d hane yazılmış.") % {"count": len(number)}
    return _("Kimlik numarası yalnız rakamlardan oluşmalıdır.")


def _parse(text: str, digest: Callable[[str], str]) -> Identity:
    number = text if len(text) == 11 and text.isdecimal() else _normalised(text)
    if is_valid_tc(number):
        kind: Kind = "temporary" if number.startswith(FOREIGN_PREFIXES) else "tc"
    elif _TEMPORARY.fullmatch(number):
        kind = "temporary"
    else:
        raise IdentityError(_problem_with(number))
    return Identity(kind, digest(number), mask(number))


def _secret() -> str:
    return getattr(settings, "IDENTITY_KEY", "") or settings.SECRET_KEY


@lru_cache(maxsize=4)
def _digester(secret: str) -> Callable[[str], str]:
    """HMAC-SHA256 with both padded keys absorbed once, which halves its cost for short texts."""
    key = hashlib.sha256(b"bigep.identity\x00" + secret.encode()).digest().ljust(64, b"\x00")
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in key))
    outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in key))

    def digest(number: str) -> str:
        inside, outside = inner.copy(), outer.copy()
        inside.update(number.encode())
        outside.update(inside.digest())
        return outside.hexdigest()

    return digest
