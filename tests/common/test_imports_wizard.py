"""The wizard from the file to the undoing, through real pages and real jobs."""

import io
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from common.identity import complete_tc
from common.jobs import run_now
from common.models import AuditEntry, ImportBatch, Job, StoredFile
from schools.models import Posting, StaffMember
from schools.models.commissions import CommissionKind, SeatRole
from tests.common.sending import csv_bytes
from tests.factories.schools import (
    InstitutionFactory,
    ProvinceFactory,
    SeatFactory,
    StaffFactory,
    YearFactory,
    seat_user,
)

pytestmark = pytest.mark.django_db

HEADER = "T.C. Kimlik No;Ad;Soyad;Unvan;Branş;Kurum Kodu;E-posta;İstihdam"
TC = [complete_tc(str(300_000_000 + n)) for n in range(10)]


def person(n: int, **changes: str) -> list[str]:
    cells = {"tc": TC[n], "ad": f"Ad{n}", "soyad": "Öz", "unvan": "Öğretmen", "brans": "Tarih", "kurum": "712345"}
    return [*(cells | changes).values(), "", ""]


@pytest.fixture
def clerk() -> Client:
    InstitutionFactory(code="712345", district__province=YearFactory().province)
    client = Client()
    client.force_login(seat_user(CommissionKind.TECHNICAL, SeatRole.IT))
    return client


def send(client: Client, data: bytes, kind: str = "staff", name: str = "liste.csv") -> ImportBatch:
    answer = client.post(reverse("common:import_new"), {"kind": kind, "file": SimpleUploadedFile(name, data)})
    assert answer.status_code == 302, answer.content.decode()
    batch = ImportBatch.objects.get(pk=answer["Location"].strip("/").split("/")[-1])
    return checked(batch)


def checked(batch: ImportBatch) -> ImportBatch:
    """The batch after its job has run."""
    batch.refresh_from_db()
    assert batch.job is not None
    job = run_now(batch.job)
    assert (job.state, job.error) == ("done", "")
    batch.refresh_from_db()
    return batch


def confirm(client: Client, batch: ImportBatch, **form: str) -> ImportBatch:
    client.post(reverse("common:import_confirm", args=[batch.pk]), form)
    return checked(batch)


def page(client: Client, batch: ImportBatch) -> str:
    answer = client.get(batch.get_absolute_url())
    assert answer.status_code == 200
    return answer.content.decode()


def test_send_preview_confirm_undo(clerk: Client) -> None:
    known = StaffFactory(institution=InstitutionFactory(code="712346"), tc=TC[0], first_name="Eski", last_name="Öz")
    batch = send(clerk, csv_bytes(HEADER, person(0), person(1), person(2)))
    assert batch.state == "preview"
    assert batch.counts == {"rows": 3, "created": 2, "updated": 1, "unchanged": 0, "refused": 0}
    assert StaffMember.objects.filter(first_name="Ad1").count() == 0
    shown = page(clerk, batch)
    assert all(text in shown for text in ("Eski", "Ad0", "712346"))
    assert not any(number in shown for number in TC)

    batch = confirm(clerk, batch)
    assert batch.state == "applied"
    assert batch.file is None
    assert not StoredFile.objects.filter(purpose="import").exists()
    known.refresh_from_db()
    assert (known.first_name, known.postings.get().institution.code) == ("Ad0", "712345")
    assert Posting.objects.filter(institution__code="712345").count() == 3
    assert "geri al" in page(clerk, batch)

    clerk.post(reverse("common:import_undo", args=[batch.pk]))
    batch = checked(batch)
    assert batch.state == "undone"
    known.refresh_from_db()
    assert (known.first_name, known.postings.get().institution.code) == ("Eski", "712346")
    assert not StaffMember.objects.filter(first_name__in=["Ad1", "Ad2"]).exists()
    actions = AuditEntry.objects.filter(action__startswith="import.").order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["import.send", "import.confirm", "import.apply", "import.undo_asked", "import.undo"]


