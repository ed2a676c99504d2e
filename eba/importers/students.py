"""Students' time on the platform in a term, and the rank in class that it gives."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.errors import UserError
from common.imports.columns import Columns, parse_whole
from common.imports.kinds import Applied, Checked, Scope
from common.spreadsheets.headers import ColumnSpec, Table
from eba.importers.amounts import NO_DATA, amounts
from eba.importers.scope import TermContext, TermKind, refuse_split_time, term_context
from eba.services.use import StudentUseLine, write_student_use
from schools.importers.scope import person_ids
from schools.models import Student

LARGEST_CLASS = 1_000


class StudentUseImport(TermKind[TermContext, StudentUseLine]):
    code = "eba_students"
    label = gettext_lazy("Öğrencilerin EBA kullanımı")
    help_text = gettext_lazy(
        "Bir dönemde sistemde kalma süresi ve sınıf sırası. Süre saat olarak ya da 12:30 biçiminde yazılır."
    )
    order = 72
    identity_columns = naming = frozenset({"identity"})
    columns = (
        ColumnSpec(
            "identity",
            "T.C. Kimlik No",
            ("TC Kimlik Numarası", "TCKN", "TC No", "Kimlik No", "Öğrenci T.C. Kimlik No", "Öğrenci TC"),
        ),
        ColumnSpec(
            "time",
            "Sistemde Kalma Süresi",
            ("Sistemde Kalma Süresi (Saat)", "Sistemde Kaldığı Süre", "Sistemde Geçirilen Süre", "Süre"),
        ),
        ColumnSpec("rank", "Sınıf Sırası", ("Sınıftaki Sırası", "Sınıf İçi Sıralama"), required=False),
    )

    def context(self, scope: Scope) -> TermContext:
        return term_context(scope)

    def check(self, table: Table, context: TermContext) -> Checked[StudentUseLine]:
        refuse_split_time(table)
        columns = Columns(table, identity_columns=self.identity_columns)
        students = person_ids(
            columns,
            "identity",
            Student,
            context.year,
            _("Bu ilde bu numarayla öğrenci kaydı yok; numarayı düzeltiniz ya da önce öğrenciyi ekleyiniz."),
        )
        columns.unique("identity", students, _("Bu numara %(row)s. satırda da var; birini siliniz."))
        times = amounts(columns, "time", context.hours)
        ranks = amounts(columns, "rank", _rank)
        for place, rank in enumerate(ranks):
            if rank is not None and columns["time"][place] in NO_DATA:
                columns.fail(
                    place, "time", _("Sınıf sırası yazılmış ama süre boş; süreyi yazınız ya da sırayı siliniz.")
                )
        rows = list(zip(students, times, ranks, strict=True))
        return columns.checked([StudentUseLine._make(rows[place]) for place in columns.accepted])

    def apply(self, checked: Checked[StudentUseLine], context: TermContext, *, by: Any) -> Applied:
        return write_student_use(
            year=context.year,
            term=context.term,
            platform=context.platform,
            lines=checked.lines,
            with_rank="rank" in checked.table.present,
        )


def _rank(text: str) -> int | None:
    if text in NO_DATA:
        return None
    number = parse_whole(text)
    if number is None or not 1 <= number <= LARGEST_CLASS:
        raise UserError(
            _("Sınıf sırası 1 ile %(most)s arasında bir tam sayı olmalıdır; bilinmiyorsa hücreyi boş bırakınız.")
            % {"most": f"{LARGEST_CLASS:,}".replace(",", ".")}
        )
    return number
