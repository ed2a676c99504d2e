"""``award_round`` against an independent calculation over random provinces, row for row."""

import csv
import io
import json
import random

import pytest
from django.core.management import call_command

from awards import reference
from awards.models import AwardLine, AwardList, AwardRound, AwardRule
from awards.workflow import ListStatus
from schools.models import YearSetting
from tests.awards.commands import run
from tests.factories.awards import chain
from tests.scoring import independent, random_province

pytestmark = pytest.mark.django_db


def award_round(made, *arguments):
    text = io.StringIO()
    call_command("award_round", f"--province={made.province.plate_code}", "--year=2020-2021", *arguments, stdout=text)
    return text.getvalue()


def expected_rows(made, backfill, earlier):
    """Group the independent ranking by district and category, walk down each group, take three."""
    ranking = independent.ranking(made.year.pk, made.settings, ("district", "category"))
    places = {
        str(row["id"]): row
        for row in independent.sql(
            "SELECT p.staff_id AS id, p.employment, i.is_private FROM schools_posting p"
            " JOIN schools_institution i ON i.id = p.institution_id WHERE p.year_id = %s",
            made.year.pk,
        )
    }
    rows = []
    groups = {}
    for row in ranking:
        groups.setdefault((row["district"], row["category"]), []).append(row)
    for (district, category), people in groups.items():
        free = [person for person in people if person["holder_id"] not in earlier]
        for person in people:
            better = sum(1 for other in free if other["rank"] < person["rank"])
            before = better if backfill else person["rank"] - 1
            if before >= 3:
                continue
            place = places[person["holder_id"]]
            thanks = place["employment"] in ("hourly", "private") or place["is_private"]
            passed = person["holder_id"] in earlier
            rows.append(
                {
                    "rule": "T-PR-1",
                    "group": "teacher",
                    "partition": f"{district} / {category}",
                    "rank": person["rank"],
                    "holder_id": person["holder_id"],
                    "holder": person["holder"],
                    "value": person["value"],
                    "document": "Teşekkür Belgesi" if thanks else "Başarı Belgesi",
                    "authority": "Kaymakamlık",
                    "status": "passed_over" if passed else "awarded",
                    "passed_over_for": "T-AC-3" if passed else "",
                }
            )
    return rows


def earlier_round(made, plan):
    """Some of the ranked already got an award this year."""
    ranking = independent.ranking(made.year.pk, made.settings, ("district", "category"))
    people = sorted({row["holder_id"] for row in ranking})
    chosen = set(plan.sample(people, min(len(people), plan.randint(0, 4))))
    if chosen:
        earlier = AwardList.objects.create(
            round=AwardRound.objects.create(year=made.year, cadence="term", number=1),
            rule=AwardRule.objects.get(year=made.year, code="T-AC-3"),
            authority="governor",
            status=ListStatus.DECIDED,
        )
        for position, person in enumerate(sorted(chosen), start=1):
            AwardLine.objects.create(
                list=earlier, position=position, staff_id=person, holder_name="x", document="prize", status="awarded"
            )
    return chosen


@pytest.mark.parametrize("batch", range(20))
def test_award_round_agrees_with_the_independent_calculation(batch):
    awarded = passed = 0
    for seed in range(batch * 10, batch * 10 + 10):
        made = random_province.make(seed)
        reference.load(made.year)
        plan = random.Random(seed)
        earlier = earlier_round(made, plan) if seed % 2 else set()
        backfill = seed % 3 != 0
        YearSetting.objects.create(year=made.year, key="backfill", value="on" if backfill else "off")
        expected = expected_rows(made, backfill, earlier)
        found = json.loads(award_round(made, "--format=json"))
        assert found["rows"] == expected, (seed, made.settings, backfill, sorted(earlier))
        if seed % 5 == 0:
            printed = list(csv.DictReader(io.StringIO(award_round(made))))
            assert printed == [{key: str(value) for key, value in row.items()} for row in expected]
        awarded += sum(row["status"] == "awarded" for row in expected)
        passed += sum(row["status"] == "passed_over" for row in expected)
    assert awarded > 30
    assert passed > 0


def test_the_round_says_that_its_ranking_was_computed_for_it():
    made = random_province.make(1)
    reference.load(made.year)
    found = json.loads(award_round(made, "--json"))
    assert len(found["fresh_runs"]) == 1
    assert {entry["rule"] for entry in found["skipped_rules"]} >= {"T-AC-1", "N-2"}


def test_a_published_ranking_is_used_as_it_is():
    made = chain()
    text = io.StringIO()
    call_command("award_round", "--province=10", "--year=2020-2021", "--json", stdout=text)
    found = json.loads(text.getvalue())
    assert found["fresh_runs"] == []
    assert AwardRound.objects.get().used_settings["runs"] == {"T-PR-1": made.run.pk}


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--province=99", "--year=2020-2021"), 1),
        (("--province=10", "--year=2020-2021", "--cadence=term"), 1),
        (("--province=10", "--year=2020-2021", "--cadence=month"), 2),
        (("--year=2020-2021",), 2),
    ],
)
def test_wrong_use_and_refusals_have_their_exit_codes(arguments, code):
    chain()
    assert run("award_round", *arguments) == (code, "")
    assert not AwardRound.objects.exists()
