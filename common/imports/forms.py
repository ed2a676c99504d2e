"""The form with which a file is sent in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.errors import UserError
from common.imports.kinds import kinds_for
from common.spreadsheets.reader import ALLOWED_EXTENSIONS, check_before_reading

ACCEPT = ",".join(f".{extension}" for extension in ALLOWED_EXTENSIONS)


class ImportForm(forms.Form):
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

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["kind"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(kind.code, kind.label) for kind in kinds_for(user)]

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        try:
            check_before_reading(upload.name or "", upload.size or 0)
        except UserError as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
        return upload
