"""Results of an exam by identity number."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.errors import Conflict, UserError
from common.imports.bulk import Row
from common.imports.columns import Columns
from common.imports.kinds import Applied, Checked, Scope
from common.imports.undo import SetUndo, TableUndo, refuse_if_pointed_at
from common.spreadsheets.headers import ColumnSpec, Table
from common.spreadsheets.reader import Sheet
from exams.importers import answers, headers, people
from exams.models import UNITS, Exam, ExamFamily, ExamTopic, ExamVersion
from exams.models.exams import ExamLevel
from exams.selectors.sittings import exam_of
from exams.services.definition import definition_of
from exams.services.results import ResultColumns, TopicColumns, locked_exam, write_results, write_undo_version
from schools.importers.scope import YearKind, year_context

OFFERED_EXAMS = 60
_BESIDE = frozenset({headers.INSTITUTION.name, *(spec.name for spec in headers.NAMES)})
"""Columns that hold nothing of the exam."""


@dataclass
class ResultContext:
    """The exam as it stands when the file is checked. ``topics`` are known once the file was looked at."""

    exam: Exam
    definition: dict[str, Any]
    subjects: tuple[headers.Subject, ...]
    topics: tuple[headers.Topic, ...] = ()


class ExamResultImport(YearKind[ResultContext, Row]):
    code = "exam_results"
    label = gettext_lazy("Sınav sonuçları")
    help_text = gettext_lazy(
        "Bir sınavın sonuçları; öğrenciler numarayla eşleşir. Her ders için D ve Y; girmeyen öğrenciye G yazılır ya da "
        "boş bırakılır."
    )
    order = 60
    needs = frozenset({"exam"})
    identity_columns = frozenset({"identity"})
    naming = identity_columns | _BESIDE
    columns = (headers.IDENTITY, *headers.VALUES)

    def choices_of(self, need: str, scope: Scope) -> list[tuple[str, str]]:
        """The exams of the year, and those of earlier years (``2024-2025/LGS-2025``): results get corrected later."""
        exams = Exam.objects.filter(year__province__plate_code=scope.province, year__name__lte=scope.year)
        newest = exams.select_related("year").order_by("-date", "code", "pk")[:OFFERED_EXAMS]
        return [
            (exam.code, _named(exam))
            if exam.year.name == scope.year
            else (exam.code_in_years, f"{exam.year.name}: {_named(exam)}")
            for exam in newest
        ]

    def chosen(self, scope: Scope, *, exam: str, term: str) -> Scope:
        year, _slash, code = exam.rpartition("/")
        return replace(scope, year=year or scope.year, exam=code)

    def context(self, scope: Scope) -> ResultContext:
        exam = exam_of(year_context(scope).year, scope.exam)
        rows = exam.subjects.order_by("order").values_list("pk", "name", "questions")
        return ResultContext(exam, definition_of(exam), headers.subjects_of(rows))

    def columns_for(self, context: ResultContext) -> tuple[ColumnSpec, ...]:
        return (
            headers.IDENTITY,
            headers.INSTITUTION,
            *headers.NAMES,
            *headers.subject_specs(context.subjects),
            *headers.topic_specs(context.topics),
            *headers.value_specs(_names_of(context.exam)),
        )

    def columns_in(self, context: ResultContext, sheets: Sequence[Sheet]) -> tuple[ColumnSpec, ...]:
        topics = ExamTopic.objects.filter(subject__exam=context.exam).order_by()
        defined = {(subject, key): count for subject, key, count in topics.values_list("subject", "key", "questions")}
        context.topics = headers.topics_in(sheets, context.subjects, defined)
        return self.columns_for(context)

    def template_columns(self, context: ResultContext) -> tuple[ColumnSpec, ...]:
        nets = {headers.of_subject(subject).net for subject in context.subjects}
        without = nets | _BESIDE
        return tuple(spec for spec in self.columns_for(context) if spec.name not in without)

    def check(self, table: Table, context: ResultContext) -> Checked[Row]:
        _refuse_wrong_headers(table, context)
        columns = Columns(table, identity_columns=self.identity_columns)
        students, notices = people.students_of(columns, context.exam)
        lines: list[Any] = [students]
        for spec in headers.VALUES:
            if spec.name in table.present:
                lines.append(answers.VALUE_PARSERS[spec.name](columns, spec.name))
                if spec.name == "score_units":
                    notices += _score_notices(lines[-1], context.exam)
        for each in _answer_columns(table, context):
            lines.extend(answers.checked_answers(columns, each, context.exam.divisor))
        rows: list[Row] = list(zip(*lines, strict=True))
        accepted = columns.accepted
        checked = columns.checked(rows if len(accepted) == len(rows) else [rows[place] for place in accepted])
        checked.notices += [*_family_notices(table, context.exam), *notices]
        return checked

    def apply(self, checked: Checked[Row], context: ResultContext, *, by: Any) -> Applied:
        present = checked.table.present
        layout = ResultColumns(
            values=tuple(spec.name for spec in headers.VALUES if spec.name in present),
            subjects=tuple(each.pk for each in context.subjects if headers.of_subject(each).correct in present),
            topics=tuple(
                TopicColumns(topic.subject.pk, topic.key, topic.name)
                for topic in context.topics
                if headers.of_topic(topic).correct in present
            ),
        )
        return write_results(
            exam=context.exam, definition=context.definition, columns=layout, lines=checked.lines, by=by
        )

    def before_undo(self, context: ResultContext, tables: Sequence[TableUndo | SetUndo]) -> None:
        """Results of a version are taken back only while nothing newer is there but imports that were taken back."""
        exam = locked_exam(context.exam.pk)
        version = _version_in(tables)
        if version is None:
            return
        number = ExamVersion.objects.filter(pk=version).values_list("number", flat=True).first() or 0
        later = list(ExamVersion.objects.filter(exam=exam, number__gt=number).order_by("-number"))
        if any(each.source != ExamVersion.Source.UNDO for each in later):
            raise Conflict(
                _(
                    "Geri alınamaz: %(exam)s sınavına sonradan yeni sonuç aktarılmış ya da sınavın tanımı değişmiş. "
                    "Önce sonraki aktarımı geri alınız."
                )
                % {"exam": exam.code}
            )
        refuse_if_pointed_at(ExamVersion, [each.pk for each in later])

    def after_undo(self, context: ResultContext, tables: Sequence[TableUndo | SetUndo], *, by: Any) -> None:
        if _version_in(tables) is not None:
            write_undo_version(exam=context.exam, by=by)


def _named(exam: Exam) -> str:
    return f"{exam.name} ({exam.code})" if exam.name != exam.code else exam.code


def _version_in(tables: Sequence[TableUndo | SetUndo]) -> int | None:
    return next((each.created[0] for each in tables if isinstance(each, TableUndo) and each.model is ExamVersion), None)


def _names_of(exam: Exam) -> tuple[str, ...]:
    return exam.code, exam.family.code, exam.family.name


def _family_notices(table: Table, exam: Exam) -> list[str]:
    """A sentence where the file speaks of an exam of another family."""
    codes = ExamFamily.objects.exclude(pk=exam.family_id).values_list("code", flat=True)
    texts = [table.caption, *table.written.values(), *(f"{above} {last}" for last, above in table.others)]
    other = headers.other_family(texts, _names_of(exam), codes)
    if not other:
        return []
    sentence = _("Dosyada %(other)s sınavının adı geçiyor; sonuçların %(exam)s sınavına ait olduğunu kontrol ediniz.")
    return [sentence % {"other": other, "exam": exam.code}]


def _score_notices(scores: Iterable[int | None], exam: Exam) -> list[str]:
    """A sentence where a score is higher than anybody can reach."""
    most = answers.HIGHEST_SCORES.get(exam.family.code)
    beyond = sum(score > most * UNITS for score in scores if score is not None) if most else 0
    if not beyond:
        return []
    sentence = _("%(count)s satırda puan, %(exam)s sınavında ulaşılabilecek %(most)s puanın üstünde; kontrol ediniz.")
    return [sentence % {"count": beyond, "exam": exam.family.code, "most": most}]


def _answer_columns(table: Table, context: ResultContext) -> list[headers.Answers]:
    """The subjects and topics that the file has columns for, subjects first; a net only where the file has it."""
    every = [headers.of_subject(each) for each in context.subjects]
    every += [headers.of_topic(each) for each in context.topics]
    return [
        each if each.net in table.present else replace(each, net="") for each in every if each.correct in table.present
    ]


def _refuse_wrong_headers(table: Table, context: ResultContext) -> None:
    """Raise ``UserError`` when a half of a pair of columns is missing, or the file holds nothing of this exam."""
    every = [headers.of_subject(each) for each in context.subjects]
    every += [headers.of_topic(each) for each in context.topics]
    for each in every:
        there = [name for name in (each.correct, each.wrong, each.net) if name in table.present]
        missing = next((name for name in (each.correct, each.wrong) if name not in table.present), "")
        if there and missing:
            raise UserError(
                _("Dosyada “%(there)s” sütunu var, “%(missing)s” sütunu yok; ikisini birlikte gönderiniz.")
                % {"there": table.headers[there[0]], "missing": table.headers[missing]}
            )
    stranger = headers.stranger_among(table.others)
    if stranger:
        raise UserError(
            _(
                "Dosyada bu sınavda olmayan bir ders var (“%(header)s”); %(exam)s sınavının dersleri: %(subjects)s. "
                "Doğru sınavı seçiniz ya da o sütunları siliniz."
            )
            % {
                "header": stranger,
                "exam": context.exam.code,
                "subjects": ", ".join(subject.name for subject in context.subjects),
            }
        )
    alone = headers.answer_without_subject(table.others)
    if alone:
        raise UserError(
            _(
                "“%(header)s” sütununun hangi derse ait olduğu belli değil; her dersin adını ilk sütununun üstüne "
                "yazınız ya da başlıkları “Türkçe D” gibi yazınız."
            )
            % {"header": alone}
        )
    unread = headers.unread_value(table.others, table.present, context.subjects)
    if unread:
        raise UserError(
            _(
                "“%(header)s” sütunu okunamadı; puan ise başlığını “Puan”, sıra ise “Genel Sıra” ya da “İl Sırası”, "
                "yüzdelik ise “Yüzdelik Dilim” yapınız, hiçbiri değilse sütunu siliniz."
            )
            % {"header": unread}
        )
    _refuse_values_of_others(table, context)
    if not table.present - {headers.IDENTITY.name, *_BESIDE}:
        first = next(iter(every), None)
        raise UserError(
            _(
                "Dosyada %(exam)s sınavının derslerinden hiçbirinin sütunu ve Puan sütunu yok; “%(correct)s”, "
                "“%(wrong)s” gibi başlıklar olmalıdır."
            )
            % {
                "exam": context.exam.code,
                "correct": table.headers[first.correct] if first else "Türkçe D",
                "wrong": table.headers[first.wrong] if first else "Türkçe Y",
            }
        )


def _refuse_values_of_others(table: Table, context: ResultContext) -> None:
    """Raise ``UserError`` for a score or rank of a subject, a school or another year, and for a subject of high schools
    in an exam of middle schools."""
    exam = context.exam
    years = {*exam.year.name.split("-"), str(exam.date.year)}
    name, title = headers.title_of_another(table.titles, context.subjects, years)
    if name:
        raise UserError(
            _(
                "“%(header)s” sütunu “%(title)s” başlığının altında; öğrencinin bu sınavdaki değeri ise üstündeki "
                "başlığı kaldırınız, değilse sütunu siliniz."
            )
            % {"header": table.headers[name], "title": title}
        )
    if exam.level == ExamLevel.MIDDLE:
        subject = headers.of_high_schools(table.written.values())
        if subject:
            raise UserError(
                _("“%(header)s” ortaokul sınavlarında olmayan bir ders; doğru sınavı seçiniz ya da başlığı düzeltiniz.")
                % {"header": subject}
            )
