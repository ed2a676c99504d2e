"""From a published ranking to a certificate in the holder's hand, step by step, once, by the right people."""

import datetime as dt
import re

import pytest
from django.utils import timezone

from awards import selectors, services
from awards.codes import ALPHABET, read_code
from awards.models import AwardLine, AwardList, AwardRound, AwardRule, Certificate
from awards.pdf import certificates_pdf
from awards.workflow import AuthorityKind, CertificateStatus, DocumentKind, LineStatus, ListStatus
from common.errors import Conflict, UserError
from common.models import AuditEntry, Notification
from common.versions import StaleForm
from schools.models import Seat, YearSetting
from schools.models.commissions import CommissionKind, SeatRole
from schools.models.people import Employment
from scoring.models import Objection
from scoring.workflow import RunStatus
from tests.factories.accounts import UserFactory
from tests.factories.awards import chain, published_run
from tests.factories.schools import StaffFactory, seat_user

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


def on_list(award_list, status=LineStatus.AWARDED):
    return list(
        AwardLine.objects.filter(list=award_list, status=status).order_by("position").values_list("staff_id", flat=True)
    )


# --- The round ----------------------------------------------------------------------------------------------------


def test_round_takes_the_first_three_and_flags_the_tie():
    made = chain(("40", "32", "32", "32", "10"))
    award_round = made.compute()
    award_list = made.list()
    assert on_list(award_list) == [teacher.pk for teacher in made.teachers[:4]]
    lines = AwardLine.objects.filter(list=award_list).order_by("position")
    assert [(line.rank, line.tied_at_cut) for line in lines] == [(1, False), (2, True), (2, True), (2, True)]
    assert award_list.authority == AuthorityKind.DISTRICT_GOVERNOR
    assert award_list.status == ListStatus.PROPOSED
    skipped = {entry["rule"]: entry["reason"] for entry in award_round.skipped_rules}
    assert "T-PR-1" not in skipped
    assert "(LGS) tanımlanmamış" in skipped["T-AC-1"]
    assert skipped["T-AR-1"] == "Bu kuralın ölçüsü modülde henüz yok."


def test_authority_follows_the_setting():
    made = chain()
    YearSetting.objects.create(year=made.year, key="award_authority", value="province")
    made.compute()
    assert made.list().authority == AuthorityKind.GOVERNOR


def test_document_follows_employment_and_kind_of_school():
    made = chain(("4", "3", "2"), employments=(Employment.PERMANENT, Employment.CONTRACTED, Employment.HOURLY))
    made.compute()
    documents = AwardLine.objects.filter(list=made.list()).order_by("position").values_list("document", flat=True)
    assert list(documents) == [DocumentKind.ACHIEVEMENT, DocumentKind.ACHIEVEMENT, DocumentKind.THANKS]


def test_private_school_gets_thanks_whatever_the_file_said():
    made = chain(("4",))
    made.school.is_private = True
    made.school.save(update_fields=["is_private"])
    made.compute()
    assert AwardLine.objects.get(list=made.list()).document == DocumentKind.THANKS


def test_round_waits_for_the_objection_window():
    made = chain()
    made.run.objections_until = TODAY()
    made.run.save(update_fields=["objections_until"])
    with pytest.raises(UserError, match="itiraz süresi"):
        made.compute()
    assert not AwardRound.objects.exists()


def test_round_needs_a_published_run():
    made = chain()
    made.run.status = RunStatus.COMPUTED
    made.run.save(update_fields=["status"])
    with pytest.raises(UserError, match="yayımla"):
        made.compute()


def test_computing_again_replaces_undecided_lists_with_the_same():
    made = chain()
    first = made.compute()
    old = made.list()
    second = made.compute()
    first.refresh_from_db()
    old.refresh_from_db()
    assert (first.is_discarded, old.status) == (True, ListStatus.DISCARDED)
    assert (second.number, second.is_discarded) == (2, False)
    assert on_list(made.list()) == on_list(old)


def test_a_decided_list_stands_and_is_not_computed_again():
    made = chain()
    decided = made.decided()
    again = made.compute()
    assert not AwardList.objects.filter(round=again).exists()
    assert made.list() == decided


