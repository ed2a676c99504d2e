"""Runs every linter, the whole list even when one complains: `python scripts/lint.py [name ...]`."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
APPS = ["accounts", "awards", "bigep", "common", "eba", "exams", "portal", "projects", "schools", "scoring"]
CHECKS = {
    "format": ["ruff", "format", "--check", "."],
    "ruff": ["ruff", "check", "."],
    "types": ["mypy"],
    "layers": ["lint-imports"],
    "templates": ["djlint", "--lint", "--quiet", "templates"],
    "security": [
        "bandit",
        "--quiet",
        "--severity-level",
        "high",
        "--recursive",
        "--configfile",
        "pyproject.toml",
        *APPS,
        "scripts",
    ],
    "migrations": ["python", "manage.py", "makemigrations", "--check", "--dry-run"],
}


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="bigep-lint-") as folder:
        environment = {"DJANGO_SETTINGS_MODULE": "bigep.test_settings", "BIGEP_VAR": folder}
        return check(sys.argv[1:] or list(CHECKS), os.environ | environment)


def check(names: list[str], environment: dict[str, str]) -> int:
    """Runs the named checks and prints what the failing ones say."""
    failed = []
    for name in names:
        program, *arguments = CHECKS[name]
        began = time.monotonic()
        done = subprocess.run(
            [str(BIN / program), *arguments], cwd=ROOT, env=environment, capture_output=True, text=True
        )
        print(f"{name:12} {'ok' if done.returncode == 0 else 'FAILED':8} {time.monotonic() - began:5.1f} s", flush=True)
        if done.returncode:
            failed.append(name)
            print(done.stdout + done.stderr, flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
