import json

import pytest
from django.core.management import call_command

from common.errors import Conflict
from common.models import AuditEntry
from common.versions import StaleForm
from schools import year_settings
from schools.models import YearSetting
from schools.services import approve_year_settings, set_year_setting
from schools.year_settings import DEFINITIONS, SettingError
from tests.factories.accounts import UserFactory
from tests.factories.schools import YearFactory

pytestmark = pytest.mark.django_db

DEFAULTS = {
    "project_points": "highest",
    "team_share": "full",
    "project_sum": "all",
    "ties": "all",
    "backfill": "on",
    "one_award": "person_and_group",
    "award_authority": "by_level",
    "objection_days": 5,
    "student_tiers": (500, 1000, 3000),
    "tier_scope": "national",
    "min_students": 10,
    "central_exam_middle": "LGS",
    "central_exam_high": "TYT",
    "progress": "difference",
    "time_unit": "hours",
    "eba_level": "category",
    "school_eba": "mean_with_record",
    "review_days": 10,
    "local_level_1": "Okulun kendi öğrencileriyle ve kendi olanaklarıyla yürüttüğü, etkinlikleri ve katılımı "
    "belgelenmiş çalışma.",
    "local_level_2": "En az bir başka okul ya da kurumla (belediye, üniversite, dernek) birlikte yürütülen ve "
    "sonuçları ilçede paylaşılan çalışma.",
    "local_level_3": "Birden çok ilçeye ya da ilin tümüne yayılan, ortaklığı yazıya bağlanmış, etkisi ölçülüp "
    "raporlanmış ve başka okulların uygulayabileceği çalışma.",
}


def test_defaults_are_those_of_the_decisions(django_assert_num_queries):
    year = YearFactory()
    with django_assert_num_queries(1):
        assert year_settings.all_of(year) == DEFAULTS
    with django_assert_num_queries(1):
        assert year_settings.get(year, "student_tiers") == (500, 1000, 3000)


def test_every_setting_says_where_it_comes_from():
    for definition in DEFINITIONS.values():
        assert str(definition.label)
        assert str(definition.source).endswith(".")
        assert definition.stored(definition.default) == definition.default


@pytest.mark.parametrize(
    ("key", "text", "stored", "value"),
    [
        ("team_share", " split ", "split", "split"),
        ("project_points", "sum of preparing and highest success", "sum", "sum"),
        ("min_students", "12", "12", 12),
        ("objection_days", "0", "0", 0),
        ("student_tiers", "100; 300 5000", "100,300,5000", (100, 300, 5000)),
        ("central_exam_high", "AYT", "AYT", "AYT"),
    ],
)
def test_values_are_kept_in_one_spelling_and_read_typed(key, text, stored, value):
    year = YearFactory()
    row = set_year_setting(year=year, key=key, value=text, by=None)
    assert row.value == stored
    assert year_settings.get(year, key) == value


@pytest.mark.parametrize(
    ("key", "text", "sentence"),
    [
        ("team_share", "yarım", "“Ekipte birden çok öğretmen” için şu değerlerden birini yazınız: full, split."),
        ("min_students", "0", "“Öğretmen ortalaması için en küçük grup” için 1 ile 200 arasında bir tam sayı yazınız."),
        (
            "min_students",
            "on",
            "“Öğretmen ortalaması için en küçük grup” için 1 ile 200 arasında bir tam sayı yazınız.",
        ),
        (
            "min_students",
            "١٢",
            "“Öğretmen ortalaması için en küçük grup” için 1 ile 200 arasında bir tam sayı yazınız.",
        ),
        (
            "student_tiers",
            "1000,500",
            "için küçükten büyüğe, virgülle ayrılmış tam sayılar yazınız (örneğin 500,1000,3000).",
        ),
        ("student_tiers", "", "virgülle ayrılmış"),
        ("central_exam_high", "tyt", "büyük harflerle"),
        ("renk", "mavi", "“renk” adlı bir ayar yok"),
    ],
)
def test_wrong_values_are_refused_in_one_sentence(key, text, sentence):
    year = YearFactory()
    with pytest.raises(SettingError) as refusal:
        set_year_setting(year=year, key=key, value=text, by=None)
    assert sentence in str(refusal.value)
    assert not YearSetting.objects.exists()
    assert not AuditEntry.objects.exists()


def test_a_change_is_versioned_and_recorded_and_takes_back_the_approval():
    year, by = YearFactory(), UserFactory()
    approve_year_settings(year=year, by=by)
    year.refresh_from_db()
    assert year.settings_approved_by == by
    row = set_year_setting(year=year, key="backfill", value="off", version=0, by=by, note="Karar 12")
    assert (row.version, row.value) == (1, "off")
    entry = AuditEntry.objects.order_by("pk").last()
    assert (entry.action, entry.before, entry.after, entry.actor, entry.note) == (
        "year_setting.set",
        {"value": "on"},
        {"value": "off"},
        by,
        "Karar 12",
    )
    year.refresh_from_db()
    assert year.settings_approved_at is None
    approve_year_settings(year=year, by=by)
    with pytest.raises(Conflict, match="zaten onaylanmış"):
        approve_year_settings(year=year, by=by)


def test_the_same_value_again_changes_nothing():
    year = YearFactory()
    set_year_setting(year=year, key="backfill", value="off", by=None)
    set_year_setting(year=year, key="backfill", value="off", by=None)
    set_year_setting(year=year, key="team_share", value="full", by=None)
    assert YearSetting.objects.get().version == 1
    assert AuditEntry.objects.count() == 1


@pytest.mark.parametrize("version", [0, 2, "", "x"])
def test_a_stale_form_is_refused_with_the_stored_row(version):
    year = YearFactory()
    set_year_setting(year=year, key="backfill", value="off", by=None)
    with pytest.raises(StaleForm) as stale:
        set_year_setting(year=year, key="backfill", value="on", version=version, by=None)
    assert stale.value.current.value == "off"
    assert year_settings.get(year, "backfill") == "off"


def run(capsys, *arguments):
    try:
        call_command("year_setting", *arguments)
        code = 0
    except SystemExit as end:
        code = end.code
    return code, *capsys.readouterr()


def test_command_reads_and_writes(capsys):
    YearFactory()
    where = ("--province", "10", "--year", "2020-2021")
    assert run(capsys, "team_share", *where) == (0, "team_share = full\n", "")
    assert run(capsys, "team_share", "split", *where) == (0, "team_share = split\n", "")
    code, out, _err = run(capsys, "team_share", *where, "--json")
    assert (code, json.loads(out)) == (0, {"key": "team_share", "value": "split", "default": "full"})
    assert json.loads(run(capsys, "student_tiers", *where, "--json")[1])["value"] == "500,1000,3000"


def test_command_refuses_with_exit_code_1_and_writes_nothing(capsys):
    YearFactory()
    where = ("--province", "10", "--year")
    code, out, err = run(capsys, "team_share", "yarım", *where, "2020-2021", "--json")
    assert (code, out) == (1, "")
    assert "full, split" in err
    assert run(capsys, "renk", *where, "2020-2021")[0] == 1
    code, _out, err = run(capsys, "team_share", *where, "2031-2032")
    assert (code, err) == (1, "10 plaka kodlu ilde 2031-2032 yılı yok; önce install ile açınız.\n")
    assert not YearSetting.objects.exists()
