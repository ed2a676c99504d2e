"""A small province with one object of every kind, and a person of every role, for tests that visit all addresses."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from accounts.models import User
from awards.models import AwardLine, AwardList, Certificate
from awards.pdf import certificates_pdf, list_report_pdf
from awards.services import compute_round, decide_list, grant_list, issue_certificates, make_list_report, offer_list
from awards.workflow import LineStatus
from common.deliveries import addressed_to
from common.files import store_bytes
from common.imports.kinds import Scope
from common.imports.services import check_batch, start_import
from common.models import ImportBatch, Job, MailDelivery, Notification
from common.outbox import notify
from eba.services import new_version as new_criteria
from exams.models import ExamReport
from portal.demo.accounts import ACCOUNTS, DEMO_DOMAIN
from portal.demo.build import build_demo
from projects import tasks
from projects.models import Claim, ClaimQuestion, Evidence, Project, ReviewReason, SavedFilter, TeamTeacher
from projects.services.exports import keep_export
from projects.workflow import ClaimStatus
from schools.models import AcademicYear, Coaching, Enrolment, Institution, Posting, Seat, Section, TeachingAssignment
from scoring.models import Objection, RankingRun
from scoring.services import compute_run, new_version, publish_run
from scoring.tasks import JOB_KIND as RANKING_JOB
from tests.factories.common import pdf_bytes
from tests.factories.exams import make_exam, make_result

POSTED = {
    "scoring:compute": {"measure": "teacher_project_points", "partition": "district,category"},
}
"""What a POST must carry before the site looks at who asks; everything else is posted empty."""

STRANGER = "stranger"
ROLES = (STRANGER, *(account.name for account in ACCOUNTS))


@dataclass
class World:
    """The demo school taken as far as a certificate; ``values`` says which object stands in an address."""

    year: AcademicYear
    school: Institution
    values: dict[str, dict[str, Any]] = field(default_factory=dict)

    def user(self, role: str) -> User:
        return User.objects.get(email=f"{role}@{DEMO_DOMAIN}")

    def client(self, role: str) -> Client:
        client = Client(raise_request_exception=True)
        if role != STRANGER:
            client.force_login(self.user(role))
        return client

    def path(self, address: str, names: tuple[str, ...]) -> str:
        """The path of an address with the object that belongs there; KeyError where nobody said which."""
        if not names:
            return reverse(address)
        return reverse(address, kwargs=self.values[address])


def addresses() -> list[tuple[str, tuple[str, ...]]]:
    """Every named address of the site with the names of its parameters, sorted."""
    found: dict[str, tuple[str, ...]] = {}

    def walk(patterns: list[URLPattern | URLResolver], namespace: str, names: tuple[str, ...]) -> None:
        for entry in patterns:
            own = names + tuple(entry.pattern.regex.groupindex)
            if isinstance(entry, URLResolver):
                inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
                walk(entry.url_patterns, inner, own)
            else:
                assert entry.name, f"{entry.pattern} has no name"
                found[f"{namespace}{entry.name}"] = own

    walk(get_resolver().url_patterns, "", ())
    return sorted(found.items())


def build_world() -> World:
    """Build it through the services, as the people of the demo would."""
    build_demo(size="school", seed=11)
    year = AcademicYear.objects.select_related("province").get(is_current=True)
    coordinator = User.objects.get(email=f"okul@{DEMO_DOMAIN}")
    school = Seat.objects.get(staff__user=coordinator).commission.institution
    assert school is not None
    world = World(year, school)
    run = _published_run(world)
    certificate = _certificate(world)
    world.values = _values(world, run, certificate)
    return world


def _published_run(world: World) -> RankingRun:
    monitor = world.user("izleme")
    for _ in ("a first computation", "and one to compare it with"):
        run = compute_run(year=world.year, measure="teacher_project_points", partition="district,category", by=monitor)
    return publish_run(run=run, by=monitor, on=timezone.localdate() - dt.timedelta(days=1))


def _certificate(world: World) -> Certificate:
    board, governor, today = world.user("yurutme"), world.user("kaymakam"), timezone.localdate()
    award_round = compute_round(year=world.year, cadence="year", by=world.user("teknik"))
    award_list = AwardList.objects.get(round=award_round)
    decided = decide_list(
        award_list=award_list, decision_number="2026/4", decision_date=today, version=award_list.version, by=board
    )
    offered = offer_list(award_list=decided, reason="Yıl boyunca yürütülen projeler", version=decided.version, by=board)
    granted = grant_list(award_list=offered, grant_number="E-1", grant_date=today, version=offered.version, by=governor)
    issue_certificates(award_list=granted, render=certificates_pdf, by=board, accept_blanks=True)
    make_list_report(award_list=granted, render=list_report_pdf, by=board)
    certificate = Certificate.objects.order_by("pk")[0]
    certificate.signed_file = store_bytes(
        name="imzali.pdf", data=pdf_bytes(), content_type="application/pdf", by=board, purpose="signed"
    )
    certificate.save(update_fields=["signed_file"])
    return certificate


def _values(world: World, run: RankingRun, certificate: Certificate) -> dict[str, dict[str, Any]]:
    """Which object stands in each address: the coordinator's school, its projects, and the chain built above."""
    coordinator, clerk = world.user("okul"), world.user("veri")
    project, claim = _project_and_claim(world.school)
    evidence = _evidence(claim, coordinator)
    others = run.rows.exclude(staff__user__email=f"ogretmen@{DEMO_DOMAIN}")
    row = others.filter(institution=world.school).order_by("position")[0]
    line = AwardLine.objects.filter(list=certificate.line.list, status=LineStatus.AWARDED).order_by("position")[0]
    objection = Objection.objects.create(
        row=row, institution=world.school, text="Sıralamaya itiraz ediyoruz.", made_by=coordinator
    )
    with transaction.atomic():
        notice = notify(recipient=coordinator, kind="test", subject="Deneme", body="")
    seat = Seat.objects.get(staff__user=coordinator)
    other_seat = Seat.objects.filter(commission=seat.commission).exclude(pk=seat.pk).order_by("-pk")[0]
    list_pk, seat_pk = certificate.line.list_id, other_seat.pk
    table = new_version(year=world.year, reason="Yeni kalem", by=world.user("teknik"))
    by_pk = {
        "common:notification_open": notice.pk,
        "common:mail_resend": _mail(notice).pk,
        "projects:remove_evidence": evidence.pk,
        "projects:good_example": world.year.projects.filter(institution=world.school, status="approved")[0].pk,
        "projects:evidence": evidence.pk,
        "schools:commission": seat.commission_id,
        "schools:seat_create": seat.commission_id,
        "schools:person": seat.staff_id,
        "schools:section_guide": Section.objects.filter(institution=world.school).order_by("pk")[0].pk,
        "schools:person_account": seat.staff_id,
        "projects:export_ready": (export := _export(world, coordinator)),
        "projects:export_file": export,
        "projects:answer": _question(claim, world.user("teknik")).pk,
        "projects:copy": _earlier_project(world).pk,
        "projects:hand_over": (moved := _moved_project(world).pk),
        "projects:name_coordinator": moved,
        "scoring:row": row.pk,
        "scoring:object": row.pk,
        "scoring:objection": objection.pk,
        "scoring:points_of": seat.staff_id,
        "schools:section_teaching": _assignment(world).section_id,
        "schools:teaching_remove": _assignment(world).pk,
        "schools:student_coach": _final_year(world).pk,
        "schools:coaching_remove": _coaching(world).pk,
        "eba:district": world.school.district_id,
        "eba:staff": seat.staff_id,
        "awards:round": certificate.line.list.round_id,
        "awards:decide_many": certificate.line.list.round_id,
        "awards:offer_many": certificate.line.list.round_id,
        "mfa_remove_webauthn": 1,
        "mfa_edit_webauthn": 1,
    }
    by_pk |= dict.fromkeys(_of("schools:seat_", "end withdraw invite"), seat_pk)
    by_pk |= dict.fromkeys(
        _of("projects:", "correct_claim upload_to_claim withdraw review take take_back release decide"), claim.pk
    )
    by_pk |= dict.fromkeys(_of("projects:", "skip note question ask_opinion give_opinion colleagues assign"), claim.pk)
    by_pk |= dict.fromkeys(_of("scoring:", "run run_freshness publish compare what_if"), run.pk)
    draft = new_criteria(year=world.year, reason="Yeni ölçüt", by=world.user("teknik"))
    by_pk |= dict.fromkeys(_of("eba:", "table edit_table approve_table discard_table"), draft.pk)
    by_pk |= dict.fromkeys(_of("scoring:", "points_table edit_table approve_table discard_table"), table.pk)
    by_pk |= dict.fromkeys(_of("awards:", "certificate download signed upload_signed revoke replace"), certificate.pk)
    by_pk |= dict.fromkeys(
        _of("common:", "job job_progress job_rerun"),
        _job(coordinator, {"year": world.year.pk, "measure": run.measure}).pk,
    )
    by_pk |= dict.fromkeys(_of("projects:", "edit_reason move_reason"), ReviewReason.objects.order_by("pk")[0].pk)
    by_pk["projects:delete_filter"] = SavedFilter.objects.create(
        user=world.user("teknik"), place=SavedFilter.Place.QUEUE, name="Eskiler", query="bekleme=30"
    ).pk
    by_pk["projects:outcome"] = _announcement(world.user("teknik"), claim).pk
    by_pk |= dict.fromkeys(_of("common:import_", "detail confirm cancel undo refused"), _import(clerk, world).pk)
    for address, names in addresses():
        if names == ("pk",) and address not in by_pk:
            by_pk[address] = project.pk if address.startswith("projects:") else list_pk
    return (
        {address: {"pk": pk} for address, pk in by_pk.items()}
        | _exams(world)
        | {
            "schools:institution": {"code": world.school.code},
            "schools:teaching": {"code": world.school.code},
            "schools:coaching": {"code": world.school.code},
            "eba:school": {"code": world.school.code},
            "eba:students": {"code": world.school.code},
            "schools:sections": {"code": world.school.code},
            "schools:year_setting": {"key": "team_share"},
            "schools:invitation_open": {"token": "x" * 40},
            "common:import_template": {"kind": "staff"},
            "projects:export": {"file_format": "csv"},
            "projects:export_reading": {"file_format": "csv"},
            "scoring:export": {"pk": run.pk, "file_format": "csv"},
            "awards:strike": {"pk": list_pk, "line": line.pk},
            "awards:restore": {"pk": list_pk, "line": line.pk},
            "awards:export": {"pk": list_pk, "kind": "csv"},
            "verification:certificate": {"code": certificate.code},
            "account_confirm_email": {"key": "x"},
            "account_reset_password_from_key": {"uidb36": "1", "key": "x-y"},
        }
    )


