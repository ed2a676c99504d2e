"""Every measure of exams and EBA use against the independent calculation, over random provinces."""

import csv
import io
import json

import pytest
from django.core.management import CommandError, call_command

from scoring.engine.exact import exact
from scoring.selectors import runs
from scoring.services import compute_run
from tests.scoring import independent_school_year as independent
from tests.scoring import random_school_year

STUDENT_PARTS = ((), ("province",), ("district",), ("institution",), ("category", "district"), ("level",))
TEACHER_PARTS = (
    ("province", "subject"),
    ("district", "subject"),
    ("district", "subject", "level"),
    (),
    ("institution",),
    ("subject", "category"),
)
SCHOOL_PARTS = (("province", "level"), ("district",), ("category",), ())
EBA_PARTS = (("institution",), ("district",), ("province", "level"), ("category", "district"))
MEASURES = (
    ("student_exam_score", {"role": "this"}, STUDENT_PARTS),
    ("student_exam_rank", {"role": "this"}, STUDENT_PARTS),
    ("teacher_exam_progress", {"role": "this"}, TEACHER_PARTS),
    ("teacher_exam_success", {"role": "this"}, TEACHER_PARTS),
    ("school_exam_progress", {"role": "this"}, SCHOOL_PARTS),
    ("student_monitoring_exam", {"role": "sitting"}, STUDENT_PARTS),
    ("school_monitoring_progress", {"role": "sitting"}, SCHOOL_PARTS),
    ("teacher_eba_points", {"term": 1}, EBA_PARTS),
    ("teacher_eba_points", {"term": 2}, EBA_PARTS),
    ("teacher_eba_progress", {}, EBA_PARTS),
    ("student_eba_usage", {"term": 2}, EBA_PARTS),
    ("school_eba_points", {"term": 1}, SCHOOL_PARTS),
)
PROVINCES, BATCH = 200, 10


def arguments(made, measure, asked, partition=None, top=None):
    given = ["rank", measure, f"--province={made.province.plate_code}", "--year=2020-2021"]
    if "role" in asked:
        given.append(f"--exam={made.code(asked['role'])}")
    if "term" in asked:
        given.append(f"--term={asked['term']}")
    if partition:
        given.append(f"--partition={','.join(partition)}")
    return given + ([f"--top={top}"] if top else [])


def printed(*given):
    text = io.StringIO()
    call_command(*given, stdout=text)
    return text.getvalue()


@pytest.mark.django_db
@pytest.mark.parametrize("batch", range(PROVINCES // BATCH))
def test_rank_agrees_with_the_independent_calculation(batch):
    ranked = dict.fromkeys((measure for measure, _asked, _parts in MEASURES), 0)
    tied = 0
    for seed in range(batch * BATCH, batch * BATCH + BATCH):
        made = random_school_year.make(seed)
        for number, (measure, asked, partitions) in enumerate(MEASURES):
            for step in (0, 1)[: 1 + seed % 2]:
                partition = partitions[(seed + number + step * 2) % len(partitions)]
                top = (None, 3, 1)[(seed + step) % 3]
                given = arguments(made, measure, asked, partition, top)
                try:
                    expected = independent.ranking(made, measure, partition, top=top, **asked)
                except independent.NoSuchComparison:
                    with pytest.raises(CommandError, match="önce"):
                        call_command(*given)
                    continue
                found = json.loads(printed(*given, "--format=json"))["rows"]
                assert found == expected, (seed, measure, partition, made.settings)
                ranked[measure] += len(expected)
                tied += len(expected) - len({(*(row[part] for part in partition), row["rank"]) for row in expected})
    assert min(ranked.values()) > 0, ranked
    assert tied > 0


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(400, 410))
def test_a_stored_run_and_the_csv_say_the_same_as_the_command(seed):
    made = random_school_year.make(seed)
    for measure, asked, partitions in MEASURES:
        partition = partitions[seed % len(partitions)]
        given = arguments(made, measure, asked, partition)
        try:
            expected = independent.ranking(made, measure, partition, **asked)
        except independent.NoSuchComparison:
            continue
        subject = ["subject"] if "role" in asked and "subject" not in partition else []
        header = [*partition, *subject, "rank", "holder_id", "holder", "value"]
        rows = csv.reader(io.StringIO(printed(*given)))
        assert next(rows) == header
        assert list(rows) == [[str(row[name]) for name in header] for row in expected]
        exam = made.code(asked["role"]) if "role" in asked else ""
        run = compute_run(
            year=made.year, measure=measure, partition=",".join(partition), by=None, term=asked.get("term"), exam=exam
        )
        assert runs.is_fresh(run)
        stored = []
        for row in run.rows.select_related("institution").order_by("position"):
            assert row.evidence["value"] == row.value_exact
            assert row.evidence["working"]
            holder = row.staff_id or row.student_id or row.institution.code
            stored.append((row.rank, str(holder), row.holder_name, row.subject, f"{row.value:.4f}"))
            check_working(row)
        assert stored == [
            (row["rank"], row["holder_id"], row["holder"], row.get("subject", ""), row["value"]) for row in expected
        ]


def check_working(row):
    """The frozen working adds up to the frozen value by itself."""
    facts, value = row.evidence, exact(row.value_exact)
    if "years" in facts and facts["rules"].get("progress") != "standardised":
        means = [exact(year["mean"]) for year in facts["years"]]
        if len(means) == 2:
            assert means[0] - means[1] == value
        else:
            assert means[0] / facts["years"][0]["questions"] * 100 == value
        for year in facts["years"]:
            assert exact(year["sum"]) / year["students"] == exact(year["mean"])
            assert year["students"] <= year["applied"] <= year["enrolled"]
    elif "criteria" in facts:
        assert sum(exact(one["points"]) for one in facts["criteria"]) == value
    elif "terms" in facts:
        assert exact(facts["terms"][1]["points"]) - exact(facts["terms"][0]["points"]) == value
