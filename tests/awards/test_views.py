"""Pages by role, bounded queries, and the public verification page."""

import datetime as dt

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from awards import services
from awards.codes import grouped, new_code
from awards.limits import CHECKS_PER_MINUTE
from awards.models import AwardLine, AwardList, AwardRound, Certificate
from awards.workflow import ListStatus
from common.jobs import run_now
from common.models import Job
from schools.models.commissions import CommissionKind, SeatRole
from tests.factories.accounts import UserFactory
from tests.factories.awards import chain
from tests.factories.common import pdf_bytes, upload
from tests.factories.schools import DistrictFactory, InstitutionFactory, seat_user

pytestmark = pytest.mark.django_db


def people(made):
    return {
        "technical": made.technical,
        "monitor": made.monitor,
        "executive": made.executive,
        "governor": made.governor,
        "district_governor": made.district_governor,
        "other_district": seat_user(CommissionKind.DISTRICT, SeatRole.CHAIR, DistrictFactory(name="İvrindi")),
        "arts": seat_user(CommissionKind.MONITORING_ARTS, unit=made.year.province),
        "clerk": seat_user(CommissionKind.MEASUREMENT_CENTRE, unit=made.year.province),
        "school": seat_user(CommissionKind.SCHOOL, SeatRole.COORDINATOR, InstitutionFactory(district=made.district)),
        "nobody": UserFactory(),
    }


def allowed(client, made, method, url, data=None):
    """The names of those whom the address lets in."""
    names = set()
    for name, user in people(made).items():
        client.force_login(user)
        answer = client.post(url, data or {}) if method == "post" else client.get(url)
        assert answer.status_code in {200, 302, 404}, (name, answer.status_code)
        if answer.status_code != 404:
            names.add(name)
    client.logout()
    answer = client.post(url, data or {}) if method == "post" else client.get(url)
    assert answer.status_code == 302
    assert "/hesap/" in answer["Location"]
    return names


FOLLOWERS = {"technical", "monitor", "executive", "governor"}


def test_who_sees_rounds_and_lists(client):
    made = chain()
    made.compute()
    award_list, number = made.list(), AwardRound.objects.get().pk
    assert allowed(client, made, "get", reverse("awards:rounds")) == FOLLOWERS | {
        "arts", "district_governor", "other_district",
    }  # fmt: skip
    assert allowed(client, made, "get", reverse("awards:round", args=[number])) == FOLLOWERS | {"arts"}
    detail = reverse("awards:list", args=[award_list.pk])
    assert allowed(client, made, "get", detail) == FOLLOWERS
    AwardList.objects.filter(pk=award_list.pk).update(status=ListStatus.DECIDED)
    assert allowed(client, made, "get", detail) == FOLLOWERS | {"district_governor"}
    for kind in ("xlsx", "csv"):
        export = reverse("awards:export", args=[award_list.pk, kind])
        assert allowed(client, made, "get", export) == FOLLOWERS | {"district_governor"}


def test_who_may_act(client):
    made = chain()
    award_list = made.offered()
    line = award_list.lines.first()
    number = award_list.round_id
    boards = {"executive", "governor"}
    runners = boards | {"technical"}
    cases = {
        ("compute", ()): {"technical", "monitor"},
        ("decide_many", (number,)): boards,
        ("offer_many", (number,)): boards,
        ("strike", (award_list.pk, line.pk)): boards,
        ("restore", (award_list.pk, line.pk)): boards,
        ("add", (award_list.pk,)): boards,
        ("confirm", (award_list.pk,)): boards,
        ("grant", (award_list.pk,)): {"district_governor"},
        ("decline", (award_list.pk,)): {"district_governor"},
        ("issue", (award_list.pk,)): runners,
        ("make_print", (award_list.pk,)): runners,
        ("grant_number", (award_list.pk,)): runners,
        ("handed_over", (award_list.pk,)): runners | {"district_governor"},
        ("recorded", (award_list.pk,)): runners | {"district_governor"},
        ("make_report", (award_list.pk,)): FOLLOWERS | {"district_governor"},
    }
    for (name, arguments), expected in cases.items():
        assert allowed(client, made, "post", reverse(f"awards:{name}", args=arguments)) == expected, name
    assert made.list().status == ListStatus.OFFERED


