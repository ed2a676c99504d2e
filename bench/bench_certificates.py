"""Certificates per second in the issuing path against bare WeasyPrint on the same pages.

Ours: ``issue_certificates`` of a granted list, in chunks, with locks, numbers, snapshots, stored files, hashes and
audit rows, without the print-ready file. The limit: ``HTML(...).write_pdf`` with reused fonts and styles on the HTML
that ours drew. In turns, one list of ``ROWS`` names a round, medians.
"""

from collections.abc import Callable
from unittest import mock

from django.utils import timezone
from weasyprint import HTML

from awards import pdf
from awards.models import AwardLine, AwardList, AwardRound, AwardRule, Certificate
from awards.services import certificates as issuing
from awards.workflow import AuthorityKind, DocumentKind, LineStatus, ListStatus
from bench.report import Report, median_seconds
from common import pdf as paper
from common.text import fold
from schools.models import AcademicYear, Commission, District, Institution, Province, Seat, StaffMember
from schools.models.commissions import CommissionKind, SeatRole

ROWS, ROUNDS = 40, 5
FIRST = ("Ayşe", "Çağla", "Işık", "İpek", "Ömer", "Şule", "Ümit", "Zeki")
LAST = ("Yılmaz", "Çığır", "Öztürk", "Şahin", "Ilgaz", "İnce", "Güneş", "Kaya")


def run(report: Report) -> None:
    lists = [_granted_list(number) for number in range(ROUNDS + 1)]
    drawn: list[str] = []
    with mock.patch.object(pdf, "render", _keeping(drawn)):
        issuing.issue_certificates(award_list=lists[0], render=pdf.certificates_pdf, by=None)
    pages = [html for html in drawn if html.count("<article") == 1][:ROWS]
    _bare(pages[:3])
    rest = iter(lists[1:])
    ours, limit = median_seconds(lambda: _issue(next(rest)), lambda: _bare(pages), rounds=ROUNDS)
    if Certificate.objects.count() != ROWS * (ROUNDS + 1):
        raise RuntimeError("not every name got its certificate")
    report.add("certificates, each its own file", ours=ours / ROWS, limit=limit / ROWS, unit="s", aim=1.3)


def _issue(award_list: AwardList) -> None:
    while issuing._issue_some(award_list.pk, pdf.certificates_pdf, None):
        pass


def _bare(pages: list[str]) -> None:
    for html in pages:
        HTML(string=html, base_url="about:blank", url_fetcher=paper._fetcher()).write_pdf(
            stylesheets=[paper._stylesheet("certificate.css")], font_config=paper._font_configuration()
        )


def _keeping(drawn: list[str]) -> Callable[[str, str], bytes]:
    render = pdf.render

    def keep(html: str, stylesheet: str) -> bytes:
        drawn.append(html)
        return render(html, stylesheet)

    return keep


def _granted_list(number: int) -> AwardList:
    province, _made = Province.objects.get_or_create(plate_code=10, defaults={"name": "Balıkesir"})
    today = timezone.localdate()
    year, _made = AcademicYear.objects.get_or_create(
        province=province,
        name="2026-2027",
        defaults={"start_date": today, "second_term_date": today, "end_date": today, "is_current": True},
    )
    district = District.objects.create(province=province, name=f"İlçe {number}", name_key=f"ilce {number}")
    school = Institution.objects.create(
        province=province, district=district, code=f"70{number:04}", name="Kazdağı Ortaokulu", name_key="x"
    )
    people = StaffMember.objects.bulk_create(
        StaffMember(
            province=province,
            first_name=FIRST[index % len(FIRST)],
            last_name=LAST[(index + number) % len(LAST)],
            name_key=fold(FIRST[index % len(FIRST)]),
            identity_kind="none",
        )
        for index in range(ROWS)
    )
    board = Commission.objects.create(year=year, kind=CommissionKind.DISTRICT, district=district)
    seat = Seat.objects.create(
        commission=board, staff=people[0], role=SeatRole.CHAIR, signs_as="Kaymakam", start_date=today
    )
    rule, _made = AwardRule.objects.get_or_create(
        year=year, code="T-PR-1", defaults={"order": 1, "group": "teacher", "area": "project", "cadence": "year"}
    )
    award_list = AwardList.objects.create(
        round=AwardRound.objects.create(year=year, cadence="year", number=number + 1),
        rule=rule,
        district=district,
        authority=AuthorityKind.DISTRICT_GOVERNOR,
        status=ListStatus.GRANTED,
        decision_number="2027/1",
        decision_date=today,
        grant_number="E-1",
        grant_date=today,
        signatory=seat,
    )
    AwardLine.objects.bulk_create(
        AwardLine(
            list=award_list,
            position=position,
            staff=person,
            rank=position,
            category="middle",
            value=32,
            holder_name=person.full_name,
            title="Öğretmen",
            branch="Fen Bilimleri",
            institution=school,
            institution_name=school.name,
            document=DocumentKind.ACHIEVEMENT,
            status=LineStatus.AWARDED,
        )
        for position, person in enumerate(people, start=1)
    )
    return award_list
