"""Who must sit on a school's commission, checked against who does: what is missing, as sentences."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from common.text import fold
from schools.models.commissions import SeatRole
from schools.models.people import Title
from schools.models.units import Category

BRANCH_CATEGORIES = frozenset({Category.MIDDLE, Category.HIGH, Category.PROJECT_HIGH})
PRINCIPALS = frozenset({Title.PRINCIPAL, Title.RESPONSIBLE_DEPUTY})
TEAM_TEACHERS = 2

GENERAL_BRANCHES = frozenset(
    fold(name)
    for name in (
        "Almanca|Arapça|Beden Eğitimi|Beden Eğitimi ve Spor|Bilişim Teknolojileri ve Yazılım|Biyoloji|Coğrafya|"
        "Din Kültürü ve Ahlak Bilgisi|Edebiyat|Felsefe|Fen Bilimleri|Fen Bilimleri/Fen ve Teknoloji|Fizik|Fransızca|"
        "Görsel Sanatlar|Görsel Sanatlar/Resim|İHL Meslek Dersleri|İlköğretim Matematik|İngilizce|İspanyolca|Kimya|"
        "Matematik|Müzik|Özel Eğitim|Psikoloji|Rusça|Sosyal Bilgiler|Sosyoloji|Tarih|Teknoloji ve Tasarım|"
        "Türk Dili ve Edebiyatı|Türkçe"
    ).split("|")
)
"""Branches of general education; every other branch at a vocational high school is one of its fields (alan)."""


@dataclass(frozen=True)
class Member:
    """A seat in force with the person's posting at the school that year (no title without one)."""

    staff_id: int
    role: str
    title: str = ""
    branch: str = ""

    @property
    def is_preschool_teacher(self) -> bool:
        return self.title == Title.PRESCHOOL_TEACHER or self._teaches("okul oncesi")

    @property
    def is_class_teacher(self) -> bool:
        return self.title == Title.CLASS_TEACHER or self._teaches("sinif ogretmen")

    @property
    def is_counsellor(self) -> bool:
        return is_counsellor(self.title, self.branch)

    @property
    def is_branch_teacher(self) -> bool:
        return self.title == Title.TEACHER and not (
            self.is_counsellor or self.is_class_teacher or self.is_preschool_teacher
        )

    @property
    def is_field_teacher(self) -> bool:
        return self.is_branch_teacher and bool(self.branch) and fold(self.branch) not in GENERAL_BRANCHES

    def _teaches(self, start: str) -> bool:
        return self.title == Title.TEACHER and fold(self.branch).startswith(start)


def is_counsellor(title: str, branch: str) -> bool:
    """Whether a posting is that of the school's counsellor (rehber öğretmen, psikolojik danışman)."""
    return title == Title.COUNSELLOR or (
        title == Title.TEACHER and fold(branch).startswith(("rehber", "psikolojik danisman"))
    )


@dataclass(frozen=True)
class SchoolFacts:
    """What the check needs to know of a school and year.

    ``top_guides`` are the class guide teachers (in a primary school: the class teachers) of the highest grade.
    """

    category: str
    is_vocational: bool = False
    has_counsellor: bool = False
    top_grade: int | None = None
    top_guides: frozenset[int] = frozenset()


def missing_members(facts: SchoolFacts, members: Collection[Member]) -> list[str]:
    """Sentences that say who is missing, most important first; empty for a complete commission.

    The coordinator and the chair don't count as team members. The documents say nothing about özel eğitim and
    provincial institutions: there only the chair and the coordinator are asked for.
    """
    sentences = _leaders(members)
    team = [member for member in members if member.role not in (SeatRole.CHAIR, SeatRole.COORDINATOR)]
    if facts.category == Category.PRESCHOOL:
        sentences += _too_few(
            sum(member.is_preschool_teacher for member in team),
            _("Komisyonda en az iki okul öncesi öğretmeni bulunmalıdır; %(count)d öğretmen eksik."),
        )
    elif facts.category == Category.PRIMARY:
        sentences += _with_counsel(facts, members, [member for member in team if member.is_class_teacher])
    elif facts.category in BRANCH_CATEGORIES:
        sentences += _with_counsel(facts, members, [member for member in team if member.is_branch_teacher])
    return sentences


