"""Projects with their claims and teams: one row per claim."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.identity import IdentityError, parse_identities
from common.imports.columns import Columns, choice_key, choices
from common.imports.kinds import Applied, Checked, Scope, register
from common.imports.undo import SetUndo, TableUndo
from common.spreadsheets.headers import ColumnSpec, Table
from projects.models import ItemAlias, Programme, ProgrammeItem
from projects.services.imports import DRAFT, ProjectLine, mark_changed, write_projects
from projects.workflow import ClaimStage, ClaimStatus
from schools.importers.scope import YearContext, YearKind, institution_ids, year_context
from schools.models import StaffMember, Student

SEPARATOR = "|"
LONGEST_TEAM = 60

STAGES: dict[str, str] = choices(
    ((str(stage.label), stage) for stage in ClaimStage),
    (("Hazırlama", ClaimStage.PREPARING), ("Hazırlık", ClaimStage.PREPARING), ("Başarılı", ClaimStage.SUCCESS)),
)
STATUSES: dict[str, str] = choices(
    (
        ("Taslak", DRAFT),
        ("Gönderildi", ClaimStatus.SUBMITTED.value),
        ("İncelemede", ClaimStatus.SUBMITTED.value),
        ("Onaylandı", ClaimStatus.APPROVED.value),
        ("Onaylı", ClaimStatus.APPROVED.value),
        ("Reddedildi", ClaimStatus.REJECTED.value),
    )
)
_PROGRAMME_TAILS = ("projeleri", "projesi", "programi", "programlari")


@dataclass(frozen=True)
class ProjectContext:
    """The province's year and institutions, and the catalogue by matching keys."""

    of_year: YearContext
    programmes: dict[str, int]
    items: dict[tuple[int, str], ProgrammeItem]


class ProjectImport(YearKind[ProjectContext, ProjectLine]):
    code = "projects"
    label = gettext_lazy("Projeler")
    help_text = gettext_lazy(
        "Her satır bir puan talebidir; kurum kodu ve proje adı aynı olan satırlar tek projedir. "
        "Kişiler numarayla eşleşir."
    )
    order = 40
    identity_columns = frozenset({"teachers", "students"})
    columns = (
        ColumnSpec("institution", "Kurum Kodu", ("Okul Kodu",)),
        ColumnSpec("title", "Proje Adı", ("Projenin Adı", "Proje")),
        ColumnSpec("programme", "Program", ("Proje Programı", "Programı")),
        ColumnSpec("item", "Kalem", ("Puan Kalemi", "Proje Türü")),
        ColumnSpec("stage", "Aşama", ("Aşaması",)),
        ColumnSpec("status", "Durum", ("Durumu",)),
        ColumnSpec("points", "Bağımsız Puan", ("Verilen Puan",), required=False),
        ColumnSpec(
            "teachers", "Öğretmen T.C. Kimlik No", ("Öğretmen TC", "Öğretmenler T.C. Kimlik No"), required=False
        ),
        ColumnSpec("students", "Öğrenci T.C. Kimlik No", ("Öğrenci TC", "Öğrenciler T.C. Kimlik No"), required=False),
    )

    def context(self, scope: Scope) -> ProjectContext:
        return project_context(year_context(scope))

    def check(self, table: Table, context: ProjectContext) -> Checked[ProjectLine]:
        columns = Columns(table, identity_columns=self.identity_columns)
        institutions = institution_ids(columns, "institution", context.of_year)
        titles = columns.texts("title", longest=200)
        items = _items(columns, context)
        stages = columns.mapped(
            "stage", STAGES, _("“%(value)s” bir aşama değil; Hazırlayan ya da Başarı yazınız."), key=choice_key
        )
        statuses = columns.mapped(
            "status",
            STATUSES,
            _("“%(value)s” bir durum değil; Taslak, Gönderildi, Onaylandı ya da Reddedildi yazınız."),
            key=choice_key,
        )
        points = _points(columns, items, statuses)
        province = context.of_year.year.province_id
        teachers = _people(columns, "teachers", _known(StaffMember, province), _("personel"))
        students = _people(columns, "students", _known(Student, province), _("öğrenci"))
        item_ids = [None if item is None else item.pk for item in items]
        rows = list(zip(institutions, titles, item_ids, stages, statuses, points, teachers, students, strict=True))
        lines = {place: ProjectLine._make(rows[place]) for place in columns.accepted}
        claims = [
            (*lines[place].project_key, lines[place].item_id, lines[place].stage) if place in lines else None
            for place in range(len(table))
        ]
        columns.unique("item", claims, _("Bu projenin aynı kalem ve aşaması %(row)s. satırda da var; birini siliniz."))
        return columns.checked([lines[place] for place in columns.accepted])

    def apply(self, checked: Checked[ProjectLine], context: ProjectContext, *, by: Any) -> Applied:
        present = checked.table.present
        return write_projects(
            year=context.of_year.year,
            lines=checked.lines,
            with_teachers="teachers" in present,
            with_students="students" in present,
            by=by,
        )

    def before_undo(self, context: ProjectContext, tables: Sequence[TableUndo | SetUndo]) -> None:
        mark_changed([table for table in tables if isinstance(table, TableUndo)])


