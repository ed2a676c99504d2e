"""States of ranking runs and objections."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class RunStatus(models.TextChoices):
    COMPUTED = "computed", _("Hesaplandı")
    PUBLISHED = "published", _("Yayımlandı")
    SUPERSEDED = "superseded", _("Yerini yeni hesap aldı")


class ObjectionStatus(models.TextChoices):
    OPEN = "open", _("Cevap bekliyor")
    KEPT = "kept", _("Sıralama korundu")
    CORRECTED = "corrected", _("Düzeltildi")


@dataclass(frozen=True)
class Transition:
    action: str
    sources: frozenset[str]
    target: str
    permission: str
    label: str | Promise


RUN_TRANSITIONS = {
    t.action: t
    for t in (
        Transition(
            "publish", frozenset({RunStatus.COMPUTED}), RunStatus.PUBLISHED, "scoring.publish_run", _("Yayımla")
        ),
        Transition(
            "supersede",
            frozenset({RunStatus.PUBLISHED}),
            RunStatus.SUPERSEDED,
            "scoring.publish_run",
            _("Yerine yenisi geçti"),
        ),
    )
}

OBJECTION_TRANSITIONS = {
    t.action: t
    for t in (
        Transition(
            "keep",
            frozenset({ObjectionStatus.OPEN}),
            ObjectionStatus.KEPT,
            "scoring.answer_objection",
            _("Sıralamayı koru"),
        ),
        Transition(
            "correct",
            frozenset({ObjectionStatus.OPEN}),
            ObjectionStatus.CORRECTED,
            "scoring.answer_objection",
            _("Düzelt"),
        ),
    )
}
