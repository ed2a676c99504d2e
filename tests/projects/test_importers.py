"""Projects from files: one row per claim, teams by number, catalogue by name, code or other name."""

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from common.identity import complete_tc
from common.imports import services, undo
from common.imports.kinds import Scope
from common.models import ImportBatch
from projects.models import Claim, ClaimEvent, Project, SecondOpinion, StagedDecision, TeamStudent, TeamTeacher
from projects.reference import load
from projects.selectors import lists
from projects.selectors.staged import staged_counts
from projects.services import stage_decision
from projects.services.desk import ask_opinion
from projects.workflow import ClaimStatus
from schools.models import AcademicYear
from schools.models.commissions import CommissionKind
from tests.common.sending import counts, import_table, write_csv
from tests.factories.accounts import UserFactory
from tests.factories.schools import InstitutionFactory, StaffFactory, StudentFactory, seat_user

pytestmark = pytest.mark.django_db

HEADER = "Kurum Kodu;Proje Adı;Program;Kalem;Aşama;Durum;Bağımsız Puan;Öğretmen T.C. Kimlik No;Öğrenci T.C. Kimlik No"
LONG_AGO = dt.datetime(2021, 1, 1, tzinfo=dt.UTC)
TC = [complete_tc(str(300_000_000 + n)) for n in range(10)]


@pytest.fixture
def school() -> Any:
    load()
    school = InstitutionFactory(code="712345")
    for n in range(3):
        StaffFactory(institution=school, tc=TC[n], first_name=f"Öğretmen{n}")
        StudentFactory(institution=school, tc=TC[5 + n])
    return school


def row(title: str = "Işık", **changes: str) -> list[str]:
    cells = {
        "kurum": "712345",
        "ad": title,
        "program": "AB projeleri",
        "kalem": "KA2",
        "asama": "Hazırlayan",
        "durum": "Onaylandı",
        "puan": "",
        "ogretmen": "|".join(TC[:2]),
        "ogrenci": TC[5],
    }
    return list((cells | changes).values())


def claims() -> list[tuple[Any, ...]]:
    rows = Claim.objects.order_by("project__title_key", "pk")
    return list(rows.values_list("project__title", "item__code", "stage", "status", "independent_points"))


def test_rows_of_one_project_become_its_claims(school: Any, tmp_path: Path) -> None:
    path = write_csv(
        tmp_path / "a.csv",
        HEADER,
        row(),
        row("IŞIK", asama="BAŞARI", ogretmen=TC[2], ogrenci=""),
        row("Deniz", program="TÜBİTAK", kalem="4006-A", durum="Gönderildi"),
        row("Toprak", program="ETWINNING", kalem="Proje", durum="Taslak"),
        row("Hava", program="AB", kalem="Diğer", asama="Başarı", puan="85,5"),
        row("Su", program="Yerel Projeler", kalem="Düzey 2", durum="Reddedildi", ogretmen="", ogrenci=""),
    )
    answer, code = import_table("projects", path)
    assert (counts(answer), answer["errors"], code) == ((6, 6, 0, 0, 0), [], 0)
    assert claims() == [
        ("Deniz", "4006", "preparing", "submitted", None),
        ("Hava", "AB-OTHER", "success", "approved", Decimal("85.50")),
        ("Işık", "KA2", "preparing", "approved", None),
        ("Işık", "KA2", "success", "approved", None),
        ("Su", "LOCAL-2", "preparing", "rejected", None),
    ]
    projects = Project.objects.order_by("title_key").values_list("title", "status", "item__code")
    assert list(projects) == [
        ("Deniz", "submitted", "4006"),
        ("Hava", "approved", "AB-OTHER"),
        ("Işık", "approved", "KA2"),
        ("Su", "rejected", "LOCAL-2"),
        ("Toprak", "draft", "ETW-PROJECT"),
    ]
    team = TeamTeacher.objects.filter(project__title="Işık").order_by("pk")
    assert list(team.values_list("staff__first_name", "is_coordinator")) == [
        ("Öğretmen0", True),
        ("Öğretmen1", False),
        ("Öğretmen2", False),
    ]
    assert TeamStudent.objects.filter(project__title="Işık").count() == 1
    assert counts(import_table("projects", path)[0]) == (6, 0, 0, 6, 0)


