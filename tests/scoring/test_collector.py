"""The collector of reference cycles while provinces are ranked: off meanwhile, and never for good."""

import gc
import weakref

import pytest

from scoring.selectors.rankings import PAUSES_PER_SEARCH, collector_paused


class Knot:
    """What only the collector can free, like a form and its fields after a page."""

    def __init__(self) -> None:
        self.itself = self


def test_a_process_that_only_ranks_still_frees_what_hangs_together() -> None:
    knots = []
    for _ in range(3 * PAUSES_PER_SEARCH):
        with collector_paused():
            knots.append(weakref.ref(Knot()))
    assert sum(knot() is not None for knot in knots) <= PAUSES_PER_SEARCH


def test_the_collector_is_off_meanwhile_and_on_after_whatever_happens() -> None:
    seen = []

    def fail() -> None:
        with collector_paused():
            seen.append(gc.isenabled())
            with collector_paused():
                seen.append(gc.isenabled())
            seen.append(gc.isenabled())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert seen == [False, False, False]
    assert gc.isenabled()
