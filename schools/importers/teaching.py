"""Who teaches what where: sections with their teachers and their class guides."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.imports.columns import Columns
from common.imports.kinds import Applied, Checked
from common.spreadsheets.headers import ColumnSpec, Table
from common.text import plain_key
from schools.importers.scope import YearContext, YearImport, institution_ids, person_ids
from schools.importers.students import grade_column, section_column
from schools.models import StaffMember
from schools.services.teaching import TeachingLine, write_teaching

CLASS_GUIDE = frozenset(map(plain_key, ("Sınıf Rehberliği", "Sınıf Rehber Öğretmeni", "Sınıf Rehber Öğretmenliği")))
"""Keys of what stands under ``Ders`` for the class guide teacher."""


class TeachingImport(YearImport[TeachingLine]):
    code = "teaching"
    label = gettext_lazy("Ders görevleri")
    help_text = gettext_lazy(
        "Her satır bir öğretmenin bir şubedeki dersidir; sınıf rehber öğretmeni için ders yerine Sınıf Rehberliği "
        "yazılır. Ders adı, sınavdaki adıyla aynı olmalıdır. Dosyada olmayan görevler kalır; okulun ders görevleri "
        "sayfasından kaldırılır."
    )
    order = 32
    identity_columns = frozenset({"teacher"})
    columns = (
        ColumnSpec("institution", "Kurum Kodu", ("Okul Kodu",)),
        ColumnSpec("grade", "Sınıf", ("Sınıfı", "Sınıf Seviyesi")),
        ColumnSpec("section", "Şube", ("Şubesi",)),
        ColumnSpec("subject", "Ders", ("Ders Adı", "Dersin Adı", "Dersi")),
        ColumnSpec(
            "teacher",
            "Öğretmen T.C. Kimlik No",
            ("Öğretmen TC", "Öğretmen TCKN", "Öğretmenin T.C. Kimlik No", "T.C. Kimlik No"),
        ),
    )

    def check(self, table: Table, context: YearContext) -> Checked[TeachingLine]:
        columns = Columns(table, identity_columns=self.identity_columns)
        institutions = institution_ids(columns, "institution", context)
        grades = grade_column(columns)
        sections = section_column(columns, grades)
        written = columns.texts("subject", longest=60)
        keys = {text: plain_key(text) for text in set(written)}
        teachers = person_ids(
            columns,
            "teacher",
            StaffMember,
            context.year,
            _("Bu ilde bu numarayla öğretmen kaydı yok; numarayı düzeltiniz ya da önce öğretmeni ekleyiniz."),
        )
        for place, text in enumerate(written):
            if text and not keys[text]:
                columns.fail(place, "subject", _("Bir ders adı değil; Türkçe ya da Sınıf Rehberliği gibi yazınız."))
        subjects = [None if keys[text] in CLASS_GUIDE else text for text in written]
        rows = list(zip(institutions, grades, sections, subjects, teachers, strict=True))
        _one_guide_each(columns, rows)
        return columns.checked([TeachingLine._make(rows[place]) for place in columns.accepted])

    def apply(self, checked: Checked[TeachingLine], context: YearContext, *, by: Any) -> Applied:
        return write_teaching(year=context.year, lines=checked.lines)


def _one_guide_each(columns: Columns, rows: list[tuple[Any, ...]]) -> None:
    """Refuse a second class guide of a section; the same one written again is harmless."""
    first: dict[tuple[Any, ...], int] = {}
    for place, (*section, subject, teacher) in enumerate(rows):
        if subject is not None or columns.is_bad(place):
            continue
        earlier = first.setdefault(tuple(section), place)
        if rows[earlier][-1] != teacher:
            columns.fail(
                place,
                "teacher",
                _("Bu şubenin sınıf rehber öğretmeni %(row)s. satırda başka biri; birini siliniz.")
                % {"row": columns.table.row_numbers[earlier]},
            )
