"""Writes of imported exam results: in sets, inside the import's transaction, under a lock on the exam.

The import batch is their audit row (``common.imports.services``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import compress
from typing import Any

from django.db import connection, models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.errors import Conflict
from common.imports.bulk import Outcome, Row, Target, Written, insert, new_ids, upsert
from common.imports.kinds import Applied
from common.imports.sets import ANALYZE_FROM, SetWritten, refresh_statistics, temporary_table
from exams.models import UNITS, Exam, ExamSubject, ExamTopic, ExamVersion, StudentResult, SubjectResult, TopicResult
from exams.services.definition import definition_of

SHOWN_LINES = 20
LABELS = {
    "score_units": gettext_lazy("Puan"),
    "national_rank": gettext_lazy("Genel Sıra"),
    "province_rank": gettext_lazy("İl Sırası"),
    "percentile_units": gettext_lazy("Yüzdelik Dilim"),
}
"""What a results file may hold beside answers: column of ``StudentResult`` -> header."""


@dataclass(frozen=True)
class TopicColumns:
    """A konu that the file has columns for; it is made where the exam has none of that key."""

    subject_id: int
    key: str
    name: str


@dataclass(frozen=True)
class ResultColumns:
    """What stands in a line after the student's id: ``values`` (of ``LABELS``), then correct and wrong of each subject
    (by id), then of each topic. Both None: not taken."""

    values: tuple[str, ...]
    subjects: tuple[int, ...]
    topics: tuple[TopicColumns, ...] = ()


@dataclass(frozen=True)
class _Item:
    """A subject or topic: its id, its label, and the columns of the sent table (none: the file says nothing of it)."""

    pk: int
    label: str
    columns: tuple[str, str] | None


def write_results(
    *, exam: Exam, definition: dict[str, Any], columns: ResultColumns, lines: Sequence[Row], by: Any
) -> Applied:
    """Write results of students by id, at most one line each; the key of a line is the student's id.

    A subject without columns stays as it is, and is not taken by students who are new. A change makes a new version of
    the exam. ``definition`` is the one the lines were checked against; raises ``Conflict`` when it is another by now.
    """
    locked = locked_exam(exam.pk)
    if definition_of(locked) != definition:
        raise Conflict(_("Sınavın tanımı bu sırada değişti, hiçbir şey yazılmadı; dosyayı yeniden gönderiniz."))
    known = dict(StudentResult.objects.filter(exam=locked).order_by().values_list("student_id", "pk"))
    students = [line[0] for line in lines]
    is_new = [student not in known for student in students]
    new = list(compress(range(len(lines)), is_new))
    drawn = new_ids(StudentResult, len(new))
    known.update(zip(compress(students, is_new), drawn, strict=True))
    places = range(len(lines))
    rows = [(place, known[line[0]], fresh, *line) for place, fresh, line in zip(places, is_new, lines, strict=True)]
    topics, topic_ids = _write_topics(columns)
    subject_items, topic_items = _items(locked, columns, topic_ids)
    has_known = len(new) < len(lines)
    with temporary_table(_sent_columns(columns), rows) as sent:
        del rows
        parts = [
            _write_students(locked, sent, columns, drawn, has_known=has_known),
            _write_items(SubjectResult, "subject_id", sent, subject_items, drawn, has_known=has_known),
            _write_items(TopicResult, "topic_id", sent, topic_items, drawn, has_known=has_known),
        ]
    changed = {place for part in parts for place in part.places}
    outcomes = [Outcome.CREATED if fresh else Outcome.UNCHANGED for fresh in is_new]
    for place in changed:
        outcomes[place] = Outcome.UPDATED
    written: list[Written | SetWritten] = [*topics, *(part.written for part in parts)]
    if new or changed:
        written.append(_new_version(locked, ExamVersion.Source.IMPORT, by, created=len(new), updated=len(changed)))
    if len(new) + len(changed) >= ANALYZE_FROM:
        refresh_statistics(StudentResult, SubjectResult)
    return Applied(outcomes, written, [str(student) for student in students], [None] * len(written))


def locked_exam(pk: int) -> Exam:
    """The exam with its row locked until the transaction ends: whoever changes its results or definition waits here."""
    return Exam.objects.select_for_update(of=("self",)).select_related("family").get(pk=pk)


def write_undo_version(*, exam: Exam, by: Any) -> None:
    """Note that an import of the exam was taken back: a state of its own, so that readers see the change."""
    _new_version(locked_exam(exam.pk), ExamVersion.Source.UNDO, by)


@dataclass
class _Part:
    """What was written of one table so far, and the places of the lines in which something changed."""

    written: SetWritten
    places: set[int] = field(default_factory=set)

    @property
    def table(self) -> str:
        return _table(self.written.model)

    def show(self, rows: Sequence[Row], labels: Sequence[str]) -> None:
        """Tell people what changes in the first lines; rows hold place, id, old values, new values."""
        columns, width = self.written.columns, len(labels)
        lines = list(dict.fromkeys(row[0] for row in rows[: SHOWN_LINES * width]))[:SHOWN_LINES]
        for row in rows[: SHOWN_LINES * width]:
            if row[0] not in lines:
                continue
            pairs = zip(labels, columns, row[2 : 2 + width], row[2 + width :], strict=True)
            self.written.shown.setdefault(row[0], []).extend(
                {"label": label, "before": _shown(old, name), "after": _shown(new, name)}
                for label, name, old, new in pairs
                if old != new
            )


def _new_version(exam: Exam, source: str, by: Any, **counts: int) -> Written:
    exam.version += 1
    exam.save(update_fields=["version"])
    target = Target(
        model=ExamVersion,
        scope={
            "exam_id": exam.pk,
            "definition": definition_of(exam),
            "counts": counts,
            "created_by_id": None if by is None else by.pk,
        },
        columns=("number", "source"),
        key=(),
        update=(),
    )
    return insert(target, [(exam.version, str(source))])


def _sent_columns(columns: ResultColumns) -> list[tuple[str, str]]:
    pairs = len(columns.subjects) + len(columns.topics)
    return [
        ("place", "integer"),
        ("result_id", "bigint"),
        ("is_new", "boolean"),
        ("student_id", "bigint"),
        *((name, "bigint") for name in columns.values),
        *((f"{side}{number}", "smallint") for number in range(pairs) for side in ("c", "w")),
    ]


def _write_topics(columns: ResultColumns) -> tuple[list[Written], list[int]]:
    """Make the topics that are new; how many questions they have is not known from answers."""
    if not columns.topics:
        return [], []
    known = {
        (subject, key): (name, order, questions)
        for subject, key, name, order, questions in ExamTopic.objects.filter(
            subject__in={topic.subject_id for topic in columns.topics}
        )
        .order_by("subject", "order")
        .values_list("subject_id", "key", "name", "order", "questions")
    }
    last: dict[int, int] = {}
    for (subject, _key), (_name, order, _questions) in known.items():
        last[subject] = max(order, last.get(subject, 0))
    rows: list[Row] = []
    for topic in columns.topics:
        found = known.get((topic.subject_id, topic.key))
        if found is None:
            last[topic.subject_id] = last.get(topic.subject_id, 0) + 1
            rows.append((topic.subject_id, topic.key, topic.name, last[topic.subject_id], None))
        else:
            rows.append((topic.subject_id, topic.key, *found))
    target = Target(
        model=ExamTopic,
        columns=("subject_id", "key", "name", "order", "questions"),
        key=("subject_id", "key"),
        update=("questions",),
    )
    written = upsert(target, rows)
    return [written], written.ids


def _items(exam: Exam, columns: ResultColumns, topic_ids: Sequence[int]) -> tuple[list[_Item], list[_Item]]:
    """Every subject of the exam, and the topics of the file, with their columns in the sent table."""
    of_subject = {pk: number for number, pk in enumerate(columns.subjects)}
    subjects = [
        _Item(pk, name, _pair(of_subject[pk]) if pk in of_subject else None)
        for pk, name in ExamSubject.objects.filter(exam=exam).order_by("order").values_list("pk", "name")
    ]
    names = {item.pk: item.label for item in subjects}
    topics = [
        _Item(pk, f"{names[topic.subject_id]} / {topic.name}", _pair(len(columns.subjects) + number))
        for number, (pk, topic) in enumerate(zip(topic_ids, columns.topics, strict=True))
    ]
    return subjects, topics


def _pair(number: int) -> tuple[str, str]:
    return f"c{number}", f"w{number}"


def _write_students(exam: Exam, sent: str, columns: ResultColumns, drawn: Sequence[int], *, has_known: bool) -> _Part:
    """Scores and ranks; a result row for each student who is new."""
    names = columns.values
    part = _Part(SetWritten(StudentResult, names, drawn))
    listed = "".join(f", {name}" for name in names)
    with connection.cursor() as cursor:
        if has_known and names:
            labels = [str(LABELS[name]) for name in names]
            _write_changes(cursor, part, sent, "kept.id = sent.result_id", names, labels)
        if drawn:
            cursor.execute(
                f"INSERT INTO {_table(StudentResult)} (id, exam_id, student_id{listed}) "  # noqa: S608
                f"SELECT result_id, %s, student_id{listed} FROM {sent} WHERE is_new{_in_order('place')}",
                [exam.pk],
            )
    return part


def _write_items(
    model: type[models.Model],
    item_column: str,
    sent: str,
    items: Sequence[_Item],
    drawn: Sequence[int],
    *,
    has_known: bool,
) -> _Part:
    """Answers by subject or by topic: a row for each of ``items``, for students who are new and for known ones."""
    part = _Part(SetWritten(model, ("correct", "wrong"), under=("result_id", drawn)))
    if not items:
        return part
    insert_into = f"INSERT INTO {_table(model)} (result_id, {item_column}, correct, wrong) "
    with connection.cursor() as cursor:
        if has_known:
            missing = False
            for item in items:
                join = f"kept.result_id = sent.result_id AND kept.{item_column} = {item.pk:d}"
                if item.columns is not None:
                    labels = [f"{item.label} D", f"{item.label} Y"]
                    missing |= _write_changes(cursor, part, sent, join, ("correct", "wrong"), labels, item.columns)
            if missing:
                present = (
                    f"SELECT 1 FROM {_table(model)} AS kept "  # noqa: S608
                    f"WHERE kept.result_id = sent.result_id AND kept.{item_column} = item.pk"
                )
                rows = _item_rows(sent, items, f"NOT sent.is_new AND NOT EXISTS ({present})")
                cursor.execute(f"{insert_into}{rows} RETURNING id")
                part.written.created = sorted(row[0] for row in cursor.fetchall())
        if drawn:
            cursor.execute(insert_into + _item_rows(sent, items, "sent.is_new"))
    return part


def _item_rows(sent: str, items: Sequence[_Item], condition: str) -> str:
    """SELECT of (result_id, item, correct, wrong), students in the order of the file."""
    listed = ", ".join(f"({number}, {item.pk:d})" for number, item in enumerate(items))

    def pick(side: int) -> str:
        cases = " ".join(
            f"WHEN {number} THEN sent.{item.columns[side]}" for number, item in enumerate(items) if item.columns
        )
        return f"CASE item.number {cases} END" if cases else "CAST(NULL AS smallint)"

    return (
        f"WITH item(number, pk) AS (VALUES {listed}) "  # noqa: S608
        f"SELECT sent.result_id, item.pk, {pick(0)}, {pick(1)} "
        f"FROM {sent} AS sent CROSS JOIN item WHERE {condition}{_in_order('sent.place, item.number')}"
    )


def _in_order(columns: str) -> str:
    """SQLite reads a table in the order of its rows, and those of a cross join as written; a sort would only cost
    time."""
    return f" ORDER BY {columns}" if connection.vendor == "postgresql" else ""


def _write_changes(
    cursor: Any,
    part: _Part,
    sent: str,
    join: str,
    names: Sequence[str],
    labels: Sequence[str],
    sent_names: Sequence[str] | None = None,
) -> bool:
    """Update the kept rows that differ from the sent ones, noting what they were; whether a kept row is missing."""
    table, pairs = part.table, list(zip(names, sent_names or names, strict=True))
    differs = "IS DISTINCT FROM" if connection.vendor == "postgresql" else "IS NOT"
    different = " OR ".join(f"kept.{name} {differs} sent.{other}" for name, other in pairs)
    old = ", ".join(f"kept.{name}" for name, _other in pairs)
    new = ", ".join(f"sent.{other}" for _name, other in pairs)
    cursor.execute(
        f"SELECT sent.place, kept.id, {old}, {new} FROM {sent} AS sent LEFT JOIN {table} AS kept ON {join} "  # noqa: S608
        f"WHERE NOT sent.is_new AND (kept.id IS NULL OR {different}) ORDER BY sent.place"
    )
    found = cursor.fetchall()
    width = len(pairs)
    missing = [row[0] for row in found if row[1] is None]
    changed = [row for row in found if row[1] is not None] if missing else found
    part.places.update(row[0] for row in found)
    if changed:
        settings = ", ".join(f"{name} = sent.{other}" for name, other in pairs)
        cursor.execute(
            f"UPDATE {table} AS kept SET {settings} FROM {sent} AS sent "  # noqa: S608
            f"WHERE NOT sent.is_new AND {join} AND ({different})"
        )
        part.written.changes.extend((row[1], tuple(row[2 : 2 + width])) for row in changed)
        part.show(changed, labels)
    return bool(missing)


def _table(model: type[models.Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def _shown(value: int | None, name: str) -> str:
    if value is None:
        return ""
    if name.endswith("_units"):
        return format((Decimal(value) / UNITS).normalize(), "f").replace(".", ",")
    return str(value)