def test_people_of_an_earlier_round_are_passed_over_and_the_others_move_up():
    made = chain(("40", "32", "30", "10"))
    AwardRule.objects.filter(code="T-PR-1").update(is_active=False)
    earlier = AwardRule.objects.get(code="T-AC-3")
    term = AwardRound.objects.create(year=made.year, cadence="term", number=1)
    other = AwardList.objects.create(
        round=term, rule=earlier, district=made.district, authority="district_governor", status=ListStatus.GRANTED
    )
    AwardLine.objects.create(
        list=other, position=1, staff=made.teachers[1], holder_name="x", document="prize", status="awarded"
    )
    AwardRule.objects.filter(code="T-PR-1").update(is_active=True)
    new = made.compute()
    award_list = AwardList.objects.get(round=new)
    assert on_list(award_list) == [made.teachers[index].pk for index in (0, 2, 3)]
    passed = AwardLine.objects.get(list=award_list, status=LineStatus.PASSED_OVER)
    assert (passed.staff, passed.passed_over_for, passed.rank) == (made.teachers[1], "T-AC-3", 2)


# --- The board ----------------------------------------------------------------------------------------------------


def test_strike_restore_and_add_keep_who_and_why():
    made = chain(("40", "32", "30", "10"))
    made.compute()
    award_list = made.list()
    line = AwardLine.objects.get(list=award_list, staff=made.teachers[0])
    services.strike_line(line=line, reason="Soruşturma sürüyor", version=award_list.version, by=made.executive)
    assert on_list(award_list) == [made.teachers[1].pk, made.teachers[2].pk]
    assert AuditEntry.objects.get(action="award_line.strike").note == "Soruşturma sürüyor"
    award_list = made.list()
    services.restore_line(line=line, version=award_list.version, by=made.executive)
    award_list = made.list()
    added = services.add_line(
        award_list=award_list,
        staff=made.teachers[3],
        reason="Örnek çalışma",
        version=award_list.version,
        by=made.executive,
    )
    assert (added.rank, added.value, added.reason) == (None, 10, "Örnek çalışma")
    assert on_list(award_list) == [teacher.pk for teacher in made.teachers]


def test_a_struck_name_stays_away_when_the_round_is_computed_again_for_others():
    made = chain(("40", "32", "30", "10"))
    made.compute()
    award_list = made.list()
    line = AwardLine.objects.get(list=award_list, staff=made.teachers[0])
    services.strike_line(line=line, reason="Neden", version=award_list.version, by=made.executive)
    award_list = made.list()
    services.decide_list(
        award_list=award_list, decision_number="1", decision_date=TODAY(), version=award_list.version, by=made.executive
    )
    AwardList.objects.filter(pk=award_list.pk).update(status=ListStatus.DECLINED)
    new = made.compute()
    assert on_list(AwardList.objects.get(round=new)) == [teacher.pk for teacher in made.teachers[1:]]


@pytest.mark.parametrize("reason", ["", "   "])
def test_striking_needs_a_reason(reason):
    made = chain()
    made.compute()
    award_list = made.list()
    line = award_list.lines.first()
    with pytest.raises(UserError, match="gerekçe"):
        services.strike_line(line=line, reason=reason, version=award_list.version, by=made.executive)
    line.refresh_from_db()
    assert line.status == LineStatus.AWARDED


def test_adding_refuses_other_districts_and_people_who_have_an_award():
    made = chain(("40", "32", "30", "10"))
    made.compute()
    award_list = made.list()
    stranger = StaffFactory(province=made.year.province)
    for staff, sentence in ((stranger, "görev yeri"), (made.teachers[0], "zaten listede")):
        with pytest.raises(UserError, match=sentence):
            services.add_line(
                award_list=award_list, staff=staff, reason="x", version=award_list.version, by=made.executive
            )


def test_an_old_form_is_refused_with_the_current_list():
    made = chain()
    made.compute()
    award_list = made.list()
    lines = list(award_list.lines.order_by("position"))
    services.strike_line(line=lines[0], reason="Neden", version=award_list.version, by=made.executive)
    with pytest.raises(StaleForm):
        services.strike_line(line=lines[1], reason="Neden", version=award_list.version, by=made.executive)


def test_one_decision_for_many_lists_and_refusals_by_name():
    made = chain()
    made.compute()
    award_list = made.list()
    result = services.decide_lists(
        lists=[(award_list, award_list.version)], decision_number="2021/7", decision_date=TODAY(), by=made.executive
    )
    assert [done.pk for done in result.done] == [award_list.pk]
    again = services.decide_lists(
        lists=[(award_list, made.list().version)], decision_number="2021/8", decision_date=TODAY(), by=made.executive
    )
    assert again.done == []
    assert "Karara bağlandı" in again.refused[0][1]
    assert made.list().decision_number == "2021/7"


