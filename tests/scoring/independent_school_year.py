"""The measures of exams and of EBA use worked out a second time: rows by plain SQL, loops over fractions, ranks by
counting who is better. Shares no code with ``scoring``.
"""

from __future__ import annotations

import itertools
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from types import SimpleNamespace

from tests.scoring.independent import CATEGORIES, four_decimals, letters, sql

HOURS = 36_000_000
LEVELS = {"middle": "Ortaokul", "high": "Lise"}
FINAL = {"middle": 8, "high": 12}
EXAM_MEASURES = (
    "student_exam_score",
    "student_exam_rank",
    "teacher_exam_progress",
    "teacher_exam_success",
    "school_exam_progress",
    "school_monitoring_progress",
    "student_monitoring_exam",
)


class NoSuchComparison(Exception):
    """There is no exam of the year before, or no sitting before."""


class Province:
    """Everything of one province as plain rows."""

    def __init__(self, made):
        self.year = made.year.pk
        self.settings = made.settings
        province = made.province.pk
        self.name = made.province.name
        years = sql("SELECT id, name FROM schools_academicyear WHERE province_id = %s", province)
        self.year_names = {row["id"]: row["name"] for row in years}
        self.enrolled = {
            (row["student_id"], row["year_id"]): row
            for row in sql(
                "SELECT e.* FROM schools_enrolment e JOIN schools_academicyear y ON y.id = e.year_id"
                " WHERE y.province_id = %s",
                province,
            )
        }
        self.posted = {
            (row["staff_id"], row["year_id"]): row["institution_id"]
            for row in sql(
                "SELECT p.* FROM schools_posting p JOIN schools_academicyear y ON y.id = p.year_id"
                " WHERE y.province_id = %s",
                province,
            )
        }
        self.institutions = {
            row["id"]: row
            for row in sql(
                "SELECT i.id, i.code, i.name, i.predecessor_id, d.name AS district FROM schools_institution i"
                " JOIN schools_district d ON d.id = i.district_id WHERE i.province_id = %s",
                province,
            )
        }
        self.category = {
            row["institution_id"]: row["category"]
            for row in sql(
                "SELECT institution_id, category FROM schools_institutionyear WHERE year_id = %s", made.year.pk
            )
        }
        self.people = {
            kind: {
                row["id"]: (row["first_name"], row["last_name"])
                for row in sql(f"SELECT id, first_name, last_name FROM {table} WHERE province_id = %s", province)
            }
            for kind, table in (("staff", "schools_staffmember"), ("student", "schools_student"))
        }
        self.exams = sql(
            "SELECT x.*, f.code AS family FROM exams_exam x JOIN exams_examfamily f ON f.id = x.family_id"
            " JOIN schools_academicyear y ON y.id = x.year_id WHERE y.province_id = %s",
            province,
        )

    def exam(self, code):
        return next(row for row in self.exams if row["year_id"] == self.year and row["code"] == code)

    def year_before(self, exam):
        start = int(self.year_names[exam["year_id"]][:4]) - 1
        found = [
            row
            for row in self.exams
            if row["family"] == exam["family"] and self.year_names[row["year_id"]][:4] == str(start)
        ]
        if not found:
            raise NoSuchComparison
        return max(found, key=lambda row: (str(row["date"]), row["code"]))

    def sitting_before(self, exam):
        when = str(exam["date"]), exam["code"]
        found = [
            row for row in self.exams if row["family"] == exam["family"] and (str(row["date"]), row["code"]) < when
        ]
        if not found:
            raise NoSuchComparison
        return max(found, key=lambda row: (str(row["date"]), row["code"]))

    def subjects(self, exam):
        return sql("SELECT * FROM exams_examsubject WHERE exam_id = %s ORDER BY exam_id, id", exam["id"])

    def results(self, exam):
        """Results of those who count, each with its nets by subject key and the enrolment of the exam's year."""
        rows = sql("SELECT * FROM exams_studentresult WHERE exam_id = %s", exam["id"])
        parts = sql(
            "SELECT s.result_id, s.correct, s.wrong, b.key FROM exams_subjectresult s"
            " JOIN exams_studentresult r ON r.id = s.result_id JOIN exams_examsubject b ON b.id = s.subject_id"
            " WHERE r.exam_id = %s",
            exam["id"],
        )
        nets = {}
        for part in parts:
            if part["correct"] is not None:
                penalty = Fraction(part["wrong"], exam["divisor"]) if exam["divisor"] else 0
                nets.setdefault(part["result_id"], {})[part["key"]] = part["correct"] - penalty
        found = []
        for row in rows:
            enrolment = self.enrolled.get((row["student_id"], exam["year_id"]))
            if enrolment is None or (exam["kind"] == "central" and enrolment["grade"] != FINAL[exam["level"]]):
                continue
            score = None if row["score_units"] is None else Fraction(row["score_units"], 100_000_000)
            found.append(SimpleNamespace(row=row, score=score, nets=nets.get(row["id"], {}), at=enrolment))
        return found

    def has_score(self, exam):
        count = "SELECT COUNT(*) AS n FROM exams_studentresult WHERE exam_id = %s AND score_units IS NOT NULL"
        return sql(count, exam["id"])[0]["n"] > 0


