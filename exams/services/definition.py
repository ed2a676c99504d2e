"""Defining an exam: what was asked, when, and how wrong answers count."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from common.audit import changed_fields, record
from common.errors import UserError
from common.text import clean, fold
from exams.models import (
    Exam,
    ExamFamily,
    ExamKind,
    ExamLevel,
    ExamSubject,
    ExamVersion,
    StudentResult,
    SubjectResult,
    TopicResult,
)
from schools.models import AcademicYear
from schools.subjects import subject_key

MOST_QUESTIONS = 500
MOST_SUBJECTS = 40
MOST_DIVISOR = 20

_CODE = re.compile(r"\w[\w.\-]*")
_ASIDE = 10_000


@transaction.atomic
def define_exam(
    *,
    year: AcademicYear,
    code: str,
    family: str,
    kind: str,
    level: str,
    date: datetime.date,
    divisor: int,
    subjects: Sequence[tuple[str, int]],
    name: str = "",
    by: User | None,
) -> Exam:
    """The exam with this code in the year, made or brought to this definition; the same again changes nothing.

    ``subjects`` are names with their numbers of questions in the exam's order; ``divisor`` 0 means that wrong answers
    cost nothing. An unknown family is made. Whatever results are computed from (all but the name) makes a new version
    of the exam. A number of questions may fall below results that are there: those of the corrected file replace them.
    Raises ``UserError`` for a definition that can't be and for a subject that has results and is missing now.
    """
    locked = AcademicYear.objects.select_for_update().get(pk=year.pk)
    wanted = _checked_subjects(subjects)
    values: dict[str, Any] = {
        "family": _family(family),
        "kind": _choice(ExamKind, kind),
        "level": _choice(ExamLevel, level),
        "date": _checked_date(date, locked),
        "divisor": _checked_divisor(divisor),
    }
    key = _checked_code(code)
    exam = Exam.objects.select_for_update(of=("self",)).filter(year=locked, code=key).select_related("family").first()
    title = clean(name)[:160]
    if exam is None:
        exam = Exam.objects.create(year=locked, code=key, name=title or key, **values)
        _write_subjects(exam, wanted)
        _write_version(exam, by)
        record(action="exam.define", target=exam, by=by, after=definition_of(exam))
        return exam
    before = {**definition_of(exam), "name": exam.name}
    for attribute, value in values.items():
        setattr(exam, attribute, value)
    exam.name = title or exam.name
    _write_subjects(exam, wanted)
    after = {**definition_of(exam), "name": exam.name}
    old, new = changed_fields(before, after)
    if not new:
        return exam
    if new.keys() != {"name"}:
        exam.version += 1
        _write_version(exam, by)
    exam.save()
    record(action="exam.redefine", target=exam, by=by, before=old, after=new)
    return exam


def template_of(family: str) -> dict[str, Any] | None:
    """What a new exam of the family takes unless told otherwise: kind, level, divisor, subjects; None: no template."""
    found = _known_families().get(fold(clean(family)))
    if found is None or not found.kind:
        return None
    subjects = list(found.subjects.order_by("order").values_list("name", "questions"))
    return {"kind": found.kind, "level": found.level, "divisor": found.divisor, "subjects": subjects}


def definition_of(exam: Exam) -> dict[str, Any]:
    """The definition as it stands now, as plain values: what an exam's version keeps."""
    subjects = exam.subjects.order_by("order").values_list("name", "questions")
    return {
        "family": exam.family.code,
        "kind": str(exam.kind),
        "level": str(exam.level),
        "date": exam.date.isoformat(),
        "divisor": exam.divisor,
        "subjects": [[name, questions] for name, questions in subjects],
    }


def _write_version(exam: Exam, by: User | None) -> None:
    ExamVersion.objects.create(
        exam=exam,
        number=exam.version,
        source=ExamVersion.Source.DEFINITION,
        definition=definition_of(exam),
        created_by=by,
    )


def _write_subjects(exam: Exam, wanted: dict[str, tuple[str, int]]) -> None:
    """Bring the exam's subjects to the wanted ones; a subject keeps its row as long as its key stays."""
    present = {subject.key: subject for subject in exam.subjects.order_by("order")}
    _remove([subject for key, subject in present.items() if key not in wanted])
    changed: list[ExamSubject] = []
    added: list[ExamSubject] = []
    for order, (key, (name, questions)) in enumerate(wanted.items(), 1):
        subject = present.get(key)
        if subject is None:
            added.append(ExamSubject(exam=exam, order=order, name=name, key=key, questions=questions))
        elif (subject.order, subject.name, subject.questions) != (order, name, questions):
            subject.order, subject.name, subject.questions = order, name, questions
            changed.append(subject)
    _set_aside(changed)
    ExamSubject.objects.bulk_update(changed, ["order", "name", "questions"])
    ExamSubject.objects.bulk_create(added)
    for subject in added:
        _add_untaken(exam, subject)


