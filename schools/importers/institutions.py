"""Institutions by code, with their district and their category in the year."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.imports.columns import Columns, choice_key, choices
from common.imports.kinds import Applied, Checked
from common.spreadsheets.headers import ColumnSpec, Table
from common.text import fold
from schools.importers.scope import YearContext, YearImport, code_of, is_code
from schools.models import District, Institution
from schools.models.units import Category
from schools.services.imports import InstitutionLine, write_institutions

CATEGORIES: dict[str, str] = choices(
    ((str(category.label), category) for category in Category),
    (
        ("Anaokulu", Category.PRESCHOOL),
        ("Okul Öncesi Kurumu", Category.PRESCHOOL),
        ("İlköğretim 1. Kademe", Category.PRIMARY),
        ("İmam Hatip Ortaokulu", Category.MIDDLE),
        ("Ortaöğretim", Category.HIGH),
        ("Proje Lisesi", Category.PROJECT_HIGH),
        ("Proje Okulu", Category.PROJECT_HIGH),
        ("Özel Eğitim Kurumu", Category.SPECIAL),
        ("Özel Eğitim Okulu", Category.SPECIAL),
        ("İl MEM", Category.PROVINCIAL),
        ("İl MEM'e Bağlı Kurumlar", Category.PROVINCIAL),
        ("İl Millî Eğitim Müdürlüğüne Bağlı Kurum", Category.PROVINCIAL),
    ),
)


class InstitutionImport(YearImport[InstitutionLine]):
    code = "institutions"
    label = gettext_lazy("Kurumlar")
    help_text = gettext_lazy(
        "Okullar ve kurumlar; koduyla eşleşir. İlçe, grubunun yalnız ilk satırında yazılı olabilir."
    )
    order = 10
    columns = (
        ColumnSpec("code", "Kurum Kodu", ("Okul Kodu", "Kod")),
        ColumnSpec("name", "Kurum Adı", ("Okul Adı", "Okul/Kurum Adı", "Kurumun Adı", "Adı")),
        ColumnSpec("district", "İlçe", ("İlçe Adı", "İlçesi"), fill_down=True),
        ColumnSpec("category", "Kategori", ("Kurum Kategorisi", "Kademe", "Kurum Türü")),
    )

    def check(self, table: Table, context: YearContext) -> Checked[InstitutionLine]:
        columns = Columns(table)
        districts = dict(District.objects.filter(province=context.year.province_id).values_list("name_key", "pk"))
        codes = _codes(columns, context)
        names = columns.texts("name", longest=200)
        district_ids = columns.mapped(
            "district", districts, _("Bu ilde %(value)s ilçesi yok; ilçenin adını düzeltiniz."), key=fold
        )
        categories = columns.mapped(
            "category",
            CATEGORIES,
            _(
                "“%(value)s” bir kategori değil; Okul öncesi, İlkokul, Ortaokul, Lise, Proje lise, Özel eğitim "
                "ya da İl MEM'e bağlı kurum yazınız."
            ),
            key=choice_key,
        )
        lines = [
            InstitutionLine(
                codes[place],
                names[place],
                district_ids[place] or 0,
                categories[place] or "",
                is_private_name(names[place]),
                is_vocational_name(names[place]),
            )
            for place in columns.accepted
        ]
        return columns.checked(lines)

    def apply(self, checked: Checked[InstitutionLine], context: YearContext, *, by: Any) -> Applied:
        return write_institutions(year=context.year, lines=checked.lines)


def is_private_name(name: str) -> bool:
    """Whether the name says "a private school": ``Özel`` in front, but not ``Özel Eğitim``."""
    words = fold(name).split()
    return words[:1] == ["ozel"] and words[1:2] != ["egitim"]


def is_vocational_name(name: str) -> bool:
    """Whether the name is that of a vocational high school."""
    key = fold(name)
    return ("lise" in key and "mesleki" in key) or "meslek lisesi" in key


def _codes(columns: Columns, context: YearContext) -> list[str]:
    codes = [code_of(value) for value in columns["code"]]
    elsewhere = set(
        Institution.objects.exclude(province=context.year.province_id)
        .filter(code__in=set(codes))
        .values_list("code", flat=True)
        if len(codes) <= 20_000
        else Institution.objects.exclude(province=context.year.province_id).values_list("code", flat=True)
    )
    for place, code in enumerate(codes):
        if not is_code(code):
            columns.fail(place, "code", _("Kurum kodu 6-8 rakam olmalıdır; baştaki sıfırlar silinmişse ekleyiniz."))
        elif code in elsewhere:
            columns.fail(place, "code", _("Bu kurum kodu başka bir ilde kayıtlı; kodu kontrol ediniz."))
    columns.unique("code", codes, _("Bu kurum kodu %(row)s. satırda da var; birini siliniz."))
    return codes