def test_refused_rows_hold_everything_back_until_left_out(clerk: Client) -> None:
    batch = send(clerk, csv_bytes(HEADER, person(0), person(1, kurum="999999"), person(2, tc="10000000147")))
    assert batch.counts["refused"] == 2
    shown = page(clerk, batch)
    assert "Bu ilde 999999 kodlu kurum yok" in shown
    assert "Kimlik numarası geçerli değil" in shown
    answer = clerk.post(reverse("common:import_confirm", args=[batch.pk]), follow=True)
    assert "Dosyada hatalı satırlar var" in answer.content.decode()
    batch.refresh_from_db()
    assert batch.state == "preview"
    batch = confirm(clerk, batch, skip_refused="on")
    assert batch.state == "applied"
    assert list(Posting.objects.filter(institution__code="712345").values_list("staff__first_name", flat=True)) == [
        "Ad0"
    ]


def test_refused_rows_come_back_with_reasons_and_can_be_sent_again(clerk: Client) -> None:
    batch = send(clerk, csv_bytes(HEADER, person(0), person(1, kurum="999999")))
    answer = clerk.get(reverse("common:import_refused", args=[batch.pk]))
    rows = [[cell.value for cell in row] for row in load_workbook(io.BytesIO(answer.content)).active.rows]
    assert rows[0] == [*HEADER.split(";"), "Dosyadaki Satır", "Hata"]
    assert rows[1][:2] == [TC[1], "Ad1"]
    assert rows[1][-2:] == [
        "3",
        "Kurum Kodu: Bu ilde 999999 kodlu kurum yok; kodu düzeltiniz ya da önce kurumu ekleyiniz.",
    ]
    InstitutionFactory(code="999999")
    again = send(clerk, answer.content, name="reddedilenler.xlsx")
    assert again.counts == {"rows": 1, "created": 1, "updated": 0, "unchanged": 0, "refused": 0}


def test_refused_rows_are_for_the_sender_alone(clerk: Client) -> None:
    batch = send(clerk, csv_bytes(HEADER, person(1, kurum="999999")))
    colleague = Client()
    colleague.force_login(seat_user(CommissionKind.MEASUREMENT_CENTRE, SeatRole.DATA_CLERK))
    assert colleague.get(batch.get_absolute_url()).status_code == 200
    assert colleague.get(reverse("common:import_refused", args=[batch.pk])).status_code == 404


def test_file_rests_sealed(clerk: Client) -> None:
    batch = send(clerk, csv_bytes(HEADER, person(0)))
    assert batch.file is not None
    with batch.file.content.open("rb") as kept:
        assert TC[0].encode() not in kept.read()


def test_unreadable_file_is_refused_with_its_sentence(clerk: Client) -> None:
    batch = send(clerk, b"\x89PNG\r\n\x1a\n\x00\x00", name="a.xlsx")
    assert batch.state == "refused"
    assert "Bu dosya bir hesap tablosu değil" in page(clerk, batch)
    assert batch.file is None


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("a.pdf", b"x", "Bu dosya türü alınmıyor"),
        ("a.xlsm", b"x", "Dosyada makro var"),
        ("a.csv", b"", "Dosya boş"),
    ],
)
def test_wrong_upload_is_told_in_the_form(clerk: Client, name: str, data: bytes, sentence: str) -> None:
    answer = clerk.post(reverse("common:import_new"), {"kind": "staff", "file": SimpleUploadedFile(name, data)})
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not ImportBatch.objects.exists()


def test_same_file_again_offers_nothing_to_write(clerk: Client) -> None:
    data = csv_bytes(HEADER, person(0))
    confirm(clerk, send(clerk, data))
    again = send(clerk, data)
    assert again.counts == {"rows": 1, "created": 0, "updated": 0, "unchanged": 1, "refused": 0}
    assert "zaten kayıtlı" in page(clerk, again)


