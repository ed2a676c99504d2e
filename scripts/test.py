"""Runs the tests in their phases and says at the end how each went: `python scripts/test.py [phase ...]`."""

import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTEST = [sys.executable, "-m", "pytest", "-q", "-rs"]
ON_POSTGRES = [sys.executable, str(ROOT / "scripts" / "with_postgres.py"), "--"]
NOT_INSTALLED, NOTHING_COLLECTED = 77, 5

SUITE = [*PYTEST, "-n", "2", "--dist", "worksteal", "--maxfail", "30", "-m"]
JOURNEYS = [*PYTEST, "--maxfail", "5", "-m", "journey"]
PHASES = {
    "sqlite": [*SUITE, "not journey and not postgres_only"],
    "postgres": [*ON_POSTGRES, *SUITE, "not journey and not sqlite_only"],
    "journeys-sqlite": JOURNEYS,
    "journeys-postgres": [*ON_POSTGRES, *JOURNEYS],
}


def main() -> int:
    results = []
    for name in sys.argv[1:] or PHASES:
        print(f"== {name}", flush=True)
        began = time.monotonic()
        result = run(name)
        results.append((name, result, time.monotonic() - began))
    print("\n== summary")
    for name, result, seconds in results:
        print(f"{name:20} {result:45} {seconds:6.0f} s")
    return 1 if any(result == "FAILED" for _, result, _ in results) else 0


def run(name: str) -> str:
    if name.startswith("journeys") and not shutil.which("chromium"):
        return "SKIPPED: apt-get install chromium"
    code = subprocess.run(PHASES[name], cwd=ROOT).returncode
    if code == NOT_INSTALLED and name.endswith("postgres"):
        return "SKIPPED: apt-get install postgresql"
    return "passed" if code in (0, NOTHING_COLLECTED) else "FAILED"


if __name__ == "__main__":
    sys.exit(main())