@pytest.mark.parametrize(
    ("changes", "column", "message"),
    [
        ({"kurum": "999999"}, "Kurum Kodu", "Bu ilde 999999 kodlu kurum yok"),
        ({"ad": ""}, "Proje Adı", "Boş bırakılamaz; değeri yazınız."),
        ({"program": "Ay Projesi"}, "Program", "“Ay Projesi” programı puan tablosunda yok."),
        ({"kalem": "KA9"}, "Kalem", "Bu programda böyle bir kalem yok"),
        ({"program": "TÜBİTAK"}, "Kalem", "Bu programda böyle bir kalem yok"),
        ({"asama": "Bitti"}, "Aşama", "“Bitti” bir aşama değil"),
        ({"durum": "Belki"}, "Durum", "“Belki” bir durum değil"),
        ({"kalem": "Diğer"}, "Bağımsız Puan", "Bağımsız puanlanan onaylı kalemde 0-100 arası puan yazılmalıdır."),
        ({"kalem": "Diğer", "puan": "101"}, "Bağımsız Puan", "0 ile 100 arasında olmalıdır."),
        ({"kalem": "Diğer", "puan": "çok"}, "Bağımsız Puan", "Sayı olmalıdır."),
        ({"puan": "50"}, "Bağımsız Puan", "Bu kalem bağımsız puanlanmaz"),
        ({"ogretmen": TC[9]}, "Öğretmen T.C. Kimlik No", "Bu ilde bu numarayla personel kaydı yok."),
        ({"ogretmen": f"{TC[0]}|123"}, "Öğretmen T.C. Kimlik No", "Kimlik numarası 11 haneli olmalıdır"),
        ({"ogrenci": TC[0]}, "Öğrenci T.C. Kimlik No", "Bu ilde bu numarayla öğrenci kaydı yok."),
    ],
)
def test_refused_cell_is_named(school: Any, tmp_path: Path, changes: dict[str, str], column: str, message: str) -> None:
    answer, code = import_table("projects", write_csv(tmp_path / "a.csv", HEADER, row("Deniz"), row(**changes)))
    assert (counts(answer), code) == ((2, 0, 0, 0, 1), 1)
    (error,) = answer["errors"]
    assert (error["row"], error["column"]) == (3, column)
    assert error["message"].startswith(message)
    assert not any(number in str(answer) for number in TC)
    assert not Project.objects.exists()


def test_same_claim_twice_is_refused(school: Any, tmp_path: Path) -> None:
    answer, _code = import_table("projects", write_csv(tmp_path / "a.csv", HEADER, row(), row("ışık")))
    (error,) = answer["errors"]
    assert (error["row"], error["column"]) == (3, "Kalem")
    assert "2. satırda da var" in error["message"]


def test_corrected_file_changes_what_differs(school: Any, tmp_path: Path) -> None:
    import_table("projects", write_csv(tmp_path / "a.csv", HEADER, row(durum="Gönderildi"), row("Deniz")))
    second = write_csv(
        tmp_path / "b.csv", HEADER, row(ogretmen=TC[2]), row("Deniz"), row(asama="Başarı", ogretmen=TC[2])
    )
    assert counts(import_table("projects", second)[0]) == (3, 1, 1, 1, 0)
    assert claims() == [
        ("Deniz", "KA2", "preparing", "approved", None),
        ("Işık", "KA2", "preparing", "approved", None),
        ("Işık", "KA2", "success", "approved", None),
    ]
    assert Project.objects.get(title="Işık").status == "approved"
    team = TeamTeacher.objects.filter(project__title="Işık")
    assert list(team.values_list("staff__first_name", flat=True)) == ["Öğretmen2"]
    assert Claim.objects.get(project__title="Işık", stage="preparing").decided_at is not None