def _exams(world: World) -> dict[str, dict[str, Any]]:
    """A published exam that a student of the school sat, its report, and an exam that the school analyses."""
    pupil = _final_year(world)
    level = "middle" if pupil.grade == 8 else "high"
    exam = make_exam(world.year, "DENEME", level=level, date=timezone.localdate(), published=True)
    make_result(exam, pupil.student, {"Türkçe": (12, 3)})
    eba = make_exam(world.year, "DENEME-EBA", kind="eba", level=level, date=timezone.localdate(), published=True)
    stored = store_bytes(name="rapor.pdf", data=pdf_bytes(), content_type="application/pdf", by=None, purpose="test")
    report = ExamReport.objects.create(exam=exam, version=exam.version, institution=world.school, file=stored)
    at_school = {"pk": exam.pk, "code": world.school.code}
    return {key: {"pk": exam.pk} for key in _of("exams:", "detail edit publish make_report")} | {
        "exams:district": {"pk": exam.pk, "district": world.school.district_id},
        "exams:school": at_school,
        "exams:school_students": at_school,
        "exams:student": {"pk": pupil.student_id},
        "exams:report_file": {"pk": report.pk},
        "exams:analyses": {"pk": eba.pk},
        "exams:analysis": {"pk": eba.pk, "code": world.school.code},
    }


