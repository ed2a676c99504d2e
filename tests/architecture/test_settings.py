"""The settings as a starting process sees them: strict in production, self-made otherwise."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from bigep import embedded
from bigep.logs import redacted

ROOT = Path(settings.BASE_DIR)
GOOD_SECRET = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
PRODUCTION = {
    "SECRET_KEY": GOOD_SECRET,
    "ALLOWED_HOSTS": "bigep.example.org",
    "DATABASE_URL": "postgres://bigep:secret@db.example.org/bigep",
    "CACHE_URL": "redis://redis:6379/1",
    "BROKER_URL": "redis://redis:6379/0",
    "SITE_URL": "https://bigep.example.org",
}


def manage(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    clean = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=clean | {"BIGEP_VAR": str(folder)} | variables,
        capture_output=True,
        text=True,
    )


def test_production_settings_pass_the_deployment_check(tmp_path: Path) -> None:
    done = manage(tmp_path, "check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("SECRET_KEY", "", "SECRET_KEY must be set"),
        ("SECRET_KEY", "short", "SECRET_KEY must be set"),
        ("SECRET_KEY", "aaaa" * 20, "SECRET_KEY must be set"),
        ("ALLOWED_HOSTS", "", "ALLOWED_HOSTS must name"),
        ("ALLOWED_HOSTS", "*", "ALLOWED_HOSTS must name"),
        ("CACHE_URL", "", "CACHE_URL must name"),
        ("BROKER_URL", "", "BROKER_URL must name"),
    ],
)
def test_production_does_not_start_without(tmp_path: Path, name: str, value: str, sentence: str) -> None:
    done = manage(tmp_path, "check", **(PRODUCTION | {name: value}))
    assert done.returncode != 0
    assert sentence in done.stderr
    assert not (tmp_path / "secret_key").exists()


def test_embedded_default_makes_its_secret_once_and_for_its_owner_only(tmp_path: Path) -> None:
    assert manage(tmp_path, "check").returncode == 0
    first = (tmp_path / "secret_key").read_text()
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600
    assert len(first) >= 50
    assert manage(tmp_path, "check").returncode == 0
    assert (tmp_path / "secret_key").read_text() == first


def test_socket_path_is_always_short_enough_for_the_kernel(tmp_path: Path) -> None:
    assert embedded.broker_socket(Path("/srv/bigep/var")) == Path("/srv/bigep/var/broker.sock")
    deep = tmp_path / ("a" * 120)
    path = embedded.broker_socket(deep)
    assert len(str(path).encode()) <= embedded.LONGEST_SOCKET_PATH
    assert path == embedded.broker_socket(deep)
    assert path.parent.stat().st_mode & 0o777 == 0o700
    path.parent.rmdir()


def test_limits_of_jobs_are_in_order() -> None:
    visible = settings.CELERY_BROKER_TRANSPORT_OPTIONS["visibility_timeout"]
    assert settings.CELERY_TASK_SOFT_TIME_LIMIT < settings.CELERY_TASK_TIME_LIMIT < visible


@pytest.mark.parametrize(
    ("line", "written"),
    [
        ("GET /davet/8fJk20sLmQ9vXz71PpRt44aB/ 200", "GET /davet/***/ 200"),
        ("key=MQ:1uXyZ9:abcdefghijklmnopqrstuvwx done", "key=*** done"),
        ("row 4: 10000000146 is known", "row 4: *** is known"),
        (
            "job /isler/3f2b8c1e-7a44-4d59-9c36-0d1c5f7e8a90/ done",
            "job /isler/3f2b8c1e-7a44-4d59-9c36-0d1c5f7e8a90/ done",
        ),
        ("institution 100012345678", "institution 100012345678"),
    ],
)
def test_log_lines_hold_no_token_and_no_identity_number(line: str, written: str) -> None:
    assert redacted(line) == written


def test_static_files_are_complete_for_production(tmp_path: Path) -> None:
    """The manifest refuses a style sheet that names a file which is not there."""
    collected = tmp_path / "static"
    variables = PRODUCTION | {"STATIC_ROOT": str(collected)}
    done = manage(tmp_path, "collectstatic", "--no-input", "--verbosity", "0", **variables)
    assert done.returncode == 0, done.stderr
    assert (collected / "staticfiles.json").exists()
    assert list(collected.glob("build/tabler.min.*.css.br"))
