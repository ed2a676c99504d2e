"""Students by identity number, with their enrolment in the year."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.errors import UserError
from common.imports.columns import Columns
from common.imports.kinds import Applied, Checked
from common.spreadsheets.headers import ColumnSpec, Table
from common.text import fold, turkish_upper
from schools.importers.scope import YearContext, YearImport, code_of, institution_ids
from schools.services.imports import StudentLine, write_students

PRESCHOOL_GRADES = ("ana", "ana sinifi", "anasinifi", "okul oncesi", "anaokulu")

LONGEST_SECTION = 12

_GRADE = re.compile(r"(1[0-2]|[0-9])(?:[.,]0+)?\.?(?: ?sinif[i]?)?(?: ?[/-] ?(.*))?")
_SECTION = re.compile(r"(?:(?P<grade>[0-9]{1,2})\.? ?(?:SINIF[Iİ]? ?)?(?:(?P<mark>[/-]) ?|(?=[^0-9])))?(?P<name>.*)")
_AFTER = re.compile(r" ?(?:ŞUBESİ|subesi)$")
_MONTHS = "OCA|ŞUB|MAR|NİS|MAY|HAZ|TEM|AĞU|EYL|EKİ|KAS|ARA|JAN|FEB|APR|JUN|JUL|AUG|SEP|OCT|NOV|DEC"
_DAY = re.compile(
    rf"[0-9]{{1,4}}[./-][0-9]{{1,2}}[./-][0-9]{{1,4}}(?: .*)?"
    rf"|[0-9]{{1,4}}[ .-](?:{_MONTHS})\w*(?:[ .-][0-9]{{2,4}})?|(?:{_MONTHS})\w*[ .-][0-9]{{1,4}}"
)


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
        sections = section_column(columns, grades)
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


def section_column(columns: Columns, grades: Sequence[int | None]) -> list[str | None]:
    """The names of sections in the column ``section``; refused: one of another grade, and a cell that became a day."""
    cells = list(zip(columns["section"], columns["grade"], grades, strict=True))
    known: dict[tuple[str, str, int | None], str | None] = {}
    refused: dict[tuple[str, str, int | None], str] = {}
    for cell in set(cells):
        try:
            known[cell] = section_of(*cell)
        except UserError as problem:
            known[cell], refused[cell] = None, str(problem)
    if refused:
        for place, cell in enumerate(cells):
            if cell in refused:
                columns.fail(place, "section", refused[cell])
    return [known[cell] for cell in cells]


def grade_of(text: str) -> int | None:
    """8 for ``8``, ``8. Sınıf`` or ``8/A``; 0 for preschool; None for anything else."""
    key = fold(text)
    if key in PRESCHOOL_GRADES:
        return 0
    found = _GRADE.fullmatch(key)
    return int(found[1]) if found else None


def section_of(text: str, grade_text: str, grade: int | None) -> str:
    """``A`` for ``a``, ``8/A``, ``8A``, ``8-A`` or ``A Şubesi`` beside the grade 8, which may be written as ``8/A``.

    Raises ``UserError`` for what is no section, for one of another grade and for a day.
    """
    if not text:
        raise UserError(_("Boş bırakılamaz; değeri yazınız."))
    upper = turkish_upper(text)
    if _DAY.fullmatch(upper):
        raise UserError(_("Şube tarihe dönüşmüş; sütunu metin olarak biçimlendirip şubeyi 8/A gibi yeniden yazınız."))
    found = _SECTION.fullmatch(upper)
    named = found["grade"] if found is not None else None
    name = upper
    if found is not None and named is not None and (grade or found["mark"]):
        name = found["name"]
        if grade and int(named) != grade:
            raise UserError(
                _("Şube %(named)s. sınıfı, Sınıf sütunu %(grade)s. sınıfı gösteriyor; yanlış olanı düzeltiniz.")
                % {"named": named, "grade": grade}
            )
    name = _AFTER.sub("", name).strip()
    if not 0 < len(name) <= LONGEST_SECTION:
        raise UserError(_("Şube en çok 12 harf olmalıdır; “A” gibi yazınız."))
    beside = _GRADE.fullmatch(fold(grade_text))
    other = turkish_upper(_AFTER.sub("", beside[2] or "")).strip() if beside is not None else ""
    if 0 < len(other) <= 2 and fold(other) != fold(name):
        raise UserError(
            _("Sınıf sütununda %(other)s, Şube sütununda %(name)s şubesi yazıyor; yanlış olanı düzeltiniz.")
            % {"other": other, "name": name}
        )
    return name
