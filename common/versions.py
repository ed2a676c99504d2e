"""Edit forms that notice when somebody else saved in between: both versions are shown, none is overwritten silently."""

from __future__ import annotations

from typing import TypeVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from common.errors import Conflict


class VersionedModel(models.Model):
    """A row with a version number; services call ``check_version`` on the locked row and save through ``bump``."""

    version = models.PositiveIntegerField("sürüm", default=1, editable=False)

    class Meta:
        abstract = True

    def bump(self) -> None:
        """Count the change about to be saved (the row must be locked by the caller)."""
        self.version += 1


VersionedT = TypeVar("VersionedT", bound=VersionedModel)


class StaleForm(Conflict):
    """The form was made from an older version; ``current`` is the row as it stands now."""

    def __init__(self, current: VersionedModel) -> None:
        super().__init__(_("Siz düzenlerken bu kayıt değişti; iki sürümü karşılaştırıp hangisinin kalacağını seçiniz."))
        self.current = current


def check_version(obj: VersionedModel, posted: object) -> None:
    """Raise ``StaleForm`` unless ``posted`` is the version of ``obj``; call it on a freshly locked row."""
    try:
        same = int(str(posted)) == obj.version
    except ValueError:
        same = False
    if not same:
        raise StaleForm(obj)


def lock_version(queryset: models.QuerySet[VersionedT], pk: object, posted: object) -> VersionedT:
    """Lock the row, refuse a stale version, count the new one; the caller changes fields and saves.

    Raises ``DoesNotExist`` for a row outside the queryset, ``StaleForm`` for an old version.
    """
    obj = queryset.select_for_update(of=("self",), no_key=True).get(pk=pk)
    check_version(obj, posted)
    obj.bump()
    return obj
