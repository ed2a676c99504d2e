"""Who is missing from a school's commission, in sentences; one case a line."""

import pytest

from schools.composition import Member, SchoolFacts, missing_members
from schools.models.commissions import CommissionKind, SeatRole
from schools.models.people import Title
from schools.models.units import Category
from schools.selectors import composition_of
from tests.factories.schools import CommissionFactory, InstitutionFactory, SeatFactory, SectionFactory, StaffFactory

NO_CHAIR = "Komisyon başkanı olarak okul müdürü eksik."
WRONG_CHAIR = "Komisyon başkanı okulun müdürü olmalıdır; başkan bu yıl bu okulda müdür görünmüyor."
NO_COORDINATOR = "Okul proje sorumlusu öğretmen eksik."
COUNSELLOR = "Okulun rehber öğretmeni (psikolojik danışman) komisyonda yer almalıdır."

CHAIR = Member(1, SeatRole.CHAIR, Title.PRINCIPAL)
COORDINATOR = Member(2, SeatRole.COORDINATOR, Title.TEACHER, "Fen Bilimleri")
LEADERS = [CHAIR, COORDINATOR]


def member(number, title=Title.TEACHER, branch="Türkçe"):
    return Member(number, SeatRole.MEMBER, title, branch)


PRESCHOOL = [member(10, Title.PRESCHOOL_TEACHER, ""), member(11, branch="Okul Öncesi")]
CLASS = [member(20, Title.CLASS_TEACHER, ""), member(21, branch="Sınıf Öğretmenliği")]
BRANCH = [member(30, branch="Türkçe"), member(31, branch="İngilizce")]
FIELD = [member(40, branch="Makine Teknolojisi"), member(41, branch="Yiyecek İçecek Hizmetleri")]
GUIDANCE = [member(50, Title.COUNSELLOR, "Rehberlik")]
GUIDE = member(60, branch="Matematik")
CLASS_GUIDE = member(61, Title.CLASS_TEACHER, "")


def facts(category, counsellor=False, top=None, guides=(), vocational=False):
    return SchoolFacts(category, vocational, counsellor, top, frozenset(guides))


NO_COUNSELLOR = "Okulda rehber öğretmen olmadığından"
UNKNOWN_SECTIONS = (
    f"{NO_COUNSELLOR} en üst sınıfın sınıf öğretmenlerinden biri komisyonda yer almalıdır; "
    "okulun şube öğretmenleri henüz kayıtlı değil."
)
SENTENCES = {
    "preschool": "Komisyonda en az iki okul öncesi öğretmeni bulunmalıdır; %d öğretmen eksik.",
    "class": "Komisyonda en az iki sınıf öğretmeni bulunmalıdır; %d öğretmen eksik.",
    "branch": "Komisyonda en az iki branş öğretmeni bulunmalıdır; %d öğretmen eksik.",
    "field": "Meslek lisesinde ayrıca en az iki alan öğretmeni bulunmalıdır; %d öğretmen eksik.",
    "guide": f"{NO_COUNSELLOR} %d. sınıfın sınıf rehber öğretmenlerinden biri komisyonda yer almalıdır.",
    "class guide": f"{NO_COUNSELLOR} %d. sınıfın sınıf öğretmenlerinden biri komisyonda yer almalıdır.",
}


def lacks(kind, number):
    return SENTENCES[kind] % number


