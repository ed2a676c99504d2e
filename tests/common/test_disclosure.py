"""Small groups, also those that follow by taking away what is shown."""

from __future__ import annotations

import pytest

from common.disclosure import is_open, nested, parts


@pytest.mark.parametrize(
    ("people", "known", "expected"),
    [(0, 0, True), (1, 0, False), (9, 0, False), (10, 0, True), (13, 12, False), (12, 12, True), (22, 12, True)],
)
def test_a_group_is_open_when_neither_it_nor_its_rest_is_small(people, known, expected):
    assert is_open(people, known) is expected


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        ([(12, True), (13, False), (40, False)], [True, False, True]),
        ([(12, True), (30, False), (31, False)], [True, True, False]),
        ([(12, True), (13, True), (40, True)], [True, True, True]),
        ([(3, True), (3, False), (13, False)], [True, False, True]),
        ([(12, True), (13, False), (14, False)], [True, False, False]),
    ],
)
def test_groups_inside_each_other(groups, expected):
    assert nested(groups) == expected


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        ([(12, 0), (30, 0), (20, 0)], [True, True, True]),
        ([(3, 0), (30, 0), (20, 0)], [False, True, False]),
        ([(3, 0), (4, 0), (20, 0), (30, 0)], [False, False, False, True]),
        ([(6, 0), (5, 0), (20, 0)], [False, False, True]),
        ([(15, 12), (20, 0), (30, 0)], [False, False, True]),
        ([(3, 3), (20, 0)], [True, True]),
        ([(3, 0), (20, 20)], [False, True]),
        ([(3, 0), (0, 0), (11, 0), (11, 0)], [False, True, False, True]),
    ],
)
def test_parts_of_a_whole_hide_a_second_one_where_one_would_follow(groups, expected):
    assert parts(groups) == expected
