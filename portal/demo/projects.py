"""Projects of the demo with teams, claims and their history, as they stand on the demo's reference day."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random

from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Coalesce

from accounts.models import User
from common.text import fold
from portal.demo import names
from portal.demo.sizes import Size
from portal.demo.units import School
from projects.models import Claim, ClaimEvent, ProgrammeItem, Project, ReviewReason, TeamStudent, TeamTeacher
from projects.models.projects import search_key_of
from projects.workflow import ClaimStage, ClaimStatus, Decision, project_status
from schools.models import AcademicYear, Enrolment, Posting, StaffMember
from schools.models.people import Title

REFERENCE_MOMENT = datetime(2026, 7, 24, 12, 0, tzinfo=UTC)
"""The day that the demo tells of: the year's exams and terms are over, the boards rank and propose awards."""

ITEM_WEIGHTS = {
    "KA1": 9, "KA2": 7, "KA3": 1, "AB-OTHER": 1,
    "4006": 12, "4004": 2, "4005": 2, "4007": 2, "COMP-APPLY": 9, "OLY-APPLY": 3, "TUBITAK-OTHER": 1,
    "MIN-GRANT": 3, "MIN-NOGRANT": 4, "AGENCY": 2, "EMBASSY": 1, "LOCAL-COOP": 5, "NATIONAL-OTHER": 1,
    "ETW-PROJECT": 12, "ETW-NATIONAL-QL": 4, "ETW-EUROPEAN-QL": 3, "ETW-SCHOOL-QL": 2, "ETW-OTHER": 1,
    "LOCAL-1": 7, "LOCAL-2": 5, "LOCAL-3": 3,
}  # fmt: skip
LADDERS = {"COMP-APPLY": ("COMP-FINAL", "COMP-DEGREE"), "OLY-APPLY": ("OLY-FINAL", "OLY-DEGREE")}
FATES = (
    (None, 6),
    (ClaimStatus.SUBMITTED, 8),
    (ClaimStatus.IN_REVIEW, 2),
    (ClaimStatus.RETURNED, 4),
    (ClaimStatus.REJECTED, 3),
    (ClaimStatus.WITHDRAWN, 1),
    (ClaimStatus.APPROVED, 76),
)
SUMMARY = (
    "Proje; öğrencilerin araştırma, iş birliği ve sunum becerilerini geliştirmeyi amaçlar. Yıl boyunca atölyeler, saha "
    "gezileri ve paylaşım günleri yapılır; çıkan ürünler okulun internet sayfasında ve yıl sonu şenliğinde sergilenir."
)
AIMS = (
    "Öğrencilerin konuya ilgisini ve bilgisini artırmak\nÖğretmenlerin proje yürütme deneyimini geliştirmek\n"
    "Okul ile çevresi arasındaki iş birliğini güçlendirmek"
)


@dataclass
class _Draft:
    """A project with the rows that hang on it, before anything is saved."""

    project: Project
    teachers: list[StaffMember]
    students: list[int]
    claims: list[Claim]


