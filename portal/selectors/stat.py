"""One figure of a home page."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Stat:
    label: str
    value: int
    url: str = ""
    hint: str = ""
    icon: str = ""
