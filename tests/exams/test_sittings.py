"""Which sitting another one is compared with."""

from __future__ import annotations

import datetime as dt

import pytest

from exams.models.exams import ExamKind, ExamLevel
from exams.selectors import last_year_exam, previous_sitting
from exams.selectors.overview import sittings_until
from tests.factories.exams import make_exam
from tests.factories.schools import YearFactory

pytestmark = pytest.mark.django_db


def test_an_exam_of_another_kind_or_level_is_no_sitting_of_the_family() -> None:
    year = YearFactory()
    before = YearFactory(province=year.province, name="2019-2020", is_current=False)
    central = make_exam(before, "LGS-2020", family="LGS", date=dt.date(2020, 6, 6))
    trial = make_exam(before, "DENEME", family="LGS", kind=ExamKind.MONITORING, date=dt.date(2020, 6, 20))
    make_exam(before, "LISE", family="LGS", level=ExamLevel.HIGH, date=dt.date(2020, 6, 21))
    now = make_exam(year, "LGS-2021", family="LGS", date=dt.date(2021, 6, 5))
    assert last_year_exam(now) == central
    assert previous_sitting(now) == central
    assert previous_sitting(trial) is None
    assert sittings_until(now, published_only=False) == [central, now]
