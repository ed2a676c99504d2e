"""A reviewer at the keyboard: presses keys in a real browser, counts them, and notes what the server took."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Page, Request, expect

KEYS: dict[str, tuple[str, ...]] = {
    "approve": ("o", "Enter"),
    "return": ("d",),
    "reject": ("r",),
    "skip": ("a",),
    "undo": ("g",),
}
"""Step -> its keys; with a reason, or a level of a local project, its digit and Enter follow the first."""


@dataclass(frozen=True)
class Step:
    """What the reviewer does with the claim on the screen; ``reason``: the place of the reason or level in its list."""

    action: str
    reason: int = 0

    @property
    def keys(self) -> tuple[str, ...]:
        start, *rest = KEYS[self.action]
        return (start, str(self.reason), "Enter") if self.reason else (start, *rest)


@dataclass
class Keyboard:
    """Presses keys on a page. ``server_seconds`` adds up the requests of the screens: every POST and the GET after it.

    Evidence, styles and parts that a page loads afterwards are not in it.
    """

    page: Page
    pressed: int = 0
    server_seconds: float = 0.0
    _requests: list[Request] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("requestfinished", self._note)

    def _note(self, request: Request) -> None:
        if request.is_navigation_request() and request.frame == self.page.main_frame:
            self.server_seconds += max(request.timing["responseEnd"] - request.timing["requestStart"], 0.0) / 1000

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.pressed += 1

    def take(self, step: Step) -> None:
        """All keys of a step; returns when the next screen stands."""
        *before, last = step.keys
        self.press(*before)
        with self.page.expect_navigation(wait_until="load"):
            self.press(last)

    def take_all(self, steps: Sequence[Step]) -> None:
        for step in steps:
            self.take(step)


def focused(page: Page) -> str:
    """The words of what has the focus, as a screen reader would begin to read it."""
    words: Any = page.evaluate(
        "document.activeElement.innerText || document.activeElement.labels?.[0]?.innerText || ''"
    )
    return " ".join(str(words).split())


def expect_screen(page: Page, title: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_contain_text(title)
