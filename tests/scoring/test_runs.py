"""Runs: frozen, explained, compared, published when fresh, objected to in time."""

import datetime
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction

from common.errors import Conflict, UserError
from common.jobs import run_now
from common.models import AuditEntry, Notification
from common.versions import StaleForm
from projects.models import Claim
from projects.workflow import ClaimStatus
from schools.models import Posting, Province, YearSetting
from schools.models.commissions import CommissionKind
from scoring.inputs import one_view
from scoring.models import RankingRow, RankingRun
from scoring.selectors import runs
from scoring.selectors.comparisons import compare_lines, explained_changes, lines_of_run
from scoring.selectors.rows import rows_visible_to
from scoring.services import (
    answer_objection,
    compute_run,
    draft_run,
    publish_run,
    raise_objection,
    request_run,
    store_run,
)
from scoring.services.publishing import StaleRun, working_days_after
from tests.factories.projects import ClaimFactory, item
from tests.factories.schools import seat_user

MEASURE = "teacher_project_points"


def places(run):
    return [(row.rank, row.tied, row.holder_name, row.value_exact) for row in run.rows.order_by("position")]


def row_of(run, person):
    return run.rows.get(staff=person)


def test_a_run_freezes_ranks_values_and_workings(edremit):
    run = compute_run(year=edremit.year, measure=MEASURE, by=edremit.board)
    assert places(run) == [
        (1, False, "Çınar Çelik", "38.4"),
        (2, True, "İrem İnce", "32"),
        (2, True, "Şule İnce", "32"),
    ]
    evidence = row_of(run, edremit.people["Çınar"]).evidence
    assert evidence["working"] == "32 + 6,4 = 38,4 puan"
    assert evidence["partition"] == {"district": "Edremit", "category": "Ortaokul"}
    assert [project["title"] for project in evidence["projects"]] == ["Deniz", "Orman"]
    assert evidence["projects"][0]["claims"][0]["working"] == "100 × %32 = 32 puan"
    assert (run.partition, run.points_table, run.used_settings["team_share"]) == (
        "district,category",
        edremit.table,
        "full",
    )
    assert run.inputs["counts"] == {"claims": 4, "projects": 4, "team": 5, "people": 4, "rows": 3}
    Claim.objects.all().delete()
    assert places(RankingRun.objects.get(pk=run.pk))[0] == (1, False, "Çınar Çelik", "38.4")


def test_the_same_data_give_the_same_digests_and_other_data_others(edremit):
    first, second = edremit.run(), edremit.run()
    assert first.pk != second.pk
    assert (first.input_digest, first.result_digest) == (second.input_digest, second.result_digest)
    edremit.claim("Yeni", edremit.school, "LOCAL-1", "success", "İrem")
    third = edremit.run()
    assert third.input_digest != first.input_digest
    assert third.result_digest != first.result_digest


def test_people_without_a_posting_are_noted_and_not_ranked(edremit):
    Posting.objects.filter(staff=edremit.people["Şule"]).delete()
    run = edremit.run()
    assert [name for _rank, _tied, name, _value in places(run)] == ["Çınar Çelik", "İrem İnce"]
    assert run.inputs["notes"] == [{"staff": edremit.people["Şule"].pk, "name": "Şule İnce", "reason": "no_place"}]


def test_a_split_team_gives_an_exact_fraction(edremit):
    YearSetting.objects.create(year=edremit.year, key="team_share", value="split")
    edremit.claim("Üçlü", edremit.other, "KA2", "success", "Şule", "Ümit", "İrem")
    row = row_of(edremit.run(), edremit.people["Ümit"])
    assert row.value_exact == "32/3"
    assert str(row.value) == "10.6667"
    assert row.evidence["projects"][0]["share_working"] == "32 / 3 öğretmen = 10,6667 puan"


def test_only_the_board_of_the_measure_computes(edremit):
    for user in (edremit.coordinator, edremit.technical, edremit.executive, edremit.district_board):
        with pytest.raises(PermissionDenied):
            compute_run(year=edremit.year, measure=MEASURE, by=user)
    arts = seat_user(CommissionKind.MONITORING_ARTS, unit=edremit.year.province)
    with pytest.raises(PermissionDenied):
        request_run(year=edremit.year, measure=MEASURE, partition="", by=arts)