def test_decision_waits_for_answers_and_is_dated_after_the_window():
    made = chain()
    made.compute()
    award_list = made.list()

    def decide(day):
        return services.decide_list(
            award_list=award_list, decision_number="1", decision_date=day, version=award_list.version, by=made.executive
        )

    for day in (TODAY() + dt.timedelta(days=1), made.run.objections_until):
        with pytest.raises(UserError, match="tarihi"):
            decide(day)
    objection = Objection.objects.create(
        row=made.run.rows.first(), institution=made.school, text="İtiraz", made_by=made.technical
    )
    with pytest.raises(UserError, match="itiraz"):
        decide(TODAY())
    Objection.objects.filter(pk=objection.pk).update(status="kept")
    assert decide(TODAY()).status == ListStatus.DECIDED


def test_nobody_decides_alone_on_a_list_with_themselves_or_their_school():
    made = chain()
    insider = seat_user(CommissionKind.EXECUTIVE, SeatRole.MEMBER, unit=made.year.province)
    insider.staff_member.postings.create(year=made.year, institution=made.school, title="teacher")
    made.compute()
    award_list = made.list()

    def decide(by):
        return services.decide_list(
            award_list=award_list, decision_number="1", decision_date=TODAY(), version=award_list.version, by=by
        )

    with pytest.raises(UserError, match="teyit"):
        decide(insider)
    with pytest.raises(UserError, match="teyit edemezsiniz"):
        services.confirm_list(award_list=award_list, version=award_list.version, by=insider)
    services.confirm_list(award_list=award_list, version=award_list.version, by=made.executive)
    assert decide(insider).status == ListStatus.DECIDED


@pytest.mark.parametrize("version", ["9" * 5000, "", "x", "²", str(2**63), "-0"])
def test_a_forged_version_decides_nothing(version):
    made = chain()
    made.compute()
    with pytest.raises(StaleForm):
        services.decide_list(
            award_list=made.list(), decision_number="1", decision_date=TODAY(), version=version, by=made.executive
        )
    assert made.list().status == ListStatus.PROPOSED


def test_a_change_voids_the_confirmation():
    made = chain()
    insider = seat_user(CommissionKind.EXECUTIVE, SeatRole.MEMBER, unit=made.year.province)
    insider.staff_member.postings.create(year=made.year, institution=made.school, title="teacher")
    made.compute()
    award_list = made.list()
    services.confirm_list(award_list=award_list, version=award_list.version, by=made.executive)
    services.strike_line(line=award_list.lines.first(), reason="Neden", version=award_list.version, by=made.executive)
    award_list = made.list()
    with pytest.raises(UserError, match="teyit"):
        services.decide_list(
            award_list=award_list, decision_number="1", decision_date=TODAY(), version=award_list.version, by=insider
        )


# --- The mülki amir -----------------------------------------------------------------------------------------------


def test_offer_tells_the_chair_in_office():
    made = chain()
    award_list = made.offered()
    assert award_list.status == ListStatus.OFFERED
    notice = Notification.objects.get(kind="award_list.offered")
    assert notice.recipient == made.district_governor


def test_offer_without_anybody_in_office_is_refused():
    made = chain()
    award_list = made.decided()
    Seat.objects.filter(staff__user=made.district_governor).update(end_date=TODAY() - dt.timedelta(days=1))
    with pytest.raises(UserError, match="görevde"):
        services.offer_list(award_list=award_list, reason="x", version=award_list.version, by=made.executive)


def grant(made, award_list, by, day=None):
    return services.grant_list(
        award_list=award_list, grant_number="E-1", grant_date=day or TODAY(), version=award_list.version, by=by
    )


def test_only_the_right_chair_grants():
    made = chain()
    award_list = made.offered()
    other = seat_user(CommissionKind.DISTRICT, SeatRole.CHAIR, signs_as="Kaymakam")
    member = seat_user(CommissionKind.DISTRICT, SeatRole.MEMBER, unit=made.district)
    for by in (other, member, made.governor, made.executive):
        with pytest.raises(UserError, match="görevde görünmüyorsunuz"):
            grant(made, award_list, by)
    assert made.list().status == ListStatus.OFFERED
    assert grant(made, award_list, made.district_governor).signatory.signs_as == "Kaymakam"


