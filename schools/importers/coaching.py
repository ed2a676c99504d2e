"""Who coaches whom: danışman öğretmen (eğitim koçu) of students of the 8th and 12th grade."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.imports.columns import Columns
from common.imports.kinds import Applied, Checked
from common.spreadsheets.headers import ColumnSpec, Table
from schools.importers.scope import READ_BY_NUMBER_UP_TO, YearContext, YearImport, person_ids
from schools.models import Enrolment, StaffMember, Student
from schools.selectors.teaching import COACHED_GRADES
from schools.services.teaching import CoachingLine, write_coaching


class CoachingImport(YearImport[CoachingLine]):
    code = "coaching"
    label = gettext_lazy("Danışmanlıklar")
    help_text = gettext_lazy(
        "Danışman öğretmenler (eğitim koçları) ve öğrencileri; öğrenci bu yıl 8. ya da 12. sınıfta olmalıdır. Dosyada "
        "olmayan danışmanlıklar kalır; okulun danışman öğretmenler sayfasından kaldırılır."
    )
    order = 34
    identity_columns = frozenset({"teacher", "student"})
    columns = (
        ColumnSpec(
            "teacher",
            "Öğretmen T.C. Kimlik No",
            (
                "Öğretmen TC",
                "Öğretmen TCKN",
                "Öğretmenin T.C. Kimlik No",
                "Danışman T.C. Kimlik No",
                "Koç T.C. Kimlik No",
            ),
        ),
        ColumnSpec("student", "Öğrenci T.C. Kimlik No", ("Öğrenci TC", "Öğrenci TCKN", "Öğrencinin T.C. Kimlik No")),
    )

    def check(self, table: Table, context: YearContext) -> Checked[CoachingLine]:
        columns = Columns(table, identity_columns=self.identity_columns)
        teachers = person_ids(
            columns,
            "teacher",
            StaffMember,
            context.year,
            _("Bu ilde bu numarayla öğretmen kaydı yok; numarayı düzeltiniz ya da önce öğretmeni ekleyiniz."),
        )
        students = person_ids(
            columns,
            "student",
            Student,
            context.year,
            _("Bu ilde bu numarayla öğrenci kaydı yok; numarayı düzeltiniz ya da önce öğrenciyi ekleyiniz."),
        )
        grades = _grades(students, context)
        for place, student in enumerate(students):
            if student is not None and grades.get(student) not in COACHED_GRADES:
                columns.fail(place, "student", _why_not(grades.get(student), context))
        rows = list(zip(teachers, students, strict=True))
        return columns.checked([CoachingLine._make(rows[place]) for place in columns.accepted])

    def apply(self, checked: Checked[CoachingLine], context: YearContext, *, by: Any) -> Applied:
        return write_coaching(year=context.year, lines=checked.lines)


def _grades(students: list[int | None], context: YearContext) -> dict[int, int]:
    enrolled = Enrolment.objects.filter(year=context.year)
    if len(students) <= READ_BY_NUMBER_UP_TO:
        enrolled = enrolled.filter(student__in={pk for pk in students if pk is not None})
    return dict(enrolled.values_list("student_id", "grade"))


def _why_not(grade: int | None, context: YearContext) -> str:
    if grade is None:
        return _("Öğrencinin %(year)s yılında okul kaydı yok; önce öğrenci dosyasıyla ekleyiniz.") % {
            "year": context.year.name
        }
    shown = _("%(grade)s. sınıfta") % {"grade": grade} if grade else _("okul öncesinde")
    return _("Öğrenci %(where)s; danışman yalnız 8. ve 12. sınıf öğrencilerine verilir, satırı siliniz.") % {
        "where": shown
    }
