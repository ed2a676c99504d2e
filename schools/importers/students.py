"""Students by identity number, with their enrolment in the year."""

from __future__ import annotations

import re
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.imports.columns import Columns
from common.imports.kinds import Applied, Checked
from common.spreadsheets.headers import ColumnSpec, Table
from common.text import fold, turkish_upper
from schools.importers.scope import YearContext, YearImport, code_of, institution_ids
from schools.services.imports import StudentLine, write_students

PRESCHOOL_GRADES = ("ana", "ana sinifi", "anasinifi", "okul oncesi", "anaokulu")

_GRADE = re.compile(r"(1[0-2]|[0-9])(?:[.,]0+)?\.?(?: ?sinif[i]?)?(?: ?[/-].*)?")
_SECTION_BEFORE = re.compile(r"^[0-9]{1,2}\.? ?(?:SINIF)? ?[/-] ?")
_SECTION_AFTER = re.compile(r" ?ŞUBESİ$")


class StudentImport(YearImport[StudentLine]):
    code = "students"
    label = gettext_lazy("Öğrenciler")
    help_text = gettext_lazy(
        "Öğrenciler; T.C. kimlik ya da geçici numarasıyla eşleşir, bu yılki sınıf ve şubeleri yazılır."
    )
    order = 30
    identity_columns = frozenset({"identity"})
    columns = (
        ColumnSpec("identity", "T.C. Kimlik No", ("TC Kimlik Numarası", "TCKN", "TC No", "Kimlik No")),
        ColumnSpec("first_name", "Ad", ("Adı",)),
        ColumnSpec("last_name", "Soyad", ("Soyadı",)),
        ColumnSpec("school_number", "Okul No", ("Öğrenci No", "Numara"), required=False),
        ColumnSpec("institution", "Kurum Kodu", ("Okul Kodu",)),
        ColumnSpec("grade", "Sınıf", ("Sınıfı", "Sınıf Seviyesi")),
        ColumnSpec("section", "Şube", ("Şubesi",)),
    )

    def check(self, table: Table, context: YearContext) -> Checked[StudentLine]:
        columns = Columns(table, identity_columns=self.identity_columns)
        identities = columns.identities("identity")
        columns.unique("identity", identities, _("Bu numara %(row)s. satırda da var; birini siliniz."))
        first_names = columns.texts("first_name", longest=80)
        last_names = columns.texts("last_name", longest=80)
        numbers = [code_of(number) for number in columns.texts("school_number", longest=12, required=False)]
        institutions = institution_ids(columns, "institution", context)
        grades = grade_column(columns)
        sections = section_column(columns)
        rows = list(zip(identities, first_names, last_names, institutions, grades, sections, numbers, strict=True))
        lines = [StudentLine._make(rows[place]) for place in columns.accepted]
        return columns.checked(lines)

    def apply(self, checked: Checked[StudentLine], context: YearContext, *, by: Any) -> Applied:
        return write_students(
            year=context.year, lines=checked.lines, with_number="school_number" in checked.table.present
        )


def grade_column(columns: Columns) -> list[int | None]:
    """The grades in the column ``grade``."""
    known = {value: grade for value in set(columns["grade"]) if (grade := grade_of(value)) is not None}
    return columns.mapped("grade", known, _("Sınıf 1-12 arasında bir sayı ya da “Ana sınıfı” olmalıdır."))


def section_column(columns: Columns) -> list[str | None]:
    """The names of sections in the column ``section``."""
    known = {value: name for value in set(columns["section"]) if (name := section_of(value))}
    return columns.mapped("section", known, _("Şube en çok 12 harf olmalıdır; “A” gibi yazınız."))


def grade_of(text: str) -> int | None:
    """8 for ``8``, ``8. Sınıf`` or ``8/A``; 0 for preschool; None for anything else."""
    key = fold(text)
    if key in PRESCHOOL_GRADES:
        return 0
    found = _GRADE.fullmatch(key)
    return int(found[1]) if found else None


def section_of(text: str) -> str:
    """``A`` for ``a``, ``8/A`` or ``A Şubesi``; empty for what is no section."""
    name = _SECTION_AFTER.sub("", _SECTION_BEFORE.sub("", turkish_upper(text))).strip()
    return name if 0 < len(name) <= 12 else ""