def values_of(made, measure, role=None, term=None):
    """(holder kind, id, subject, exact value) of everybody with a value; ``role`` picks the exam."""
    province = Province(made)
    if measure in EXAM_MEASURES:
        exam = province.exam(made.exams[role].code)
        kind, found = globals()[f"_{measure}"](province, exam)
    else:
        kind, found = globals()[f"_{measure}"](province, term)
    return province, kind, found


def _student_exam_score(province, exam):
    results = province.results(exam)
    if province.has_score(exam):
        return "student", [(one.row["student_id"], "", one.score) for one in results if one.score is not None]
    return "student", [(one.row["student_id"], "", sum(one.nets.values())) for one in results if one.nets]


_student_monitoring_exam = _student_exam_score


def _student_exam_rank(province, exam):
    column = "national_rank" if province.settings["tier_scope"] == "national" else "province_rank"
    results = province.results(exam)
    return "student", [
        (one.row["student_id"], "", Fraction(one.row[column])) for one in results if one.row[column] is not None
    ]


def _teacher_groups(province, exam):
    """Lists of nets by teacher and subject key."""
    taught = sql(
        "SELECT t.teacher_id, t.subject_key, s.institution_id, s.grade, s.name FROM schools_teachingassignment t"
        " JOIN schools_section s ON s.id = t.section_id WHERE s.year_id = %s",
        exam["year_id"],
    )
    results = province.results(exam)
    groups = {}
    for teacher, key in {(row["teacher_id"], row["subject_key"]) for row in taught}:
        sections = {
            (row["institution_id"], row["grade"], row["name"])
            for row in taught
            if (row["teacher_id"], row["subject_key"]) == (teacher, key)
        }
        groups[teacher, key] = [
            one.nets[key]
            for one in results
            if key in one.nets and (one.at["institution_id"], one.at["grade"], one.at["section_name"]) in sections
        ]
    return groups


def _mean(numbers):
    return sum(numbers, Fraction(0)) / len(numbers)


def _standing(group, everybody):
    """The group's mean in standard deviations from the mean of everybody, to 80 digits; None without any spread."""
    middle = _mean(everybody)
    variance = _mean([(number - middle) ** 2 for number in everybody])
    if variance == 0:
        return None
    gap = _mean(group) - middle
    with localcontext() as context:
        context.prec = 80
        root = (Decimal(variance.numerator) / Decimal(variance.denominator)).sqrt()
        return Decimal(gap.numerator) / Decimal(gap.denominator) / root


