"""The figures of a monitoring board's own area, at the side of its home page."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from eba.selectors.criteria import tariff_of
from eba.selectors.figures import Figures, schools_of
from exams.models import Exam
from portal.selectors.stat import Stat
from schools.models import AcademicYear


def exam_stats(year: AcademicYear) -> Iterator[Stat]:
    """The year's exams, and how many of them are published; one query."""
    address = reverse("exams:list")
    found = Exam.objects.filter(year=year).aggregate(
        all=Count("pk"), published=Count("pk", filter=Q(published_at__isnull=False))
    )
    yield Stat(_("Bu yılın sınavları"), found["all"], address, icon="file-text")
    yield Stat(_("Sonucu yayımlanan"), found["published"], address, icon="flag")


def eba_stats(year: AcademicYear) -> Iterator[Stat]:
    """How many schools and people have use recorded; a minute old."""
    address = reverse("eba:province")
    tariff = tariff_of(year)
    schools = schools_of(tariff) if tariff else []
    total = sum((school.figures for school in schools), Figures())
    with_data = sum(school.figures.has_data for school in schools)
    yield Stat(_("EBA verisi olan kurum"), with_data, address, icon="building")
    yield Stat(_("1. dönemde kaydı olan personel"), total.first.people, address, icon="device-laptop")
    yield Stat(_("2. dönemde kaydı olan personel"), total.second.people, address, icon="device-laptop")
