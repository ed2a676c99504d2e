import json
from io import StringIO

import pytest
from django.core.management import call_command

from accounts.models import User
from awards.models import AwardRule
from common.models import AuditEntry
from portal.services import install_province, open_year
from projects.models import Programme, ProgrammeItem
from schools.models import AcademicYear, District
from scoring.models import PointsLine, PointsTable

pytestmark = pytest.mark.django_db


def test_install_loads_the_reference_data_and_repeats_safely() -> None:
    for _ in range(2):
        year = install_province(plate=10, year_name="2020-2021", by=None)
    assert District.objects.filter(province=year.province).count() == 20
    assert (Programme.objects.count(), ProgrammeItem.objects.count()) == (5, 29)
    table = PointsTable.objects.get(year=year)
    assert (table.version, table.status, PointsLine.objects.filter(table=table).count()) == (1, "approved", 29)
    assert AwardRule.objects.filter(year=year).count() == 32


def test_install_command_makes_the_administrator_once() -> None:
    said = [StringIO(), StringIO()]
    for out in said:
        call_command(
            "install", "--province", "10", "--year", "2020-2021", "--admin", "Bas@il.example", "--json", stdout=out
        )
    assert [json.loads(out.getvalue())["admin"] for out in said] == ["Bas@il.example", None]
    assert User.objects.get().is_superuser


def test_unknown_province_ends_with_1_and_writes_nothing(capsys) -> None:
    with pytest.raises(SystemExit) as ended:
        call_command("install", "--province", "99", "--year", "2020-2021")
    assert ended.value.code == 1
    assert capsys.readouterr().err.strip().endswith(".")
    assert not AcademicYear.objects.exists()


def test_open_year_copies_tables_and_rules_and_leaves_the_old_year() -> None:
    old = install_province(plate=10, year_name="2020-2021", by=None)
    new = open_year(plate=10, year_name="2021-2022", from_name=None, by=None)
    assert PointsTable.objects.filter(year=new, status="approved").count() == 1
    assert AwardRule.objects.filter(year=new).count() == AwardRule.objects.filter(year=old).count() == 32
    assert AuditEntry.objects.filter(action="year.open").count() == 1


def test_open_year_twice_is_refused(capsys) -> None:
    install_province(plate=10, year_name="2020-2021", by=None)
    call_command("open_year", "2021-2022", "--province", "10")
    with pytest.raises(SystemExit) as ended:
        call_command("open_year", "2021-2022", "--province", "10")
    assert ended.value.code == 1
    assert "2021-2022 yılı zaten açık." in capsys.readouterr().err
