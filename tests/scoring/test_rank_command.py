import csv
import io
import json

import pytest
from django.core.management import CommandError, call_command

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
        ranked += len(expected)
        tied += len(expected) - len({tuple(row[part] for part in partition) + (row["rank"],) for row in expected})
    assert ranked > 20
    assert tied > 0
