"""The form with which a file is sent in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.errors import UserError
from common.imports.kinds import ImportKind, Scope, kind_of
from common.spreadsheets.reader import ALLOWED_EXTENSIONS, check_before_reading

NEEDS = {
    "exam": (_("Sınav"), _("Sonuçların ait olduğu sınavı seçiniz; listede yoksa önce sınavı tanımlayınız.")),
    "term": (_("Dönem"), _("Dosyanın ait olduğu dönemi seçiniz.")),
}
"""What a kind may need of its scope: label of the field, what to say when it is not chosen."""

ACCEPT = ",".join(f".{extension}" for extension in ALLOWED_EXTENSIONS)


def choices_of(kind: ImportKind[Any, Any], scope: Scope | None) -> dict[str, list[tuple[str, str]]]:
    """For each need of the kind what a person may choose in the scope."""
    return {need: kind.choices_of(need, scope) if scope is not None else [] for need in kind.needs}


class ImportForm(forms.Form):
    """``exam`` and ``term`` are asked for where the person may send a kind that needs them."""

    mark_optional = False

    kind = forms.ChoiceField(label=_("Dosyada ne var?"), widget=forms.RadioSelect)
    file = forms.FileField(
        label=_("Dosya"),
        help_text=_("XLSX, XLS, XLSB, ODS veya CSV; en çok 25 MB. Başlık satırının üstünde yazılar olabilir."),
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
        error_messages={
            "required": _("Bir dosya seçiniz."),
            "empty": _("Dosya boş; içinde tablo olan bir dosya seçiniz."),
        },
    )

    def __init__(self, *args: Any, kinds: Sequence[ImportKind[Any, Any]], scope: Scope | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["kind"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(kind.code, kind.label) for kind in kinds]
        self.missing: dict[str, Any] = {}
        self.kind_choices = {kind.code: choices_of(kind, scope) for kind in kinds if kind.needs}
        for need, (label, missing) in NEEDS.items():
            asking = [kind for kind in kinds if need in kind.needs]
            if not asking:
                continue
            offered = {value: text for kind in asking for value, text in self.kind_choices[kind.code][need]}
            names = ", ".join(str(kind.label) for kind in asking)
            self.fields[need] = forms.ChoiceField(
                label=label,
                choices=[("", _("Seçiniz")), *offered.items()],
                required=False,
                help_text=_("Şunlar için seçilir: %(kinds)s.") % {"kinds": names},
            )
            self.missing[need] = missing
        self.order_fields(["kind", *NEEDS, "file"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        code = cleaned.get("kind") or ""
        for need in sorted(kind_of(code).needs) if code else ():
            if need not in self.errors and cleaned.get(need) not in [
                value for value, _text in self.kind_choices[code][need]
            ]:
                self.add_error(need, self.missing[need])
        return cleaned

    def scope_in(self, scope: Scope) -> Scope:
        """The scope with what the chosen kind needs besides."""
        kind = kind_of(self.cleaned_data["kind"])
        exam, term = (self.cleaned_data[need] if need in kind.needs else "" for need in ("exam", "term"))
        return kind.chosen(scope, exam=exam, term=term)

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        try:
            check_before_reading(upload.name or "", upload.size or 0)
        except UserError as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
        return upload
