"""Units, people, commissions and seats for tests. Names are invented; districts are real."""

import datetime

import factory

from accounts.models import User
from common.identity import complete_tc, parse_identity
from common.text import fold
from schools.models import (
    AcademicYear,
    Commission,
    District,
    Enrolment,
    Institution,
    InstitutionYear,
    Posting,
    Province,
    Seat,
    Section,
    StaffMember,
    Student,
)
from schools.models.commissions import CommissionKind, SeatRole
from schools.models.people import Employment, Title
from schools.models.units import Category
from tests.factories.accounts import UserFactory

DISTRICTS = ("Edremit", "Bandırma", "Ayvalık", "Sındırgı", "Susurluk", "İvrindi", "Havran", "Gönen", "Burhaniye")
FIRST_NAMES = ("Ayşe", "İrem", "Çınar", "Oğuz", "Şule", "Işıl", "Gökhan", "Ümit")
LAST_NAMES = ("Yılmaz", "Çığır", "Öztürk", "Şahin", "Ilgaz", "İnce", "Güneş", "Kaya")


def tc_number(n):
    """A valid T.C. number for the n-th invented person."""
    return complete_tc(f"{100_000_000 + n}")


class ProvinceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Province
        django_get_or_create = ("plate_code",)

    plate_code = 10
    name = factory.LazyAttribute(lambda o: {10: "Balıkesir", 63: "Şanlıurfa"}.get(o.plate_code, f"İl {o.plate_code}"))


class YearFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = AcademicYear
        django_get_or_create = ("province", "name")

    province = factory.SubFactory(ProvinceFactory)
    name = "2020-2021"
    start_date = factory.LazyAttribute(lambda o: datetime.date(int(o.name[:4]), 9, 14))
    second_term_date = factory.LazyAttribute(lambda o: datetime.date(int(o.name[5:]), 2, 15))
    end_date = factory.LazyAttribute(lambda o: datetime.date(int(o.name[5:]), 8, 31))
    is_current = True


class DistrictFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = District
        django_get_or_create = ("province", "name_key")

    province = factory.SubFactory(ProvinceFactory)
    name = factory.Sequence(lambda n: DISTRICTS[n % len(DISTRICTS)])
    name_key = factory.LazyAttribute(lambda o: fold(o.name))


class InstitutionFactory(factory.django.DjangoModelFactory):
    """A school; ``category`` and ``year`` (default: the province's current year) make its InstitutionYear."""

    class Meta:
        model = Institution

    district = factory.SubFactory(DistrictFactory)
    province = factory.LazyAttribute(lambda o: o.district.province)
    code = factory.Sequence(lambda n: str(700_000 + n))
    name = factory.LazyAttribute(lambda o: f"{o.district.name} Ortaokulu {o.code[-3:]}")
    name_key = factory.LazyAttribute(lambda o: fold(o.name))

    @classmethod
    def _create(cls, model_class, *args, year=None, category=Category.MIDDLE, **kwargs):
        institution = super()._create(model_class, *args, **kwargs)
        if category is not None:
            InstitutionYear.objects.create(
                institution=institution, year=year or current_year(institution.province), category=category
            )
        return institution


class StaffFactory(factory.django.DjangoModelFactory):
    """A member of staff; with ``institution`` also their posting (``title``, ``branch``, ``employment``, ``year``)."""

    class Meta:
        model = StaffMember

    province = factory.SubFactory(ProvinceFactory)
    first_name = factory.Sequence(lambda n: FIRST_NAMES[n % len(FIRST_NAMES)])
    last_name = factory.Sequence(lambda n: f"{LAST_NAMES[n // len(FIRST_NAMES) % len(LAST_NAMES)]}")
    name_key = factory.LazyAttribute(lambda o: fold(f"{o.first_name} {o.last_name}"))
    tc = factory.Sequence(tc_number)
    email = factory.Sequence(lambda n: f"personel{n}@okul.example")

    @classmethod
    def _create(
        cls,
        model_class,
        *args,
        tc=None,
        institution=None,
        year=None,
        title=Title.TEACHER,
        branch="Türkçe",
        employment=Employment.PERMANENT,
        **kwargs,
    ):
        if institution is not None:
            kwargs["province"] = institution.province
        staff = super()._create(model_class, *args, **identity_fields(tc), **kwargs)
        if institution is not None:
            Posting.objects.create(
                staff=staff,
                year=year or current_year(institution.province),
                institution=institution,
                title=title,
                branch=branch,
                employment=employment,
            )
        return staff