def test_the_job_computes_once_however_often_it_is_asked_for(edremit):
    first = request_run(year=edremit.year, measure=MEASURE, partition="category,district", by=edremit.board)
    again = request_run(year=edremit.year, measure=MEASURE, partition="district,category", by=edremit.board)
    assert first.pk == again.pk
    done = run_now(first)
    assert done.state == "done", done.error
    run = RankingRun.objects.get()
    assert done.result == {"run": run.pk, "rows": 3, "redirect_url": f"/puanlama/siralamalar/{run.pk}/"}
    assert run.job_id == first.pk
    assert run.computed_by == edremit.board


def test_a_comparison_says_who_moved_and_why(edremit):
    first = edremit.run()
    edremit.claim("Dağ", edremit.other, "KA1", "success", "Ümit")
    edremit.claim("Ova", edremit.other, "KA2", "success", "Şule")
    Claim.objects.filter(project__title="Orman").update(status=ClaimStatus.REJECTED)
    Posting.objects.filter(staff=edremit.people["İrem"]).delete()
    second = edremit.run()
    assert second.previous == first
    assert second.inputs["comparison"] == {"appeared": 1, "left": 1, "moved": 2, "changed": 0, "unchanged": 0}
    changes = compare_lines(lines_of_run(first), lines_of_run(second)).changes
    found = {change.name: (change.kind, change.reasons) for change in explained_changes(second, changes)}
    assert found == {
        "Şule İnce": ("moved", ["“Ova” projesi eklendi: 32 puan."]),
        "Çınar Çelik": ("moved", ["“Orman” projesi artık sayılmıyor."]),
        "Ümit İnce": ("appeared", ["“Dağ” projesi eklendi: 28,8 puan.", "“Bağımsız” projesi eklendi: 0 puan."]),
        "İrem İnce": ("left", ["“Deniz” projesi artık sayılmıyor."]),
    }


def test_publishing_opens_the_window_and_tells_the_schools(edremit):
    run = publish_run(run=edremit.run(), by=edremit.board, on=datetime.date(2021, 6, 11))
    assert (run.status, run.published_by, run.objections_until) == (
        "published",
        edremit.board,
        datetime.date(2021, 6, 18),
    )
    told = set(Notification.objects.filter(kind="ranking.published").values_list("recipient", flat=True))
    assert told == {edremit.coordinator.pk, edremit.neighbour.pk}
    assert AuditEntry.objects.filter(action="ranking.publish", target_id=str(run.pk)).count() == 1
    with pytest.raises(Conflict):
        publish_run(run=run, by=edremit.board)


def test_late_data_block_publishing(edremit):
    run = edremit.run()
    assert runs.is_fresh(run)
    ClaimFactory(
        project=Claim.objects.get(project__title="Orman").project,
        item=item("KA1"),
        stage="success",
        status=ClaimStatus.APPROVED,
    )
    assert not runs.is_fresh(run)
    with pytest.raises(StaleRun, match="yeniden hesaplayıp"):
        publish_run(run=run, by=edremit.board)
    run.refresh_from_db()
    assert run.status == "computed"


@pytest.mark.parametrize("change", ["setting", "posting", "category", "team"])
def test_every_kind_of_input_makes_a_run_stale(edremit, change):
    run = edremit.run()
    if change == "setting":
        YearSetting.objects.create(year=edremit.year, key="project_points", value="sum")
    elif change == "posting":
        Posting.objects.filter(staff=edremit.people["İrem"]).update(institution=edremit.other)
    elif change == "category":
        edremit.other.years.update(category="primary")
    else:
        Claim.objects.get(project__title="Göl").project.team_teachers.create(staff=edremit.people["Ümit"])
    assert not runs.is_fresh(run)


def test_only_the_newest_run_is_published_and_the_older_is_superseded(edremit):
    first = edremit.run()
    second = edremit.run()
    with pytest.raises(Conflict, match="daha yeni"):
        publish_run(run=first, by=edremit.board)
    publish_run(run=second, by=edremit.board)
    third = publish_run(run=edremit.run(), by=edremit.board)
    second.refresh_from_db()
    assert second.status == "superseded"
    assert runs.published_run(edremit.year, MEASURE, "district,category") == third


def test_only_the_board_publishes(edremit):
    run = edremit.run()
    for user in (edremit.coordinator, edremit.technical, edremit.executive):
        with pytest.raises(PermissionDenied):
            publish_run(run=run, by=user)


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        (datetime.date(2021, 6, 11), 5, datetime.date(2021, 6, 18)),
        (datetime.date(2021, 6, 12), 1, datetime.date(2021, 6, 14)),
        (datetime.date(2021, 5, 18), 1, datetime.date(2021, 5, 20)),
        (datetime.date(2021, 12, 31), 1, datetime.date(2022, 1, 3)),
        (datetime.date(2021, 6, 11), 0, datetime.date(2021, 6, 10)),
    ],
)
def test_working_days_leave_out_weekends_and_fixed_holidays(day, count, expected):
    assert working_days_after(day, count) == expected