def test_data_changed_between_preview_and_writing(clerk: Client) -> None:
    batch = send(clerk, csv_bytes(HEADER, person(0)))
    StaffFactory(institution=InstitutionFactory(code="712346"), tc=TC[0])
    batch = confirm(clerk, batch)
    assert batch.state == "refused"
    assert "Önizlemeden sonra veriler değişti" in batch.message
    assert not Posting.objects.filter(institution__code="712345").exists()


def test_undo_refused_once_something_was_built_on_it(clerk: Client) -> None:
    batch = confirm(clerk, send(clerk, csv_bytes(HEADER, person(0), person(1))))
    seat = SeatFactory(staff=StaffMember.objects.get(first_name="Ad1"))
    clerk.post(reverse("common:import_undo", args=[batch.pk]))
    batch = checked(batch)
    assert batch.state == "applied"
    assert "kurul üyelikleri" in batch.message
    assert batch.message in page(clerk, batch)
    assert Posting.objects.filter(institution__code="712345").count() == 2
    seat.delete()
    clerk.post(reverse("common:import_undo", args=[batch.pk]))
    assert checked(batch).state == "undone"


def test_undo_refused_once_a_written_row_was_changed(clerk: Client) -> None:
    StaffFactory(institution=InstitutionFactory(code="712346"), tc=TC[0])
    batch = confirm(clerk, send(clerk, csv_bytes(HEADER, person(0), person(1))))
    for n in (0, 1):
        row = StaffMember.objects.get(first_name=f"Ad{n}")
        StaffMember.objects.filter(pk=row.pk).update(last_name="Yeni")
        clerk.post(reverse("common:import_undo", args=[batch.pk]))
        batch = checked(batch)
        assert (batch.state, "sonradan değişti" in batch.message) == ("applied", True)
        StaffMember.objects.filter(pk=row.pk).update(last_name="Öz")
    clerk.post(reverse("common:import_undo", args=[batch.pk]))
    assert checked(batch).state == "undone"


def test_imports_are_taken_back_in_turn(clerk: Client) -> None:
    first = confirm(clerk, send(clerk, csv_bytes(HEADER, person(0))))
    second = confirm(clerk, send(clerk, csv_bytes(HEADER, person(0, ad="Sonraki"))))
    clerk.post(reverse("common:import_undo", args=[first.pk]))
    assert checked(first).state == "applied"
    clerk.post(reverse("common:import_undo", args=[second.pk]))
    assert checked(second).state == "undone"
    clerk.post(reverse("common:import_undo", args=[first.pk]))
    assert checked(first).state == "undone"
    assert not StaffMember.objects.filter(first_name__in=["Ad0", "Sonraki"]).exists()


def test_confirming_twice_writes_once(clerk: Client) -> None:
    batch = send(clerk, csv_bytes(HEADER, person(0)))
    clerk.post(reverse("common:import_confirm", args=[batch.pk]))
    answer = clerk.post(reverse("common:import_confirm", args=[batch.pk]), follow=True)
    assert "durumu değişmiş" in answer.content.decode()
    batch = checked(batch)
    assert batch.job is not None
    Job.objects.filter(pk=batch.job.pk).update(state="queued", attempt=0)
    assert run_now(batch.job).state == "done"
    assert Posting.objects.filter(institution__code="712345").count() == 1
    assert AuditEntry.objects.filter(action="import.apply").count() == 1


def test_cancel_deletes_the_file(clerk: Client) -> None:
    batch = send(clerk, csv_bytes(HEADER, person(0, kurum="1")))
    clerk.post(reverse("common:import_cancel", args=[batch.pk]))
    batch.refresh_from_db()
    assert (batch.state, batch.file, batch.refused_file, batch.errors) == ("cancelled", None, None, [])
    assert not StoredFile.objects.filter(purpose="import").exists()


