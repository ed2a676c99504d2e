"""Makes the working environment: Python packages, npm packages, assets, system libraries.

Standard library only; does nothing the second time. `--dev` adds the packages of the tests and linters,
`--test-tools` also the browser and the database server that the tests use.
"""

import argparse
import ctypes
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PANGO = {
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",
}


class Missing(Exception):
    """Something this machine lacks; the message is one sentence with the command that brings it."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dev", action="store_true", help="packages of the tests and linters too")
    parser.add_argument("--test-tools", action="store_true", help="browser and database server of the tests too")
    options = parser.parse_args()
    os.chdir(ROOT)
    try:
        python_packages("dev" if options.dev else "base")
        node_packages()
        system_packages([name for library, name in PANGO.items() if not loads(library)], needed_for="PDF files")
    except Missing as problem:
        print(problem, file=sys.stderr)
        return 1
    except subprocess.CalledProcessError as problem:
        print(f"This command failed: {' '.join(map(str, problem.cmd))}", file=sys.stderr)
        return 1
    if options.test_tools:
        test_tools()
    return 0


def python_packages(kind: str) -> None:
    if sys.version_info < (3, 11):  # noqa: UP036  this script is what an older Python meets first
        raise Missing("Python 3.11 or newer is needed: apt-get install python3.11 python3.11-venv")
    if not (VENV / "bin" / "python").exists():
        print("Creating .venv", flush=True)
        made = subprocess.run([sys.executable, "-m", "venv", str(VENV)], capture_output=True, text=True)
        if made.returncode:
            shutil.rmtree(VENV, ignore_errors=True)
            raise Missing("Python's venv module is needed: apt-get install python3-venv")
    lock = ROOT / "requirements" / f"{kind}.txt"
    stamps = [VENV / f".stamp-{name}" for name in ("dev", kind)]
    wanted = {name: digest(ROOT / "requirements" / f"{name}.txt", text=sys.version) for name in ("dev", kind)}
    if any(stamp.exists() and stamp.read_text() == wanted[stamp.name.removeprefix(".stamp-")] for stamp in stamps):
        return
    print(f"Installing {lock.relative_to(ROOT)}", flush=True)
    pip = [str(VENV / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    subprocess.run([*pip, "--require-hashes", "--only-binary", ":all:", "-r", str(lock)], check=True)
    (VENV / f".stamp-{kind}").write_text(wanted[kind])


def node_packages() -> None:
    node = shutil.which("node")
    version = subprocess.run([node, "--version"], capture_output=True, text=True).stdout.strip() if node else ""
    if not version or int(version.removeprefix("v").split(".")[0]) < 18 or not shutil.which("npm"):
        raise Missing("Node.js 18 or newer with npm is needed: see https://nodejs.org, or apt-get install nodejs npm")
    lock, script = ROOT / "package-lock.json", ROOT / "scripts" / "build_assets.mjs"
    icons = ROOT / "static" / "icons.txt"
    stamp = ROOT / "node_modules" / ".stamp"
    if not stamp.exists() or stamp.read_text() != digest(lock):
        print("Installing npm packages", flush=True)
        subprocess.run(["npm", "ci", "--silent"], check=True)
        stamp.write_text(digest(lock))
    built = ROOT / "static" / "build" / ".stamp"
    if not built.exists() or built.read_text() != digest(lock, script, icons):
        subprocess.run(["node", str(script)], check=True)
        built.write_text(digest(lock, script, icons))


def test_tools() -> None:
    """Brings what some tests need; without it those tests are skipped, so this never fails the run."""
    wanted = []
    if not shutil.which("chromium"):
        wanted.append("chromium")
    if not list(Path("/usr/lib/postgresql").glob("*/bin/initdb")) and not shutil.which("initdb"):
        wanted.append("postgresql")
    try:
        system_packages(wanted, needed_for="all tests")
    except (Missing, subprocess.CalledProcessError):
        print(f"SKIPPED what needs {' and '.join(wanted)}: apt-get install {' '.join(wanted)}", file=sys.stderr)


def system_packages(names: list[str], *, needed_for: str) -> None:
    if not names:
        return
    command = f"apt-get install -y --no-install-recommends {' '.join(names)}"
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise Missing(f"For {needed_for} this is needed: sudo {command}")
    print(f"Installing {', '.join(names)}", flush=True)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    # An index that is partly out of reach may still know these packages.
    subprocess.run(["apt-get", "update", "-qq"], env=environment)
    subprocess.run(command.split(), check=True, env=environment, stdout=subprocess.DEVNULL)


def loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def digest(*files: Path, text: str = "") -> str:
    total = hashlib.sha256(text.encode())
    for file in files:
        total.update(file.read_bytes())
    return total.hexdigest()


if __name__ == "__main__":
    sys.exit(main())