class StudentFactory(factory.django.DjangoModelFactory):
    """A student; with ``institution`` also the enrolment (``grade``, ``section_name``, ``school_number``, ``year``)."""

    class Meta:
        model = Student

    province = factory.SubFactory(ProvinceFactory)
    first_name = factory.Sequence(lambda n: FIRST_NAMES[(n * 3) % len(FIRST_NAMES)])
    last_name = factory.Sequence(lambda n: LAST_NAMES[(n * 5) % len(LAST_NAMES)])
    name_key = factory.LazyAttribute(lambda o: fold(f"{o.first_name} {o.last_name}"))
    tc = factory.Sequence(lambda n: tc_number(400_000_000 + n))

    @classmethod
    def _create(
        cls,
        model_class,
        *args,
        tc=None,
        institution=None,
        year=None,
        grade=8,
        section_name="A",
        school_number="",
        **kwargs,
    ):
        if institution is not None:
            kwargs["province"] = institution.province
        student = super()._create(model_class, *args, **identity_fields(tc), **kwargs)
        if institution is not None:
            Enrolment.objects.create(
                student=student,
                year=year or current_year(institution.province),
                institution=institution,
                grade=grade,
                section_name=section_name,
                school_number=school_number or str(student.pk),
            )
        return student


class SectionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Section

    institution = factory.SubFactory(InstitutionFactory)
    year = factory.LazyAttribute(lambda o: current_year(o.institution.province))
    grade = 8
    name = "A"


class CommissionFactory(factory.django.DjangoModelFactory):
    """A commission of a unit: pass ``institution`` for SCHOOL, ``district`` for DISTRICT, neither for the province."""

    class Meta:
        model = Commission
        django_get_or_create = ("year", "kind", "district", "institution")

    kind = CommissionKind.TECHNICAL
    district = None
    institution = None
    year = factory.LazyAttribute(lambda o: _year_of_unit(o.institution or o.district))


class SeatFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Seat

    commission = factory.SubFactory(CommissionFactory)
    staff = factory.SubFactory(StaffFactory, province=factory.SelfAttribute("..commission.year.province"))
    role = SeatRole.MEMBER
    start_date = factory.LazyAttribute(lambda o: o.commission.year.start_date)


def current_year(province):
    """The province's current year; 2020-2021 is made where there is none."""
    return AcademicYear.objects.filter(province=province, is_current=True).first() or YearFactory(province=province)


def identity_fields(tc):
    """The model fields that keep a T.C. number; no number, no fields but the kind."""
    if tc is None:
        return {"identity_kind": "none"}
    identity = parse_identity(tc)
    return {"identity_kind": identity.kind, "identity_digest": identity.digest, "identity_mask": identity.mask}


def seat_user(kind, role=SeatRole.MEMBER, unit=None, *, year=None, title=None, signs_as="", **user_fields) -> User:
    """A user whose staff member holds this seat.

    ``unit`` is the institution (SCHOOL), the district (DISTRICT) or the province (others; made when None). At a school
    the person also has a posting there.
    """
    institution = unit if isinstance(unit, Institution) else None
    district = unit if isinstance(unit, District) else None
    if unit is None and kind == CommissionKind.SCHOOL:
        institution = InstitutionFactory()
    if unit is None and kind == CommissionKind.DISTRICT:
        district = DistrictFactory()
    province = unit if isinstance(unit, Province) else None
    year = year or _year_of_unit(institution or district or province)
    user = UserFactory(**user_fields)
    names = user.full_name.split(" ", 1)
    staff = StaffFactory(
        province=year.province,
        user=user,
        email=user.email,
        first_name=names[0],
        last_name=names[-1],
        institution=institution,
        year=year,
        title=title or (Title.PRINCIPAL if role == SeatRole.CHAIR else Title.TEACHER),
    )
    commission = CommissionFactory(year=year, kind=kind, district=district, institution=institution)
    SeatFactory(commission=commission, staff=staff, role=role, signs_as=signs_as)
    return user


def staff_user(institution=None, **user_fields) -> User:
    """A user with a staff record (and a posting, given an institution) but no seat."""
    user = UserFactory(**user_fields)
    StaffFactory(user=user, email=user.email, institution=institution)
    return user


def _year_of_unit(unit):
    if isinstance(unit, Province):
        return current_year(unit)
    return current_year(unit.province if unit is not None else ProvinceFactory())
