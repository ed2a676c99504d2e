"""What a project can be: programmes and their items. What an item is worth belongs to ``scoring``."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Programme(models.Model):
    """A project programme (AB, TÜBİTAK, ...), the same in every province; ``order`` is the catalogue's."""

    code = models.CharField(_("kod"), max_length=20, unique=True)
    name = models.CharField(_("ad"), max_length=80)
    order = models.PositiveSmallIntegerField(_("sıra"))

    class Meta:
        verbose_name = _("program")
        verbose_name_plural = _("programlar")
        ordering = ["order"]

    def __str__(self) -> str:
        return self.name


class ProgrammeItem(models.Model):
    """An item (kalem) of a programme.

    ``independent``: the reviewer gives 0-100 points with a justification. ``ladder``/``ladder_step``: steps of one
    thing, of which a project counts its highest approved one only.
    """

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="items", verbose_name=_("program"))
    code = models.CharField(_("kod"), max_length=24, unique=True)
    name = models.CharField(_("ad"), max_length=120)
    order = models.PositiveSmallIntegerField(_("sıra"))
    independent = models.BooleanField(_("bağımsız puanlama"), default=False)
    ladder = models.CharField(_("basamak dizisi"), max_length=20, blank=True)
    ladder_step = models.PositiveSmallIntegerField(_("basamak"), null=True, blank=True)
    is_local_level = models.BooleanField(
        _("yerel proje düzeyi"), default=False, help_text=_("Düzeyi onayda teknik ekip belirler.")
    )

    class Meta:
        verbose_name = _("kalem")
        verbose_name_plural = _("kalemler")
        ordering = ["order"]

    def __str__(self) -> str:
        return f"{self.programme} – {self.name}"


class ItemAlias(models.Model):
    """Another name under which an item is known ("KA210" for KA2); matched on the folded ``key``."""

    item = models.ForeignKey(ProgrammeItem, on_delete=models.CASCADE, related_name="aliases", verbose_name=_("kalem"))
    name = models.CharField(_("ad"), max_length=120)
    key = models.CharField(_("arama anahtarı"), max_length=120, unique=True, editable=False)

    class Meta:
        verbose_name = _("kalemin diğer adı")
        verbose_name_plural = _("kalemlerin diğer adları")
        ordering = ["key"]

    def __str__(self) -> str:
        return self.name
