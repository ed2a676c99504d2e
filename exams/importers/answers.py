"""Checks of the cells of a results file: distinct values once, whatever the number of rows."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from operator import add
from typing import Any

from django.utils.translation import gettext as _

from common.imports.columns import (
    Columns,
    error_sentence,
    is_english_thousands,
    is_error,
    parse_decimal,
    parse_long,
    parse_whole,
    unclear_among,
    unclear_sentence,
)
from common.numbers import rounded
from common.text import fold
from exams.importers.headers import Answers
from exams.nets import net_of

NOT_TAKEN = frozenset({"", "g", "girmedi", "yok", "-", "–", "—"})
"""What stands for "did not sit", folded; never zero, and the reason is not kept."""

MOST_SCORE = 1_000
HIGHEST_SCORES = {"LGS": 500, "TYT": 560, "AYT": 560, "YDT": 560}
"""What can be reached, in the exams of the universities with the points of the school years."""
MOST_RANK = 9_999_999
PLACES = 8

_DECIMAL = re.compile(r"([0-9]{1,4})(?:[.,]([0-9]{1,20}))?")
_NET = re.compile(r"[-−]?[0-9]{1,4}(?:[.,]([0-9]{1,20}))?")
_ORDINARY = re.compile(r"^(?![0-9]\.000$)(?:([0-9]{1,4})(?:[.,]([0-9]{1,8}))?)?$", re.MULTILINE)
_AMBIGUOUS = re.compile(r"[0-9]\.000")

_CALCULATED = Fraction(1, 10**9)
"""How far a net may be off that a script or a formula calculated."""

_APART = -100_000
"""Stands for "not taken" in sums: two of them make a sum of its own, one of them makes one that is wrong."""

Pair = tuple[int | None, int | None]
Problem = tuple[str, str]
"""The column to blame and the sentence; empty: none."""


def checked_answers(columns: Columns, names: Answers, divisor: int) -> tuple[list[int | None], list[int | None]]:
    """Correct and wrong answers of a subject or topic; both None: not taken.

    Refused: anything but whole numbers, one of the two alone, more answers than questions, a net that contradicts.
    """
    correct, wrong = columns[names.correct], columns[names.wrong]
    if not names.net:
        counts = _counts_in_order(correct, wrong, names.questions)
        if counts is not None:
            return counts
    nets = columns[names.net] if names.net else [""] * len(columns.table)
    sent = list(zip(correct, wrong, nets, strict=True))
    known: dict[tuple[str, str, str], Pair] = {}
    problems: dict[tuple[str, str, str], Problem] = {}
    for cells in set(sent):
        pair, problem = _judged(cells, names, divisor)
        known[cells] = pair
        if problem[1]:
            problems[cells] = problem
    if problems:
        for place, cells in enumerate(sent):
            if cells in problems:
                columns.fail(place, *problems[cells])
    pairs = [known[cells] for cells in sent]
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]


def _counts_in_order(
    correct: Sequence[str], wrong: Sequence[str], questions: int
) -> tuple[list[int | None], list[int | None]] | None:
    """The counts when every row is accepted, else None: nearly every file is in order, so the few different sums are
    looked at only."""
    counts: dict[str, int | None] = {}
    for text in {*correct, *wrong}:
        counts[text], problem = _count(text)
        if problem:
            return None
    apart = {text: _APART if count is None else count for text, count in counts.items()}
    sums = set(map(add, map(apart.__getitem__, correct), map(apart.__getitem__, wrong)))
    sums.discard(2 * _APART)
    if not all(0 <= each <= questions for each in sums):
        return None
    return list(map(counts.__getitem__, correct)), list(map(counts.__getitem__, wrong))


def _judged(cells: tuple[str, str, str], names: Answers, divisor: int) -> tuple[Pair, Problem]:
    nothing: Pair = (None, None)
    correct, problem = _count(cells[0])
    if problem:
        return nothing, (names.correct, problem)
    wrong, problem = _count(cells[1])
    if problem:
        return nothing, (names.wrong, problem)
    if (correct is None) != (wrong is None):
        sentence = _(
            "Doğru ve yanlış sayısından yalnız biri yazılmış; ikisini de yazınız ya da ikisini de boş bırakınız."
        )
        return nothing, (names.correct if correct is None else names.wrong, sentence)
    if correct is not None and wrong is not None and correct + wrong > names.questions:
        sentence = _(
            "%(correct)s doğru ve %(wrong)s yanlış toplam %(sum)s eder; %(subject)s dersinde %(questions)s soru var. "
            "Sayıları düzeltiniz."
        )
        if names.is_topic:
            sentence = _(
                "%(correct)s doğru ve %(wrong)s yanlış toplam %(sum)s eder; %(subject)s konusunda %(questions)s soru "
                "var. Sayıları düzeltiniz."
            )
        sentence %= {
            "correct": correct,
            "wrong": wrong,
            "sum": correct + wrong,
            "subject": names.label,
            "questions": names.questions,
        }
        return nothing, (names.correct, sentence)
    return (correct, wrong), (names.net, _net_problem(cells[2], correct, wrong, divisor))


def _count(text: str) -> tuple[int | None, str]:
    if text.isdecimal() and text.isascii() and len(text) < 5:
        return int(text), ""
    if fold(text) in NOT_TAKEN:
        return None, ""
    if is_english_thousands(text):
        return None, unclear_sentence()
    number = parse_decimal(text)
    if number is None:
        if is_error(text):
            return None, error_sentence()
        return None, _("Sayı olmalıdır; girmeyen öğrenci için G yazınız ya da boş bırakınız.")
    if number < 0:
        return None, _("Eksi olamaz; sayıyı düzeltiniz.")
    if number != int(number):
        return None, _("Tam sayı olmalıdır.")
    return int(number), ""


def _net_problem(text: str, correct: int | None, wrong: int | None, divisor: int) -> str:
    """Compares a net with its answers at the decimals it is written with where these are two or more, else exactly.

    No closer than the last digits of a calculated number are worth.
    """
    if fold(text) in NOT_TAKEN:
        return ""
    found = _NET.fullmatch(text)
    if found is None:
        return error_sentence() if is_error(text) else _("Net sayı olmalıdır; düzeltiniz ya da sütunu siliniz.")
    given = Fraction(text.replace(",", ".").replace("−", "-"))
    if correct is None or wrong is None:
        return _("Doğru ve yanlış sayısı yok ama net yazılmış; neti siliniz ya da sayıları yazınız.") if given else ""
    net = net_of(correct, wrong, divisor)
    places = len(found[1] or "")
    if abs(given - net) <= max(Fraction(1, 2 * 10**places) if places >= 2 else 0, _CALCULATED):
        return ""
    return _("%(correct)s doğru ve %(wrong)s yanlışın neti %(net)s olmalıdır; hangisi yanlışsa düzeltiniz.") % {
        "correct": correct,
        "wrong": wrong,
        "net": _shown(net, max(places, 2)),
    }


def _shown(net: Fraction, places: int) -> str:
    rounded = (Decimal(net.numerator) / Decimal(net.denominator)).quantize(Decimal(1).scaleb(-min(places, 6)))
    text = format(rounded, "f")
    return text.rstrip("0").rstrip(".").replace(".", ",")


def _scores(columns: Columns, name: str) -> list[int | None]:
    return _all_units(columns[name], MOST_SCORE) or _parsed(columns, name, lambda text: _units(text, MOST_SCORE))


def _percentiles(columns: Columns, name: str) -> list[int | None]:
    most = 100
    return _all_units(columns[name], most) or _parsed(columns, name, lambda text: _units(text.strip("% "), most))


def _ranks(columns: Columns, name: str) -> list[int | None]:
    text = "".join(columns[name])
    if text.isdecimal() and text.isascii() and len(max(columns[name], key=len)) < 8:
        ranks: list[int | None] = [int(text) if text else None for text in columns[name]]
        if 0 not in ranks:
            return ranks
    unclear = unclear_among(set(columns[name]))
    return _parsed(columns, name, lambda text: (None, unclear_sentence()) if text in unclear else _rank(text))


VALUE_PARSERS: Mapping[str, Callable[[Columns, str], list[int | None]]] = {
    "score_units": _scores,
    "national_rank": _ranks,
    "province_rank": _ranks,
    "percentile_units": _percentiles,
}


def _all_units(values: list[str], most: int) -> list[int | None] | None:
    """What ``_units`` gives for each, when all are ordinary numbers or empty: looked at as one text. None: they aren't.

    Thirty thousand different numbers one by one would take longer than all the answers.
    """
    found = _ORDINARY.findall("\n".join(values))
    if len(found) != len(values):
        return None
    units = [int(whole + decimals.ljust(PLACES, "0")) if whole else None for whole, decimals in found]
    largest = max((each for each in units if each is not None), default=0)
    return units if largest <= most * 10**PLACES else None


def _parsed(columns: Columns, name: str, parse: Callable[[str], tuple[int | None, str]]) -> list[int | None]:
    values = columns[name]
    parsed = {text: parse(text) for text in set(values)}
    problems = {text: problem for text, (_value, problem) in parsed.items() if problem}
    if problems:
        for place, text in enumerate(values):
            if text in problems:
                columns.fail(place, name, problems[text])
    return [parsed[text][0] for text in values]


def _units(text: str, most: int) -> tuple[int | None, str]:
    """A number from 0 to ``most`` as a whole number of 1/10^8; a point is a decimal point here, as a comma is.

    The long tail that a formula leaves is rounded half up.
    """
    found = _DECIMAL.fullmatch(text)
    if found is None:
        return _odd_number(text, most)
    whole, decimals = found.groups(default="")
    long = parse_long(text)
    if long is None and decimals[PLACES:].strip("0"):
        return None, _("En çok %(places)s ondalık basamak olabilir.") % {"places": PLACES}
    if _AMBIGUOUS.fullmatch(text):
        return None, _("Binlik mi ondalık mı olduğu belli değil; ondalık ayırıcı olarak virgül kullanınız.")
    units = int(whole + decimals[:PLACES].ljust(PLACES, "0")) if long is None else int(rounded(long * 10**PLACES))
    if units > most * 10**PLACES:
        return None, _("0 ile %(most)s arasında olmalıdır.") % {"most": most}
    return units, ""


def _odd_number(text: str, most: int) -> tuple[int | None, str]:
    if fold(text) in NOT_TAKEN:
        return None, ""
    number: Any = parse_decimal(text)
    if number is None:
        return None, error_sentence() if is_error(text) else _("Sayı olmalıdır; yoksa boş bırakınız.")
    if not 0 <= number <= most:
        return None, _("0 ile %(most)s arasında olmalıdır.") % {"most": most}
    return int(number.scaleb(PLACES)), ""


def _rank(text: str) -> tuple[int | None, str]:
    if text.isdecimal() and text.isascii() and len(text) < 8:
        number = int(text)
    elif fold(text) in NOT_TAKEN:
        return None, ""
    else:
        parsed = parse_whole(text)
        if parsed is None:
            if is_english_thousands(text):
                return None, unclear_sentence()
            if is_error(text):
                return None, error_sentence()
            return None, _("Sıra tam sayı olmalıdır; yoksa boş bırakınız.")
        number = parsed
    if not 1 <= number <= MOST_RANK:
        return None, _("Sıra 1 ile %(most)s arasında olmalıdır.") % {"most": MOST_RANK}
    return number, ""