def project_context(of_year: YearContext) -> ProjectContext:
    """The catalogue by keys: programmes by code and name, items by programme and code, name or other name."""
    programmes: dict[str, int] = {}
    for pk, code, name in Programme.objects.order_by("order", "pk").values_list("pk", "code", "name"):
        for written in (code, name):
            programmes.setdefault(programme_key(written), pk)
    items: dict[tuple[int, str], ProgrammeItem] = {}
    for item in ProgrammeItem.objects.order_by("order", "pk"):
        for written in (item.code, item.name):
            items.setdefault((item.programme_id, choice_key(written)), item)
    for alias in ItemAlias.objects.select_related("item").order_by("key"):
        items.setdefault((alias.item.programme_id, choice_key(alias.name)), alias.item)
    return ProjectContext(of_year, programmes, items)


def programme_key(text: str) -> str:
    """``ab`` for ``AB``, ``AB projeleri`` or ``AB Programı``."""
    key = choice_key(text)
    for tail in _PROGRAMME_TAILS:
        if key.endswith(tail) and len(key) > len(tail):
            return key.removesuffix(tail)
    return key


def _items(columns: Columns, context: ProjectContext) -> list[ProgrammeItem | None]:
    programmes = columns.mapped(
        "programme", context.programmes, _("“%(value)s” programı puan tablosunda yok."), key=programme_key
    )
    items: list[ProgrammeItem | None] = []
    for place, (programme, written) in enumerate(zip(programmes, columns["item"], strict=True)):
        item = None if programme is None else context.items.get((programme, choice_key(written)))
        if not written:
            columns.fail(place, "item", _("Boş bırakılamaz; değeri yazınız."))
        elif item is None and programme is not None:
            columns.fail(place, "item", _("Bu programda böyle bir kalem yok; puan tablosundaki adını yazınız."))
        items.append(item)
    return items


def _points(columns: Columns, items: list[ProgrammeItem | None], statuses: list[str | None]) -> list[Decimal | None]:
    points = columns.decimals("points", least=0, most=100, places=2, required=False)
    for place, (item, status) in enumerate(zip(items, statuses, strict=True)):
        if item is None:
            continue
        if item.independent and status == ClaimStatus.APPROVED and not columns["points"][place]:
            columns.fail(place, "points", _("Bağımsız puanlanan onaylı kalemde 0-100 arası puan yazılmalıdır."))
        if not item.independent and points[place]:
            columns.fail(place, "points", _("Bu kalem bağımsız puanlanmaz; hücreyi boş bırakınız."))
        if not item.independent or status != ClaimStatus.APPROVED:
            points[place] = None
    return points


def _known(model: type[StaffMember] | type[Student], province_id: int) -> dict[str, int]:
    people = model.objects.filter(province=province_id).exclude(identity_digest=None)
    return dict(people.values_list("identity_digest", "pk"))  # type: ignore[arg-type]


def _people(columns: Columns, name: str, known: dict[str, int], what: str) -> list[tuple[int, ...]]:
    """Ids of the people whose numbers stand in each cell, each once, in the order written."""
    cells = [[part.strip() for part in cell.split(SEPARATOR) if part.strip()] for cell in columns[name]]
    written = list(dict.fromkeys(part for parts in cells for part in parts))
    parsed = dict(zip(written, parse_identities(written), strict=True))
    found: list[tuple[int, ...]] = []
    for place, parts in enumerate(cells):
        team: dict[int, None] = {}
        for part in parts:
            identity = parsed[part]
            if isinstance(identity, IdentityError):
                columns.fail(place, name, str(identity), part)
            elif identity.digest not in known:
                columns.fail(place, name, _("Bu ilde bu numarayla %(what)s kaydı yok.") % {"what": what}, part)
            else:
                team[known[identity.digest]] = None
        if len(team) > LONGEST_TEAM:
            columns.fail(place, name, _("Bir ekipte en çok %(count)s kişi olabilir.") % {"count": LONGEST_TEAM})
        found.append(tuple(team))
    return found


register(ProjectImport())
