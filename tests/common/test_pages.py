"""Job page, notices, health: who sees them, what they answer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from common.models import Job, Notification
from tests.common import job_kinds  # noqa: F401
from tests.factories.accounts import SystemAdminFactory, UserFactory
from tests.factories.common import JobFactory, NotificationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def me(client: Client) -> Any:
    user = UserFactory()
    client.force_login(user)
    return user


def test_signed_out_visitors_are_sent_to_the_sign_in_page(client: Client) -> None:
    job, notice = JobFactory(), NotificationFactory()
    for url in (f"/isler/{job.pk}/", f"/isler/{job.pk}/durum/", "/isler/", "/bildirimler/"):
        assert client.get(url).status_code == 302
    for url in (f"/isler/{job.pk}/yeniden/", f"/bildirimler/{notice.pk}/ac/", "/bildirimler/okundu/"):
        assert client.post(url).status_code == 302
    notice.refresh_from_db()
    assert notice.read_at is None


def test_running_job_shows_its_progress_and_asks_again(client: Client, me: Any) -> None:
    job = JobFactory(owner=me, state="running", progress_done=300, progress_total=1200, progress_text="Satırlar")
    page = client.get(f"/isler/{job.pk}/").content.decode()
    assert "300 / 1.200" in page
    assert f'hx-get="/isler/{job.pk}/durum/"' in page
    fragment = client.get(f"/isler/{job.pk}/durum/")
    assert "HX-Redirect" not in fragment
    assert "HX-Refresh" not in fragment
    assert "<html" not in fragment.content.decode()


def test_finished_job_moves_on_to_its_result(client: Client, me: Any) -> None:
    job = JobFactory(owner=me, state="done", result={"redirect_url": "/puanlama/", "message": "12 satır alındı."})
    assert client.get(f"/isler/{job.pk}/durum/")["HX-Redirect"] == "/puanlama/"
    page = client.get(f"/isler/{job.pk}/").content.decode()
    assert "12 satır alındı." in page
    assert 'href="/puanlama/"' in page


def test_job_that_was_quicker_than_its_page_leads_on_too(client: Client, me: Any) -> None:
    job = JobFactory(owner=me, state="done", result={"redirect_url": "/puanlama/"}, finished_at=timezone.now())
    assert client.get(f"/isler/{job.pk}/")["Location"] == "/puanlama/"
    type(job).objects.update(finished_at=timezone.now() - timedelta(seconds=11))
    assert client.get(f"/isler/{job.pk}/").status_code == 200


@pytest.mark.parametrize("url", ["//kotu.example", "https://kotu.example", "javascript:alert(1)", ""])
def test_result_never_leads_out_of_the_portal(client: Client, me: Any, url: str) -> None:
    job = JobFactory(owner=me, state="done", result={"redirect_url": url})
    answer = client.get(f"/isler/{job.pk}/durum/")
    assert "HX-Redirect" not in answer
    assert answer["HX-Refresh"] == "true"


def test_dead_job_can_be_started_again_by_its_owner_alone(client: Client, me: Any) -> None:
    job = JobFactory(owner=me, state="dead", attempt=3, error="İş 3 denemede de tamamlanamadı.")
    other = JobFactory(state="dead", attempt=3)
    page = client.get(f"/isler/{job.pk}/").content.decode()
    assert "İş 3 denemede de tamamlanamadı." in page
    assert "İşi yeniden başlat" in page

    assert client.post(f"/isler/{job.pk}/yeniden/").status_code == 302
    assert client.post(f"/isler/{other.pk}/yeniden/").status_code == 404

    for row, state in ((job, "queued"), (other, "dead")):
        row.refresh_from_db()
        assert row.state == state
    assert "yeniden başlatılmış" in client.post(f"/isler/{job.pk}/yeniden/", follow=True).content.decode()


def test_other_people_s_jobs_are_not_found(client: Client, me: Any) -> None:
    job = JobFactory(label="Gizli iş")
    assert client.get(f"/isler/{job.pk}/").status_code == 404
    assert client.get(f"/isler/{job.pk}/durum/").status_code == 404
    assert "Gizli iş" not in client.get("/isler/").content.decode()


def test_system_administrator_sees_every_job(client: Client) -> None:
    client.force_login(SystemAdminFactory())
    job = JobFactory(label="Sıralama hesabı")
    assert client.get(f"/isler/{job.pk}/").status_code == 200
    assert "Sıralama hesabı" in client.get("/isler/").content.decode()


def queries(client: Client, url: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert client.get(url).status_code == 200
    return len(seen)


@pytest.mark.parametrize(("url", "factory", "owner"), [
    ("/isler/", JobFactory, "owner"), ("/bildirimler/", NotificationFactory, "recipient"),
])  # fmt: skip
def test_lists_cost_the_same_at_one_and_three_rows(client: Client, me: Any, url: str, factory: Any, owner: str) -> None:
    factory(**{owner: me})
    client.get(url)
    one = queries(client, url)
    factory(**{owner: me})
    factory(**{owner: me})
    assert queries(client, url) == one


def test_empty_lists_say_what_will_be_here(client: Client, me: Any) -> None:
    assert "Henüz iş yok" in client.get("/isler/").content.decode()
    assert "Bildirim yok" in client.get("/bildirimler/").content.decode()


def test_notices_are_listed_newest_first_and_filtered(client: Client, me: Any) -> None:
    NotificationFactory(recipient=me, subject="Eski bildirim")
    NotificationFactory(recipient=me, subject="Yeni bildirim")
    NotificationFactory(subject="Başkasının bildirimi")
    client.post(f"/bildirimler/{Notification.objects.get(subject='Eski bildirim').pk}/ac/")
    page = client.get("/bildirimler/").content.decode()
    assert page.index("Yeni bildirim") < page.index("Eski bildirim")
    assert "Başkasının" not in page
    unread = client.get("/bildirimler/?durum=okunmamis").content.decode()
    assert "Yeni bildirim" in unread
    assert "Eski bildirim" not in unread


def test_opening_a_notice_marks_it_read_and_goes_where_it_points(client: Client, me: Any) -> None:
    mine = NotificationFactory(recipient=me, url="/projeler/5/")
    other = NotificationFactory(url="/projeler/6/")
    assert client.get(f"/bildirimler/{mine.pk}/ac/")["Location"] == "/bildirimler/"
    assert client.post(f"/bildirimler/{mine.pk}/ac/")["Location"] == "/projeler/5/"
    assert client.post(f"/bildirimler/{other.pk}/ac/").status_code == 404
    mine.refresh_from_db()
    other.refresh_from_db()
    assert mine.read_at is not None
    assert other.read_at is None


def test_all_read_touches_only_the_person_s_own(client: Client, me: Any) -> None:
    NotificationFactory.create_batch(3, recipient=me)
    other = NotificationFactory()
    client.post("/bildirimler/okundu/")
    assert list(Notification.objects.filter(read_at=None)) == [other]


def test_names_in_notices_are_text(client: Client, me: Any) -> None:
    NotificationFactory(recipient=me, subject="<script>alert(1)</script>", body="{{7*7}}<b>")
    page = client.get("/bildirimler/").content.decode()
    assert "<script>alert(1)" not in page
    assert "{{7*7}}&lt;b&gt;" in page


def test_health_says_whether_the_queue_moves(client: Client) -> None:
    assert client.get("/saglik/").json() == {"veritabani": "var", "kuyruk": "akiyor"}
    job = JobFactory()
    type(job).objects.update(created_at="2026-01-01T00:00:00Z")
    assert client.get("/saglik/").json() == {"veritabani": "var", "kuyruk": "gecikiyor"}


@pytest.mark.parametrize("state", Job.State.values)
def test_every_state_has_one_word_everywhere(client: Client, me: Any, state: str) -> None:
    job = JobFactory(owner=me, state=state)
    word = f"<span>{Job.State(state).label}</span>"
    assert word in client.get("/isler/").content.decode()
    assert word in client.get(f"/isler/{job.pk}/").content.decode()
