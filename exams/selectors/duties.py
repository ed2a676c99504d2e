"""Which subjects a school's sections sat without anybody noted as teaching them."""

from __future__ import annotations

from dataclasses import dataclass

from exams.models import FINAL_GRADES, Exam, ExamLevel, ExamSubject
from exams.models.exams import ExamKind
from schools.models import Enrolment, Institution, TeachingAssignment


@dataclass(frozen=True)
class Untaught:
    """A subject and the sections (``8/A``) in which nobody is noted as its teacher."""

    subject: str
    sections: tuple[str, ...]


def untaught_subjects(exam: Exam, institution: Institution) -> list[Untaught]:
    """Subjects of a central exam whose teachers cannot be ranked for want of a ders görevi, in the exam's order.

    Final-year sections with somebody in the exam's file; three queries. Empty for other kinds of exam: teachers are
    ranked by central exams only.
    """
    if exam.kind != ExamKind.CENTRAL:
        return []
    grade = FINAL_GRADES[ExamLevel(exam.level)]
    place = {"year": exam.year_id, "institution": institution, "grade": grade}
    sat = Enrolment.objects.filter(student__exam_results__exam=exam, **place).order_by("section_name")
    sections = list(sat.values_list("section_name", flat=True).distinct())
    duties = TeachingAssignment.objects.filter(
        **{f"section__{name}": value for name, value in place.items()}
    ).order_by()
    taught = set(duties.values_list("section__name", "subject_key"))
    subjects = ExamSubject.objects.filter(exam=exam).order_by("order").values_list("name", "key")
    found = (
        Untaught(name, tuple(f"{grade}/{section}" for section in sections if (section, key) not in taught))
        for name, key in subjects
    )
    return [each for each in found if each.sections]