def _leaders(members: Collection[Member]) -> list[str]:
    sentences = []
    chairs = [member for member in members if member.role == SeatRole.CHAIR]
    if not chairs:
        sentences.append(_("Komisyon başkanı olarak okul müdürü eksik."))
    elif not any(member.title in PRINCIPALS for member in chairs):
        sentences.append(_("Komisyon başkanı okulun müdürü olmalıdır; başkan bu yıl bu okulda müdür görünmüyor."))
    if not any(member.role == SeatRole.COORDINATOR for member in members):
        sentences.append(_("Okul proje sorumlusu öğretmen eksik."))
    return sentences


def _with_counsel(facts: SchoolFacts, members: Collection[Member], teachers: Sequence[Member]) -> list[str]:
    """Teachers of the team, and the counsellor; in a school without one, a teacher of the highest grade besides."""
    if facts.has_counsellor:
        present = any(member.is_counsellor for member in members)
        counsel = [] if present else [_("Okulun rehber öğretmeni (psikolojik danışman) komisyonda yer almalıdır.")]
        return _teachers(facts, teachers) + counsel
    guides = [member for member in teachers if member.staff_id in facts.top_guides]
    if not guides:
        return [*_teachers(facts, teachers), _guide_wanted(facts)]
    rests = ([member for member in teachers if member is not guide] for guide in guides)
    return min((_teachers(facts, rest) for rest in rests), key=lambda sentences: (len(sentences), sentences))


def _teachers(facts: SchoolFacts, teachers: Sequence[Member]) -> list[str]:
    if facts.category == Category.PRIMARY:
        return _too_few(
            len(teachers), _("Komisyonda en az iki sınıf öğretmeni bulunmalıdır; %(count)d öğretmen eksik.")
        )
    fields = min(TEAM_TEACHERS, sum(member.is_field_teacher for member in teachers)) if facts.is_vocational else 0
    sentences = _too_few(
        len(teachers) - fields, _("Komisyonda en az iki branş öğretmeni bulunmalıdır; %(count)d öğretmen eksik.")
    )
    if facts.is_vocational:
        sentences += _too_few(
            fields, _("Meslek lisesinde ayrıca en az iki alan öğretmeni bulunmalıdır; %(count)d öğretmen eksik.")
        )
    return sentences


def _guide_wanted(facts: SchoolFacts) -> str:
    primary = facts.category == Category.PRIMARY
    if not facts.top_guides:
        return (
            _(
                "Okulda rehber öğretmen olmadığından en üst sınıfın sınıf öğretmenlerinden biri komisyonda yer "
                "almalıdır; okulun şube öğretmenleri henüz kayıtlı değil."
            )
            if primary
            else _(
                "Okulda rehber öğretmen olmadığından en üst sınıfın sınıf rehber öğretmenlerinden biri komisyonda yer "
                "almalıdır; okulun sınıf rehber öğretmenleri henüz kayıtlı değil."
            )
        )
    sentence = (
        _(
            "Okulda rehber öğretmen olmadığından %(grade)d. sınıfın sınıf öğretmenlerinden biri komisyonda yer "
            "almalıdır."
        )
        if primary
        else _(
            "Okulda rehber öğretmen olmadığından %(grade)d. sınıfın sınıf rehber öğretmenlerinden biri komisyonda yer "
            "almalıdır."
        )
    )
    return sentence % {"grade": facts.top_grade or 0}


def _too_few(count: int, sentence: str) -> list[str]:
    return [sentence % {"count": TEAM_TEACHERS - count}] if count < TEAM_TEACHERS else []
