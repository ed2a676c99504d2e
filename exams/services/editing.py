"""The definition as a form sends it: what ``define_exam`` writes, and the topics of the subjects."""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Mapping, Sequence

from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from accounts.models import User
from common.audit import record
from common.errors import Conflict, UserError
from common.text import clean, plain_key
from exams.models import Exam, ExamSubject, ExamTopic
from exams.services.definition import define_exam, definition_of
from schools.models import AcademicYear
from schools.subjects import subject_key

MOST_TOPICS = 60
ASIDE = 10_000

Topic = tuple[str, int | None]
Topics = Mapping[str, Sequence[Topic]]
"""By subject name: its topics with their numbers of questions (None: not known), in order."""


@transaction.atomic
def save_exam(
    *,
    year: AcademicYear,
    exam: Exam | None,
    digest: str,
    code: str,
    family: str,
    kind: str,
    level: str,
    date: datetime.date,
    divisor: int,
    subjects: Sequence[tuple[str, int]],
    topics: Topics,
    name: str,
    by: User,
) -> Exam:
    """Make a new exam (``exam`` None, the code must be free) or change one that stood at ``digest`` (``digest_of``).

    Raises ``Conflict`` when the exam changed since, ``UserError`` for what can't be.
    """
    AcademicYear.objects.select_for_update().get(pk=year.pk)
    if exam is None:
        if Exam.objects.filter(year=year, code=clean(code)).exists():
            raise UserError(_("Bu yıl %(code)s kodlu bir sınav var; başka bir kod yazınız.") % {"code": clean(code)})
    else:
        locked = Exam.objects.select_for_update(of=("self",)).get(pk=exam.pk)
        if digest_of(locked) != digest:
            raise Conflict(
                _("Siz düzenlerken sınav değişti; yeni hâlini aşağıda görüp değişikliğinizi yeniden yapınız.")
            )
        code = locked.code
    saved = define_exam(
        year=year,
        code=code,
        family=family,
        kind=kind,
        level=level,
        date=date,
        divisor=divisor,
        subjects=subjects,
        name=name,
        by=by,
    )
    _set_topics(saved, topics, by)
    return saved


def digest_of(exam: Exam) -> str:
    """SHA-256 of all that the form shows: name, definition and topics, of which only some make a version."""
    topics = ExamTopic.objects.filter(subject__exam=exam).order_by("subject__order", "order", "pk")
    shown = [exam.name, definition_of(exam), list(topics.values_list("subject__key", "name", "questions"))]
    return hashlib.sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest()


def _set_topics(exam: Exam, topics: Topics, by: User) -> None:
    wanted = {subject_key(subject): _checked(subject, found) for subject, found in topics.items()}
    before, after = {}, {}
    for subject in ExamSubject.objects.filter(exam=exam).order_by("order"):
        old = _topics_of(subject)
        new = list(wanted.get(subject.key, {}).values())
        if old != new:
            _write(subject, wanted.get(subject.key, {}))
            before[subject.name], after[subject.name] = old, new
    if after:
        record(action="exam.topics", target=exam, by=by, before=before, after=after)


def _topics_of(subject: ExamSubject) -> list[Topic]:
    return list(subject.topics.order_by("order").values_list("name", "questions"))


def _checked(subject: str, topics: Sequence[Topic]) -> dict[str, Topic]:
    if len(topics) > MOST_TOPICS:
        raise UserError(
            _("%(subject)s dersinin en çok %(most)s konusu olabilir.") % {"subject": subject, "most": MOST_TOPICS}
        )
    checked: dict[str, Topic] = {}
    for given, questions in topics:
        name = clean(given)
        key = plain_key(name)
        if not key or len(name) > 80:
            raise UserError(_("“%(name)s” bir konu adı olamaz; en çok 80 karakterle yazınız.") % {"name": name[:90]})
        if key in checked:
            raise UserError(
                _("%(subject)s dersinde %(name)s konusu iki kez yazılmış; birini siliniz.")
                % {"subject": subject, "name": name}
            )
        if questions is not None and not 1 <= questions <= 500:
            raise UserError(_("%(name)s konusunun soru sayısı 1 ile 500 arasında olmalıdır.") % {"name": name})
        checked[key] = (name, questions)
    return checked


def _write(subject: ExamSubject, wanted: Mapping[str, Topic]) -> None:
    """Bring the topics to the wanted ones; a topic keeps its row, and its results, as long as its key stays."""
    present = {topic.key: topic for topic in subject.topics.order_by("order")}
    for key, topic in present.items():
        if key not in wanted:
            try:
                topic.delete()
            except ProtectedError:
                raise UserError(
                    _("%(topic)s konusunun sonuçları kayıtlı, konu çıkarılamaz; konuyu listeye ekleyiniz.")
                    % {"topic": topic.name}
                ) from None
    kept = [topic for key, topic in present.items() if key in wanted]
    for topic in kept:
        topic.order += ASIDE
    ExamTopic.objects.bulk_update(kept, ["order"])
    added = []
    for order, (key, (name, questions)) in enumerate(wanted.items(), start=1):
        if key in present:
            known = present[key]
            known.order, known.name, known.questions = order, name, questions
        else:
            added.append(ExamTopic(subject=subject, order=order, name=name, key=key, questions=questions))
    ExamTopic.objects.bulk_update(kept, ["order", "name", "questions"])
    ExamTopic.objects.bulk_create(added)