class ProjectBuilder:
    """Builds ``size.projects`` projects; the same random source gives the same projects."""

    def __init__(
        self,
        *,
        year: AcademicYear,
        schools: list[School],
        postings: list[Posting],
        reviewers: list[User],
        author: User,
        rng: Random,
    ) -> None:
        self.year, self.schools, self.rng, self.reviewers, self.author = year, schools, rng, reviewers, author
        self.items = {item.code: item for item in ProgrammeItem.objects.select_related("programme")}
        self.reasons: dict[str, list[ReviewReason]] = defaultdict(list)
        for reason in ReviewReason.objects.order_by("decision", "order"):
            self.reasons[reason.decision].append(reason)
        self.teachers: dict[int, list[StaffMember]] = defaultdict(list)
        self.managers: dict[int, StaffMember] = {}
        for posting in postings:
            if posting.title == Title.PRINCIPAL:
                self.managers[posting.institution_id] = posting.staff
            else:
                self.teachers[posting.institution_id].append(posting.staff)
        self.students: dict[int, list[int]] = defaultdict(list)
        for institution, student in (
            Enrolment.objects.filter(year=year).order_by("pk").values_list("institution_id", "student_id")
        ):
            if len(self.students[institution]) < 200:
                self.students[institution].append(student)
        self.titles: set[tuple[int, str]] = set()

    def build(self, size: Size) -> None:
        weights = [len(self.teachers[school.institution.pk]) for school in self.schools]
        chosen = self.rng.choices(self.schools, weights=weights, k=size.projects - len(self.schools) * 6 // 10)
        drafts = [self._draft(school, reading=True) for school in self.schools[: size.projects - len(chosen)]]
        drafts += [self._draft(school, reading=False) for school in chosen]
        self._save(drafts)

    def _draft(self, school: School, *, reading: bool) -> _Draft:
        rng, institution = self.rng, school.institution
        code = "LOCAL-1" if reading else rng.choices(list(ITEM_WEIGHTS), weights=list(ITEM_WEIGHTS.values()))[0]
        item = self.items[code]
        title = self._title(institution.pk, "Okuyan Okul" if reading else None)
        start = self.year.start_date + timedelta(days=rng.randrange(60))
        fate = rng.choices([fate for fate, _ in FATES], weights=[weight for _, weight in FATES])[0]
        created = REFERENCE_MOMENT - timedelta(days=rng.randrange(20, 70), minutes=rng.randrange(600))
        project = Project(
            year=self.year,
            institution=institution,
            title=title,
            title_key=fold(title),
            search_key=search_key_of(title, SUMMARY),
            item=item,
            first_stage=ClaimStage.PREPARING,
            summary=SUMMARY,
            aims=AIMS,
            start_date=start,
            end_date=start + timedelta(days=rng.randrange(120, 260)),
            budget=Decimal(rng.randrange(5, 900) * 1000) if item.programme.code != "LOCAL" else None,
            responsible_manager=self.managers.get(institution.pk),
            is_reading=reading,
            showcase_consent=rng.randrange(3) == 0,
            created_at=created,
        )
        pool = self.teachers[institution.pk]
        team = rng.sample(pool, min(len(pool), rng.choices((1, 2, 3, 4), weights=(35, 38, 18, 9))[0]))
        if not reading and rng.randrange(100) < 5:
            team.append(rng.choice(self.teachers[rng.choice(self.schools).institution.pk]))
        pupils = self.students[institution.pk]
        students = rng.sample(pupils, min(len(pupils), rng.choice((0, 0, 2, 4, 6))))
        claims = [] if fate is None else self._claims(project, item, fate, created)
        project.status = project_status(claim.status for claim in claims)
        return _Draft(project, list({person.pk: person for person in team}.values()), students, claims)

    def _title(self, institution: int, fixed: str | None) -> str:
        while True:
            title = fixed or self.rng.choice(names.PROJECT_THEMES) + self.rng.choice(names.PROJECT_TAILS)
            number = 1
            while (institution, fold(title)) in self.titles:
                number += 1
                title = f"{title.rsplit(' – ', 1)[0]} – {number}. Dönem"
            self.titles.add((institution, fold(title)))
            return title

    def _claims(self, project: Project, item: ProgrammeItem, fate: ClaimStatus, created: datetime) -> list[Claim]:
        rng = self.rng
        waiting = fate in (ClaimStatus.SUBMITTED, ClaimStatus.IN_REVIEW)
        days = rng.randrange(0, 19) if waiting else rng.randrange(8, 18)
        submitted = (
            REFERENCE_MOMENT - timedelta(days=days, minutes=rng.randrange(700))
            if waiting
            else created + timedelta(days=2)
        )
        first = self._claim(project, item, ClaimStage.PREPARING, fate, submitted)
        claims = [first]
        if fate == ClaimStatus.APPROVED and rng.randrange(100) < 34:
            later = rng.choices(
                (ClaimStatus.APPROVED, ClaimStatus.SUBMITTED, ClaimStatus.RETURNED), weights=(76, 16, 8)
            )[0]
            again = REFERENCE_MOMENT - timedelta(days=rng.randrange(0, 12), minutes=rng.randrange(700))
            steps = LADDERS.get(item.code)
            if steps:
                step = steps[: rng.choice((1, 1, 2))]
                claims += [self._claim(project, self.items[code], ClaimStage.SUCCESS, later, again) for code in step]
            else:
                claims.append(self._claim(project, item, ClaimStage.SUCCESS, later, again))
        return claims

    def _claim(
        self, project: Project, item: ProgrammeItem, stage: ClaimStage, status: ClaimStatus, submitted: datetime
    ) -> Claim:
        rng = self.rng
        claim = Claim(project=project, year=self.year, item=item, stage=stage, status=status, submitted_at=submitted)
        reviewer = rng.choice(self.reviewers)
        if status == ClaimStatus.IN_REVIEW:
            claim.reviewer, claim.claimed_at = reviewer, submitted + timedelta(hours=20)
        if status in (ClaimStatus.APPROVED, ClaimStatus.RETURNED, ClaimStatus.REJECTED):
            claim.decided_by = reviewer
            claim.decided_at = min(submitted + timedelta(days=rng.randrange(1, 9), hours=3), REFERENCE_MOMENT)
        if status == ClaimStatus.APPROVED and item.independent:
            claim.independent_points = Decimal(rng.randrange(4, 19) * 5)
            claim.independent_reason = "Etki alanı, ortak sayısı ve çıktıların niteliği birlikte değerlendirilmiştir."
        decision = {ClaimStatus.RETURNED: Decision.RETURN, ClaimStatus.REJECTED: Decision.REJECT}.get(status)
        if decision and self.reasons[decision]:
            claim.reason = rng.choice(self.reasons[decision])
            claim.decision_text = claim.reason.sentence
        return claim

    def _save(self, drafts: list[_Draft]) -> None:
        Project.objects.bulk_create([draft.project for draft in drafts], batch_size=1000)
        TeamTeacher.objects.bulk_create(
            [
                TeamTeacher(project=draft.project, staff=person, is_coordinator=place == 0)
                for draft in drafts
                for place, person in enumerate(draft.teachers)
            ],
            batch_size=2000,
        )
        TeamStudent.objects.bulk_create(
            [TeamStudent(project=draft.project, student_id=pk) for draft in drafts for pk in draft.students],
            batch_size=2000,
        )
        Claim.objects.bulk_create([claim for draft in drafts for claim in draft.claims], batch_size=1000)
        ClaimEvent.objects.bulk_create(
            [event for draft in drafts for claim in draft.claims for event in self._events(claim)], batch_size=2000
        )
        latest = ClaimEvent.objects.filter(project=OuterRef("pk")).order_by("-at").values("at")[:1]
        Project.objects.filter(year=self.year).update(updated_at=Coalesce(Subquery(latest), F("created_at")))

    def _events(self, claim: Claim) -> list[ClaimEvent]:
        events = [self._event(claim, "submit", "", ClaimStatus.SUBMITTED, claim.submitted_at, self.author)]
        if claim.reviewer and claim.claimed_at:
            events.append(
                self._event(
                    claim, "claim", ClaimStatus.SUBMITTED, ClaimStatus.IN_REVIEW, claim.claimed_at, claim.reviewer
                )
            )
        if claim.decided_at and claim.decided_by:
            action = {
                ClaimStatus.APPROVED: "approve",
                ClaimStatus.RETURNED: "return",
                ClaimStatus.REJECTED: "reject",
            }[ClaimStatus(claim.status)]
            events.append(
                self._event(
                    claim, action, ClaimStatus.SUBMITTED, ClaimStatus(claim.status), claim.decided_at, claim.decided_by
                )
            )
        return events

    def _event(
        self,
        claim: Claim,
        action: str,
        source: ClaimStatus | str,
        target: ClaimStatus,
        at: datetime | None,
        by: User,
    ) -> ClaimEvent:
        decided = action in ("approve", "return", "reject")
        return ClaimEvent(
            project=claim.project,
            claim=claim,
            action=action,
            from_status=source,
            to_status=target,
            by=by,
            at=at or REFERENCE_MOMENT,
            reason=claim.reason if decided else None,
            text=claim.decision_text if decided else "",
        )
