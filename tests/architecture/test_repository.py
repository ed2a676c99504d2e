"""What the repository as a whole promises: locks without addresses, no secrets, one form of compose file."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
ADDRESS = re.compile(r"https?://|index-url|find-links|trusted-host", re.IGNORECASE)
UNFINISHED = re.compile(r"\b(?:TODO|FIXME|XXX)\b")
LOCKS = ["requirements/base.txt", "requirements/dev.txt"]


def tracked(*patterns: str) -> list[Path]:
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    done = subprocess.run(["git", "ls-files", "-z", *patterns], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / name for name in done.stdout.split("\0") if name and (ROOT / name).exists()]


@pytest.mark.parametrize("name", LOCKS)
def test_requirements_name_no_host_and_every_package_has_hashes(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert ADDRESS.findall(text) == []
    blocks = re.split(r"\n(?=[a-z0-9])", text.strip(), flags=re.IGNORECASE)
    assert len(blocks) > 30
    assert [block.splitlines()[0] for block in blocks if "==" not in block or "--hash=sha256:" not in block] == []


def test_every_base_package_is_in_the_dev_lock_at_the_same_version() -> None:
    base, dev = (
        {line.split(" ")[0] for line in (ROOT / name).read_text().splitlines() if "==" in line} for name in LOCKS
    )
    assert base - dev == set()


def test_npm_lock_names_no_host() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert packages
    assert [name for name, entry in packages.items() if "resolved" in entry] == []
    assert [name for name, entry in packages.items() if "integrity" not in entry] == []
    assert ADDRESS.findall((ROOT / ".npmrc").read_text(encoding="utf-8")) == []


def test_nothing_is_left_unfinished() -> None:
    this = Path(__file__).resolve()
    left = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in tracked("*.py", "*.html", "*.js", "*.mjs", "*.css", "Makefile", "*.toml", "*.yml")
        if path != this
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if UNFINISHED.search(line)
    ]
    assert left == []


def test_nothing_made_at_run_time_is_tracked() -> None:
    made = ("var/", "node_modules/", ".venv/", "static/build/")
    names = [str(path.relative_to(ROOT)) for path in tracked()]
    assert [name for name in names if name.startswith(made) or name.endswith((".sqlite3", ".pyc", ".env"))] == []


def compose() -> dict[str, dict[str, dict[str, object]]]:
    document: dict[str, dict[str, dict[str, object]]] = yaml.safe_load(
        (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    )
    return document


def test_compose_has_the_production_parts_each_with_a_health_check() -> None:
    services = compose()["services"]
    assert set(services) == {"postgres", "redis", "migrate", "web", "worker", "beat", "front"}
    assert [name for name, service in services.items() if name != "migrate" and "healthcheck" not in service] == []


def test_compose_publishes_only_the_front() -> None:
    assert [name for name, service in compose()["services"].items() if "ports" in service] == ["front"]


def test_compose_sets_only_known_variables() -> None:
    """Every variable handed to the site is one that the settings read."""
    known = set(re.findall(r'env\.\w+\("([A-Z_]+)"', (ROOT / "bigep" / "settings.py").read_text(encoding="utf-8")))
    services = compose()["services"]
    for name in ("migrate", "web", "worker", "beat"):
        variables = services[name]["environment"]
        assert isinstance(variables, dict)
        assert set(variables) - known == set(), name


@pytest.mark.skipif(shutil.which("docker") is None, reason="no docker client")
def test_compose_file_is_valid() -> None:
    probe = subprocess.run(["docker", "compose", "version"], capture_output=True)
    if probe.returncode:
        pytest.skip("the docker client has no compose plugin")
    variables = {"SECRET_KEY": "k" * 60, "IDENTITY_KEY": "i" * 60, "POSTGRES_PASSWORD": "p", "SITE_HOST": "b.example"}
    done = subprocess.run(
        ["docker", "compose", "--project-directory", str(ROOT), "config", "--quiet"],
        cwd=ROOT,
        env=os.environ | variables,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
