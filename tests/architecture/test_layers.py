"""The house rules of docs/architecture.md that a program can check."""

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

ROOT = Path(settings.BASE_DIR)
LEVELS = {
    "common": 0,
    "accounts": 1,
    "schools": 2,
    "projects": 3,
    "exams": 3,
    "eba": 3,
    "scoring": 4,
    "awards": 5,
    "portal": 6,
}
LONGEST_MODULE = 400
LONGEST_FUNCTION = 60
LONGEST_TEMPLATE = 200
LONGEST_TEST_MODULE = 600
URL_NAME = re.compile(r"[a-z][a-z0-9_]*")


def own_modules() -> list[Path]:
    """Every Python file of the project that is not a test, a migration or a measurement."""
    folders = [*LEVELS, "bigep", "scripts"]
    return sorted(
        path
        for folder in folders
        for path in (ROOT / folder).rglob("*.py")
        if "migrations" not in path.relative_to(ROOT).parts
    )


def length(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def test_every_own_app_has_a_level() -> None:
    own = {config.name for config in apps.get_app_configs() if Path(config.path).parent == ROOT}
    assert own == set(LEVELS)


def test_linter_knows_every_app() -> None:
    config = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    assert set(config["root_packages"]) == {*LEVELS, "bigep"}
    order = next(contract["layers"] for contract in config["contracts"] if contract["id"] == "apps")
    levels = [set(layer.split(" | ")) for layer in order]
    highest = max(LEVELS.values())
    assert levels == [{"bigep"}, *({app for app in LEVELS if LEVELS[app] == level} for level in range(highest, -1, -1))]


def test_imports_point_down() -> None:
    done = subprocess.run(
        ["lint-imports", "--no-cache"], cwd=ROOT, capture_output=True, text=True, env=path_of_the_environment()
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]


def path_of_the_environment() -> dict[str, str]:
    import os
    import sys

    return os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "COLUMNS": "160"}


def test_relations_point_down() -> None:
    """Foreign keys written as text slip past the import linter; only the user may be pointed at from everywhere."""
    wrong = []
    for model in apps.get_models(include_auto_created=True):
        here = model._meta.app_label
        if here not in LEVELS:
            continue
        for field in model._meta.get_fields():
            target = field.related_model if field.is_relation and not field.auto_created else None
            if target is None or isinstance(target, str) or target._meta.label == settings.AUTH_USER_MODEL:
                continue
            there = target._meta.app_label
            if there in LEVELS and there != here and LEVELS[there] >= LEVELS[here]:
                wrong.append(f"{model._meta.label}.{field.name} -> {target._meta.label}")
    assert wrong == []


def test_modules_are_short() -> None:
    assert [
        f"{path.relative_to(ROOT)}: {length(path)}" for path in own_modules() if length(path) > LONGEST_MODULE
    ] == []


def test_test_modules_are_short() -> None:
    paths = sorted((ROOT / "tests").rglob("*.py"))
    assert [f"{path.relative_to(ROOT)}: {length(path)}" for path in paths if length(path) > LONGEST_TEST_MODULE] == []


def test_functions_are_short() -> None:
    assert [name for path in own_modules() for name in long_functions(path)] == []


def long_functions(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno is not None:
            lines = node.end_lineno - node.lineno + 1
            if lines > LONGEST_FUNCTION:
                yield f"{path.relative_to(ROOT)}: {node.name} has {lines} lines"


def test_templates_are_short() -> None:
    paths = sorted((ROOT / "templates").rglob("*.html"))
    assert [f"{path.relative_to(ROOT)}: {length(path)}" for path in paths if length(path) > LONGEST_TEMPLATE] == []


@pytest.mark.parametrize("name", ["utils", "helpers", "misc", "signals"])
def test_no_drawer(name: str) -> None:
    assert [path for path in own_modules() if path.stem == name or name in path.relative_to(ROOT).parts] == []


def test_only_one_module_makes_pdfs() -> None:
    importing = [
        path for path in own_modules() if re.search(r"^\s*(import|from) weasyprint", path.read_text(), re.MULTILINE)
    ]
    assert [str(path.relative_to(ROOT)) for path in importing] == ["common/pdf.py"]


def test_points_are_never_floats() -> None:
    """The engine and the inputs compute with exact numbers."""
    wrong = []
    for path in [*(ROOT / "scoring").glob("engine/**/*.py"), *(ROOT / "scoring").glob("inputs*")]:
        if path.suffix != ".py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "float"
            is_literal = isinstance(node, ast.Constant) and isinstance(node.value, float)
            if is_call or is_literal:
                wrong.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert wrong == []


def own_patterns() -> Iterator[tuple[str, URLPattern]]:
    """(namespace, pattern) of every address that an own app declares."""

    def walk(entries: list[URLPattern | URLResolver], namespace: str) -> Iterator[tuple[str, URLPattern]]:
        for entry in entries:
            if isinstance(entry, URLResolver):
                yield from walk(entry.url_patterns, entry.namespace or namespace)
            elif namespace.split(":", maxsplit=1)[0] in LEVELS:
                yield namespace, entry

    return walk(get_resolver().url_patterns, "")


def test_every_address_has_an_english_name() -> None:
    wrong = [
        f"{namespace}:{pattern.name} {pattern.pattern}"
        for namespace, pattern in own_patterns()
        if not _is_name(pattern.name)
    ]
    assert wrong == []


def _is_name(name: str | None) -> bool:
    return name is not None and URL_NAME.fullmatch(name) is not None


def test_address_names_are_unique() -> None:
    seen: dict[tuple[str, str | None], str] = {}
    for namespace, pattern in own_patterns():
        route = str(pattern.pattern)
        assert (namespace, pattern.name) not in seen, (
            f"{namespace}:{pattern.name} is {route} and {seen[namespace, pattern.name]}"
        )
        seen[namespace, pattern.name] = route
