"""Putting together what is said about the province, a district or a school."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from django.utils.translation import gettext as _

from common.disclosure import nested
from exams.models import Exam, ExamSubject
from exams.report.charts import sitting_chart, spread_chart, subject_chart, topic_chart, unit_chart
from exams.report.parts import Cell, Change, Comparison, Group, Reader, SubjectLine, UnitLine, UnitReport
from exams.selectors.figures import Figures, Tally, total_of
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
from exams.selectors.topics import TopicLine, of_province, tallies_of, topic_lines
from schools.models import District, Institution

Earlier = Callable[[Exam], tuple[Sequence[ExamSubject], Group]]
"""The group of the text in another sitting, with that one's subjects."""


def province_report(
    exam: Exam, reader: Reader, districts: Sequence[District], schools: Sequence[Institution] = ()
) -> UnitReport:
    """The province; ``districts`` are those that the reader may see by name, ``schools`` those of a reader's own."""
    overview = overview_of(exam)
    label, keys = _("İl"), [district.pk for district in districts]
    alone = [school for school in schools if school.district_id not in keys]
    lines = [
        _unit(district.name, str(district.pk), overview.districts[district.pk], overview)
        for district in districts
        if district.pk in overview.districts
    ]

    def group(other: Exam, whole: Overview) -> Group:
        seen = [whole.districts[key] for key in keys if key in whole.districts]
        if not reader.sees_province:
            found = (schools_of(other, school.district_id, whole).get(school.pk) for school in alone)
            seen += [figures for figures in found if figures is not None]
        inner = Group(label, total_of(seen, whole.subjects, other.divisor))
        return Group(label, whole.province, reader.sees_province, inner)

    def earlier(other: Exam) -> tuple[Sequence[ExamSubject], Group]:
        found = overview_of(other)
        return found.subjects, group(other, found)

    own = group(exam, overview)
    tallies = of_province(exam)
    seen = [tallies.get(key, {}) for key in keys]
    if not reader.sees_province:
        seen += [tallies_of(exam, institution=school.pk).get(None, {}) for school in alone]
    topics = topic_lines(exam, (tallies.get(None, {}), reader.sees_province), inner=(_together(seen), True))
    sittings = _sittings(exam, reader)
    series = [(str(exam.year.province), known_means(sittings), reader.sees_province)]
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
        (sittings, _open_means(sittings, series)),
    )


def _together(parts: Sequence[Mapping[int, Tally]]) -> dict[int, Tally]:
    """Tallies by topic of several groups as one."""
    found: dict[int, Tally] = {}
    for part in parts:
        for topic, tally in part.items():
            found[topic] = found.get(topic, Tally()) + tally
    return found


def district_report(exam: Exam, district: District, reader: Reader, schools: Mapping[int, Institution]) -> UnitReport:
    """A district with its schools that have final-year students or results; ``schools`` are its institutions by key."""
    overview = overview_of(exam)
    own = Group(district.name, overview.of_district(district.pk))
    province = Group(str(exam.year.province), overview.province, reader.sees_province, own)
    found = schools_of(exam, district.pk, overview)
    lines = [_unit(school.name, school.code, found[key], overview) for key, school in schools.items() if key in found]

    def earlier(other: Exam) -> tuple[Sequence[ExamSubject], Group]:
        whole = overview_of(other)
        return whole.subjects, Group(district.name, whole.of_district(district.pk))

    sittings = _sittings(exam, reader)
    series = [
        (district.name, known_means(sittings, district=district.pk), True),
        (province.label, known_means(sittings), reader.sees_province),
    ]
    tallies = of_province(exam)
    topics = topic_lines(
        exam, (tallies.get(district.pk, {}), True), province=(tallies.get(None, {}), reader.sees_province)
    )
    place = _("%(district)s ilçesi") % {"district": district.name}
    return _assembled(
        exam,
        place,
        overview,
        own,
        (province,),
        reader,
        earlier,
        lines,
        _("Okullar"),
        topics,
        (sittings, _open_means(sittings, series)),
    )


def school_report(exam: Exam, school: Institution, reader: Reader) -> UnitReport:
    """A school with its sections beside its district and province."""
    overview = overview_of(exam)
    sections = sections_of(exam, school.pk, overview)
    codes = codes_of(school, exam.year)
    own = Group(_("Okul"), total_of(sections.values(), overview.subjects, exam.divisor))
    district = Group(school.district.name, overview.of_district(school.district_id), reader.sees_district, own)
    province = Group(str(exam.year.province), overview.province, reader.sees_province, district)
    lines = [_unit(_section(grade, name), "", figures, overview) for (grade, name), figures in sections.items()]

    def earlier(other: Exam) -> tuple[Sequence[ExamSubject], Group]:
        subjects, figures = school_of(other, codes)
        return subjects, Group(own.label, figures)

    sittings = _sittings(exam, reader)
    series = [
        (own.label, means_of(sittings, codes=codes), True),
        (province.label, known_means(sittings), reader.sees_province),
    ]
    tallies = of_province(exam)
    topics = topic_lines(
        exam,
        (tallies_of(exam, institution=school.pk).get(None, {}), True),
        district=(tallies.get(school.district_id, {}), reader.sees_district),
        province=(tallies.get(None, {}), reader.sees_province),
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
        (sittings, _open_means(sittings, series)),
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
        tuple(group.label for group in beside),
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
        subjects, then = earlier(other)
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


def _open_means(
    sittings: Sequence[Exam], series: Sequence[tuple[str, Mapping[int, Means], bool]]
) -> list[tuple[str, list[Means]]]:
    """Groups (name, means by sitting, whether the reader has a seat over it), each inside the next, in the order of the
    sittings; means that would tell about few students are left out."""
    shown: list[tuple[str, list[Means]]] = [(label, []) for label, _known, _sees in series]
    for exam in sittings:
        found = [known[exam.pk] for _label, known, _sees in series]
        sees = [one for _label, _known, one in series]
        nets = nested(zip((means.net_students for means in found), sees, strict=True))
        scores = nested(zip((means.scored for means in found), sees, strict=True))
        for (_label, line), means, net, score in zip(shown, found, nets, scores, strict=True):
            line.append(Means(means.net if net else None, means.score if score else None))
    return shown
