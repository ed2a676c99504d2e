import datetime as dt

import pytest

from common.database import instances
from schools.models import AcademicYear, Province
from tests.factories.schools import YearFactory

pytestmark = pytest.mark.django_db

YEARS = "schools_academicyear year JOIN schools_province province ON province.id = year.province_id"


def read(where: str, *values: object) -> list[tuple[AcademicYear, Province]]:
    return instances(f"{YEARS} WHERE {where} ORDER BY year.id", values, year=AcademicYear, province=Province)


def test_instances_are_those_of_the_orm(django_assert_num_queries) -> None:
    deadline = dt.datetime(2021, 6, 1, 17, 30, 0, 5, tzinfo=dt.UTC)
    written = [YearFactory(submission_deadline=deadline), YearFactory(name="2021-2022", is_current=False)]
    known = AcademicYear.objects.select_related("province").in_bulk([year.pk for year in written])
    with django_assert_num_queries(1):
        found = read("year.id IN (%s, %s)", *known)
    assert [year for year, _province in found] == [known[year.pk] for year in written]
    for year, province in found:
        same = known[year.pk]
        for ours, theirs in ((year, same), (province, same.province)):
            fields = [field.attname for field in ours._meta.concrete_fields]
            assert {name: getattr(ours, name) for name in fields} == {name: getattr(theirs, name) for name in fields}
        assert isinstance(year.is_current, bool)
    assert found[0][0].submission_deadline == deadline
    year, _province = found[1]
    year.name = "2030-2031"
    year.save()
    assert AcademicYear.objects.get(pk=year.pk).name == "2030-2031"


def test_no_row_is_no_instance() -> None:
    assert read("year.id = %s", -1) == []
