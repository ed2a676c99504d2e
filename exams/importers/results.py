"""Results of an exam by identity number."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from common.errors import Conflict, UserError
from common.imports.bulk import Row
from common.imports.columns import Columns
from common.imports.kinds import Applied, Checked, Scope
from common.imports.undo import SetUndo, TableUndo, refuse_if_pointed_at
from common.spreadsheets.headers import ColumnSpec, Table
from common.spreadsheets.reader import Sheet
from exams.importers import answers, headers
from exams.models import Exam, ExamTopic, ExamVersion
from exams.selectors.sittings import exam_of
from exams.services.definition import definition_of
from exams.services.results import ResultColumns, TopicColumns, locked_exam, write_results, write_undo_version
from schools.importers.scope import YearKind, code_of, year_context
from schools.models import AcademicYear, Enrolment, Student

OFFERED_EXAMS = 60


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
        without = nets | {headers.INSTITUTION.name}
        return tuple(spec for spec in self.columns_for(context) if spec.name not in without)

    def check(self, table: Table, context: ResultContext) -> Checked[Row]:
        _refuse_wrong_headers(table, context)
        columns = Columns(table, identity_columns=self.identity_columns)
        students, absent = _students(columns, context.exam.year)
        lines: list[Any] = [students]
        for spec in headers.VALUES:
            if spec.name in table.present:
                lines.append(answers.VALUE_PARSERS[spec.name](columns, spec.name))
        for each in _answer_columns(table, context):
            lines.extend(answers.checked_answers(columns, each, context.exam.divisor))
        rows: list[Row] = list(zip(*lines, strict=True))
        accepted = columns.accepted
        checked = columns.checked(rows if len(accepted) == len(rows) else [rows[place] for place in accepted])
        if absent:
            checked.notices.append(_absent_sentence(absent, context.exam))
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


def _absent_sentence(absent: int, exam: Exam) -> str:
    return ngettext(
        "%(count)s öğrencinin %(year)s yılında okul kaydı yok; o yılın öğrenci dosyası aktarılana kadar sonucu "
        "sıralamalarda sayılmaz.",
        "%(count)s öğrencinin %(year)s yılında okul kaydı yok; o yılın öğrenci dosyası aktarılana kadar sonuçları "
        "sıralamalarda sayılmaz.",
        absent,
    ) % {"count": absent, "year": exam.year.name}


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
    unread = headers.unread_value(table.others, table.present, context.subjects)
    if unread:
        raise UserError(
            _(
                "“%(header)s” sütunu okunamadı; puan ise başlığını “Puan”, sıra ise “Genel Sıra” ya da “İl Sırası”, "
                "yüzdelik ise “Yüzdelik Dilim” yapınız, hiçbiri değilse sütunu siliniz."
            )
            % {"header": unread}
        )
    if not table.present - {headers.IDENTITY.name, headers.INSTITUTION.name}:
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


def _students(columns: Columns, year: AcademicYear) -> tuple[list[int | None], int]:
    """Ids of the students by number, and how many of them are not enrolled in the year.

    Refused: wrong and repeated numbers, unknown students, students of another school than the one the row names.
    """
    digests = columns.digests("identity")
    columns.unique("identity", digests, _("Bu numara %(row)s. satırda da var; birini siliniz."))
    students: list[int | None] = [None] * len(digests)
    absent: set[int] = set()
    for place, pk, is_enrolled in _people_of(year, digests):
        students[place] = pk
        if not is_enrolled:
            absent.add(pk)
    if None in students:
        for place, (digest, student) in enumerate(zip(digests, students, strict=True)):
            if student is None and digest is not None:
                columns.fail(place, "identity", _("Bu numarayla kayıtlı öğrenci yok; önce öğrencileri aktarınız."))
    if headers.INSTITUTION.name in columns.table.present:
        _check_schools(columns, students, year)
    return students, len(absent)


def _check_schools(columns: Columns, students: Sequence[int | None], year: AcademicYear) -> None:
    name = headers.INSTITUTION.name
    codes = {text: code_of(text) for text in set(columns[name])}
    enrolled = dict(Enrolment.objects.filter(year=year).order_by().values_list("student_id", "institution__code"))
    for place, (text, student) in enumerate(zip(columns[name], students, strict=True)):
        school = enrolled.get(student) if student is not None else None
        if text and school is not None and codes[text] != school:
            columns.fail(
                place,
                name,
                _("Bu öğrenci bu yıl %(school)s kodlu kurumda kayıtlı; kodu ya da numarayı düzeltiniz.")
                % {"school": school},
            )


def _people_of(year: AcademicYear, digests: Sequence[str | None]) -> list[tuple[int, int, bool]]:
    """(place, id, enrolled in the year) of the province's students among these digests, in one statement whose text
    does not grow with them; asked in the order of the index."""
    table, enrolments = (connection.ops.quote_name(model._meta.db_table) for model in (Student, Enrolment))
    asked = {place: digest for place, digest in enumerate(digests) if digest is not None}
    places = sorted(asked, key=asked.__getitem__)
    wanted: Any = [asked[place] for place in places]
    listed, join = "unnest(%s::text[]) WITH ORDINALITY AS wanted(value, key)", "JOIN"
    if connection.vendor != "postgresql":
        # SQLite takes the tables of a cross join in the order written.
        listed, join, wanted = "json_each(%s) AS wanted", "CROSS JOIN", json.dumps(wanted)
    first = 1 if connection.vendor == "postgresql" else 0
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT wanted.key - {first:d}, s.id, EXISTS (SELECT 1 FROM {enrolments} e WHERE e.student_id = s.id "  # noqa: S608
            f"AND e.year_id = %s) FROM {listed} {join} {table} s ON s.province_id = %s "
            f"AND s.identity_digest = wanted.value",
            [year.pk, wanted, year.province_id],
        )
        return [(places[number], student, is_enrolled) for number, student, is_enrolled in cursor.fetchall()]
