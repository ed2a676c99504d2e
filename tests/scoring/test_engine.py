"""The arithmetic alone: no database. Expected numbers are worked out by hand."""

from decimal import Decimal
from fractions import Fraction

import pytest

from scoring.engine import exact as numbers
from scoring.engine.points import Claim, Item, Rules, Scale, project_points, teacher_points
from scoring.engine.ranking import best_first, standings, top

AB, TUBITAK = 1, 2
KA1, KA2, OTHER, APPLY, FINAL, DEGREE, NO_LINE = 10, 11, 12, 20, 21, 22, 99
D = Decimal
SCALE = Scale(
    {AB: D(32), TUBITAK: D(29)},
    [
        Item(KA1, AB, 1, D(20), D(90)),
        Item(KA2, AB, 2, D(40), D(100)),
        Item(OTHER, AB, 3, None, None, independent=True),
        Item(APPLY, TUBITAK, 4, D(5), D(40), ladder="competition", step=1),
        Item(FINAL, TUBITAK, 5, None, D(60), ladder="competition", step=2),
        Item(DEGREE, TUBITAK, 6, None, D(80), ladder="competition", step=3),
    ],
)


def claims(*rows):
    return [Claim(1, number, *row, *(() if len(row) == 3 else (None,))) for number, row in enumerate(rows)]


def points(*rows, rule="highest"):
    worth = project_points(claims(*rows), SCALE, rule)[1]
    return Fraction(worth.units, 10**6)


@pytest.mark.parametrize(
    ("rows", "highest", "summed"),
    [
        ([(KA1, "preparing")], "6.4", "6.4"),
        ([(KA1, "preparing"), (KA1, "success")], "28.8", "35.2"),
        ([(KA1, "preparing"), (KA2, "preparing"), (KA1, "success")], "28.8", "41.6"),
        ([(OTHER, "success", D("72.25"))], "23.12", "23.12"),
        ([(OTHER, "success", None)], "0", "0"),
        ([(APPLY, "preparing"), (APPLY, "success")], "11.6", "13.05"),
        ([(APPLY, "success"), (FINAL, "success"), (DEGREE, "success")], "23.2", "23.2"),
        ([(APPLY, "preparing"), (FINAL, "success")], "17.4", "17.4"),
        ([(APPLY, "success"), (FINAL, "preparing")], "0", "0"),
        ([(APPLY, "success"), (KA1, "preparing")], "11.6", "18"),
        ([(NO_LINE, "success")], "0", "0"),
    ],
)
def test_points_of_a_project(rows, highest, summed):
    assert points(*rows) == Fraction(highest)
    assert points(*rows, rule="sum") == Fraction(summed)
    assert points(*reversed(rows)) == Fraction(highest)


@pytest.mark.parametrize(
    ("rules", "ayse", "omer"),
    [
        (Rules(), "61.9", "6.4"),
        (Rules(team_share="split"), Fraction(32, 3) + Fraction("28.8") + Fraction("1.1"), None),
        (Rules(project_sum="best_per_programme"), "33.1", None),
        (Rules(project_sum="capped_per_programme"), "33.1", None),
    ],
)
def test_points_of_a_teacher(rules, ayse, omer):
    """Ayşe (7) is in three teams: KA2 won (three people), KA1 won (alone), and a bonus of 1.1; Ömer (8) in one."""
    worth = project_points(
        [
            Claim(1, 1, KA2, "success", None),
            Claim(2, 2, KA1, "success", None),
            Claim(3, 3, KA1, "preparing", None),
            Claim(4, 4, BONUS, "success", None),
        ],
        WITH_BONUS,
    )
    team = [(1, 7), (1, 5), (1, 6), (2, 7), (3, 8), (4, 7)]
    totals = teacher_points(worth, team, WITH_BONUS, rules)
    assert totals.value(7) == Fraction(ayse)
    if omer is not None:
        assert totals.value(8) == Fraction(omer)


BONUS = 30
WITH_BONUS = Scale({AB: D(32), TUBITAK: D("1.1")}, [*SCALE.items.values(), Item(BONUS, TUBITAK, 9, None, D(100))])


def ranked(*values, descending=True):
    """(name, rank, tied) of (name, value) pairs, whatever their order."""
    found = {
        tuple(
            (name, *standing)
            for (name, _value), standing in zip(ordered, standings([value for _name, value in ordered]), strict=True)
        )
        for given in (values, values[::-1], values[1:] + values[:1])
        for ordered in [best_first(given, lambda one: one[1], lambda one: one[0], descending=descending)]
    }
    assert len(found) == 1
    return list(found.pop())


def test_equal_values_share_a_rank_and_names_break_no_tie():
    places = ranked(("d", 5), ("c", 7), ("b", 7), ("a", 9), ("e", 0), ("f", None), ("g", -1))
    assert places == [("a", 1, False), ("b", 2, True), ("c", 2, True), ("d", 4, False)]


def test_ranks_come_from_exact_values_not_from_shown_ones():
    third, shown = Fraction(1, 3), D("0.3333")
    assert ranked(("a", shown), ("b", third)) == [("b", 1, False), ("a", 2, False)]


def test_lower_is_better():
    places = ranked(("a", 900), ("b", 12), ("c", 12), ("d", 0), descending=False)
    assert places == [("b", 1, True), ("c", 1, True), ("a", 3, False)]


def test_nobody_is_ranked_where_nobody_has_a_value():
    assert ranked(("a", None), ("b", 0), ("c", Fraction(-1, 3))) == []


@pytest.mark.parametrize(
    ("values", "size", "tied"),
    [((9, 8, 7, 7, 6), 4, True), ((9, 8), 2, False), ((9, 9, 9, 9), 4, True), ((), 0, False)],
)
def test_top_takes_everybody_at_the_cut_and_says_so(values, size, tied):
    assert top(standings(values), 3) == (size, tied)


@pytest.mark.parametrize(
    ("value", "shown", "text", "turkish"),
    [
        (Fraction(1, 8), "0.1250", "0.125", "0,125"),
        (Fraction(1, 32), "0.0313", "0.03125", "0,03125"),
        (Fraction("0.00005"), "0.0001", "0.00005", "0,00005"),
        (Fraction("0.00004999"), "0.0000", "0.00004999", "0,00004999"),
        (Fraction(32, 3), "10.6667", "32/3", "10,6667"),
        (Fraction("-1234.5"), "-1234.5000", "-1234.5", "−1.234,5"),
        (Fraction(100), "100.0000", "100", "100"),
    ],
)
def test_rounding_is_half_up_and_for_display_only(value, shown, text, turkish):
    assert f"{numbers.rounded(value):.4f}" == shown
    assert numbers.as_text(value) == text
    assert numbers.exact(text) == value
    assert numbers.turkish(value) == turkish


def test_a_float_is_not_an_exact_number():
    with pytest.raises(TypeError):
        numbers.exact(0.1)