def _progress(province, this, before, all_this, all_before):
    if province.settings["progress"] == "difference":
        return _mean(this) - _mean(before)
    now, then = _standing(this, all_this), _standing(before, all_before)
    if now is None or then is None:
        return None
    with localcontext() as context:
        context.prec = 80
        return Fraction((now - then).quantize(Decimal("1e-10"), rounding=ROUND_HALF_UP))


def _teacher_exam_progress(province, exam):
    before = province.year_before(exam)
    least = int(province.settings["min_students"])
    this, last = _teacher_groups(province, exam), _teacher_groups(province, before)
    names = {subject["key"]: subject["name"] for subject in province.subjects(exam)}
    asked_before = {subject["key"] for subject in province.subjects(before)}
    everybody = {
        (place, key): [one.nets[key] for one in province.results(sitting) if key in one.nets]
        for place, sitting in enumerate((exam, before))
        for key in names
    }
    found = []
    for (teacher, key), group in this.items():
        old = last.get((teacher, key), [])
        if key in names and key in asked_before and len(group) >= least and len(old) >= least:
            gained = _progress(province, group, old, everybody[0, key], everybody[1, key])
            if gained is not None:
                found.append((teacher, names[key], gained))
    return "staff", found


def _teacher_exam_success(province, exam):
    least = int(province.settings["min_students"])
    asked = {subject["key"]: subject for subject in province.subjects(exam)}
    return "staff", [
        (teacher, asked[key]["name"], _mean(group) / asked[key]["questions"] * 100)
        for (teacher, key), group in _teacher_groups(province, exam).items()
        if key in asked and len(group) >= least
    ]


def _by_school(province, exam, scored):
    groups = {}
    for one in province.results(exam):
        value = one.score if scored else sum(one.nets.values()) if one.nets else None
        if value is not None:
            groups.setdefault(_present(province, one.at["institution_id"]), []).append(value)
    return groups


def _present(province, school):
    """The institution under which a school goes on in the year."""
    while school not in province.category:
        heirs = [key for key, row in province.institutions.items() if row["predecessor_id"] == school]
        if not heirs:
            break
        school = heirs[0]
    return school


def _school_progress(province, exam, before):
    scored = province.has_score(exam) and province.has_score(before)
    this, last = _by_school(province, exam, scored), _by_school(province, before, scored)
    all_this, all_last = (list(itertools.chain(*groups.values())) for groups in (this, last))
    found = []
    for school in this.keys() & last.keys():
        gained = _progress(province, this[school], last[school], all_this, all_last)
        if gained is not None:
            found.append((school, "", gained))
    return "institution", found


def _school_exam_progress(province, exam):
    return _school_progress(province, exam, province.year_before(exam))


def _school_monitoring_progress(province, exam):
    return _school_progress(province, exam, province.sitting_before(exam))


def _eba_points(province, term):
    """Points of everybody with a record in the term."""
    weights = {
        row["criterion_id"]: row
        for row in sql(
            "SELECT w.criterion_id, w.coefficient, w.cap, c.unit FROM eba_criterionweight w"
            " JOIN eba_criteriatable t ON t.id = w.table_id JOIN eba_criterion c ON c.id = w.criterion_id"
            " WHERE t.year_id = %s AND t.status = 'approved'",
            province.year,
        )
    }
    uses = sql("SELECT id, staff_id FROM eba_staffuse WHERE year_id = %s AND term = %s", province.year, term)
    rows = sql(
        "SELECT v.use_id, v.criterion_id, v.value_units FROM eba_staffusevalue v JOIN eba_staffuse u ON u.id = v.use_id"
        " WHERE u.year_id = %s AND u.term = %s",
        province.year,
        term,
    )
    points = {use["staff_id"]: Fraction(0) for use in uses}
    owner = {use["id"]: use["staff_id"] for use in uses}
    for row in rows:
        weight = weights[row["criterion_id"]]
        amount = Fraction(row["value_units"], HOURS)
        if weight["unit"] == "hour" and province.settings["time_unit"] == "minutes":
            amount *= 60
        if weight["cap"] is not None:
            amount = min(amount, Fraction(weight["cap"]))
        points[owner[row["use_id"]]] += amount * Fraction(str(weight["coefficient"]))
    return points


