"""Staff by identity number, with their posting in the year."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.imports.columns import Columns, choice_key, choices
from common.imports.kinds import Applied, Checked
from common.spreadsheets.headers import ColumnSpec, Table
from schools.importers.scope import YearContext, YearImport, institution_ids
from schools.models.people import Employment, Title
from schools.services.imports import StaffLine, write_staff

TITLES: dict[str, str] = choices(
    ((str(title.label), title) for title in Title),
    (
        ("Okul Müdürü", Title.PRINCIPAL),
        ("Kurum Müdürü", Title.PRINCIPAL),
        ("Müdür Yetkili Öğretmen", Title.PRINCIPAL),
        ("Müdür Yrd.", Title.DEPUTY),
        ("Müdür Başyardımcısı", Title.DEPUTY),
        ("Sorumlu Müdür Yrd.", Title.RESPONSIBLE_DEPUTY),
        ("Uzman Öğretmen", Title.TEACHER),
        ("Başöğretmen", Title.TEACHER),
        ("Okulöncesi Öğretmeni", Title.PRESCHOOL_TEACHER),
        ("Rehberlik Öğretmeni", Title.COUNSELLOR),
        ("Rehber Öğretmen/Psikolojik Danışman", Title.COUNSELLOR),
        ("Psikolojik Danışman", Title.COUNSELLOR),
    ),
)
EMPLOYMENTS: dict[str, str] = choices(
    ((str(employment.label), employment) for employment in Employment),
    (("Özel Okul", Employment.PRIVATE), ("Ek Ders Ücretli", Employment.HOURLY)),
)


class StaffImport(YearImport[StaffLine]):
    code = "staff"
    label = gettext_lazy("Personel")
    help_text = gettext_lazy(
        "Öğretmenler ve yöneticiler; T.C. kimlik numarasıyla eşleşir, bu yılki görev yerleri yazılır."
    )
    order = 20
    identity_columns = frozenset({"identity"})
    columns = (
        ColumnSpec("identity", "T.C. Kimlik No", ("TC Kimlik Numarası", "TCKN", "TC No", "Kimlik No")),
        ColumnSpec("first_name", "Ad", ("Adı",)),
        ColumnSpec("last_name", "Soyad", ("Soyadı",)),
        ColumnSpec("title", "Unvan", ("Ünvan", "Unvanı", "Ünvanı", "Görevi")),
        ColumnSpec("branch", "Branş", ("Branşı", "Alan"), required=False),
        ColumnSpec("institution", "Kurum Kodu", ("Okul Kodu", "Görev Yeri Kodu")),
        ColumnSpec("email", "E-posta", ("Eposta", "E-posta Adresi", "E-mail", "Mail"), required=False),
        ColumnSpec("employment", "İstihdam", ("İstihdam Türü", "Kadro Durumu", "Kadro"), required=False),
    )

    def check(self, table: Table, context: YearContext) -> Checked[StaffLine]:
        columns = Columns(table, identity_columns=self.identity_columns)
        identities = columns.identities("identity")
        columns.unique("identity", identities, _("Bu numara %(row)s. satırda da var; birini siliniz."))
        first_names = columns.texts("first_name", longest=80)
        last_names = columns.texts("last_name", longest=80)
        titles = columns.mapped(
            "title",
            TITLES,
            _("“%(value)s” tanınan bir unvan değil; Müdür, Öğretmen, Rehber Öğretmen gibi yazınız."),
            key=choice_key,
        )
        branches = columns.texts("branch", longest=80, required=False)
        institutions = institution_ids(columns, "institution", context)
        emails = columns.emails("email")
        employments = columns.mapped(
            "employment",
            EMPLOYMENTS,
            _("“%(value)s” bir istihdam türü değil; Kadrolu, Sözleşmeli, Ücretli ya da Özel yazınız."),
            key=choice_key,
            default=Employment.PERMANENT.value,
        )
        rows = list(
            zip(identities, first_names, last_names, emails, institutions, titles, branches, employments, strict=True)
        )
        accepted = columns.accepted
        lines = [StaffLine._make(rows[place]) for place in accepted]
        return columns.checked(lines)

    def apply(self, checked: Checked[StaffLine], context: YearContext, *, by: Any) -> Applied:
        present = checked.table.present
        return write_staff(
            year=context.year,
            lines=checked.lines,
            with_email="email" in present,
            with_branch="branch" in present,
            with_employment="employment" in present,
        )
