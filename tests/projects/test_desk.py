"""What reviewers keep beside a claim: notes, questions, opinions, filters, wording of reasons; and sharing out."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from common.audit import trail_of
from common.errors import Conflict, UserError
from common.models import AuditEntry, Notification
from projects import reference
from projects.models import Claim, ClaimEvent, ClaimQuestion, ReviewReason, SavedFilter, SecondOpinion
from projects.rules import may
from projects.selectors.assignment import balanced, colleagues_for, kept_from, team_members
from projects.selectors.changes import GONE, NEW, SAME, Piece, marked, resubmission_of
from projects.selectors.detail import events_of
from projects.services import approve_claim, claim_for_review, release, return_claim, stage_decision, withdraw
from projects.services.assignment import assign, assign_balanced, plan_of
from projects.services.desk import add_note, ask_opinion, give_opinion
from projects.services.filters import delete_filter, save_filter
from projects.services.questions import answer_question, ask_question
from projects.services.reasons import (
    MOST_REASONS,
    add_reason,
    edit_reason,
    list_mark,
    move_reason,
    wording_mark,
)
from projects.services.transition import true_state
from schools.models import Posting
from schools.models.commissions import CommissionKind, SeatRole
from tests.factories.projects import ClaimFactory, ProjectFactory, item, team
from tests.factories.schools import InstitutionFactory, ProvinceFactory, seat_user
from tests.projects.conftest import ready_project

pytestmark = pytest.mark.django_db


@pytest.fixture
def claim(school: Any) -> Claim:
    made: Claim = ClaimFactory(project=ready_project(school, title="Işığın İzinde"))
    return made


def reason(code: str = "return-missing") -> ReviewReason:
    return ReviewReason.objects.get(code=code)


def resubmitted(claim: Claim, by: Any, changes: dict[str, Any]) -> None:
    """The school sends again, as the service writes it."""
    Claim.objects.filter(pk=claim.pk).update(status="submitted", reviewer=None)
    ClaimEvent.objects.create(
        project=claim.project,
        claim=claim,
        action="resubmit",
        from_status="returned",
        to_status="submitted",
        by=by,
        changes=changes,
    )


# --- Notes and questions


def test_a_note_is_for_reviewers_and_leaves_no_line_in_the_timeline(
    claim: Claim, reviewer: Any, coordinator: Any
) -> None:
    note = add_note(claim=claim, text=" Geçen yılki kayda bakınız. ", by=reviewer)
    assert (note.text, note.by) == ("Geçen yılki kayda bakınız.", reviewer)
    assert not ClaimEvent.objects.exists()
    assert not Notification.objects.exists()
    assert trail_of(claim).get().action == "claim.note"
    with pytest.raises(PermissionDenied):
        add_note(claim=claim, text="Okuldan", by=coordinator)
    with pytest.raises(UserError, match="Notunuzu yazınız"):
        add_note(claim=claim, text="  ", by=reviewer)
    with pytest.raises(UserError, match="en çok 2000"):
        add_note(claim=claim, text="ç" * 2001, by=reviewer)


def test_a_question_is_told_to_the_school_and_moves_nothing(
    claim: Claim, reviewer: Any, second_reviewer: Any, coordinator: Any, principal: Any
) -> None:
    claim_for_review(claim=claim, by=reviewer)
    question = ask_question(claim=claim, text="Yazının tarihi nedir?", by=second_reviewer)
    claim.refresh_from_db()
    assert (claim.status, claim.reviewer) == ("in_review", reviewer)
    told = Notification.objects.filter(kind="project.question").order_by("recipient")
    assert [notice.recipient for notice in told] == sorted([coordinator, principal], key=lambda user: user.pk)
    line = ClaimEvent.objects.order_by("-pk")[0]
    assert (line.action, line.to_status, line.text) == ("question", "", "Yazının tarihi nedir?")
    assert "İrem Şahin tarafından incelemeye alındı" in true_state(claim)
    answer_question(question=question, text="5 Mart.", by=coordinator)
    assert ClaimQuestion.objects.get().answer == "5 Mart."


def test_no_question_after_a_decision(claim: Claim, reviewer: Any) -> None:
    stage_decision(claim=claim, action="approve", by=reviewer)
    with pytest.raises(UserError, match="önce kararı geri alınız"):
        ask_question(claim=claim, text="Soru", by=reviewer)
    other = ClaimFactory(project=ready_project(claim.project.institution), status="approved")
    with pytest.raises(Conflict):
        ask_question(claim=other, text="Soru", by=reviewer)


# --- Second opinions


def test_an_opinion_is_asked_given_and_shown_to_whoever_asked(
    claim: Claim, reviewer: Any, second_reviewer: Any
) -> None:
    opinion = ask_opinion(claim=claim, of=second_reviewer, text="KA1 mi, KA2 mi?", by=reviewer)
    assert Notification.objects.get().recipient == second_reviewer
    given = give_opinion(opinion=opinion, advice="return", text="Kalemi düzeltsinler.", by=second_reviewer)
    assert (given.advice, given.answer) == ("return", "Kalemi düzeltsinler.")
    assert given.answered_at is not None
    told = Notification.objects.order_by("-pk")[0]
    assert (told.recipient, told.kind) == (reviewer, "claim.give_opinion")
    assert "Düzeltme isteme" in told.body
    with pytest.raises(Conflict):
        give_opinion(opinion=opinion, advice="approve", text="Yeniden", by=second_reviewer)
    assert not ClaimEvent.objects.exists()


def test_an_opinion_is_asked_only_of_those_who_may_review(
    claim: Claim, school: Any, reviewer: Any, second_reviewer: Any, coordinator: Any
) -> None:
    of_the_school = seat_user(CommissionKind.TECHNICAL, full_name="Gül Okullu")
    Posting.objects.create(
        staff=of_the_school.staff_member, year=claim.project.year, institution=school, title="teacher"
    )
    for wrong in (coordinator, of_the_school):
        with pytest.raises(UserError, match="bu talebi inceleyemez"):
            ask_opinion(claim=claim, of=wrong, text="Ne dersiniz?", by=reviewer)
    with pytest.raises(UserError, match="kendinizden"):
        ask_opinion(claim=claim, of=reviewer, text="Ne dersiniz?", by=reviewer)
    ask_opinion(claim=claim, of=second_reviewer, text="Ne dersiniz?", by=reviewer)
    with pytest.raises(Conflict, match="zaten görüş istendi"):
        ask_opinion(claim=claim, of=second_reviewer, text="Yine?", by=reviewer)
    assert SecondOpinion.objects.count() == 1


def test_only_the_person_asked_gives_the_opinion(claim: Claim, reviewer: Any, second_reviewer: Any) -> None:
    opinion = ask_opinion(claim=claim, of=second_reviewer, text="Ne dersiniz?", by=reviewer)
    with pytest.raises(PermissionDenied):
        give_opinion(opinion=opinion, advice="approve", text="Uygun", by=reviewer)
    for advice, text, told in (("maybe", "Uygun", "seçiniz"), ("approve", " ", "gerekçesini yazınız")):
        with pytest.raises(UserError, match=told):
            give_opinion(opinion=opinion, advice=advice, text=text, by=second_reviewer)


def test_deciding_closes_what_is_still_asked(claim: Claim, reviewer: Any, second_reviewer: Any) -> None:
    opinion = ask_opinion(claim=claim, of=second_reviewer, text="Ne dersiniz?", by=reviewer)
    stage_decision(claim=claim, action="approve", by=reviewer)
    opinion.refresh_from_db()
    assert (opinion.advice, opinion.answered_at is None) == ("", False)
    with pytest.raises(Conflict, match="artık açık değil"):
        give_opinion(opinion=opinion, advice="approve", text="Uygun", by=second_reviewer)


def test_withdrawing_closes_what_is_still_asked(
    claim: Claim, reviewer: Any, second_reviewer: Any, coordinator: Any
) -> None:
    opinion = ask_opinion(claim=claim, of=second_reviewer, text="Ne dersiniz?", by=reviewer)
    withdraw(claim=claim, by=coordinator)
    opinion.refresh_from_db()
    assert (opinion.advice, opinion.answered_at is None) == ("", False)
    with pytest.raises(Conflict, match="artık açık değil"):
        give_opinion(opinion=opinion, advice="approve", text="Uygun", by=second_reviewer)


# --- Saved filters


def test_filters_are_kept_replaced_and_forgotten(reviewer: Any, second_reviewer: Any) -> None:
    saved = save_filter(place="queue", name=" Eski liseler ", query="?kategori=high&bekleme=30&page=3", by=reviewer)
    assert (saved.name, saved.query) == ("Eski liseler", "kategori=high&bekleme=30")
    again = save_filter(place="queue", name="Eski liseler", query="kategori=high", by=reviewer)
    assert again.pk > saved.pk
    assert SavedFilter.objects.get().query == "kategori=high"
    with pytest.raises(SavedFilter.DoesNotExist):
        delete_filter(saved=again, by=second_reviewer)
    delete_filter(saved=again, by=reviewer)
    assert not SavedFilter.objects.exists()
    actions = AuditEntry.objects.filter(action__startswith="filter.").order_by("id")
    assert list(actions.values_list("action", flat=True)) == ["filter.save", "filter.save", "filter.delete"]


def test_a_person_keeps_twenty_filters_at_most(reviewer: Any, second_reviewer: Any) -> None:
    for number in range(20):
        save_filter(place="queue", name=f"Süzgeç {number}", query=f"bekleme={number}", by=reviewer)
    with pytest.raises(UserError, match="En çok 20"):
        save_filter(place="queue", name="Bir tane daha", query="bekleme=7", by=reviewer)
    save_filter(place="queue", name="Süzgeç 7", query="bekleme=14", by=reviewer)
    save_filter(place="queue", name="Başkasının", query="bekleme=7", by=second_reviewer)
    assert SavedFilter.objects.count() == 21


@pytest.mark.parametrize(("name", "query"), [("", "bekleme=7"), ("Ad", "page=2"), ("Ad", "ara=" + "ç" * 400)])
def test_a_filter_without_name_or_content_is_refused(reviewer: Any, name: str, query: str) -> None:
    with pytest.raises(UserError):
        save_filter(place="queue", name=name, query=query, by=reviewer)


# --- Wording of reasons


def test_wording_changes_and_the_code_stays(claim: Claim, reviewer: Any) -> None:
    return_claim(claim=claim, by=reviewer, reason=reason(), text="İmza eksik.")
    edited = edit_reason(
        reason=reason(),
        label="Eksik belge",
        sentence="Belgeyi ekleyiniz.",
        is_active=True,
        seen=wording_mark(reason()),
        by=reviewer,
    )
    assert (edited.code, edited.label, edited.sentence) == ("return-missing", "Eksik belge", "Belgeyi ekleyiniz.")
    claim.refresh_from_db()
    assert (claim.reason.code, claim.decision_text) == ("return-missing", "İmza eksik.")
    assert trail_of(edited).get().before["label"] == "Eksik"


def test_two_people_at_one_reason_do_not_overwrite_each_other(reviewer: Any, second_reviewer: Any) -> None:
    seen = wording_mark(reason())
    edit_reason(reason=reason(), label="Birinci", sentence="", is_active=True, seen=seen, by=reviewer)
    with pytest.raises(Conflict, match="bu gerekçe değişti"):
        edit_reason(reason=reason(), label="İkinci", sentence="", is_active=True, seen=seen, by=second_reviewer)
    assert reason().label == "Birinci"


def test_every_decision_keeps_a_reason(reviewer: Any, coordinator: Any) -> None:
    codes = ReviewReason.objects.filter(decision="return").order_by("order").values_list("code", flat=True)
    for code in codes[:3]:
        one = reason(code)
        edit_reason(reason=one, label=one.label, sentence="", is_active=False, seen=wording_mark(one), by=reviewer)
    last = reason(codes[3])
    with pytest.raises(UserError, match="en az bir"):
        edit_reason(reason=last, label="Son", sentence="", is_active=False, seen=wording_mark(last), by=reviewer)
    with pytest.raises(PermissionDenied):
        edit_reason(reason=last, label="Son", sentence="", is_active=True, seen=wording_mark(last), by=coordinator)


def returns() -> list[ReviewReason]:
    return list(ReviewReason.objects.filter(decision="return").order_by("order", "pk"))


def added_by(by: Any, label: str = "İmza yok", **values: Any) -> ReviewReason:
    given = {"decision": "return", "sentence": " İmzalı sayfayı\x00 ekleyiniz. ", "seen": list_mark(returns())} | values
    return add_reason(label=label, by=by, **given)


def test_a_reason_is_added_at_the_end_with_a_code_of_its_own(claim: Claim, reviewer: Any) -> None:
    added = added_by(reviewer, "  İmza  yok ")
    assert [one.code for one in returns()][-2:] == ["return-evidence", "return-1"]
    assert (added.label, added.sentence, added.is_active) == ("İmza yok", "İmzalı sayfayı ekleyiniz.", True)
    entry = trail_of(added).get()
    assert (entry.action, entry.actor, entry.after["code"]) == ("reason.add", reviewer, "return-1")
    return_claim(claim=claim, by=reviewer, reason=added, text=added.sentence)
    claim.refresh_from_db()
    assert claim.reason == added
    assert added_by(reviewer, "Mühür yok").code == "return-2"
    reference.load()
    assert [one.code for one in returns()][-2:] == ["return-1", "return-2"]


def test_the_second_of_two_people_who_add_a_reason_reads_the_list_first(reviewer: Any, second_reviewer: Any) -> None:
    seen = list_mark(returns())
    added_by(reviewer, seen=seen)
    with pytest.raises(Conflict, match="gerekçeleri değişti"):
        added_by(second_reviewer, "Mühür yok", seen=seen)
    one = reason()
    seen = list_mark(returns())
    edit_reason(reason=one, label="Eksik belge", sentence="", is_active=True, seen=wording_mark(one), by=reviewer)
    with pytest.raises(Conflict, match="gerekçeleri değişti"):
        added_by(second_reviewer, "Eksik belge", seen=seen)
    assert len(returns()) == 5


def test_what_cannot_be_added_says_why(reviewer: Any, coordinator: Any) -> None:
    for label, sentence, words in (
        (" ", "", "kısa bir ad"),
        ("x" * 81, "", "en çok 80"),
        ("Ad", "x" * 601, "600 karakter"),
        ("EKSİK", "", "aynı adlı"),
    ):
        with pytest.raises(UserError, match=words):
            added_by(reviewer, label, sentence=sentence)
    with pytest.raises(UserError, match="hangi karara"):
        added_by(reviewer, decision="burn")
    with pytest.raises(PermissionDenied):
        added_by(coordinator)
    for number in range(MOST_REASONS - 4):
        added_by(reviewer, f"Gerekçe {number}")
    with pytest.raises(UserError, match="en çok 20"):
        added_by(reviewer, "Bir tane daha")
    assert len(returns()) == MOST_REASONS


def test_reasons_change_places_inside_their_decision(reviewer: Any) -> None:
    def order() -> list[str]:
        return list(ReviewReason.objects.filter(decision="return").order_by("order").values_list("code", flat=True))

    assert order() == ["return-missing", "return-wrong", "return-outdated", "return-evidence"]
    move_reason(reason=reason("return-evidence"), up=True, by=reviewer)
    assert order() == ["return-missing", "return-wrong", "return-evidence", "return-outdated"]
    move_reason(reason=reason("return-missing"), up=True, by=reviewer)
    move_reason(reason=reason("return-missing"), up=False, by=reviewer)
    assert order() == ["return-wrong", "return-missing", "return-evidence", "return-outdated"]


# --- What changed since


def test_changes_since_my_decision_are_those_of_every_later_sending(
    claim: Claim, reviewer: Any, second_reviewer: Any, coordinator: Any
) -> None:
    return_claim(claim=claim, by=reviewer, reason=reason(), text="Özeti yazınız.")
    resubmitted(claim, coordinator, {"summary": ["Bir", "İki"], "title": ["Eski", "Yeni"], "files": [[], ["a.pdf"]]})
    return_claim(claim=claim, by=second_reviewer, reason=reason(), text="Tarihi düzeltiniz.")
    resubmitted(claim, coordinator, {"summary": ["İki", "Bir"], "start_date": ["2020-10-01", "2020-11-01"]})
    mine = resubmission_of(claim, events_of(claim.project), reviewer)
    assert mine is not None
    assert (mine.is_mine, mine.decided_by, mine.asked) == (True, "İrem Şahin", "Eksik. Özeti yazınız.")
    assert [(one.label, one.before, one.after) for one in mine.changes] == [
        ("eklenen dosyalar", "", "a.pdf"),
        ("başlangıç tarihi", "01.10.2020", "01.11.2020"),
        ("proje adı", "Eski", "Yeni"),
    ]
    third = seat_user(CommissionKind.TECHNICAL, SeatRole.IT, full_name="Can Ilgaz")
    since_return = resubmission_of(claim, events_of(claim.project), third)
    assert since_return is not None
    assert (since_return.is_mine, since_return.decided_by) == (False, "Ümit Kaya")
    assert [one.label for one in since_return.changes] == ["başlangıç tarihi", "özet"]


def test_nothing_changed_since_a_decision_that_still_stands(claim: Claim, reviewer: Any) -> None:
    assert resubmission_of(claim, events_of(claim.project), reviewer) is None
    return_claim(claim=claim, by=reviewer, reason=reason(), text="Özeti yazınız.")
    assert resubmission_of(claim, events_of(claim.project), reviewer) is None


def test_long_texts_are_marked_word_by_word() -> None:
    before = "Öğrenciler yenilenebilir enerjiyi araştırır ve sonuçlarını okulda sergiler."
    after = "Öğrenciler güneş enerjisini araştırır ve sonuçlarını okulda sergiler. Veliler de katılır."
    pieces = marked(before, after)
    assert "".join(piece.text for piece in pieces if piece.kind != NEW) == before
    assert "".join(piece.text for piece in pieces if piece.kind != GONE) == after
    assert pieces[:3] == [
        Piece(SAME, "Öğrenciler "),
        Piece(GONE, "yenilenebilir"),
        Piece(NEW, "güneş"),
    ]
    assert marked("Kısa", "Kısa metin") == []
    assert marked("bir iki üç " * 20, "tamamen başka sözler burada " * 20) == []


def test_what_lies_far_from_a_change_is_cut() -> None:
    text = " ".join(f"söz{number}" for number in range(200))
    shown = marked(text, text.replace("söz100 ", "başka "))
    assert [piece.kind for piece in shown] == ["cut", "same", "gone", "new", "same", "cut"]
    assert shown[1].text == " ".join(f"söz{number}" for number in range(88, 100)) + " "


# --- Sharing out


def three_reviewers() -> list[Any]:
    return [seat_user(CommissionKind.TECHNICAL, full_name=f"Üye {number}") for number in range(3)]


def waiting(school: Any, count: int) -> list[Claim]:
    now = timezone.now()
    return [
        ClaimFactory(
            project=ProjectFactory(institution=school, item=item("KA2")),
            submitted_at=now - dt.timedelta(days=count - n),
        )
        for n in range(count)
    ]


def test_claims_go_to_the_least_loaded_first_ties_by_key(school: Any) -> None:
    first, second, third = three_reviewers()
    for claim in waiting(school, 2):
        claim_for_review(claim=claim, by=second)
    claims = waiting(school, 5)
    plan = balanced([claim.pk for claim in claims], [third, second, first], claims[0].project.year)
    shares = {share.user: share.claims for share in plan.shares}
    assert shares == {
        first: [claims[0].pk, claims[2].pk, claims[4].pk],
        second: [],
        third: [claims[1].pk, claims[3].pk],
    }
    assert plan.left == []


def test_sharing_out_tells_each_colleague_once(school: Any, coordinator: Any) -> None:
    first, second, third = three_reviewers()
    claims = waiting(school, 7)
    done = assign_balanced(year=claims[0].project.year, claims=[claim.pk for claim in claims], by=first)
    assert [(user, count) for user, count in done.shares] == [(first, 3), (second, 2), (third, 2)]
    assert done.skipped == 0
    assert list(Notification.objects.order_by("recipient").values_list("recipient", "subject")) == [
        (second.pk, "İncelemeniz için 2 talep verildi"),
        (third.pk, "İncelemeniz için 2 talep verildi"),
    ]
    claims[1].refresh_from_db()
    assert (claims[1].status, claims[1].reviewer) == ("in_review", second)
    line = ClaimEvent.objects.get(claim=claims[1])
    assert (line.action, line.by, line.text) == ("assign", first, "İnceleyen: Üye 1")


def test_nobody_gets_a_claim_of_their_own(school: Any) -> None:
    first, second, third = three_reviewers()
    year = ProjectFactory(institution=school, item=item("KA2")).year
    partner = InstitutionFactory()
    Posting.objects.create(staff=first.staff_member, year=year, institution=school, title="teacher")
    plain, joint, led, taught = waiting(school, 4)
    for claim in (joint, led, taught):
        claim.project.institution = InstitutionFactory()
        claim.project.save()
    joint.project.partner_institutions.add(partner)
    Posting.objects.create(staff=second.staff_member, year=year, institution=partner, title="teacher")
    led.project.responsible_manager = third.staff_member
    led.project.save()
    team(taught.project, teachers=[first.staff_member])
    users = [first, second, third]
    kept = kept_from([claim.pk for claim in (plain, joint, led, taught)], users, year)
    assert kept == {plain.pk: {first.pk}, joint.pk: {second.pk}, led.pk: {third.pk}, taught.pk: {first.pk}}
    for claim in (plain, joint, led, taught):
        fresh = Claim.objects.select_related("project__institution", "project__year").get(pk=claim.pk)
        assert {user.pk for user in users if not may(user, "projects.review_claim", fresh)} == kept[claim.pk]
    plan = plan_of(year=year, claims=[plain.pk], people={first.pk})
    assert (plan.given, plan.left) == (0, [plain.pk])


def test_eligibility_costs_the_same_for_one_claim_and_for_many(school: Any, django_assert_num_queries: Any) -> None:
    users = three_reviewers()
    claims = waiting(school, 6)
    year = claims[0].project.year
    for count in (1, 6):
        with django_assert_num_queries(8):
            balanced([claim.pk for claim in claims[:count]], users, year)


def test_what_somebody_took_meanwhile_is_left_to_them(school: Any) -> None:
    first, second, _third = three_reviewers()
    claims = waiting(school, 3)
    claim_for_review(claim=claims[0], by=second)
    done = assign_balanced(
        year=claims[0].project.year, claims=[claim.pk for claim in claims], people={first.pk}, by=first
    )
    assert ([count for _user, count in done.shares], done.skipped) == ([2], 1)
    claims[0].refresh_from_db()
    assert claims[0].reviewer == second


def test_projects_are_locked_in_the_order_of_their_keys(school: Any, reviewer: Any) -> None:
    claims = list(reversed(waiting(school, 3)))
    with CaptureQueriesContext(connection) as asked:
        assign_balanced(year=claims[0].year, claims=[claim.pk for claim in claims], by=reviewer)
    projects = [query["sql"] for query in asked if 'FROM "projects_project"' in query["sql"]]
    keys = ", ".join(str(claim.project_id) for claim in reversed(claims))
    assert f'"projects_project"."id" IN ({keys})' in projects[0]
    assert "ORDER BY 1 ASC" in projects[0]
    assert ("FOR UPDATE" in projects[0]) == connection.features.has_select_for_update


def test_sharing_out_needs_people_and_a_bounded_number(school: Any, reviewer: Any) -> None:
    year = ProjectFactory(institution=school, item=item("KA2")).year
    with pytest.raises(UserError, match="en az bir kişi"):
        assign_balanced(year=year, claims=[], people={0}, by=reviewer)
    with pytest.raises(UserError, match="en çok 200"):
        assign_balanced(year=year, claims=list(range(201)), by=reviewer)


def test_the_team_is_that_of_the_province_in_office(school: Any, reviewer: Any) -> None:
    gone = seat_user(CommissionKind.TECHNICAL, full_name="Eski Üye")
    gone.staff_member.seats.update(end_date=timezone.localdate() - dt.timedelta(days=1))
    locked_out = seat_user(CommissionKind.TECHNICAL, full_name="Kapalı Hesap")
    locked_out.is_active = False
    locked_out.save()
    seat_user(CommissionKind.TECHNICAL, unit=ProvinceFactory(plate_code=63))
    year = ProjectFactory(institution=school, item=item("KA2")).year
    assert list(team_members(year)) == [reviewer]


def test_one_claim_is_given_to_a_colleague_who_may_review_it(
    claim: Claim, reviewer: Any, second_reviewer: Any, coordinator: Any
) -> None:
    with pytest.raises(UserError, match="inceleyemez"):
        assign(claim=claim, to=coordinator, by=reviewer)
    assigned = assign(claim=claim, to=second_reviewer, by=reviewer)
    assert (assigned.status, assigned.reviewer) == ("in_review", second_reviewer)
    assert Notification.objects.get().recipient == second_reviewer
    with pytest.raises(Conflict):
        assign(claim=claim, to=reviewer, by=second_reviewer)
    release(claim=claim, by=second_reviewer)
    with pytest.raises(PermissionDenied):
        assign(claim=claim, to=second_reviewer, by=coordinator)


def test_colleagues_are_listed_by_load(claim: Claim, school: Any, reviewer: Any) -> None:
    first, second, _third = three_reviewers()
    claim_for_review(claim=waiting(school, 1)[0], by=first)
    Posting.objects.create(staff=second.staff_member, year=claim.project.year, institution=school, title="teacher")
    assert [(user.full_name, load) for user, load in colleagues_for(claim, reviewer)] == [("Üye 2", 0), ("Üye 0", 1)]


def test_approving_a_given_claim_is_for_its_reviewer(claim: Claim, reviewer: Any, second_reviewer: Any) -> None:
    assign(claim=claim, to=second_reviewer, by=reviewer)
    with pytest.raises(Conflict):
        approve_claim(claim=claim, by=reviewer)
    assert approve_claim(claim=claim, by=second_reviewer).decided_by == second_reviewer