def _set_aside(subjects: list[ExamSubject]) -> None:
    """Free the places of these subjects, so that two of them may change places."""
    places = [subject.order for subject in subjects]
    for subject, place in zip(subjects, places, strict=True):
        subject.order = _ASIDE + place
    ExamSubject.objects.bulk_update(subjects, ["order"])
    for subject, place in zip(subjects, places, strict=True):
        subject.order = place


def _remove(subjects: list[ExamSubject]) -> None:
    for subject in subjects:
        if SubjectResult.objects.filter(subject=subject, correct__isnull=False).exists():
            raise UserError(
                _(
                    "%(subject)s dersinin sonuçları kayıtlı, ders sınavdan çıkarılamaz; dersi listeye ekleyiniz ya da "
                    "önce o sonuçların aktarımını geri alınız."
                )
                % {"subject": subject.name}
            )
        TopicResult.objects.filter(topic__subject=subject)._raw_delete("default")
        SubjectResult.objects.filter(subject=subject)._raw_delete("default")
        subject.delete()


def _add_untaken(exam: Exam, subject: ExamSubject) -> None:
    """Every student of the exam has a row for every subject; nobody has taken a new one yet."""
    SubjectResult.objects.bulk_create(
        (
            SubjectResult(result_id=result, subject=subject)
            for result in StudentResult.objects.filter(exam=exam).order_by("pk").values_list("pk", flat=True)
        ),
        batch_size=2000,
    )


def _family(code: str) -> ExamFamily:
    """The family with this code, whatever its casing; made where there is none."""
    wanted = clean(code)
    if not wanted or len(wanted) > 20 or not _CODE.fullmatch(wanted):
        raise UserError(
            _("“%(code)s” bir sınav ailesi kodu olamaz; LGS ya da IZLEME-8 gibi, boşluksuz yazınız.")
            % {"code": wanted[:40]}
        )
    return _known_families().get(fold(wanted)) or ExamFamily.objects.create(code=wanted)


def _known_families() -> dict[str, ExamFamily]:
    return {fold(family.code): family for family in ExamFamily.objects.order_by("-pk")}


def _checked_code(code: str) -> str:
    wanted = clean(code)
    if len(wanted) > 40 or not _CODE.fullmatch(wanted):
        raise UserError(
            _("“%(code)s” bir sınav kodu olamaz; LGS-2021 gibi, boşluksuz ve en çok 40 karakterle yazınız.")
            % {"code": wanted[:60]}
        )
    return wanted


def _choice(choices: Any, value: str) -> str:
    if value not in choices.values:
        raise UserError(
            _("“%(value)s” olamaz; şunlardan birini yazınız: %(known)s.")
            % {"value": str(value)[:40], "known": ", ".join(choices.values)}
        )
    return str(value)


def _checked_date(date: datetime.date, year: AcademicYear) -> datetime.date:
    if str(date.year) not in year.name.split("-"):
        raise UserError(
            _("%(date)s günü %(year)s eğitim-öğretim yılında değil; tarihi ya da yılı düzeltiniz.")
            % {"date": f"{date:%d.%m.%Y}", "year": year.name}
        )
    return date


def _checked_divisor(divisor: int) -> int:
    if not 0 <= divisor <= MOST_DIVISOR:
        raise UserError(
            _(
                "Bir doğruyu götüren yanlış sayısı 0 ile %(most)s arasında olmalıdır; yanlış doğruyu götürmüyorsa 0 "
                "yazınız."
            )
            % {"most": MOST_DIVISOR}
        )
    return divisor


def _checked_subjects(subjects: Sequence[tuple[str, int]]) -> dict[str, tuple[str, int]]:
    """(name, questions) by the key of each subject, in the given order."""
    if not 1 <= len(subjects) <= MOST_SUBJECTS:
        raise UserError(_("Sınavın en az bir, en çok %(most)s dersi olmalıdır.") % {"most": MOST_SUBJECTS})
    checked: dict[str, tuple[str, int]] = {}
    for given, questions in subjects:
        name = clean(given)
        key = subject_key(name)
        if not key or len(name) > 60:
            raise UserError(
                _("“%(name)s” bir ders adı olamaz; en çok 60 karakterlik bir ad yazınız.") % {"name": name[:80]}
            )
        if "," in name:
            raise UserError(_("Ders adında virgül olamaz: “%(name)s”.") % {"name": name})
        if key in checked:
            raise UserError(_("%(name)s dersi iki kez yazılmış; birini siliniz.") % {"name": name})
        if not 1 <= questions <= MOST_QUESTIONS:
            raise UserError(
                _("%(name)s dersinin soru sayısı 1 ile %(most)s arasında olmalıdır.")
                % {"name": name, "most": MOST_QUESTIONS}
            )
        checked[key] = (name, questions)
    return checked
