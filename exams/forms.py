"""Forms of exams: the definition with its subjects and topics as lines of text, and a school's analysis."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.forms import LinesField, VersionedFormMixin
from common.text import clean
from exams.models import Exam, ExamAnalysis, ExamTopic
from exams.models.exams import ExamKind, ExamLevel
from exams.services.editing import digest_of

MOST_LINES = 60
LINE = re.compile(r"(.+?)\s*[:;]\s*([0-9]{1,4})")


class SubjectsField(LinesField):
    """Lines ``Türkçe: 20`` as (name, questions)."""

    def clean(self, value: Any) -> list[tuple[str, int]]:
        lines = [clean(line) for line in super().clean(value).splitlines() if clean(line)]
        if len(lines) > MOST_LINES:
            raise forms.ValidationError(_("En çok %(most)s satır yazınız.") % {"most": MOST_LINES})
        return [named_count(line) for line in lines]


class TopicsField(LinesField):
    """Lines ``Matematik: Üslü İfadeler:3, Kareköklü İfadeler`` as {subject: [(topic, questions)]}; None: not said."""

    def clean(self, value: Any) -> dict[str, list[tuple[str, int | None]]]:
        found: dict[str, list[tuple[str, int | None]]] = {}
        for line in super().clean(value).splitlines():
            if not clean(line):
                continue
            subject, colon, topics = clean(line).partition(":")
            if not colon or not subject.strip():
                raise forms.ValidationError(
                    _("“%(line)s” satırını şöyle yazınız: Matematik: Üslü İfadeler:3, Köklü İfadeler:2")
                    % {"line": clean(line)[:60]}
                )
            found.setdefault(subject.strip(), []).extend(
                named_count(part) if ":" in part or ";" in part else (part.strip(), None)
                for part in topics.split(",")
                if part.strip()
            )
        return found


def named_count(text: str) -> tuple[str, int]:
    """``Türkçe: 20`` as a name and a number; raises ``ValidationError``."""
    match = LINE.fullmatch(text.strip())
    if match is None:
        raise forms.ValidationError(
            _("“%(line)s” satırını ad ve soru sayısıyla yazınız; örnek: Türkçe: 20") % {"line": text.strip()[:60]}
        )
    return match[1].strip(), int(match[2])


class ExamForm(forms.Form):
    """A new exam, or the definition of one that is there (its code stays)."""

    name = forms.CharField(label=gettext_lazy("Sınavın adı"), max_length=160)
    code = forms.CharField(
        label=gettext_lazy("Kod"),
        max_length=40,
        help_text=gettext_lazy("Dosya aktarırken ve sıralamalarda kullanılır; örnek: LGS-2021"),
    )
    family = forms.CharField(
        label=gettext_lazy("Aile"),
        max_length=20,
        help_text=gettext_lazy("Aynı ailenin oturumları karşılaştırılır; örnek: LGS, TYT, IZLEME-8"),
    )
    kind = forms.ChoiceField(label=gettext_lazy("Tür"), choices=ExamKind.choices)
    level = forms.ChoiceField(label=gettext_lazy("Kademe"), choices=ExamLevel.choices)
    date = forms.DateField(
        label=gettext_lazy("Tarih"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    divisor = forms.IntegerField(
        label=gettext_lazy("Bir doğruyu götüren yanlış sayısı"),
        min_value=0,
        max_value=20,
        help_text=gettext_lazy("Yanlış doğruyu götürmüyorsa 0 yazınız."),
    )
    subjects = SubjectsField(
        label=gettext_lazy("Dersler ve soru sayıları"),
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=gettext_lazy("Her satıra bir ders, sınavdaki sırayla: Türkçe: 20"),
    )
    topics = TopicsField(
        label=gettext_lazy("Konular"),
        max_length=12_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy(
            "Sonuç dosyasında konu sütunları varsa, her satıra bir ders: Matematik: Üslü İfadeler:3, Köklü İfadeler:2"
        ),
    )
    digest = forms.CharField(max_length=64, widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, exam: Exam | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if exam is not None:
            self.fields["code"].disabled = True
            self.fields["code"].help_text = _("Kod değişmez; sonuçlar ve sıralamalar sınavı bu kodla bulur.")

    def clean_topics(self) -> dict[str, list[tuple[str, int | None]]]:
        topics: dict[str, list[tuple[str, int | None]]] = self.cleaned_data["topics"]
        known = {clean(name) for name, _count in self.cleaned_data.get("subjects", ())}
        strange = [subject for subject in topics if subject not in known]
        if strange and known:
            raise forms.ValidationError(
                _("“%(subject)s” yukarıdaki derslerden biri değil; dersi aynı adla yazınız.")
                % {"subject": strange[0][:60]}
            )
        return topics


def initial_of(exam: Exam, topics: Sequence[ExamTopic]) -> dict[str, Any]:
    """What the form shows of an exam."""
    subjects = exam.subjects.order_by("order")
    by_subject: dict[str, list[str]] = {}
    for topic in topics:
        by_subject.setdefault(topic.subject.name, []).append(
            f"{topic.name}:{topic.questions}" if topic.questions else topic.name
        )
    return {
        "name": exam.name,
        "code": exam.code,
        "family": exam.family.code,
        "kind": exam.kind,
        "level": exam.level,
        "date": exam.date,
        "divisor": exam.divisor,
        "subjects": "\n".join(f"{subject.name}: {subject.questions}" for subject in subjects),
        "topics": "\n".join(f"{subject}: {', '.join(found)}" for subject, found in by_subject.items()),
        "digest": digest_of(exam),
    }


def initial_of_template(family: str, template: dict[str, Any], year: str) -> dict[str, Any]:
    """What the form shows for a new exam of a known family."""
    return {
        "family": family,
        "name": f"{family} {year}",
        "code": f"{family}-{year[5:]}",
        "kind": template["kind"],
        "level": template["level"],
        "divisor": template["divisor"],
        "subjects": "\n".join(f"{name}: {questions}" for name, questions in template["subjects"]),
    }


class AnalysisForm(VersionedFormMixin):
    """A school's analysis of an exam."""

    needed_fields = ("findings", "measures")

    class Meta:
        model = ExamAnalysis
        fields = ("findings", "measures")
        field_classes = {"findings": LinesField, "measures": LinesField}
        widgets = {"findings": forms.Textarea(attrs={"rows": 8}), "measures": forms.Textarea(attrs={"rows": 8})}
        help_texts = {
            "findings": gettext_lazy("Hangi derste, şubede ya da konuda ne görüldü?"),
            "measures": gettext_lazy("Ne yapılacak, kim yapacak, ne zamana kadar?"),
        }
