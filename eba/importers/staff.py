"""What staff did on the platform in a term: a column for each criterion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.imports.columns import Columns
from common.imports.kinds import Applied, Checked, Scope
from common.spreadsheets.headers import ColumnSpec, Table
from eba.importers.amounts import amounts, pieces_of
from eba.importers.scope import TermContext, TermKind, refuse_split_time, term_context
from eba.models import CriteriaTable, Criterion
from eba.services.use import StaffUseLine, write_staff_use
from schools.importers.scope import person_ids
from schools.models import StaffMember

IDENTITY = ColumnSpec(
    "identity",
    "T.C. Kimlik No",
    ("TC Kimlik Numarası", "TCKN", "TC No", "Kimlik No", "Öğretmen T.C. Kimlik No", "Öğretmen TC"),
)


@dataclass(frozen=True)
class StaffUseContext:
    """The term and the platform's criteria; ``counted`` are those that the year's approved table gives points for."""

    of_term: TermContext
    criteria: tuple[Criterion, ...]
    counted: frozenset[int]


class StaffUseImport(TermKind[StaffUseContext, StaffUseLine]):
    code = "eba_staff"
    label = gettext_lazy("Personelin EBA kullanımı")
    help_text = gettext_lazy(
        "Bir dönemde her ölçütün değeri. Süre saat olarak ya da 12:30 biçiminde yazılır; bilgi yoksa hücre boş kalır."
    )
    order = 70
    identity_columns = naming = frozenset({"identity"})
    columns = (IDENTITY,)

    def context(self, scope: Scope) -> StaffUseContext:
        of_term = term_context(scope)
        criteria = tuple(Criterion.objects.filter(platform=of_term.platform).order_by("order"))
        table = CriteriaTable.objects.filter(
            year=of_term.year, platform=of_term.platform, status=CriteriaTable.Status.APPROVED
        ).first()
        counted = {criterion.pk for criterion in criteria}
        if table is not None:
            counted = set(table.weights.values_list("criterion_id", flat=True))
        return StaffUseContext(of_term, criteria, frozenset(counted))

    def columns_for(self, context: StaffUseContext) -> tuple[ColumnSpec, ...]:
        """A criterion that gives points must have its column: without it everybody would silently lose them."""
        return (
            IDENTITY,
            *(
                ColumnSpec(
                    criterion.code,
                    criterion.name,
                    tuple(line.strip() for line in criterion.aliases.splitlines() if line.strip()),
                    required=criterion.pk in context.counted,
                )
                for criterion in context.criteria
            ),
        )

    def check(self, table: Table, context: StaffUseContext) -> Checked[StaffUseLine]:
        refuse_split_time(table)
        columns = Columns(table, identity_columns=self.identity_columns)
        people = person_ids(
            columns,
            "identity",
            StaffMember,
            context.of_term.year,
            _("Bu ilde bu numarayla personel kaydı yok; numarayı düzeltiniz ya da önce personeli ekleyiniz."),
        )
        columns.unique("identity", people, _("Bu numara %(row)s. satırda da var; birini siliniz."))
        values = [
            amounts(
                columns,
                criterion.code,
                context.of_term.hours if criterion.unit == Criterion.Unit.HOUR else pieces_of,
            )
            for criterion in _present(table, context)
        ]
        rows = list(zip(*values, strict=True)) if values else [()] * len(table)
        return columns.checked([StaffUseLine(people[place] or 0, rows[place]) for place in columns.accepted])

    def apply(self, checked: Checked[StaffUseLine], context: StaffUseContext, *, by: Any) -> Applied:
        return write_staff_use(
            year=context.of_term.year,
            term=context.of_term.term,
            platform=context.of_term.platform,
            criteria=_present(checked.table, context),
            lines=checked.lines,
        )


def _present(table: Table, context: StaffUseContext) -> list[Criterion]:
    return [criterion for criterion in context.criteria if criterion.code in table.present]