def test_who_sees_and_acts_on_a_certificate(client):
    made = chain(("40",))
    made.issued()
    certificate = Certificate.objects.get()
    for name in ("certificate", "download"):
        url = reverse(f"awards:{name}", args=[certificate.pk])
        assert allowed(client, made, "get", url) == FOLLOWERS | {"district_governor"}, name
    cases = {
        "upload_signed": {"executive", "governor", "technical", "district_governor"},
        "replace": {"executive", "governor"},
        "revoke": {"executive", "governor"},
    }
    for name, expected in cases.items():
        url = reverse(f"awards:{name}", args=[certificate.pk])
        assert allowed(client, made, "post", url) == expected, name


def test_the_system_administrator_neither_reads_nor_decides_nor_grants(client):
    made = chain()
    award_list = made.offered()
    client.force_login(UserFactory(is_superuser=True, is_staff=True))
    assert client.get(reverse("awards:list", args=[award_list.pk])).status_code == 404
    for name in ("grant", "decline", "confirm", "issue"):
        assert client.post(reverse(f"awards:{name}", args=[award_list.pk])).status_code == 404


def test_the_holder_sees_their_own_and_nobody_elses(client):
    made = chain(("40", "32"))
    made.teachers[0].user = UserFactory()
    made.teachers[0].save(update_fields=["user"])
    made.issued()
    mine = Certificate.objects.get(line__staff=made.teachers[0])
    theirs = Certificate.objects.get(line__staff=made.teachers[1])
    client.force_login(made.teachers[0].user)
    page = client.get(reverse("awards:own")).content.decode()
    assert mine.number in page
    assert theirs.number not in page
    answer = client.get(reverse("awards:download", args=[mine.pk]))
    assert b"".join(answer.streaming_content).startswith(b"%PDF")
    assert client.get(reverse("awards:certificate", args=[mine.pk])).status_code == 200
    assert client.get(reverse("awards:certificate", args=[theirs.pk])).status_code == 404
    assert client.post(reverse("awards:revoke", args=[mine.pk]), {"reason": "x"}).status_code == 404