def _assignment(world: World) -> TeachingAssignment:
    section = Section.objects.filter(institution=world.school, year=world.year).order_by("pk")[0]
    teacher = Posting.objects.filter(institution=world.school, year=world.year).order_by("pk")[0].staff
    values = {"teacher": teacher, "subject": "Felsefe", "subject_key": "felsefe"}
    return TeachingAssignment.objects.get_or_create(section=section, **values)[0]


def _final_year(world: World) -> Enrolment:
    pupils = Enrolment.objects.filter(institution=world.school, year=world.year, grade__in=(8, 12))
    return pupils.order_by("pk")[0]


def _coaching(world: World) -> Coaching:
    teacher = Posting.objects.filter(institution=world.school, year=world.year).order_by("pk")[0].staff
    student = _final_year(world).student
    return Coaching.objects.get_or_create(year=world.year, teacher=teacher, student=student)[0]


def _of(prefix: str, names: str) -> list[str]:
    return [f"{prefix}{name}" for name in names.split()]


def _project_and_claim(school: Institution) -> tuple[Project, Claim]:
    """A project of the school, without the teacher who has an account, whose claim waits for a decision."""
    joined = Project.objects.filter(team_teachers__staff__user__email=f"ogretmen@{DEMO_DOMAIN}")
    claim = Claim.objects.filter(project__institution=school).exclude(project__in=joined).order_by("pk")[0]
    Claim.objects.filter(pk=claim.pk).update(status=ClaimStatus.SUBMITTED, reviewer=None, decided_by=None)
    Project.objects.filter(pk=claim.project_id).update(status=ClaimStatus.SUBMITTED)
    return claim.project, claim


