"""The headers of a results file: those of every exam, of its subjects, and of topics that only the file names."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from django.utils.translation import gettext as _

from common.errors import UserError
from common.spreadsheets.headers import HEADER_WITHIN, ColumnSpec, Title
from common.spreadsheets.reader import Sheet
from common.text import clean, fold, plain_key, turkish_lower, turkish_upper
from schools.subjects import is_subject, names_of

IDENTITY = ColumnSpec("identity", "T.C. Kimlik No", ("TC Kimlik Numarası", "TCKN", "TC No", "Kimlik No"))
NAMES = (
    ColumnSpec(
        "full_name",
        "Adı Soyadı",
        ("Ad Soyad", "Öğrenci Adı Soyadı", "Öğrencinin Adı Soyadı", "Öğrenci"),
        required=False,
    ),
    ColumnSpec("first_name", "Adı", ("Ad", "Öğrenci Adı", "Öğrencinin Adı"), required=False),
    ColumnSpec("last_name", "Soyadı", ("Soyad", "Öğrenci Soyadı", "Öğrencinin Soyadı"), required=False),
)
"""Compared with the names on record, never written."""

INSTITUTION = ColumnSpec("institution", "Kurum Kodu", ("Okul Kodu",), required=False)
VALUES = (
    ColumnSpec("score_units", "Puan", ("Puanı", "Sınav Puanı", "Merkezi Sınav Puanı", "LGS Puanı"), required=False),
    ColumnSpec(
        "national_rank",
        "Genel Sıra",
        ("Genel Sırası", "Genel Sıralama", "Türkiye Sırası", "Türkiye Sıralaması", "Başarı Sırası"),
        required=False,
    ),
    ColumnSpec("province_rank", "İl Sırası", ("İl Sıra", "İl Sıralaması"), required=False),
    ColumnSpec("percentile_units", "Yüzdelik Dilim", ("Yüzdelik Dilimi", "Yüzdelik"), required=False),
)
OF_EXAM = {
    "score_units": ("Puanı", "Puan"),
    "national_rank": ("Sırası", "Sıra", "Başarı Sırası", "Başarı Sıralaması"),
    "percentile_units": ("Yüzdelik Dilimi", "Yüzdelik Dilim", "Yüzdeliği"),
}
"""What a value is also called after the name of its exam: TYT Puanı."""

CORRECT = ("D", "Doğru", "DS", "Doğru Sayısı")
WRONG = ("Y", "Yanlış", "YS", "Yanlış Sayısı")
NET = ("N", "Net", "Net Sayısı", "Neti")
LONGEST_TOPIC = 80
MOST_TOPICS = 80
_VALUE_WORDS = {
    "score_units": frozenset({"puan", "puani"}),
    "national_rank": frozenset({"sira", "sirasi", "siralama", "siralamasi"}),
    "percentile_units": frozenset({"yuzdelik", "yuzdeligi"}),
}
_OF_SOMETHING_ELSE = frozenset({"no", "numarasi", "turu", "okul", "kurum", "sinif", "sube", "ilce"})
_SUMS = ("toplam", "genel", "tum")
_BARE = frozenset(map(plain_key, (*CORRECT, *WRONG)))
_OF_OTHERS = ("okul", "kurum", "ilce", "sinif", "sube", "ortalama", "gecen", "onceki", "eski")
_OF_HIGH_SCHOOLS = ("temelmatematik", "sosyalbilimler", "turkdiliveedebiyati")
_IN_PROVINCE = frozenset({"il", "ili", "ilin", "ort"})
_YEAR = re.compile(r"(?<![0-9])20[0-9]{2}(?![0-9])")


@dataclass(frozen=True)
class Subject:
    """A subject of the exam and every key by which a header may name it."""

    pk: int
    name: str
    questions: int
    keys: tuple[str, ...]
    names: tuple[str, ...]


@dataclass(frozen=True)
class Topic:
    """A konu that a file has columns for. ``number`` is its place among the file's topics; ``questions`` None: the
    exam's definition doesn't say how many it has."""

    number: int
    subject: Subject
    name: str
    key: str
    questions: int | None = None


@dataclass(frozen=True)
class Answers:
    """The names of the columns of a subject or topic, and what they are called."""

    label: str
    questions: int
    correct: str
    wrong: str
    net: str = ""
    is_topic: bool = False


def subjects_of(rows: Iterable[tuple[int, str, int]]) -> tuple[Subject, ...]:
    """Subjects of an exam from (id, name, questions); another name counts where no other subject has it."""
    listed = list(rows)
    taken = {plain_key(name) for _pk, name, _questions in listed}
    found = []
    for pk, name, questions in listed:
        names = [name, *(other for other in names_of(name)[1:] if plain_key(other) not in taken)]
        keys = tuple(map(plain_key, names))
        taken.update(keys)
        found.append(Subject(pk, name, questions, keys, tuple(names)))
    return tuple(found)


def value_specs(names: Sequence[str]) -> Iterator[ColumnSpec]:
    """Score, ranks and percentile; ``names`` are those of the exam and its family."""
    for spec in VALUES:
        own = [f"{name} {tail}" for name in names if name for tail in OF_EXAM.get(spec.name, ())]
        yield replace(spec, aliases=(*spec.aliases, *own))


def unread_value(others: Iterable[tuple[str, str]], present: Collection[str], subjects: Sequence[Subject]) -> str:
    """A header that nobody asked for and that sounds like a value which the file has no column of; or "".

    A row's number and ranks within a school or district are no values of the exam, nor are scores of a subject.
    """
    keys = tuple(key for subject in subjects for key in subject.keys)
    for text, _above in others:
        words = set(fold(text).replace(".", " ").replace("/", " ").split())
        if words & _OF_SOMETHING_ELSE or words == {"sira"} or plain_key(text).startswith(keys):
            continue
        if any(words & sounds and name not in present for name, sounds in _VALUE_WORDS.items()):
            return text
    return ""


def title_of_another(
    titles: Mapping[str, tuple[Title, ...]], subjects: Sequence[Subject], years: Collection[str]
) -> tuple[str, str]:
    """The column of a value of the exam over which something else is named, and that: a subject, a school or province,
    an average, a year beside ``years``; or two empty texts.

    A title that also stands over a number or school is one of the whole table. One of the last subject may have ended
    before the value's column.
    """
    values = {spec.name for spec in VALUES}
    whole = {title.text for name, above in titles.items() if name not in values for title in above}
    for name in sorted(values.intersection(titles)):
        for title in titles[name]:
            if title.text in whole:
                continue
            dated = _YEAR.findall(title.text)
            if (
                (dated and not set(years).intersection(dated))
                or is_of_others(title.text)
                or _names_subject(title, subjects)
            ):
                return name, title.text
    return "", ""


def is_of_others(title: str) -> bool:
    """Whether what stands under the title is of a school, a class or a province, or an average."""
    words = fold(title).replace(".", " ").replace("/", " ").split()
    return any(word.startswith(_OF_OTHERS) or word in _IN_PROVINCE for word in words)


def _names_subject(title: Title, subjects: Sequence[Subject]) -> bool:
    key = plain_key(title.text)
    return not title.is_last and (any(key in each.keys for each in subjects) or is_subject(title.text))


def subject_specs(subjects: Sequence[Subject]) -> Iterator[ColumnSpec]:
    """``<Ders> D``, ``<Ders> Y`` and ``<Ders> N`` of each subject with everything they may be called."""
    for subject in subjects:
        answers = of_subject(subject)
        yield from _specs((answers.correct, answers.wrong, answers.net), subject.names)


def topic_specs(topics: Sequence[Topic]) -> Iterator[ColumnSpec]:
    """``<Ders> / <Konu> D`` and ``… Y`` of each topic."""
    for topic in topics:
        answers = of_topic(topic)
        names = [f"{name} / {topic.name}" for name in topic.subject.names]
        yield from _specs((answers.correct, answers.wrong), names)


def of_subject(subject: Subject) -> Answers:
    stem = f"subject{subject.pk}"
    return Answers(subject.name, subject.questions, f"{stem}_correct", f"{stem}_wrong", f"{stem}_net")


def of_topic(topic: Topic) -> Answers:
    stem = f"topic{topic.number}"
    label = f"{topic.subject.name} / {topic.name}"
    questions = topic.questions or topic.subject.questions
    return Answers(label, questions, f"{stem}_correct", f"{stem}_wrong", is_topic=topic.questions is not None)


def topics_in(
    sheets: Sequence[Sheet], subjects: Sequence[Subject], defined: Mapping[tuple[int, str], int | None]
) -> tuple[Topic, ...]:
    """The topics that cells like ``Türkçe / Paragraf D`` in the first rows name, in their order; ``defined`` are the
    questions of the exam's topics by subject and key.

    Raises ``UserError`` for a name that is too long, and for too many topics.
    """
    found: dict[tuple[int, str], tuple[Subject, str]] = {}
    for sheet in sheets:
        for row in sheet.rows[:HEADER_WITHIN]:
            for cell in row:
                named = _topic_of(clean(cell), subjects) if "/" in cell else None
                if named is not None:
                    found.setdefault((named[0].pk, plain_key(named[1])), named)
    if len(found) > MOST_TOPICS:
        raise UserError(
            _("Dosyada %(most)s konudan fazlası var; konuları ayrı dosyalara bölünüz.") % {"most": MOST_TOPICS}
        )
    for _subject, name in found.values():
        if len(name) > LONGEST_TOPIC:
            raise UserError(
                _("“%(name)s…” konusunun adı %(longest)s karakterden uzun; başlığını kısaltınız.")
                % {"name": name[:40], "longest": LONGEST_TOPIC}
            )
    return tuple(
        Topic(number, subject, name, key, defined.get((subject.pk, key)))
        for number, ((_pk, key), (subject, name)) in enumerate(found.items())
    )


def stranger_among(others: Iterable[tuple[str, str]]) -> str:
    """A header of correct answers in a subject that is none of the exam's and has a column of wrong ones, too; or "".

    ``others`` are the headers that nobody asked for (``Table.others``). Sums over all subjects are no subject.
    """
    correct: dict[str, str] = {}
    wrong: set[str] = set()
    for last, above in others:
        text = f"{above} {last}" if plain_key(last) in _BARE else last
        head, tail = _head_and_tail(text)
        key = plain_key(head)
        if tail in CORRECT and key and not key.startswith(_SUMS):
            correct.setdefault(key, text)
        elif tail in WRONG:
            wrong.add(key)
    return next((text for key, text in correct.items() if key in wrong), "")


def of_high_schools(written: Iterable[str]) -> str:
    """A header that names a subject of exams for high schools alone; or "". LGS has no Temel Matematik."""
    return next((text for text in written if plain_key(text).startswith(_OF_HIGH_SCHOOLS)), "")


def other_family(texts: Iterable[str], own: Iterable[str], codes: Iterable[str]) -> str:
    """The code of a family of exams that the texts of a file name without naming the own one; or ""."""
    words = _words(texts)
    if words & _words(own):
        return ""
    return next((code for code in sorted(codes) if turkish_upper(code) in words), "")


def _words(texts: Iterable[str]) -> set[str]:
    return {word for text in texts for word in re.split(r"[\W_]+", turkish_upper(text)) if word.isalpha()}


def answer_without_subject(others: Iterable[tuple[str, str]]) -> str:
    """A ``D`` or ``Y`` that stands under no subject; or "". So stand those of all subjects whose names are written over
    their middle column, and each would get the answers of the next one. Sums are no subject."""
    for last, above in others:
        if plain_key(last) in _BARE and not plain_key(above).startswith(_SUMS):
            return last
    return ""


def _specs(columns: Sequence[str], names: Sequence[str]) -> Iterator[ColumnSpec]:
    for column, tails in zip(columns, (CORRECT, WRONG, NET), strict=False):
        written = [f"{name} {tail}" for name in names for tail in tails]
        yield ColumnSpec(column, written[0], tuple(written[1:]), required=False)


def _topic_of(text: str, subjects: Sequence[Subject]) -> tuple[Subject, str] | None:
    """The subject and topic in ``Türkçe / Paragraf D``, also without its D or Y (a title over both)."""
    for place, char in enumerate(text):
        if char != "/":
            continue
        key = plain_key(text[:place])
        subject = next((each for each in subjects if key in each.keys), None)
        if subject is not None:
            name = _head_and_tail(text[place + 1 :].strip())[0]
            return (subject, name) if plain_key(name) else None
    return None


def _head_and_tail(text: str) -> tuple[str, str]:
    """``Türkçe (D)`` -> ``Türkçe`` and ``D``; no tail: the whole text and nothing."""
    for tail in sorted((*CORRECT, *WRONG), key=len, reverse=True):
        found = _tail_pattern(tail).search(text)
        if found is not None:
            return text[: found.start()], tail
    return text, ""


@lru_cache(maxsize=32)
def _tail_pattern(tail: str) -> re.Pattern[str]:
    letters = "".join("[iıİI]" if char in "iıİI" else f"[{char}{turkish_upper(char)}]" for char in turkish_lower(tail))
    return re.compile(rf"(?<=[^ \-_(])[ \-_(]+{letters}\)?$")