def test_a_school_objects_to_its_own_row_and_the_board_answers(edremit):
    run = publish_run(run=edremit.run(), by=edremit.board)
    row = row_of(run, edremit.people["İrem"])
    assert not runs.is_settled(run)
    for stranger in (edremit.neighbour, edremit.technical, edremit.district_board):
        with pytest.raises(PermissionDenied):
            raise_objection(row=row, text="…", by=stranger)
    objection = raise_objection(row=row, text="  KA1 başarısı eksik.  ", by=edremit.coordinator)
    assert (objection.institution, objection.text) == (edremit.school, "KA1 başarısı eksik.")
    assert Notification.objects.filter(recipient=edremit.board, kind="objection.raised").count() == 1
    with pytest.raises(Conflict, match="cevap bekleyen"):
        raise_objection(row=row, text="Bir daha", by=edremit.coordinator)
    with pytest.raises(PermissionDenied):
        answer_objection(objection=objection, action="keep", text="x", version=1, by=edremit.technical)
    with pytest.raises(UserError, match="gerekçesiyle"):
        answer_objection(objection=objection, action="keep", text=" ", version=1, by=edremit.board)
    answered = answer_objection(objection=objection, action="correct", text="Haklısınız.", version=1, by=edremit.board)
    assert (answered.status, answered.answered_by, answered.version) == ("corrected", edremit.board, 2)
    assert Notification.objects.filter(recipient=edremit.coordinator, kind="objection.answered").count() == 1
    with pytest.raises(StaleForm):
        answer_objection(objection=objection, action="keep", text="Hayır.", version=1, by=edremit.board)
    assert runs.is_settled(run, on=run.objections_until + datetime.timedelta(days=1))


def test_after_the_window_nobody_objects(edremit):
    run = publish_run(run=edremit.run(), by=edremit.board, on=datetime.date(2021, 6, 1))
    with pytest.raises(UserError, match="süresi doldu"):
        raise_objection(row=row_of(run, edremit.people["İrem"]), text="Geç", by=edremit.coordinator)
    assert runs.is_settled(run)


def test_who_sees_which_rows(edremit):
    run = edremit.run()
    cinar = edremit.people["Çınar"].user

    def seen(user):
        return {row.holder_name for row in rows_visible_to(user, RankingRun.objects.get(pk=run.pk))}

    everybody = {"Çınar Çelik", "İrem İnce", "Şule İnce"}
    assert [len(seen(user)) for user in (edremit.board, edremit.executive, edremit.coordinator, cinar)] == [3, 3, 0, 0]
    publish_run(run=run, by=edremit.board)
    assert seen(edremit.technical) == seen(edremit.district_board) == everybody
    assert seen(edremit.coordinator) == {"Çınar Çelik", "İrem İnce"}
    assert seen(edremit.neighbour) == {"Şule İnce"}
    assert seen(cinar) == {"Çınar Çelik"}


def test_rows_of_a_run_are_written_with_unique_positions(edremit):
    run = edremit.run()
    assert list(RankingRow.objects.filter(run=run).order_by("position").values_list("position", flat=True)) == [1, 2, 3]


def test_two_computations_of_the_same_moment_are_one_run(edremit):
    drafts = [draft_run(year=edremit.year, measure=MEASURE, partition=None, by=None) for _ in range(2)]
    first, second = (store_run(draft=draft, by=None) for draft in drafts)
    assert first == second
    assert RankingRun.objects.count() == 1


@pytest.mark.postgres_only
@pytest.mark.django_db(transaction=True)
def test_all_reads_inside_see_one_moment_and_without_they_would_not():
    def add_meanwhile(plate):
        with ThreadPoolExecutor(1) as pool:
            pool.submit(add_province, plate).result()

    def add_province(plate):
        Province.objects.create(plate_code=plate, name=f"İl {plate}")
        connection.close()

    with one_view():
        assert Province.objects.count() == 0
        add_meanwhile(901)
        assert Province.objects.count() == 0
    with transaction.atomic():
        assert Province.objects.count() == 1
        add_meanwhile(902)
        assert Province.objects.count() == 2