def test_the_whole_chain_through_the_pages(client, django_capture_on_commit_callbacks):
    made = chain(("40", "32", "30", "10"))
    client.force_login(made.technical)
    assert client.post(reverse("awards:compute"), {"cadence": "year"}).status_code == 302
    run_now(Job.objects.get(kind="awards.compute_round"))
    award_list = made.list()
    client.force_login(made.executive)
    line = award_list.lines.order_by("position").first()
    client.post(
        reverse("awards:strike", args=[award_list.pk, line.pk]), {"reason": "Neden", "version": award_list.version}
    )
    award_list = made.list()
    client.post(reverse("awards:restore", args=[award_list.pk, line.pk]), {"version": award_list.version})
    award_list = made.list()
    found = client.get(reverse("awards:list", args=[award_list.pk]), {"kisi": made.teachers[3].last_name})
    assert f'value="{made.teachers[3].pk}"' in found.content.decode()
    client.post(
        reverse("awards:add", args=[award_list.pk]),
        {"staff": made.teachers[3].pk, "reason": "Örnek çalışma", "version": award_list.version},
    )
    award_list = made.list()
    mark = {"lists": f"{award_list.pk}:{award_list.version}"}
    today = timezone.localdate().isoformat()
    client.post(
        reverse("awards:decide_many", args=[award_list.round_id]),
        mark | {"decision_number": "2021/7", "decision_date": today},
    )
    award_list = made.list()
    mark = {"lists": f"{award_list.pk}:{award_list.version}"}
    client.post(reverse("awards:offer_many", args=[award_list.round_id]), mark | {"reason": "Üstün gayret"})
    client.force_login(made.district_governor)
    award_list = made.list()
    assert "Edremit" in client.get(reverse("awards:offered")).content.decode()
    client.post(reverse("awards:grant", args=[award_list.pk]), {"grant_date": today, "version": award_list.version})
    client.force_login(made.executive)
    award_list = made.list()
    page = client.get(reverse("awards:certificates", args=[award_list.pk])).content.decode()
    assert "EBYS sayısı" in page
    client.post(
        reverse("awards:grant_number", args=[award_list.pk]), {"grant_number": "E-77", "version": award_list.version}
    )
    client.post(reverse("awards:issue", args=[award_list.pk]))
    job = run_now(Job.objects.get(kind="awards.issue_certificates"))
    assert (job.state, job.result["issued"], job.progress_done) == (Job.State.DONE, 4, 4)
    assert made.list().status == ListStatus.ISSUED
    answer = client.get(reverse("awards:print_file", args=[award_list.pk]))
    assert b"".join(answer.streaming_content).startswith(b"%PDF")
    client.post(reverse("awards:make_report", args=[award_list.pk]))
    assert run_now(Job.objects.get(kind="awards.list_report")).state == Job.State.DONE
    answer = client.get(reverse("awards:report", args=[award_list.pk]))
    assert b"".join(answer.streaming_content).startswith(b"%PDF")
    certificate = Certificate.objects.order_by("number").first()
    client.post(
        reverse("awards:upload_signed", args=[certificate.pk]),
        {"file": upload("imzali.pdf", pdf_bytes(), "application/pdf")},
    )
    certificate.refresh_from_db()
    assert certificate.signed_file is not None
    client.post(reverse("awards:revoke", args=[certificate.pk]), {"reason": "Ad yanlış yazılmış"})
    corrected = {"holder_name": "Ayşe Işık", "post": "Öğretmen", "institution_name": "Kazdağı Ortaokulu"}
    client.post(reverse("awards:replace", args=[certificate.pk]), corrected)
    assert run_now(Job.objects.get(kind="awards.replace_certificate")).state == Job.State.DONE
    assert Certificate.objects.get(replaces=certificate).text["holder_name"] == "Ayşe Işık"
    assert client.get(reverse("awards:certificate", args=[certificate.pk])).status_code == 200


def test_double_click_on_issue_is_one_job(client):
    made = chain()
    award_list = made.granted()
    client.force_login(made.executive)
    first = client.post(reverse("awards:issue", args=[award_list.pk]))
    second = client.post(reverse("awards:issue", args=[award_list.pk]))
    assert first["Location"] == second["Location"]
    assert Job.objects.count() == 1


def test_job_of_somebody_who_lost_the_seat_is_denied(client):
    made = chain()
    award_list = made.granted()
    client.force_login(made.executive)
    client.post(reverse("awards:issue", args=[award_list.pk]))
    made.executive.staff_member.seats.update(end_date=timezone.localdate() - dt.timedelta(days=1))
    assert run_now(Job.objects.get()).state == Job.State.DENIED
    assert not Certificate.objects.exists()


def test_exports_carry_every_line_and_no_formula(client):
    made = chain(names=(("=SUM(A1)", "Yılmaz"),))
    award_list = made.decided()
    client.force_login(made.executive)
    answer = client.get(reverse("awards:export", args=[award_list.pk, "csv"]))
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert len(lines) == 4
    assert "'=SUM(A1) Yılmaz" in lines[1]
    assert ";40,0000;" in lines[1]


def queries(client, django_assert_max_num_queries, url, limit):
    with django_assert_max_num_queries(limit) as caught:
        assert client.get(url).status_code == 200
    return len(caught)


