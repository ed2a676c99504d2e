"""Names of school subjects: what one subject is called in exams, duties and results files."""

from __future__ import annotations

from common.text import plain_key

SUBJECTS = (
    (
        "T.C. İnkılap Tarihi ve Atatürkçülük",
        *("T.C. İnkılap Tarihi", "İnkılap Tarihi ve Atatürkçülük", "İnkılap Tarihi", "İnkılap"),
    ),
    ("Din Kültürü ve Ahlak Bilgisi", "Din Kültürü", "DKAB", "Din"),
    ("Fen Bilimleri", "Fen", "Fen Bilgisi"),
    ("Yabancı Dil", "İngilizce", "Yabancı Dil (İngilizce)", "Y. Dil"),
    ("Matematik", "Mat", "Temel Matematik"),
    ("Türk Dili ve Edebiyatı", "Edebiyat", "TDE"),
    ("Sosyal Bilimler", "Sosyal"),
)
"""Each subject by its first name, with its other names."""

_NAMES = {plain_key(name): names for names in SUBJECTS for name in names}


def subject_key(name: str) -> str:
    """What a subject is matched by: the plain key of its first name, whichever of its names is given; "" for none."""
    key = plain_key(name)
    return plain_key(_NAMES[key][0]) if key in _NAMES else key


def is_subject(name: str) -> bool:
    """Whether the name is one of a subject that has several."""
    return plain_key(name) in _NAMES


def names_of(name: str) -> tuple[str, ...]:
    """The given name and the other names of its subject."""
    return name, *(other for other in _NAMES.get(plain_key(name), ()) if plain_key(other) != plain_key(name))
