"""Finds the static files, and says so when the ones that npm brings have not been built."""

from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import FileSystemFinder
from django.core import checks


class BuiltFilesFinder(FileSystemFinder):
    def check(self, **kwargs: Any) -> list[checks.CheckMessage]:
        messages: list[checks.CheckMessage] = super().check(**kwargs)
        if not (settings.BASE_DIR / "static" / "build" / "tabler.min.css").exists():
            messages.append(
                checks.Warning(
                    "static/build is empty: pages will have no style.", hint="Run: make assets", id="bigep.W001"
                )
            )
        return messages