@pytest.mark.parametrize(
    ("name", "limit"), [("rounds", 15), ("round", 15), ("list", 25), ("offered", 12), ("certificates", 25), ("own", 10)]
)
def test_pages_ask_the_same_number_of_queries_at_one_and_three_rows(client, django_assert_max_num_queries, name, limit):
    made = chain(("40", "32", "10"))
    holder = UserFactory()
    made.teachers[0].user = holder
    made.teachers[0].save(update_fields=["user"])
    award_list = made.issued()
    client.force_login({"own": holder, "offered": made.district_governor}.get(name, made.executive))
    arguments = {"round": [award_list.round_id], "list": [award_list.pk], "certificates": [award_list.pk]}
    url = reverse(f"awards:{name}", args=arguments.get(name, []))
    client.get(url)
    with_three = queries(client, django_assert_max_num_queries, url, limit)
    if name in {"rounds", "round", "offered"}:
        copies = [AwardRound.objects.create(year=made.year, cadence="year", number=n) for n in (7, 8)]
        for copy in copies:
            target = award_list.round if name == "round" else copy
            AwardList.objects.create(
                round=target,
                rule=award_list.rule,
                run=award_list.run,
                district=made.district if name != "round" else DistrictFactory(name=f"İlçe {copy.pk}"),
                authority="district_governor",
                status=ListStatus.OFFERED,
            )
    else:
        keep = Certificate.objects.order_by("number").first()
        Certificate.objects.exclude(pk=keep.pk).delete()
        AwardLine.objects.exclude(pk=keep.line_id).delete()
    assert queries(client, django_assert_max_num_queries, url, limit) == with_three


# --- The public page ----------------------------------------------------------------------------------------------


def test_verification_says_valid_revoked_and_unknown(client):
    made = chain(("40",), names=(("Ayşe", "Yılmaz"),))
    made.issued()
    certificate = Certificate.objects.get()
    url = reverse("verification:certificate", args=[certificate.text["code"]])
    assert url == f"/belge/{certificate.text['code']}/"
    answer = client.get(url)
    page = answer.content.decode()
    assert (answer.status_code, "Bu belge geçerlidir" in page) == (200, True)
    for shown in ("Başarı Belgesi", "2020-2021/10/00001", "Edremit Kaymakamlığı", "A*** Y*****", "testserver"):
        assert shown in page
    for hidden in ("Ayşe", "Yılmaz", "Kazdağı", made.teachers[0].email):
        assert hidden not in page
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    assert "no-store" in answer["Cache-Control"]
    services.revoke_certificate(certificate=certificate, reason="Gizli gerekçe", by=made.executive)
    page = client.get(url).content.decode()
    assert "iptal edilmiştir" in page
    assert timezone.localdate().strftime("%d.%m.%Y") in page
    assert "Gizli gerekçe" not in page
    answer = client.get(reverse("verification:certificate", args=[grouped(new_code())]))
    assert (answer.status_code, "bir belge yok" in answer.content.decode()) == (404, True)


def test_a_typed_code_leads_to_its_page(client):
    assert client.get(reverse("verification:ask")).status_code == 200
    code = new_code()
    answer = client.get(reverse("verification:ask"), {"code": code.lower()})
    assert answer["Location"] == f"/belge/{grouped(code)}/"
    assert client.get(reverse("verification:ask"), {"code": ""}).status_code == 400
    assert client.get(reverse("verification:ask"), {"code": "yanlış"}).status_code == 404


def test_a_visitor_may_ask_only_so_often(client):
    url = reverse("verification:certificate", args=[grouped(new_code())])
    statuses = [client.get(url, REMOTE_ADDR="10.0.0.1").status_code for _ask in range(CHECKS_PER_MINUTE + 2)]
    assert statuses == [404] * CHECKS_PER_MINUTE + [429] * 2
    spoofed = client.get(url, REMOTE_ADDR="10.0.0.1", headers={"x-forwarded-for": "10.9.9.9"})
    assert spoofed.status_code == 429
    assert spoofed["Retry-After"] == "60"
    assert client.get(url, REMOTE_ADDR="10.0.0.2").status_code == 404
    cache.clear()


@pytest.mark.parametrize("code", ["%00", "a" * 500, "..%2f..", "<script>", "٣" * 20, "7Q4KM-9XW2B-HT6RV-3NDPCX"])
def test_odd_codes_are_unknown(client, code):
    assert client.get(f"/belge/{code}/").status_code == 404
