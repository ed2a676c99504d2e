"""Reference data of projects: programmes and items of the points table, other names of items, review reasons."""

from __future__ import annotations

import csv
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from common.audit import record
from common.text import fold
from projects.models import ItemAlias, Programme, ProgrammeItem, ReviewReason
from projects.workflow import Decision

LOCAL_PROGRAMME = "LOCAL"

_COMPETITIONS = ("TEKNOFEST", "2204-A", "2204-B", "2204-C", "2204-D")
_COMPETITION_STEPS = {
    "COMP-APPLY": ("", "Başvuru", "Ön Değerlendirme", "Bölge Sergisi", "Yarı Final"),
    "COMP-FINAL": ("Final", "Finale Katılma", "Yarı Final Derecesi"),
    "COMP-DEGREE": ("Derece", "Final Derecesi"),
}

ALIASES: dict[str, tuple[str, ...]] = {
    "KA1": ("KA121", "KA122"),
    "KA2": ("KA210", "KA220"),
    "4006": ("4006-A", "4006-B"),
    "OLY-APPLY": ("2202", "2202 Bilim Olimpiyatları"),
} | {
    item: tuple(f"{competition} {step}".strip() for competition in _COMPETITIONS for step in steps)
    for item, steps in _COMPETITION_STEPS.items()
}
"""Item code -> today's names that point at it. More can be added in the administration."""

REASONS: tuple[tuple[Decision, str, str, str], ...] = (
    (
        Decision.RETURN,
        "return-missing",
        "Eksik",
        "Başvuruda eksik bilgi bulunmaktadır. Eksik alanları tamamlayıp talebi yeniden gönderiniz.",
    ),
    (
        Decision.RETURN,
        "return-wrong",
        "Yanlış",
        "Başvurudaki bilgiler kanıtlarla uyuşmamaktadır. Bilgileri düzeltip talebi yeniden gönderiniz.",
    ),
    (
        Decision.RETURN,
        "return-outdated",
        "Güncel değil",
        "Yüklenen belgeler güncel değildir. Bu eğitim-öğretim yılına ait belgeleri yükleyip talebi yeniden gönderiniz.",
    ),
    (
        Decision.RETURN,
        "return-evidence",
        "Kanıt yetersiz",
        "Yüklenen kanıtlar talebi doğrulamamaktadır. Resmî yazı ya da sonuç belgesi ekleyip talebi yeniden gönderiniz.",
    ),
    (
        Decision.REJECT,
        "reject-scope",
        "Kapsam dışı",
        "Çalışma, seçilen program kaleminin kapsamına girmemektedir.",
    ),
    (
        Decision.REJECT,
        "reject-duplicate",
        "Mükerrer",
        "Aynı çalışma için daha önce puan talebinde bulunulmuştur.",
    ),
    (
        Decision.REJECT,
        "reject-year",
        "Başka yıla ait",
        "Çalışma bu eğitim-öğretim yılına ait değildir.",
    ),
    (
        Decision.REJECT,
        "reject-unproven",
        "Kanıtlanamadı",
        "Talep edilen aşamaya ulaşıldığı belgelerle kanıtlanamamıştır.",
    ),
    (
        Decision.APPROVE,
        "approve-ok",
        "Uygun bulundu",
        "Talep, sunulan kanıtlarla birlikte incelenmiş ve uygun bulunmuştur.",
    ),
)


@dataclass(frozen=True)
class Loaded:
    """How many rows of each kind a load added."""

    programmes: int
    items: int
    aliases: int
    reasons: int


@transaction.atomic
def load(*, by: AbstractBaseUser | None = None) -> Loaded:
    """Load the catalogue; safe to repeat. Names and order follow the source, edited aliases and reasons stay."""
    programmes, items = _load_catalogue()
    loaded = Loaded(programmes, items, _load_aliases(), _load_reasons())
    if any(vars(loaded).values()):
        record(action="projects.load_reference", target=None, by=by, after=dict(vars(loaded)))
    return loaded


def _load_catalogue() -> tuple[int, int]:
    with (settings.BASE_DIR / "fixtures" / "points.csv").open(encoding="utf-8", newline="") as source:
        rows = list(csv.DictReader(source))
    programmes: dict[str, Programme] = {}
    new_programmes = new_items = 0
    for order, row in enumerate(rows, start=1):
        code = row["programme_code"]
        if code not in programmes:
            programmes[code], created = Programme.objects.update_or_create(
                code=code, defaults={"name": row["programme"], "order": len(programmes) + 1}
            )
            new_programmes += created
        ladder, step = _ladder(row["note"])
        _item, created = ProgrammeItem.objects.update_or_create(
            code=row["item_code"],
            defaults={
                "programme": programmes[code],
                "name": row["item"],
                "order": order,
                "independent": row["note"] == "independent",
                "ladder": ladder,
                "ladder_step": step,
                "is_local_level": code == LOCAL_PROGRAMME,
            },
        )
        new_items += created
    return new_programmes, new_items


def _ladder(note: str) -> tuple[str, int | None]:
    if not note.startswith("ladder:"):
        return "", None
    _word, name, step = note.split(":")
    return name, int(step)


def _load_aliases() -> int:
    items = {item.code: item for item in ProgrammeItem.objects.filter(code__in=ALIASES)}
    known = set(ItemAlias.objects.values_list("key", flat=True))
    missing = [
        ItemAlias(item=items[code], name=name, key=fold(name))
        for code, names in ALIASES.items()
        for name in names
        if fold(name) not in known
    ]
    return len(ItemAlias.objects.bulk_create(missing))


def _load_reasons() -> int:
    known = set(ReviewReason.objects.values_list("code", flat=True))
    missing = [
        ReviewReason(decision=decision, code=code, label=label, sentence=sentence, order=order)
        for order, (decision, code, label, sentence) in enumerate(REASONS, start=1)
        if code not in known
    ]
    return len(ReviewReason.objects.bulk_create(missing))
