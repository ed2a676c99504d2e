"""Who teaches and who coaches, one at a time, as a school's commission keeps it. Files are written by ``teaching``."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from common.audit import record
from common.errors import Conflict, UserError
from common.text import clean
from schools.models import Coaching, Enrolment, Posting, Section, StaffMember, TeachingAssignment
from schools.selectors.teaching import COACHED_GRADES
from schools.subjects import subject_key


@transaction.atomic
def assign_teacher(*, section: Section, teacher: StaffMember, subject: str, by: User | None) -> TeachingAssignment:
    """A teacher of the school teaches a subject in a section; more than one may.

    A subject that the section or the school has already keeps its spelling there. Raises ``UserError`` for a person
    who doesn't work there that year or a subject without a letter, ``Conflict`` for an assignment that exists.
    """
    locked = Section.objects.select_for_update(of=("self",)).get(pk=section.pk)
    name, key = clean(subject), subject_key(subject)
    if not key:
        raise UserError(_("Dersin adını yazınız (örneğin Matematik)."))
    _require_posting(teacher, locked)
    known = TeachingAssignment.objects.filter(section__year=locked.year_id, subject_key=key)
    if known.filter(section=locked, teacher=teacher).exists():
        raise Conflict(_("%(name)s bu şubede bu dersin öğretmeni zaten.") % {"name": teacher.full_name})
    spelled = known.filter(section__institution=locked.institution_id).order_by("pk").values_list("subject", flat=True)
    found = TeachingAssignment.objects.create(
        section=locked, teacher=teacher, subject=spelled.first() or name, subject_key=key
    )
    record(action="teaching.add", target=found, by=by, after=_facts(found))
    return found


@transaction.atomic
def unassign_teacher(*, assignment: TeachingAssignment, by: User | None) -> None:
    """The teacher no longer teaches the subject in the section. Nothing happens where it is gone already."""
    found = TeachingAssignment.objects.select_for_update().filter(pk=assignment.pk).first()
    if found is None:
        return
    record(action="teaching.remove", target=found, by=by, before=_facts(found))
    found.delete()


@transaction.atomic
def assign_coach(*, enrolment: Enrolment, teacher: StaffMember, by: User | None) -> Coaching:
    """A teacher of the school coaches a final-year student in the year of the enrolment.

    Raises ``UserError`` for another grade or a person who doesn't work there, ``Conflict`` for a pair that exists.
    """
    locked = Enrolment.objects.select_for_update(of=("self",)).get(pk=enrolment.pk)
    if locked.grade not in COACHED_GRADES:
        raise UserError(_("Danışman öğretmen 8. ve 12. sınıf öğrencilerine verilir."))
    _require_posting(teacher, locked)
    found, is_new = Coaching.objects.get_or_create(
        year_id=locked.year_id, student_id=locked.student_id, teacher=teacher
    )
    if not is_new:
        raise Conflict(_("%(name)s bu öğrencinin danışmanı zaten.") % {"name": teacher.full_name})
    record(action="coaching.add", target=found, by=by, after={"teacher": teacher.pk, "student": locked.student_id})
    return found


@transaction.atomic
def unassign_coach(*, coaching: Coaching, by: User | None) -> None:
    """The teacher no longer coaches the student. Nothing happens where it is gone already."""
    found = Coaching.objects.select_for_update().filter(pk=coaching.pk).first()
    if found is None:
        return
    record(
        action="coaching.remove", target=found, by=by, before={"teacher": found.teacher_id, "student": found.student_id}
    )
    found.delete()


def _require_posting(teacher: StaffMember, place: Section | Enrolment) -> None:
    if not Posting.objects.filter(staff=teacher, year=place.year_id, institution=place.institution_id).exists():
        raise UserError(_("Bu kişi bu yıl bu okulda görevli değil; okulun personelinden birini seçiniz."))


def _facts(assignment: TeachingAssignment) -> dict[str, object]:
    return {
        "section": assignment.section_id,
        "subject": assignment.subject,
        "teacher": assignment.teacher_id,
    }
