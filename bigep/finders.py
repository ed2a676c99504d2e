"""Static files taken one by one from npm packages: the whole folders are large and hold dangling source maps."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core import checks
from django.core.files.storage import FileSystemStorage, Storage

NODE_FILES = {
    "tabler/css/tabler.min.css": "@tabler/core/dist/css/tabler.min.css",
    "tabler/js/tabler.min.js": "@tabler/core/dist/js/tabler.min.js",
}


class NodeFilesFinder(BaseFinder):
    """Finds the files named in NODE_FILES: static path -> path inside node_modules."""

    def __init__(self, app_names: Any = None, *args: Any, **kwargs: Any) -> None:
        self.root = Path(settings.BASE_DIR) / "node_modules"
        self.storages = {
            name: _NamedFile(location=self.root, name=name, source=source) for name, source in NODE_FILES.items()
        }
        super().__init__(*args, **kwargs)

    def check(self, **kwargs: Any) -> list[checks.CheckMessage]:
        missing = [source for source in NODE_FILES.values() if not (self.root / source).exists()]
        if not missing:
            return []
        return [checks.Warning(f"{missing[0]} is missing in node_modules.", hint="Run: npm ci", id="bigep.W001")]

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> str | list[str]:
        source = NODE_FILES.get(path)
        if source is None or not (self.root / source).exists():
            return []
        found = str(self.root / source)
        return [found] if find_all else found

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterable[tuple[str, Storage]]:
        for name, storage in self.storages.items():
            if storage.exists(name):
                yield name, storage


class _NamedFile(FileSystemStorage):
    """A storage that holds one file under its static name."""

    def __init__(self, *, location: Path, name: str, source: str) -> None:
        super().__init__(location=location)
        self._name, self._source = name, source

    def path(self, name: str) -> str:
        return super().path(self._source if name == self._name else name)
