"""Lists that leave the module: what stands in them, who may fetch them, and what the audit keeps."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from common.jobs import run_now
from common.models import AuditEntry, Job, StoredFile
from projects.models import Project, ProjectExport
from projects.services.exports import discard_expired_exports
from projects.views import exports as views
from projects.workflow import ClaimStage, ClaimStatus
from schools.authority import forget_seats
from schools.models import Seat
from schools.models.commissions import CommissionKind, SeatRole
from tests.factories.projects import ClaimFactory, ProjectFactory, item, team
from tests.factories.schools import InstitutionFactory, StaffFactory, StudentFactory, seat_user

pytestmark = pytest.mark.django_db

HEADER = (
    "Yıl;Kurum Kodu;Kurum;İlçe;Kategori;Proje Adı;Program;Kalem;Aşama;Durum;Kitap Okuma Projesi;İyi Örnek;"
    "Başlangıç Tarihi;Bitiş Tarihi;Son Gönderilme;Son Karar;Son Değişiklik;Koordinatör Öğretmen;Öğretmen Sayısı;"
    "Öğrenci Sayısı;Onaylanan Talepler"
)


def client_of(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content)


def lines(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig")), delimiter=";"))


@pytest.fixture
def technical(catalogue: None) -> Any:
    return seat_user(CommissionKind.TECHNICAL, SeatRole.RND, full_name="İrem Şahin")


@pytest.fixture
def listed(school: Any) -> Project:
    """An approved project with a team of two teachers and three pupils, and a success that waits."""
    project = ProjectFactory(institution=school, title="=TOPLA(A1)", item=item("KA2"))
    team(
        project,
        coordinator=StaffFactory(institution=school, first_name="Çiğdem", last_name="Iğdır"),
        teachers=[StaffFactory(institution=school)],
        students=StudentFactory.create_batch(3, institution=school),
    )
    moment = dt.datetime(2021, 3, 5, 14, 2, tzinfo=timezone.get_current_timezone())
    ClaimFactory(project=project, status=ClaimStatus.APPROVED, submitted_at=moment, decided_at=moment + dt.timedelta(1))
    ClaimFactory(
        project=project, stage=ClaimStage.SUCCESS, status=ClaimStatus.SUBMITTED, submitted_at=moment + dt.timedelta(2)
    )
    Project.objects.filter(pk=project.pk).update(updated_at=moment)
    return project


def test_a_short_list_comes_at_once_and_is_written_down(school: Any, listed: Project, technical: Any) -> None:
    ProjectFactory(institution=InstitutionFactory(), title="Süzülen")
    url = reverse("projects:export", args=["csv"])
    response = client_of(technical).post(f"{url}?durum=approved&ara=topla")
    data = body(response)
    assert response["Content-Type"] == "text/csv"
    assert lines(data) == [
        HEADER.split(";"),
        [
            "2020-2021", school.code, "Edremit Işık Ortaokulu", "Edremit", "Ortaokul", "'=TOPLA(A1)", "AB projeleri",
            "KA2", "Başarı", "Onaylandı", "Hayır", "Hayır", "01.10.2020", "31.05.2021", "07.03.2021 14:02",
            "06.03.2021 14:02", "05.03.2021 14:02", "Çiğdem Iğdır", "2", "3", "KA2 (Hazırlayan)",
        ],
    ]  # fmt: skip
    entry = AuditEntry.objects.get(action="projects.export")
    assert entry.actor == technical
    assert entry.after == {
        "format": "csv",
        "filter": "Aranan: topla; Durum: Onaylandı",
        "rows": 1,
        "sha256": hashlib.sha256(data).hexdigest(),
    }


def test_the_workbook_holds_no_formula_and_no_pupil(listed: Project, technical: Any) -> None:
    pupil = listed.team_students.select_related("student").order_by("pk")[0].student
    data = body(client_of(technical).post(reverse("projects:export", args=["xlsx"])))
    sheet = load_workbook(io.BytesIO(data)).active
    rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    assert rows[0] == HEADER.split(";")
    assert rows[1][5] == "=TOPLA(A1)"
    assert sheet.cell(2, 6).data_type == "s"
    assert rows[1][18:20] == [2, 3]
    assert not [cell for row in rows for cell in row if pupil.last_name in str(cell) and pupil.first_name in str(cell)]


def test_nobody_takes_what_they_do_not_see(listed: Project, stranger: Any) -> None:
    data = body(client_of(stranger).post(reverse("projects:export", args=["csv"])))
    assert len(lines(data)) == 1


def test_an_unknown_format_is_not_found_and_a_link_takes_nothing(technical: Any) -> None:
    client = client_of(technical)
    assert client.post(reverse("projects:export", args=["pdf"])).status_code == 404
    assert client.get(reverse("projects:export", args=["csv"]))["Location"] == reverse("projects:list")


@pytest.fixture
def long_list(monkeypatch: pytest.MonkeyPatch, listed: Project, school: Any) -> Project:
    """Two projects, where one row is the most that is written at once."""
    monkeypatch.setattr(views, "AT_ONCE", 1)
    return ProjectFactory(institution=school, title="İkinci")


def made_export(client: Client, query: str = "") -> ProjectExport:
    response = client.post(reverse("projects:export", args=["csv"]) + query)
    job = Job.objects.get(kind="projects.export")
    assert response["Location"] == reverse("common:job", args=[job.pk])
    done = run_now(job)
    assert done.state == Job.State.DONE, done.error
    export = ProjectExport.objects.get()
    assert done.redirect_url == reverse("projects:export_ready", args=[export.pk])
    return export


def test_a_long_list_becomes_a_file_for_its_owner(long_list: Project, technical: Any, reviewer: Any) -> None:
    client = client_of(technical)
    export = made_export(client, "?ara=edremit")
    assert (export.rows, export.query) == (2, "Aranan: edremit")
    assert client.get(reverse("projects:export_ready", args=[export.pk])).status_code == 200
    data = body(client.get(reverse("projects:export_file", args=[export.pk])))
    assert len(lines(data)) == 3
    assert hashlib.sha256(data).hexdigest() == export.file.sha256
    taken = AuditEntry.objects.filter(action__startswith="projects.export").order_by("pk")
    assert [(entry.action, entry.after["rows"]) for entry in taken] == [
        ("projects.export", 2),
        ("projects.export_download", 2),
    ]
    assert taken[0].after["filter"] == "Aranan: edremit"
    other = client_of(reviewer)
    for name in ("export_ready", "export_file"):
        assert other.get(reverse(f"projects:{name}", args=[export.pk])).status_code == 404


def test_who_lost_the_seat_does_not_get_the_file(long_list: Project, technical: Any) -> None:
    export = made_export(client_of(technical))
    Seat.objects.filter(staff__user=technical).update(end_date=timezone.localdate() - dt.timedelta(days=1))
    forget_seats(technical)
    refused_and_explained(client_of(technical), export, "görme yetkiniz olmayan")


def test_who_sees_less_by_now_does_not_get_the_file(long_list: Project, technical: Any) -> None:
    elsewhere = ProjectFactory(institution=InstitutionFactory(), title="Başka Yerde")
    export = made_export(client_of(technical))
    assert elsewhere.pk in export.projects
    Seat.objects.filter(staff__user=technical).update(end_date=timezone.localdate() - dt.timedelta(days=1))
    of_school = seat_user(CommissionKind.SCHOOL, SeatRole.COORDINATOR, long_list.institution)
    Seat.objects.filter(staff__user=of_school).update(staff=technical.staff_member)
    refused_and_explained(client_of(technical), export, "görme yetkiniz olmayan")


def test_after_a_day_the_file_is_refused_and_then_gone(long_list: Project, technical: Any) -> None:
    client = client_of(technical)
    export = made_export(client)
    assert discard_expired_exports() == 0
    ProjectExport.objects.update(expires_at=timezone.now())
    refused_and_explained(client, export, "24 saatlik")
    assert discard_expired_exports() == 1
    assert not StoredFile.objects.filter(purpose="projects.export").exists()
    assert client.get(reverse("projects:export_ready", args=[export.pk])).status_code == 404


def refused_and_explained(client: Client, export: ProjectExport, words: str) -> None:
    ready = reverse("projects:export_ready", args=[export.pk])
    response = client.get(reverse("projects:export_file", args=[export.pk]))
    assert (response.status_code, response["Location"]) == (302, ready)
    page = client.get(ready)
    assert page.status_code == 403
    assert words in page.content.decode()
    assert not AuditEntry.objects.filter(action="projects.export_download").exists()


def test_a_job_reads_what_its_owner_may_see_when_it_runs(long_list: Project, technical: Any) -> None:
    client = client_of(technical)
    client.post(reverse("projects:export", args=["csv"]))
    Seat.objects.filter(staff__user=technical).update(end_date=timezone.localdate() - dt.timedelta(days=1))
    run_now(Job.objects.get())
    assert ProjectExport.objects.get().rows == 0
