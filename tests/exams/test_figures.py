"""Figures of an exam against numbers counted by hand, and what stays hidden."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from exams.models import ExamTopic, TopicResult
from exams.report import Cell, Reader, district_report, province_report, school_report
from exams.selectors.figures import Scale, Tally, binned
from exams.selectors.overview import overview_of, schools_of, sections_of
from exams.selectors.students import card_of
from exams.selectors.topics import share_right
from schools.models import Enrolment
from tests.exams.sittings import SUBJECTS, Place, build
from tests.factories.exams import make_exam, make_result
from tests.factories.schools import InstitutionFactory, StudentFactory, YearFactory

pytestmark = pytest.mark.django_db

EVERYTHING = Reader(sees_province=True)
SCHOOL_ONLY = Reader(sees_province=False, sees_district=False)


@pytest.fixture
def place() -> Place:
    return build()


class TestSums:
    def test_school_counts_who_applied_sat_and_is_enrolled(self, place):
        overview = overview_of(place.exam)
        figures = schools_of(place.exam, place.light.district_id, overview)[place.light.pk]
        assert (figures.enrolled, figures.applied, figures.sat, figures.net_students) == (5, 4, 3, 3)
        assert figures.subjects == (Tally(3, 36, 9), Tally(2, 12, 14))
        assert figures.subjects[0].mean_net(3) == 11
        assert figures.subjects[1].mean_net(3) == Fraction(11, 3)
        assert figures.mean_net == Fraction(121, 9)
        assert figures.mean_score is None

    def test_province_is_the_sum_of_its_districts(self, place):
        overview = overview_of(place.exam)
        assert overview.province.subjects == (Tally(4, 56, 9), Tally(3, 32, 14))
        assert overview.province.mean_net == Fraction(241, 12)
        assert overview.of_district(place.sea.district_id).mean_net == 40
        assert set(overview.districts) == {place.light.district_id, place.sea.district_id}

    def test_sections(self, place):
        found = sections_of(place.exam, place.light.pk, overview_of(place.exam))
        assert list(found) == [(8, "A"), (8, "B")]
        assert (found[8, "A"].enrolled, found[8, "A"].applied, found[8, "A"].sat) == (3, 3, 2)
        assert found[8, "A"].mean_net == 16
        assert found[8, "B"].mean_net == Fraction(25, 3)

    def test_monitoring_exam_counts_every_grade_that_has_a_result(self):
        place = build(kind="monitoring")
        found = sections_of(place.exam, place.light.pk, overview_of(place.exam))
        assert found[7, "A"].mean_net == 20
        StudentFactory(institution=place.sea, grade=7)
        assert overview_of(place.exam).province.enrolled == 7

    def test_wrong_answers_cost_nothing_without_a_divisor(self):
        place = build(divisor=0)
        figures = overview_of(place.exam).of_district(place.light.district_id)
        assert figures.subjects[1].mean_net(0) == 6
        assert figures.mean_net == 16

    def test_scores_are_compared_where_there_are_any(self, place):
        for name, score in (("a1", "400.5"), ("b1", "301")):
            place.students[name].exam_results.update(score_units=int(float(score) * 10**8))
        overview = overview_of(place.exam)
        assert overview.scale == Scale(by_score=True, width=50)
        assert overview.province.mean_score == Fraction(1403, 4)
        assert dict(overview.province.bins) == {8: 1, 6: 1}

    def test_distribution_of_total_nets(self, place):
        overview = overview_of(place.exam)
        assert overview.scale == Scale(by_score=False, width=5)
        own = overview.of_district(place.light.district_id)
        assert binned(own, overview.scale) == [(5, 10, 1), (10, 15, 1), (15, 20, 0), (20, 25, 1)]

    def test_negative_totals_have_a_bin_of_their_own(self):
        assert Scale(by_score=False, width=5).number(-1, 3) == -1

    def test_whole_exam_is_read_once_for_a_version(self, place):
        overview_of(place.exam)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            overview_of(place.exam)
        assert len(queries) == 0
        make_result(place.exam, place.students["b2"], {"Türkçe": (1, 0)})
        place.exam.version += 1
        assert overview_of(place.exam).province.applied == 6

    def test_another_province_has_no_part_in_it(self, place):
        other = StudentFactory(institution=None)
        make_result(place.exam, other, {"Türkçe": (20, 0)})
        assert overview_of(place.exam).province.applied == 5


class TestHiding:
    def test_small_groups_beside_are_hidden_without_a_seat(self, place):
        report = school_report(place.exam, place.light, SCHOOL_ONLY)
        assert report.subjects[0].beside == (Cell(hidden=True), Cell(hidden=True))
        assert [cell.words for _label, cell in report.main_beside] == ["10'dan az", "10'dan az"]
        assert report.has_hidden
        assert report.subjects[0].net.value == 11

    def test_they_are_shown_to_whoever_has_a_seat(self, place):
        report = school_report(place.exam, place.light, EVERYTHING)
        assert [cell.value for cell in report.subjects[0].beside] == [11, Fraction(53, 4)]
        assert not report.has_hidden

    def test_a_group_is_shown_when_ten_are_left_without_ones_own(self, place):
        for _number in range(8):
            make_result(place.exam, StudentFactory(institution=place.sea), {"Türkçe": (20, 0)})
        assert school_report(place.exam, place.light, SCHOOL_ONLY).subjects[0].beside[1].hidden
        make_result(place.exam, StudentFactory(institution=place.sea), {"Türkçe": (20, 0)})
        place.exam.version += 1
        report = school_report(place.exam, place.light, SCHOOL_ONLY)
        assert report.subjects[0].beside[1].value == Fraction(53 + 9 * 20, 13)
        assert report.subjects[0].beside[0].hidden
        assert report.subjects[1].beside[1].hidden

    def test_hidden_values_are_in_no_chart(self, place):
        chart = school_report(place.exam, place.light, SCHOOL_ONLY).subject_chart
        assert chart.rows == (("Türkçe", "11,00", "–", "–"), ("Matematik", "3,67", "–", "–"))

    def test_distribution_of_a_small_province_is_hidden_too(self, place):
        assert province_report(place.exam, SCHOOL_ONLY, []).spread is None
        assert province_report(place.exam, EVERYTHING, []).spread is not None


class TestComparisons:
    def test_last_year_and_the_sitting_before(self, place):
        before = YearFactory(name="2019-2020", is_current=False)
        last = make_exam(before, subjects=(("Matematik", 10), ("Türkçe", 20)), published=True)
        pupil = StudentFactory(institution=place.light, year=before)
        make_result(last, pupil, {"Türkçe": (10, 0), "Matematik": (4, 3)})
        mock = make_exam(place.year, "LGS-0", family="LGS", subjects=SUBJECTS, date=dt.date(2021, 3, 1), published=True)
        make_result(mock, place.students["a1"], {"Türkçe": (10, 0)})
        report = school_report(place.exam, place.light, SCHOOL_ONLY)
        sitting, year = report.comparisons
        assert (sitting.exam, year.exam) == (mock, last)
        found = {
            change.name: (change.now.value, change.then.value, change.difference.signed) for change in year.changes
        }
        assert found == {
            "Türkçe": (11, 10, "+1,00"),
            "Matematik": (Fraction(11, 3), 3, "+0,67"),
            "Toplam net": (Fraction(121, 9), 13, "+0,44"),
        }
        assert year.changes[1].note == "10 soru yerine 20 soru"
        assert [point for point, *_values in report.line.rows] == [
            "LGS 06.06.2020",
            "LGS-0 01.03.2021",
            "LGS 06.06.2021",
        ]
        assert [row[1] for row in report.line.rows] == ["13,00", "10,00", "13,44"]

    def test_a_school_under_a_new_code_is_compared_with_the_old_one(self, place):
        before = YearFactory(name="2019-2020", is_current=False)
        last = make_exam(before, subjects=SUBJECTS, published=True)
        old = InstitutionFactory(district=place.light.district, year=before)
        make_result(last, StudentFactory(institution=old, year=before), {"Türkçe": (10, 0)})
        assert school_report(place.exam, place.light, SCHOOL_ONLY).comparisons == ()
        place.light.predecessor = old
        place.light.save()
        report = school_report(place.exam, place.light, SCHOOL_ONLY)
        assert report.comparisons[0].changes[0].difference.signed == "+1,00"
        assert [row[1] for row in report.line.rows] == ["10,00", "13,44"]

    def test_unpublished_sittings_are_for_the_province_only(self, place):
        mock = make_exam(place.year, "LGS-0", family="LGS", subjects=SUBJECTS, date=dt.date(2021, 3, 1))
        make_result(mock, place.students["a1"], {"Türkçe": (10, 0)})
        assert school_report(place.exam, place.light, SCHOOL_ONLY).comparisons == ()
        assert school_report(place.exam, place.light, SCHOOL_ONLY).line is None
        assert school_report(place.exam, place.light, EVERYTHING).comparisons[0].exam == mock

    def test_district_and_province(self, place):
        report = district_report(place.exam, place.light.district, EVERYTHING, {place.light.pk: place.light})
        assert [(line.name, line.main.value) for line in report.units] == [("Edremit Işık Ortaokulu", Fraction(121, 9))]
        whole = province_report(place.exam, EVERYTHING, [place.light.district, place.sea.district])
        assert [(line.name, line.main.words) for line in whole.units] == [("Edremit", "13,44"), ("Havran", "40,00")]


class TestTopics:
    def test_share_right_counts_all_questions(self):
        assert share_right(Tally(4, 6, 1), 3) == 50
        assert share_right(Tally(0, 0, 0), 3) is None
        assert share_right(Tally(4, 6, 1), 0) is None

    def test_worst_topic_first_beside_district_and_province(self):
        place = build(topics={"Matematik": [("Üslü İfadeler", 4), ("Olasılık", 2)]})
        for name, powers, chance in (("a2", (1, 0), (2, 0)), ("b2", (2, 1), (1, 1))):
            place.students[name].exam_results.all().delete()
            make_result(
                place.exam,
                place.students[name],
                topics={("Matematik", "Üslü İfadeler"): powers, ("Matematik", "Olasılık"): chance},
            )
        place.students["c1"].exam_results.all().delete()
        make_result(place.exam, place.students["c1"], topics={("Matematik", "Üslü İfadeler"): (4, 0)})
        lines = school_report(place.exam, place.light, EVERYTHING).topics
        assert [(line.topic, line.taken, line.own, line.district, line.province) for line in lines] == [
            ("Üslü İfadeler", 2, Fraction(75, 2), Fraction(75, 2), Fraction(175, 3)),
            ("Olasılık", 2, 75, 75, 75),
        ]
        assert lines[0].gap == Fraction(125, 6)
        hidden = school_report(place.exam, place.light, SCHOOL_ONLY).topics
        assert [(line.district, line.province) for line in hidden] == [(None, None), (None, None)]

    def test_a_topic_of_unknown_length_has_its_mean_of_right_answers(self):
        place = build(topics={"Matematik": [("Üslü İfadeler", 4)]})
        topic = ExamTopic.objects.get()
        ExamTopic.objects.update(questions=None)
        for name, correct in (("a1", 3), ("b1", 2)):
            result = place.exam.results.get(student=place.students[name])
            TopicResult.objects.create(result=result, topic=topic, correct=correct, wrong=0)
        report = school_report(place.exam, place.light, EVERYTHING)
        assert [(line.own, line.questions, line.gap) for line in report.topics] == [(Fraction(5, 2), None, None)]
        assert report.topic_chart is None


class TestCard:
    def test_answers_nets_and_the_mean_of_the_section(self):
        place = build(published=True)
        card = card_of(place.students["a1"], schools={place.light.pk})
        (one,) = card.exams
        assert one.net == 22
        assert [(line.correct, line.wrong, line.net, line.section) for line in one.subjects] == [
            (15, 3, 14, 12),
            (10, 6, 8, 8),
        ]
        assert card.lines == ()

    def test_small_sections_are_hidden_from_a_coach(self):
        place = build(published=True)
        card = card_of(place.students["a1"], schools=())
        assert all(line.section is None and line.section_is_hidden for line in card.exams[0].subjects)

    def test_a_small_section_of_a_former_school_is_hidden_from_the_school_of_today(self):
        place = build(published=True)
        before = YearFactory(name="2019-2020", is_current=False)
        last = make_exam(before, "LGS-2020", subjects=SUBJECTS, date=dt.date(2020, 6, 6), published=True)
        Enrolment.objects.create(
            student=place.students["a1"], year=before, institution=place.sea, grade=8, section_name="C"
        )
        make_result(last, place.students["a1"], {"Türkçe": (10, 0)})
        now, then = card_of(place.students["a1"], schools={place.light.pk}).exams
        assert [line.section_is_hidden for line in now.subjects] == [False, False]
        assert (then.subjects[0].net, then.subjects[0].section, then.subjects[0].section_is_hidden) == (10, None, True)

    def test_only_published_results(self):
        place = build()
        assert card_of(place.students["a1"], schools={place.light.pk}).exams == ()

    def test_who_did_not_sit_has_no_net(self):
        place = build(published=True)
        (one,) = card_of(place.students["a3"], schools={place.light.pk}).exams
        assert one.net is None
        assert [line.net for line in one.subjects] == [None, None]

    def test_line_over_sittings(self):
        place = build(published=True)
        mock = make_exam(place.year, "LGS-0", family="LGS", subjects=SUBJECTS, date=dt.date(2021, 3, 1), published=True)
        make_result(mock, place.students["a1"], {"Türkçe": (10, 1)})
        (line,) = card_of(place.students["a1"], schools={place.light.pk}).lines
        assert [row[1] for row in line.rows] == ["9,67", "22,00"]