def test_claim_in_review_or_returned_is_not_set_back(school: Any, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", HEADER, row(durum="Gönderildi"))
    import_table("projects", path)
    for status in (ClaimStatus.IN_REVIEW, ClaimStatus.RETURNED):
        Claim.objects.update(status=status)
        Project.objects.update(status=status)
        assert counts(import_table("projects", path)[0]) == (1, 0, 0, 1, 0)
        assert Claim.objects.get().status == status


def test_a_file_that_decides_ends_a_staged_decision(school: Any, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", HEADER, row(durum="Gönderildi"), row("Deniz", durum="Gönderildi"))
    import_table("projects", path)
    reviewer = seat_user(CommissionKind.TECHNICAL)
    for claim in Claim.objects.all():
        stage_decision(claim=claim, action="approve", by=reviewer)
    import_table("projects", path)
    assert StagedDecision.objects.count() == 2
    import_table("projects", write_csv(tmp_path / "b.csv", HEADER, row(durum="Reddedildi")))
    assert StagedDecision.objects.get().claim.project.title == "Deniz"
    assert staged_counts(reviewer, Claim.objects.all()[0].year)["team"] == 1


def test_a_file_that_decides_ends_open_second_opinions(school: Any, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", HEADER, row(durum="Gönderildi"), row("Deniz", durum="Gönderildi"))
    import_table("projects", path)
    reviewer, colleague = seat_user(CommissionKind.TECHNICAL), seat_user(CommissionKind.TECHNICAL)
    for claim in Claim.objects.all():
        ask_opinion(claim=claim, of=colleague, text="Ne dersiniz?", by=reviewer)
    import_table("projects", write_csv(tmp_path / "b.csv", HEADER, row(durum="Reddedildi")))
    assert SecondOpinion.objects.get(answered_at=None).claim.project.title == "Deniz"


def test_claim_of_the_module_beside_a_rejected_one_is_the_one_that_counts(school: Any, tmp_path: Path) -> None:
    import_table("projects", write_csv(tmp_path / "a.csv", HEADER, row(durum="Reddedildi")))
    rejected = Claim.objects.get()
    fresh = Claim.objects.create(project=rejected.project, item=rejected.item, stage="preparing", status="submitted")
    assert counts(import_table("projects", write_csv(tmp_path / "b.csv", HEADER, row()))[0]) == (1, 0, 1, 0, 0)
    fresh.refresh_from_db()
    rejected.refresh_from_db()
    assert (fresh.status, rejected.status) == ("approved", "rejected")


def test_history_names_the_import_when_a_person_did_it(school: Any, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", HEADER, row())
    by = UserFactory()
    services.import_path(kind="projects", scope=Scope(10, "2020-2021"), path=path, by=by)
    event = ClaimEvent.objects.get()
    assert (event.action, event.to_status, event.by, event.claim) == ("import", "approved", by, Claim.objects.get())


def test_a_project_whose_team_the_file_changes_has_changed(school: Any, tmp_path: Path) -> None:
    import_table("projects", write_csv(tmp_path / "a.csv", HEADER, row(), row("Deniz"), row("Hava")))
    Project.objects.update(updated_at=LONG_AGO)
    import_table("projects", write_csv(tmp_path / "b.csv", HEADER, row(ogretmen=TC[2]), row("Deniz"), row("Hava")))
    assert [title for title, at in Project.objects.values_list("title", "updated_at") if at > LONG_AGO] == ["Işık"]
    import_table("projects", write_csv(tmp_path / "c.csv", HEADER, row("Deniz", ogrenci="|".join(TC[5:7]))))
    changed = Project.objects.filter(updated_at__gt=LONG_AGO).order_by("title_key").values_list("title", flat=True)
    assert list(changed) == ["Deniz", "Işık"]


def test_undo_brings_teams_and_statuses_back(school: Any, tmp_path: Path) -> None:
    import_table("projects", write_csv(tmp_path / "a.csv", HEADER, row(durum="Gönderildi")))
    before = (claims(), list(TeamTeacher.objects.order_by("pk").values_list()), Project.objects.get().status)
    second = write_csv(tmp_path / "b.csv", HEADER, row(ogretmen=TC[2]), row("Deniz"), row(asama="Başarı"))
    services.import_path(kind="projects", scope=Scope(10, "2020-2021"), path=second, by=UserFactory())
    assert Claim.objects.count() == 3
    batch = ImportBatch.objects.order_by("created_at").last()
    assert batch is not None
    undo.take_back(undo.unpacked(batch.undo))
    assert (claims(), list(TeamTeacher.objects.order_by("pk").values_list()), Project.objects.get().status) == before
    assert not ClaimEvent.objects.exists()


def undone(path: Path, year: AcademicYear) -> list[str]:
    """Write a file, take it back as a job does, and name the projects that changed by taking it back."""
    import_table("projects", path)
    batch = ImportBatch.objects.order_by("-created_at")[0]
    Project.objects.update(updated_at=LONG_AGO)
    before = lists.last_change(year)
    services.start_undo(batch=batch, by=UserFactory())
    services.undo_batch(batch_id=batch.pk, by=None)
    batch.refresh_from_db()
    assert batch.state == "undone"
    assert lists.last_change(year) != before
    changed = Project.objects.filter(updated_at__gt=LONG_AGO).order_by("title_key")
    return list(changed.values_list("title", flat=True))


def test_projects_from_which_an_import_is_taken_back_have_changed(school: Any, tmp_path: Path) -> None:
    first = write_csv(tmp_path / "a.csv", HEADER, row(), row("Deniz"), row("Hava", durum="Gönderildi"))
    import_table("projects", first)
    year = AcademicYear.objects.get()
    added = write_csv(tmp_path / "b.csv", HEADER, row(ogrenci="|".join(TC[5:7])), row("Deniz"))
    assert undone(added, year) == ["Işık"]
    removed = write_csv(tmp_path / "c.csv", HEADER, row(), row("Deniz", ogretmen=TC[0]))
    assert undone(removed, year) == ["Deniz"]
    assert undone(write_csv(tmp_path / "d.csv", HEADER, row("Hava"), row("Deniz")), year) == ["Hava"]
    assert undone(write_csv(tmp_path / "e.csv", HEADER, row(asama="Başarı")), year) == ["Işık"]


def test_undo_refused_once_a_claim_was_decided_in_the_module(school: Any, tmp_path: Path) -> None:
    import_table("projects", write_csv(tmp_path / "a.csv", HEADER, row(durum="Gönderildi")))
    Claim.objects.update(status="approved")
    batch = ImportBatch.objects.get()
    with pytest.raises(Exception, match="sonradan değişti"):
        undo.take_back(undo.unpacked(batch.undo))
    assert Claim.objects.count() == 1
