import csv
import io
import json

import pytest
from django.core.management import CommandError, call_command

from scoring.services import compute_run
from tests.factories.schools import YearFactory
from tests.factories.scoring import points_table
from tests.scoring import independent, random_province

PARTITIONS = (("district", "category"), ("category", "district"), ("province",), ("institution",), ("category",), ())


def rank(made, *arguments):
    text = io.StringIO()
    call_command(
        "rank",
        "teacher_project_points",
        f"--province={made.province.plate_code}",
        "--year=2020-2021",
        *arguments,
        stdout=text,
    )
    return text.getvalue()


def stored(made, partition):
    """The rows of a computed run, in list order; each row's working must add up to its value."""
    run = compute_run(year=made.year, measure="teacher_project_points", partition=",".join(partition), by=None)
    rows = []
    for number, row in enumerate(run.rows.order_by("position"), start=1):
        assert row.position == number
        assert row.evidence["value"] == row.value_exact
        rows.append((row.rank, str(row.staff_id), row.holder_name, f"{row.value:.4f}"))
    return rows


@pytest.mark.django_db
@pytest.mark.parametrize("batch", range(20))
def test_rank_agrees_with_the_independent_calculation(batch):
    ranked = tied = 0
    for seed in range(batch * 10, batch * 10 + 10):
        made = random_province.make(seed)
        partition = PARTITIONS[seed // 12 % len(PARTITIONS)]
        top = (None, 1, 3)[seed // 7 % 3]
        arguments = [f"--partition={','.join(partition)}"] + ([f"--top={top}"] if top else [])
        expected = independent.ranking(made.year.pk, made.settings, partition, top)
        found = json.loads(rank(made, "--format=json", *arguments))
        assert found["rows"] == expected, (seed, made.settings)
        header = [*partition, "rank", "holder_id", "holder", "value"]
        printed = list(csv.DictReader(io.StringIO(rank(made, *arguments))))
        assert printed == [{name: str(row[name]) for name in header} for row in expected]
        everybody = independent.ranking(made.year.pk, made.settings, partition)
        assert stored(made, partition) == [
            (row["rank"], row["holder_id"], row["holder"], row["value"]) for row in everybody
        ]
        ranked += len(expected)
        tied += len(expected) - len({(*(row[part] for part in partition), row["rank"]) for row in expected})
    assert ranked > 20
    assert tied > 0


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(300, 306))
def test_the_order_of_the_rows_in_the_database_does_not_matter(seed):
    """The same province inserted in two orders: the same ranks, names and values."""
    first, second = (
        random_province.make(seed, shuffle=order, plate_code=number) for order, number in ((1, 501), (2, 502))
    )
    rows = [
        [(row["rank"], row["holder"], row["value"]) for row in json.loads(rank(made, "--format=json"))["rows"]]
        for made in (first, second)
    ]
    assert rows[0] == rows[1] != []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("no_such_measure", "--province=10", "--year=2020-2021"), 2, "teacher_project_points"),
        (
            ("teacher_project_points", "--province=10", "--year=2020-2021", "--partition=district,subject"),
            2,
            "category",
        ),
        (
            ("teacher_project_points", "--province=10", "--year=2020-2021", "--partition=district,district"),
            2,
            "district",
        ),
        (("teacher_project_points", "--province=10", "--year=2020-2021", "--term=1"), 2, "dönem"),
        (("teacher_project_points", "--province=10", "--year=1999-2000"), 1, "açılmamış"),
        (("teacher_project_points", "--province=77", "--year=2020-2021"), 1, "açılmamış"),
    ],
)
def test_wrong_use_and_failure_have_their_own_codes(arguments, code, words):
    points_table(YearFactory())
    with pytest.raises(CommandError) as refused:
        call_command("rank", *arguments)
    assert refused.value.returncode == code
    assert words in str(refused.value)


@pytest.mark.django_db
def test_without_an_approved_points_table_the_command_says_who_has_to_act():
    YearFactory()
    with pytest.raises(CommandError, match="İl Proje Yürütme Kurulu"):
        call_command("rank", "teacher_project_points", "--province=10", "--year=2020-2021")