def _teacher_eba_points(province, term):
    return "staff", [(staff, "", value) for staff, value in _eba_points(province, term).items()]


def _teacher_eba_progress(province, _term):
    first, second = _eba_points(province, 1), _eba_points(province, 2)
    return "staff", [(staff, "", second[staff] - first[staff]) for staff in first.keys() & second.keys()]


def _school_eba_points(province, term):
    points = _eba_points(province, term)
    found = []
    for school in province.category:
        staff = [
            person for (person, year), place in province.posted.items() if (place, year) == (school, province.year)
        ]
        with_record = [points[person] for person in staff if person in points]
        size = len(staff) if province.settings["school_eba"] == "mean_all_staff" else len(with_record)
        if size:
            found.append((school, "", sum(with_record, Fraction(0)) / size))
    return "institution", found


def _student_eba_usage(province, term):
    rows = sql(
        "SELECT student_id, time_units FROM eba_studentuse WHERE year_id = %s AND term = %s", province.year, term
    )
    return "student", [(row["student_id"], "", Fraction(row["time_units"], HOURS)) for row in rows]


def ranking(made, measure, partition, *, role=None, term=None, top=None):
    """The rows that ``rank`` has to print, in order."""
    province, kind, values = values_of(made, measure, role, term)
    exam = province.exam(made.exams[role].code) if role else None
    subjects = [row["name"] for row in province.subjects(exam)] if exam else []
    entries = []
    for holder, subject, value in values:
        school = _school_of(province, kind, holder)
        if value > 0 and school in province.category:
            parts, order = _parts(province, partition, school, subject, exam, subjects)
            entries.append((parts, order, holder, subject, value))
    lower_is_better = measure == "student_exam_rank"
    rows = []
    for parts, order, holder, subject, value in entries:
        peers = [other[4] for other in entries if other[0] == parts]
        rank = 1 + sum(peer < value if lower_is_better else peer > value for peer in peers)
        if top is not None and rank > top:
            continue
        first, last = _names(province, kind, holder)
        row = dict(zip(partition, parts, strict=True))
        if exam and "subject" not in partition:
            row["subject"] = subject
        row |= {
            "rank": rank,
            "holder_id": province.institutions[holder]["code"] if kind == "institution" else str(holder),
            "holder": first if kind == "institution" else f"{first} {last}",
            "value": four_decimals(value),
        }
        rows.append(((order, rank, letters(first), letters(last), holder, subject), row))
    return [row for _key, row in sorted(rows, key=lambda pair: pair[0])]


def _names(province, kind, holder):
    if kind == "institution":
        row = province.institutions[holder]
        return row["name"], row["code"]
    return province.people[kind][holder]


def _school_of(province, kind, holder):
    if kind == "institution":
        return holder
    if kind == "staff":
        return province.posted.get((holder, province.year))
    enrolment = province.enrolled.get((holder, province.year))
    return enrolment["institution_id"] if enrolment else None


def _parts(province, partition, school, subject, exam, subjects):
    row, category = province.institutions[school], province.category[school]
    parts, order = [], []
    for part in partition:
        if part == "province":
            parts.append(province.name)
            order.append(0)
        elif part == "district":
            parts.append(row["district"])
            order.append(letters(row["district"]))
        elif part == "institution":
            parts.append(row["code"])
            order.append(row["code"])
        elif part == "subject":
            parts.append(subject)
            order.append(subjects.index(subject))
        elif part == "level" and exam:
            parts.append(LEVELS[exam["level"]])
            order.append(0)
        else:
            parts.append(CATEGORIES[category])
            order.append(list(CATEGORIES).index(category))
    return parts, order
