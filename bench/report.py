"""How a measurement is told: ours beside the limit, as a ratio, against the aim."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Row:
    """One comparison in one unit. `aim` bounds the ratio ours : limit from above, or from below if `more_is_better`."""

    what: str
    ours: float
    limit: float
    unit: str
    aim: float
    more_is_better: bool

    @property
    def ratio(self) -> float:
        return self.ours / self.limit if self.limit else float("inf")

    @property
    def reached(self) -> bool:
        if not self.ours or not self.limit:
            return False
        return self.ratio >= self.aim if self.more_is_better else self.ratio <= self.aim


@dataclass
class Report:
    rows: list[Row] = field(default_factory=list)

    def add(self, what: str, *, ours: float, limit: float, unit: str, aim: float, more_is_better: bool = False) -> None:
        """Adds a comparison and prints it at once. Times: ours / limit <= aim. Rates: ours / limit >= aim."""
        row = Row(what, ours, limit, unit, aim, more_is_better)
        self.rows.append(row)
        print(_line(row), flush=True)

    def print_summary(self) -> None:
        print(f"\n{'what':46} {'ours':>12} {'limit':>12} {'ratio':>8} {'aim':>8}")
        for row in self.rows:
            print(_line(row))


def _line(row: Row) -> str:
    aim = f"{'>=' if row.more_is_better else '<='}{row.aim:g}"
    ours, limit = f"{row.ours:.3g} {row.unit}", f"{row.limit:.3g} {row.unit}"
    return f"{row.what:46} {ours:>12} {limit:>12} {row.ratio:8.2f} {aim:>8} {'reached' if row.reached else 'MISSED'}"


def median_seconds(*ways: Callable[[], object], rounds: int = 3) -> list[float]:
    """The median time of each way, measured in turns so that a slow minute of the machine hits all alike."""
    taken: list[list[float]] = [[] for _ in ways]
    for _ in range(rounds):
        for way, seconds in zip(ways, taken, strict=True):
            began = time.perf_counter()
            way()
            seconds.append(time.perf_counter() - began)
    return [statistics.median(seconds) for seconds in taken]