def test_the_chair_must_be_in_office_on_the_day_that_is_written():
    made = chain()
    award_list = made.offered()
    seat = Seat.objects.get(staff__user=made.district_governor)
    seat.start_date = TODAY() - dt.timedelta(days=1)
    seat.save(update_fields=["start_date"])
    with pytest.raises(UserError, match="görevde görünmüyorsunuz"):
        grant(made, award_list, made.district_governor, TODAY() - dt.timedelta(days=2))
    with pytest.raises(UserError, match=r"ileri|görünmüyorsunuz"):
        grant(made, award_list, made.district_governor, TODAY() + dt.timedelta(days=1))


def test_a_chair_whose_term_ended_grants_nothing():
    made = chain()
    award_list = made.offered()
    Seat.objects.filter(staff__user=made.district_governor).update(end_date=TODAY() - dt.timedelta(days=1))
    made.district_governor.__dict__.pop("_seats_by_day", None)
    with pytest.raises(UserError, match="görevde görünmüyorsunuz"):
        grant(made, award_list, made.district_governor)


def test_a_second_grant_finds_the_list_granted():
    made = chain()
    award_list = made.offered()
    grant(made, award_list, made.district_governor)
    with pytest.raises(Conflict):
        grant(made, award_list, made.district_governor)
    fresh = made.list()
    with pytest.raises(Conflict, match="Uygun görüldü"):
        grant(made, fresh, made.district_governor)
    with pytest.raises(Conflict):
        services.decline_list(award_list=fresh, reason="x", version=fresh.version, by=made.district_governor)
    assert AuditEntry.objects.filter(action="award_list.grant").count() == 1


def test_a_declined_list_frees_its_people():
    made = chain()
    award_list = made.offered()
    services.decline_list(
        award_list=award_list, reason="Gerekçe yetersiz", version=award_list.version, by=made.district_governor
    )
    assert on_list(award_list) == []
    assert Notification.objects.get(kind="award_list.declined").recipient == made.executive
    new = made.compute()
    assert len(on_list(AwardList.objects.get(round=new))) == 3


def test_province_lists_are_granted_by_the_governor():
    made = chain()
    YearSetting.objects.create(year=made.year, key="award_authority", value="province")
    award_list = made.offered()
    with pytest.raises(UserError):
        grant(made, award_list, made.district_governor)
    assert grant(made, award_list, made.governor).signatory.signs_as == "Vali"


# --- Certificates -------------------------------------------------------------------------------------------------


def test_certificates_are_numbered_stored_and_announced():
    made = chain(("40", "32", "10"), names=(("Ayşe", "Yılmaz"), ("Çınar", "Işık"), ("Şule", "Öz")))
    holder = UserFactory()
    made.teachers[0].user = holder
    made.teachers[0].save(update_fields=["user"])
    award_list = made.issued()
    certificates = list(selectors.certificates_of(award_list))
    assert [c.number for c in certificates] == [f"2020-2021/10/0000{n}" for n in (1, 2, 3)]
    assert award_list.status == ListStatus.ISSUED
    assert len({c.code for c in certificates}) == 3
    for certificate in certificates:
        assert re.fullmatch(f"[{ALPHABET}]{{20}}", certificate.code)
        with certificate.file.content.open("rb") as stored:
            data = stored.read()
        assert data.startswith(b"%PDF")
        assert certificate.file.sha256 == certificate.sha256
        assert data == certificates_pdf([certificate.text])
    assert certificates[0].text["office"] == "EDREMİT KAYMAKAMLIĞI"
    assert certificates[0].text["post"] == "Türkçe Öğretmeni"
    assert "ortaokul kategorisinde" in certificates[0].text["body"]
    assert Notification.objects.get(kind="certificate.issued").recipient == holder
    assert award_list.print_file.file.size > 0


def test_issuing_again_makes_nothing_new():
    made = chain()
    award_list = made.issued()
    assert services.issue_certificates(award_list=award_list, render=certificates_pdf, by=made.executive) == 0
    assert Certificate.objects.count() == 3


def test_a_list_that_is_not_granted_gets_no_certificates():
    made = chain()
    with pytest.raises(Conflict):
        services.issue_certificates(award_list=made.offered(), render=certificates_pdf, by=made.executive)
    assert not Certificate.objects.exists()


def test_blanks_are_listed_before_anything_is_issued():
    made = chain(("40",))
    award_list = made.granted(grant_number="")
    AwardLine.objects.filter(list=award_list).update(title="")
    with pytest.raises(UserError, match=r"EBYS sayısı; .*unvan"):
        services.issue_certificates(award_list=award_list, render=certificates_pdf, by=made.executive)
    assert not Certificate.objects.exists()
    services.issue_certificates(award_list=award_list, render=certificates_pdf, by=made.executive, accept_blanks=True)
    assert Certificate.objects.count() == 1


