"""Verification codes: random, without look-alike letters, saying nothing about the person; and the masked name."""

from __future__ import annotations

import re
import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""32 symbols; I, L, O and U are missing, and read as 1, 1, 0 where somebody types them."""

LENGTH = 20
"""Symbols of a code: 5 bits each, 100 bits in all."""

_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1", "İ": "1", "ı": "1", "i": "1", "l": "1", "o": "0"})


def new_code() -> str:
    """A fresh code, ungrouped."""
    return "".join(secrets.choice(ALPHABET) for _place in range(LENGTH))


def grouped(code: str) -> str:
    """``7Q4KM9XW2BHT6RV3NDPC`` -> ``7Q4KM-9XW2B-HT6RV-3NDPC``."""
    return "-".join(code[start : start + 5] for start in range(0, len(code), 5))


def read_code(text: str) -> str | None:
    """The code somebody typed or followed, ungrouped; None for what can't be one."""
    bare = re.sub(r"[\s\-–.]", "", text[:100]).translate(_READ_AS)
    code = "".join(letter.upper() if letter.isascii() else letter for letter in bare)
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else None


def masked_name(name: str) -> str:
    """``Ayşe Yılmaz`` -> ``A*** Y*****``."""
    return " ".join(word[:1] + "*" * (len(word) - 1) for word in name.split())
