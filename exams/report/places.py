"""Putting together what is said about the province, a district or a school."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from django.utils.translation import gettext as _

from exams.models import Exam, ExamSubject
from exams.report.charts import sitting_chart, spread_chart, subject_chart, topic_chart, unit_chart
from exams.report.parts import Cell, Change, Comparison, Group, Reader, SubjectLine, UnitLine, UnitReport
from exams.selectors.figures import Figures, total_of
from exams.selectors.overview import (
    Means,
    Overview,
    codes_of,
    known_means,
    means_of,
    overview_of,
    school_of,
    schools_of,
    sections_of,
    sittings_until,
)
from exams.selectors.sittings import last_year_exam, previous_sitting
from exams.selectors.topics import SMALLEST_GROUP, TopicLine, of_province, tallies_of, topic_lines
from schools.models import District, Institution

Earlier = Callable[[Exam], tuple[Sequence[ExamSubject], Figures]]


def province_report(exam: Exam, reader: Reader, districts: Sequence[District]) -> UnitReport:
    """The province; ``districts`` are those that the reader may see by name."""
    overview = overview_of(exam)
    own = Group(_("İl"), overview.province, reader.sees_province)
    lines = [
        _unit(district.name, str(district.pk), overview.districts[district.pk], overview)
        for district in districts
        if district.pk in overview.districts
    ]

    def earlier(other: Exam) -> tuple[Sequence[ExamSubject], Figures]:
        found = overview_of(other)
        return found.subjects, found.province

    topics = topic_lines(exam, of_province(exam).get(None, {}), sees_province=reader.sees_province)
    sittings = _sittings(exam, reader)
    series = [(str(exam.year.province), _means(sittings, known_means(sittings), reader.sees_province))]
    return _assembled(
        exam,
        str(exam.year.province),
        overview,
        own,
        (),
        reader,
        earlier,
        lines,
        _("İlçeler"),
        topics,
        (sittings, series),
    )


def district_report(exam: Exam, district: District, reader: Reader, schools: Mapping[int, Institution]) -> UnitReport:
    """A district with its schools that have final-year students or results; ``schools`` are its institutions by key."""
    overview = overview_of(exam)
    own = Group(district.name, overview.of_district(district.pk))
    province = Group(str(exam.year.province), overview.province, reader.sees_province)
    found = schools_of(exam, district.pk, overview)
    lines = [_unit(school.name, school.code, found[key], overview) for key, school in schools.items() if key in found]

    def earlier(other: Exam) -> tuple[Sequence[ExamSubject], Figures]:
        whole = overview_of(other)
        return whole.subjects, whole.of_district(district.pk)

    sittings = _sittings(exam, reader)
    series = [
        (district.name, _means(sittings, known_means(sittings, district=district.pk), True)),
        (province.label, _means(sittings, known_means(sittings), reader.sees_province)),
    ]
    topics = topic_lines(exam, of_province(exam).get(district.pk, {}), sees_province=reader.sees_province)
    place = _("%(district)s ilçesi") % {"district": district.name}
    return _assembled(
        exam, place, overview, own, (province,), reader, earlier, lines, _("Okullar"), topics, (sittings, series)
    )


def school_report(exam: Exam, school: Institution, reader: Reader) -> UnitReport:
    """A school with its sections beside its district and province."""
    overview = overview_of(exam)
    sections = sections_of(exam, school.pk, overview)
    codes = codes_of(school, exam.year)
    own = Group(_("Okul"), total_of(sections.values(), overview.subjects, exam.divisor))
    district = Group(school.district.name, overview.of_district(school.district_id), reader.sees_district)
    province = Group(str(exam.year.province), overview.province, reader.sees_province)
    lines = [_unit(_section(grade, name), "", figures, overview) for (grade, name), figures in sections.items()]

    def earlier(other: Exam) -> tuple[Sequence[ExamSubject], Figures]:
        return school_of(other, codes)

    sittings = _sittings(exam, reader)
    series = [
        (own.label, _means(sittings, means_of(sittings, codes=codes), True)),
        (province.label, _means(sittings, known_means(sittings), reader.sees_province)),
    ]
    topics = topic_lines(
        exam,
        tallies_of(exam, institution=school.pk).get(None, {}),
        district=school.district_id,
        sees_district=reader.sees_district,
        sees_province=reader.sees_province,
    )
    return _assembled(
        exam,
        school.name,
        overview,
        own,
        (district, province),
        reader,
        earlier,
        lines,
        _("Şubeler"),
        topics,
        (sittings, series),
    )


def _section(grade: int, name: str) -> str:
    return f"{grade}/{name}" if grade else name


def _assembled(
    exam: Exam,
    place: str,
    overview: Overview,
    own: Group,
    beside: tuple[Group, ...],
    reader: Reader,
    earlier: Earlier,
    lines: Sequence[UnitLine],
    units_title: str,
    topics: Sequence[TopicLine],
    sittings: tuple[Sequence[Exam], Sequence[tuple[str, Sequence[Means]]]],
) -> UnitReport:
    by_score = overview.scale.by_score
    subjects = tuple(_subject(number, one, own, beside) for number, one in enumerate(overview.subjects))
    comparisons = tuple(_comparisons(exam, overview, own, reader, earlier))
    cells = [cell for line in subjects for cell in (line.net, *line.beside)]
    cells += [own.main(by_score), *(group.main(by_score) for group in beside)]
    cells += [change.then for comparison in comparisons for change in comparison.changes]
    return UnitReport(
        exam,
        place,
        own,
        beside,
        by_score,
        subjects,
        subject_chart(subjects, own, beside),
        comparisons,
        tuple(lines),
        units_title,
        unit_chart(lines, units_title, by_score),
        spread_chart(own, overview),
        sitting_chart(*sittings),
        tuple(topics),
        topic_chart(topics, own, beside),
        has_hidden=any(cell.hidden for cell in cells),
    )


def _subject(number: int, subject: ExamSubject, own: Group, beside: Sequence[Group]) -> SubjectLine:
    net = own.net(number)
    percent = None if net.value is None else net.value * 100 / subject.questions
    return SubjectLine(
        subject.name,
        subject.questions,
        own.figures.subjects[number].taken,
        net,
        Cell(percent, net.hidden),
        tuple(group.net(number) for group in beside),
    )


def _unit(name: str, key: str, figures: Figures, overview: Overview) -> UnitLine:
    group = Group(name, figures)
    return UnitLine(name, key, group, group.main(overview.scale.by_score))


def _comparisons(exam: Exam, overview: Overview, own: Group, reader: Reader, earlier: Earlier) -> list[Comparison]:
    previous, last_year = previous_sitting(exam), last_year_exam(exam)
    named = [(_("Geçen yılki sınavla karşılaştırma"), last_year)]
    if previous is not None and previous != last_year:
        named.insert(0, (_("Önceki oturumla karşılaştırma"), previous))
    found = []
    for title, other in named:
        if other is None or (other.published_at is None and not reader.sees_province):
            continue
        subjects, figures = earlier(other)
        then = Group(own.label, figures, own.sees)
        changes = tuple(_changes(overview, own, subjects, then))
        if any(change.then.value is not None or change.then.hidden for change in changes):
            found.append(Comparison(title, other, changes))
    return found


def _changes(overview: Overview, own: Group, subjects: Sequence[ExamSubject], then: Group) -> list[Change]:
    places = {subject.key: place for place, subject in enumerate(subjects)}
    changes = []
    for number, subject in enumerate(overview.subjects):
        place = places.get(subject.key)
        if place is None:
            continue
        other = subjects[place]
        note = ""
        if other.questions != subject.questions:
            note = _("%(old)s soru yerine %(new)s soru") % {"old": other.questions, "new": subject.questions}
        changes.append(_change(subject.name, own.net(number), then.net(place), note))
    changes.append(_change(_("Toplam net"), own.total_net, then.total_net))
    if own.figures.scored and then.figures.scored:
        changes.append(_change(_("Puan"), own.score, then.score))
    return changes


def _change(name: str, now: Cell, then: Cell, note: str = "") -> Change:
    known = now.value is not None and then.value is not None
    return Change(name, now, then, Cell(now.value - then.value if known else None), note)  # type: ignore[operator]


def _sittings(exam: Exam, reader: Reader) -> list[Exam]:
    return sittings_until(exam, published_only=not reader.sees_province)


def _means(sittings: Sequence[Exam], known: Mapping[int, Means], sees: bool) -> list[Means]:
    """In the order of the sittings; means of few students are left out where the reader has no seat over them."""
    return [
        Means(
            means.net if sees or means.net_students >= SMALLEST_GROUP else None,
            means.score if sees or means.scored >= SMALLEST_GROUP else None,
        )
        for means in (known[exam.pk] for exam in sittings)
    ]