def test_a_missing_institution_is_never_accepted():
    made = chain(("40",))
    award_list = made.granted()
    AwardLine.objects.filter(list=award_list).update(institution_name="")
    with pytest.raises(UserError, match="kurum"):
        services.issue_certificates(
            award_list=award_list, render=certificates_pdf, by=made.executive, accept_blanks=True
        )


def test_numbers_have_no_gap_after_a_failed_drawing():
    made = chain(("40", "32", "10"))
    award_list = made.granted()
    calls = []

    def failing(texts):
        calls.append(texts)
        if len(calls) == 2:
            raise OSError("disk full")
        return certificates_pdf(texts)

    with pytest.raises(OSError, match="disk full"):
        services.issue_certificates(award_list=award_list, render=failing, by=made.executive)
    assert not Certificate.objects.exists()
    services.issue_certificates(award_list=award_list, render=certificates_pdf, by=made.executive)
    numbers = [c.number[-5:] for c in selectors.certificates_of(award_list)]
    assert numbers == ["00001", "00002", "00003"]


def test_revoking_tells_the_holder_and_a_replacement_points_at_the_old():
    made = chain(("40",))
    holder = UserFactory()
    made.teachers[0].user = holder
    made.teachers[0].save(update_fields=["user"])
    award_list = made.issued()
    old = Certificate.objects.get()
    with pytest.raises(UserError, match="gerekçe"):
        services.revoke_certificate(certificate=old, reason=" ", by=made.executive)
    services.revoke_certificate(certificate=old, reason="Ad yanlış", by=made.executive)
    with pytest.raises(Conflict):
        services.revoke_certificate(certificate=old, reason="Yine", by=made.executive)
    assert Notification.objects.get(kind="certificate.revoked").recipient == holder
    assert not hasattr(AwardList.objects.get(pk=award_list.pk), "print_file")
    new = services.replace_certificate(
        certificate=old, corrections={"holder_name": "Ayşe Işıl Yılmaz"}, render=certificates_pdf, by=made.executive
    )
    assert (new.replaces, new.number[-5:], new.text["holder_name"]) == (old, "00002", "Ayşe Işıl Yılmaz")
    assert new.code != old.code
    with pytest.raises(Conflict):
        services.replace_certificate(certificate=old, corrections={}, render=certificates_pdf, by=made.executive)
    old.refresh_from_db()
    assert old.status == CertificateStatus.REVOKED
    assert services.issue_certificates(award_list=award_list, render=certificates_pdf, by=made.executive) == 0


def test_delivery_is_recorded_once_for_the_whole_list():
    made = chain()
    award_list = made.issued()
    assert (
        services.mark_handed_over(award_list=award_list, on=TODAY(), version=award_list.version, by=made.executive) == 3
    )
    award_list = made.list()
    with pytest.raises(UserError, match="zaten"):
        services.mark_handed_over(award_list=award_list, on=TODAY(), version=award_list.version, by=made.executive)
    with pytest.raises(UserError, match="ileri"):
        services.mark_recorded(
            award_list=award_list, on=TODAY() + dt.timedelta(days=1), version=award_list.version, by=made.executive
        )
    services.mark_recorded(award_list=award_list, on=TODAY(), version=award_list.version, by=made.executive)
    assert selectors.delivery_of(made.list()).recorded == 3


# --- Codes --------------------------------------------------------------------------------------------------------


def test_codes_are_read_however_they_are_typed():
    code = "7Q4KM9XW2BHT6RV3NDP1"
    for typed in ("7Q4KM-9XW2B-HT6RV-3NDP1", "7q4km9xw2bht6rv3ndpl", " 7Q4KM 9XW2B HT6RV 3NDPİ "):
        assert read_code(typed) == code
    for wrong in ("", "7Q4KM", code + "0", "7Q4KM9XW2BHT6RV3NDPU", "ğ" * 20, "٣" * 20):
        assert read_code(wrong) is None


def test_published_run_factory_ranks_like_the_rule():
    made = chain(("5", "5", "1"))
    assert list(made.run.rows.order_by("position").values_list("rank", flat=True)) == [1, 1, 3]
    assert published_run(made.year, []).rows.count() == 0
