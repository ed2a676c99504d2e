"""Forms in which a member of staff is chosen for a section or a student."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from schools.models import Posting, StaffMember


class StaffChoice(forms.ModelChoiceField):
    """A member of staff by name, title and branch; ``postings`` says who may be chosen."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=StaffMember.objects.none(), empty_label=_("Seçiniz"), **kwargs)

    def offer(self, postings: Any, coached: Mapping[int, int] | None = None) -> None:
        """Offer the people of these postings, in their order, each with how many students they coach if it is asked."""
        rows: list[Posting] = list(postings)
        self.queryset = StaffMember.objects.filter(pk__in=[row.staff_id for row in rows])
        self.choices = [("", self.empty_label), *((row.staff_id, _described(row, coached)) for row in rows)]


def _described(posting: Posting, coached: Mapping[int, int] | None) -> str:
    parts = [str(posting.get_title_display()), posting.branch]
    if number := (coached or {}).get(posting.staff_id):
        parts.append(gettext("%(number)s öğrencinin danışmanı") % {"number": number})
    return f"{posting.staff.full_name} ({', '.join(part for part in parts if part)})"


class StaffForm(forms.Form):
    """Chooses ``staff`` among the people of these postings; ``coached``: how many students each (by key) coaches."""

    def __init__(self, *args: Any, postings: Any, coached: Mapping[int, int] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["staff"]
        assert isinstance(field, StaffChoice)
        field.offer(postings, coached)


class ClassGuideForm(StaffForm):
    """The class guide teacher of a section; ``expected`` is the one that was shown."""

    staff = StaffChoice(label=_("Sınıf rehber öğretmeni"), required=False)
    expected = forms.IntegerField(widget=forms.HiddenInput, required=False)


class TeachingForm(StaffForm):
    """A subject of a section and who teaches it; ``subjects`` are suggested, another may be written."""

    subject = forms.CharField(
        label=_("Ders"),
        max_length=60,
        widget=forms.TextInput(attrs={"list": "subjects", "autocomplete": "off"}),
        help_text=_("Sınavdaki dersin adıyla yazınız; sınav sonuçları öğretmene bu adla bağlanır."),
    )
    staff = StaffChoice(label=_("Öğretmen"))


class CoachForm(StaffForm):
    """The danışman öğretmen of a student."""

    staff = StaffChoice(label=_("Danışman öğretmen"))