def _question(claim: Claim, by: User) -> ClaimQuestion:
    return ClaimQuestion.objects.create(claim=claim, asked_by=by, text="İmzalı sayfayı ekler misiniz?")


def _earlier_project(world: World) -> Project:
    """A project of the school from the year before."""
    return Project.objects.filter(institution=world.school, year__is_current=False).order_by("pk")[0]


def _moved_project(world: World) -> Project:
    """A draft of the school whose coordinator teacher works at another one."""
    elsewhere = Posting.objects.filter(year=world.year, title="teacher", staff__user=None)
    teacher = elsewhere.exclude(institution=world.school).order_by("pk")[0]
    project = Project.objects.create(
        institution=world.school, year=world.year, title="Göçmen Kuşlar", title_key="gocmen kuslar"
    )
    TeamTeacher.objects.create(project=project, staff_id=teacher.staff_id, is_coordinator=True)
    return project


def _evidence(claim: Claim, by: User) -> Evidence:
    stored = store_bytes(name="kanit.pdf", data=pdf_bytes(), content_type="application/pdf", by=by, purpose="evidence")
    return Evidence.objects.create(project=claim.project, claim=claim, file=stored)


def _export(world: World, by: User) -> int:
    with TemporaryDirectory() as folder:
        path = Path(folder, "list")
        path.write_bytes(b"Y")
        kind = {"name": "projeler.csv", "content_type": "text/csv"}
        return keep_export(year=world.year, path=path, query="", rows=0, projects=[], by=by, **kind).pk


def _job(owner: User, params: dict[str, Any]) -> Job:
    return Job.objects.create(
        kind=RANKING_JOB,
        label="Sıralama",
        owner=owner,
        state=Job.State.DONE,
        wake_at=timezone.now(),
        result={},
        params=params,
    )


def _mail(notice: Notification) -> MailDelivery:
    """The mail with which a notice went out."""
    mail = addressed_to(notice.recipient, kind=MailDelivery.Kind.INSTANT)
    mail.state, mail.notice_count = MailDelivery.State.SENT, 1
    mail.save()
    Notification.objects.filter(pk=notice.pk).update(delivery=mail, mail_state=Notification.MailState.SENT)
    return mail


def _announcement(owner: User, claim: Claim) -> Job:
    """A run that announced one decision."""
    return Job.objects.create(
        kind=tasks.ANNOUNCE,
        owner=owner,
        state=Job.State.DONE,
        wake_at=timezone.now(),
        params={"rows": [[claim.pk, 1]]},
        steps={str(claim.pk): {"why": ""}},
    )


def _import(by: User, world: World) -> ImportBatch:
    batch = start_import(
        kind="institutions",
        scope=Scope(province=world.year.province.plate_code, year=world.year.name),
        name="kurumlar.csv",
        data="Kurum Kodu;Kurum Adı;İlçe;Kategori\n799999;Edremit Deneme Ortaokulu;Edremit;Ortaokul\n12;;;\n".encode(),
        by=by,
    )
    check_batch(batch=batch, progress=lambda done, total, text="": None)
    return batch
