"""Which exams the demo has: what was asked, when, how hard it was."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from exams.models import ExamKind, ExamLevel

Subjects = tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Sitting:
    """One exam. ``subjects`` empty: those of the family's template. ``published``: days after the exam, None: not yet.

    ``taken`` is the percentage of the grade that applied; ``scale`` says how a puan is reckoned, "" where there is
    none. ``topics`` are of Matematik, with their questions.
    """

    code: str
    name: str
    family: str
    kind: str
    level: str
    date: date
    published: int | None
    taken: int
    earlier: bool = False
    divisor: int = 3
    subjects: Subjects = ()
    scale: str = ""
    topics: Subjects = field(default=())


_MIDDLE: Subjects = (("Türkçe", 20), ("Matematik", 20), ("Fen Bilimleri", 20))
_HIGH: Subjects = (("Türkçe", 20), ("Matematik", 20), ("Fizik", 10), ("Tarih", 10))
_EIGHTH = ("IZLEME-8", ExamKind.MONITORING, ExamLevel.MIDDLE)
_TWELFTH = ("IZLEME-12", ExamKind.MONITORING, ExamLevel.HIGH)
_LGS = ("LGS", ExamKind.CENTRAL, ExamLevel.MIDDLE)
_TYT = ("TYT", ExamKind.CENTRAL, ExamLevel.HIGH)

SITTINGS = (
    Sitting("LGS-2025", "LGS 2025", *_LGS, date(2025, 6, 15), 26, 93, earlier=True, scale="LGS"),
    Sitting("TYT-2025", "TYT 2025", *_TYT, date(2025, 6, 21), 31, 91, earlier=True, divisor=4, scale="TYT"),
    Sitting("LGS-2026", "LGS 2026", *_LGS, date(2026, 6, 14), 19, 94, scale="LGS"),
    Sitting("TYT-2026", "TYT 2026", *_TYT, date(2026, 6, 20), 32, 92, divisor=4, scale="TYT"),
    Sitting(
        "IZLEME-8-1",
        "8. sınıf 1. izleme ve değerlendirme sınavı",
        *_EIGHTH,
        date(2025, 10, 14),
        7,
        95,
        subjects=_MIDDLE,
    ),
    Sitting(
        "IZLEME-8-2",
        "8. sınıf 2. izleme ve değerlendirme sınavı",
        *_EIGHTH,
        date(2026, 1, 6),
        8,
        95,
        subjects=_MIDDLE,
        topics=(("Çarpanlar ve Katlar", 6), ("Üslü İfadeler", 8), ("Kareköklü İfadeler", 6)),
    ),
    Sitting(
        "IZLEME-8-3",
        "8. sınıf 3. izleme ve değerlendirme sınavı",
        *_EIGHTH,
        date(2026, 6, 2),
        None,
        94,
        subjects=_MIDDLE,
    ),
    Sitting(
        "IZLEME-12-1",
        "12. sınıf 1. izleme ve değerlendirme sınavı",
        *_TWELFTH,
        date(2025, 10, 15),
        9,
        93,
        divisor=4,
        subjects=_HIGH,
    ),
    Sitting(
        "IZLEME-12-2",
        "12. sınıf 2. izleme ve değerlendirme sınavı",
        *_TWELFTH,
        date(2026, 3, 10),
        8,
        92,
        divisor=4,
        subjects=_HIGH,
    ),
    Sitting(
        "EBA-DESTEK-1",
        "8. sınıf EBA akademik destek sınavı",
        "EBA-DESTEK-8",
        ExamKind.EBA,
        ExamLevel.MIDDLE,
        date(2026, 6, 4),
        1,
        90,
        divisor=0,
        subjects=(("Türkçe", 10), ("Matematik", 10), ("Fen Bilimleri", 10)),
    ),
)