CASES = {
    "preschool complete": (facts(Category.PRESCHOOL), LEADERS + PRESCHOOL, []),
    "preschool: nobody": (facts(Category.PRESCHOOL), [], [NO_CHAIR, NO_COORDINATOR, lacks("preschool", 2)]),
    "preschool: one teacher": (facts(Category.PRESCHOOL), LEADERS + PRESCHOOL[:1], [lacks("preschool", 1)]),
    "preschool: a branch teacher doesn't count": (
        facts(Category.PRESCHOOL),
        [*LEADERS, PRESCHOOL[0], BRANCH[0]],
        [lacks("preschool", 1)],
    ),
    "preschool needs no counsellor": (facts(Category.PRESCHOOL, counsellor=True), LEADERS + PRESCHOOL, []),
    "the chair must be the principal": (
        facts(Category.PRESCHOOL),
        [Member(1, SeatRole.CHAIR, Title.DEPUTY), COORDINATOR, *PRESCHOOL],
        [WRONG_CHAIR],
    ),
    "the coordinator is none of the two teachers": (
        facts(Category.PRESCHOOL),
        [CHAIR, Member(2, SeatRole.COORDINATOR, Title.PRESCHOOL_TEACHER), PRESCHOOL[0]],
        [lacks("preschool", 1)],
    ),
    "primary with counsellor": (facts(Category.PRIMARY, counsellor=True), LEADERS + CLASS + GUIDANCE, []),
    "primary whose counsellor is missing": (facts(Category.PRIMARY, counsellor=True), LEADERS + CLASS, [COUNSELLOR]),
    "primary without counsellor, a 4th grade teacher besides": (
        facts(Category.PRIMARY, top=4, guides={61}),
        [*LEADERS, *CLASS, CLASS_GUIDE],
        [],
    ),
    "primary: the 4th grade teacher is not one of the two": (
        facts(Category.PRIMARY, top=4, guides={61}),
        [*LEADERS, CLASS[0], CLASS_GUIDE],
        [lacks("class", 1)],
    ),
    "primary: nobody of the highest grade": (
        facts(Category.PRIMARY, top=4, guides={99}),
        LEADERS + CLASS,
        [lacks("class guide", 4)],
    ),
    "primary: sections unknown": (
        facts(Category.PRIMARY),
        LEADERS + CLASS,
        [UNKNOWN_SECTIONS],
    ),
    "middle with counsellor": (facts(Category.MIDDLE, counsellor=True), LEADERS + BRANCH + GUIDANCE, []),
    "middle: the counsellor is no branch teacher": (
        facts(Category.MIDDLE, counsellor=True),
        [*LEADERS, BRANCH[0], *GUIDANCE],
        [lacks("branch", 1)],
    ),
    "middle without counsellor, a class guide of grade 8 besides": (
        facts(Category.MIDDLE, top=8, guides={60}),
        [*LEADERS, *BRANCH, GUIDE],
        [],
    ),
    "middle: both branch teachers are class guides": (
        facts(Category.MIDDLE, top=8, guides={30, 31}),
        LEADERS + BRANCH,
        [lacks("branch", 1)],
    ),
    "middle: everything is missing": (
        facts(Category.MIDDLE, counsellor=True),
        [],
        [NO_CHAIR, NO_COORDINATOR, lacks("branch", 2), COUNSELLOR],
    ),
    "high as middle": (facts(Category.HIGH, top=12, guides={99}), LEADERS + BRANCH, [lacks("guide", 12)]),
    "project high as high": (facts(Category.PROJECT_HIGH, counsellor=True), LEADERS + BRANCH + GUIDANCE, []),
    "vocational complete": (
        facts(Category.HIGH, counsellor=True, vocational=True),
        LEADERS + BRANCH + FIELD + GUIDANCE,
        [],
    ),
    "vocational: field teachers come besides": (
        facts(Category.HIGH, counsellor=True, vocational=True),
        LEADERS + BRANCH + GUIDANCE,
        [lacks("field", 2)],
    ),
    "vocational: field teachers alone": (
        facts(Category.HIGH, counsellor=True, vocational=True),
        LEADERS + FIELD + GUIDANCE,
        [lacks("branch", 2)],
    ),
    "vocational: four field teachers are also branch teachers": (
        facts(Category.HIGH, counsellor=True, vocational=True),
        [*LEADERS, *FIELD, member(42, branch="Grafik ve Fotoğraf"), member(43, branch="Makine Teknolojisi"), *GUIDANCE],
        [],
    ),
    "vocational without counsellor: the guide is taken from where there are more": (
        facts(Category.HIGH, top=12, guides={40, 60}, vocational=True),
        [*LEADERS, *BRANCH, *FIELD, GUIDE],
        [],
    ),
    "özel eğitim: chair and coordinator": (facts(Category.SPECIAL), LEADERS, []),
    "provincial: chair and coordinator": (facts(Category.PROVINCIAL), [COORDINATOR], [NO_CHAIR]),
}


@pytest.mark.parametrize(("school", "members", "missing"), CASES.values(), ids=CASES)
def test_missing_members(school, members, missing):
    assert missing_members(school, members) == missing


@pytest.mark.django_db
def test_composition_is_read_for_many_commissions_in_a_fixed_number_of_queries(django_assert_num_queries):
    commissions = [school_with_commission(number) for number in range(3)]
    with django_assert_num_queries(5):
        assert composition_of(commissions) == {commission.pk: [] for commission in commissions}
    with django_assert_num_queries(5):
        assert composition_of(commissions[:1]) == {commissions[0].pk: []}
    with django_assert_num_queries(0):
        assert composition_of([]) == {}


def school_with_commission(number):
    school = InstitutionFactory(category=Category.MIDDLE)
    commission = CommissionFactory(kind=CommissionKind.SCHOOL, institution=school)

    def seat(role, **posting):
        return SeatFactory(commission=commission, staff=StaffFactory(institution=school, **posting), role=role)

    seat(SeatRole.CHAIR, title=Title.PRINCIPAL)
    seat(SeatRole.COORDINATOR)
    seat(SeatRole.MEMBER)
    seat(SeatRole.MEMBER)
    guide = seat(SeatRole.MEMBER)
    SectionFactory(institution=school, grade=8, class_guide=guide.staff)
    SectionFactory(institution=school, grade=7, name="B")
    return commission


@pytest.mark.django_db
def test_composition_counts_todays_seats_and_this_years_postings():
    commission = school_with_commission(1)
    school = commission.institution
    chair = commission.seats.get(role=SeatRole.CHAIR)
    chair.end_date = chair.start_date
    chair.save()
    StaffFactory(institution=school, title=Title.COUNSELLOR, branch="Rehberlik")
    moved = commission.seats.filter(role=SeatRole.MEMBER).first().staff.postings.get()
    moved.institution = InstitutionFactory()
    moved.save()
    assert composition_of([commission])[commission.pk] == [NO_CHAIR, COUNSELLOR]
    moved = commission.seats.filter(role=SeatRole.MEMBER).last().staff.postings.get()
    moved.institution = InstitutionFactory()
    moved.save()
    assert composition_of([commission])[commission.pk] == [NO_CHAIR, lacks("branch", 1), COUNSELLOR]