def test_files_are_forgotten_after_a_week(clerk: Client) -> None:
    batch = send(clerk, csv_bytes(HEADER, person(0)))
    ImportBatch.objects.filter(pk=batch.pk).update(created_at=timezone.now() - timedelta(days=8))
    send(clerk, csv_bytes(HEADER, person(1)))
    batch.refresh_from_db()
    assert (batch.state, batch.file) == ("cancelled", None)


def test_template_has_the_headers(clerk: Client) -> None:
    answer = clerk.get(reverse("common:import_template", args=["staff"]))
    sheet = load_workbook(io.BytesIO(answer.content)).active
    assert [cell.value for cell in sheet[1]] == HEADER.split(";")
    assert clerk.get(reverse("common:import_template", args=["nothing"])).status_code == 404


@pytest.mark.parametrize("kind", [CommissionKind.SCHOOL, CommissionKind.DISTRICT, CommissionKind.EXECUTIVE])
def test_others_may_not_import(clerk: Client, kind: CommissionKind) -> None:
    batch = send(clerk, csv_bytes(HEADER, person(0)))
    client = Client()
    client.force_login(seat_user(kind))
    assert client.get(reverse("common:imports")).status_code == 403
    assert client.get(reverse("common:import_new")).status_code == 403
    assert client.get(batch.get_absolute_url()).status_code == 404
    assert client.post(reverse("common:import_confirm", args=[batch.pk])).status_code == 404


def test_technical_team_of_another_province_sees_nothing(clerk: Client) -> None:
    batch = send(clerk, csv_bytes(HEADER, person(0)))
    YearFactory(province__plate_code=63)
    client = Client()
    client.force_login(seat_user(CommissionKind.TECHNICAL, unit=ProvinceFactory(plate_code=63)))
    assert client.get(batch.get_absolute_url()).status_code == 404
    assert "liste.csv" not in client.get(reverse("common:imports")).content.decode()


def test_right_lost_before_the_job_runs(clerk: Client) -> None:
    batch = send(clerk, csv_bytes(HEADER, person(0)))
    clerk.post(reverse("common:import_confirm", args=[batch.pk]))
    batch.refresh_from_db()
    batch.by.staff_member.seats.all().delete()
    assert run_now(batch.job).state == "denied"
    assert not StaffMember.objects.filter(first_name="Ad0").exists()


def test_batch_of_a_stopped_job_can_be_given_up_and_undone_again(clerk: Client) -> None:
    batch = send(clerk, csv_bytes(HEADER, person(0)))
    clerk.post(reverse("common:import_confirm", args=[batch.pk]))
    clerk.post(reverse("common:import_cancel", args=[batch.pk]))
    batch.refresh_from_db()
    assert batch.state == "applying"
    Job.objects.update(state="dead", error="İş durdu.")
    assert "İş durdu." in page(clerk, batch)
    clerk.post(reverse("common:import_cancel", args=[batch.pk]))
    batch.refresh_from_db()
    assert (batch.state, batch.file) == ("cancelled", None)

    batch = confirm(clerk, send(clerk, csv_bytes(HEADER, person(0))))
    clerk.post(reverse("common:import_undo", args=[batch.pk]))
    Job.objects.update(state="dead")
    clerk.post(reverse("common:import_undo", args=[batch.pk]))
    assert checked(batch).state == "undone"


def test_list_needs_the_same_queries_at_one_and_three_rows(clerk: Client, django_assert_max_num_queries: Any) -> None:
    send(clerk, csv_bytes(HEADER, person(0)))
    with django_assert_max_num_queries(20) as one:
        clerk.get(reverse("common:imports"))
        needed = len(one)
    for n in (1, 2):
        send(clerk, csv_bytes(HEADER, person(n)))
    with django_assert_max_num_queries(needed):
        assert clerk.get(reverse("common:imports")).content.decode().count("liste.csv") == 3
