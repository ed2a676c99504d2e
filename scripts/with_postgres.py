"""Runs a command against a throw-away PostgreSQL: `python scripts/with_postgres.py -- command ...`

Makes a cluster in a short folder under /tmp, puts its address in DATABASE_URL, and removes everything afterwards.
Nothing in it is worth keeping, so nothing waits for the disk. Exit code 77: this machine has no PostgreSQL server.
"""

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

NOT_INSTALLED = 77
OPTIONS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "60",
    "shared_buffers": "128MB",
}


def main() -> int:
    command = sys.argv[2:] if sys.argv[1:2] == ["--"] else sys.argv[1:]
    programs = server_programs()
    if programs is None:
        print("No PostgreSQL server is installed: apt-get install postgresql", file=sys.stderr)
        return NOT_INSTALLED
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, frame: sys.exit(128 + number))
    folder = Path(tempfile.mkdtemp(prefix="bigep-pg-", dir="/tmp"))
    try:
        url = start(programs, folder)
        return run(command, url)
    except KeyboardInterrupt:
        return 130
    finally:
        quiet(as_server_user([str(programs / "pg_ctl"), "-D", str(folder / "data"), "-m", "immediate", "-w", "stop"]))
        shutil.rmtree(folder, ignore_errors=True)


def run(command: list[str], url: str) -> int:
    """Runs the command; when this process is told to end, the command may end in good order first."""
    process = subprocess.Popen(command, env=os.environ | {"DATABASE_URL": url})
    try:
        return process.wait()
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()


def server_programs() -> Path | None:
    """The folder of initdb and pg_ctl, of the newest version installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    elsewhere = shutil.which("initdb")
    return Path(elsewhere).resolve().parent if elsewhere else None


def start(programs: Path, folder: Path) -> str:
    """Makes and starts the cluster; returns its address."""
    password, port = secrets.token_hex(16), free_port()
    (folder / "password").write_text(password)
    if os.geteuid() == 0:
        owner = pwd.getpwnam("postgres")
        for path in (folder, folder / "password"):
            os.chown(path, owner.pw_uid, owner.pw_gid)
    data = str(folder / "data")
    initdb = [
        str(programs / "initdb"),
        "-D",
        data,
        "-U",
        "bigep",
        "-E",
        "UTF8",
        "--locale=C.UTF-8",
        "-A",
        "scram-sha-256",
    ]
    quiet(as_server_user([*initdb, f"--pwfile={folder / 'password'}", "--no-sync"]), check=True)
    settings = OPTIONS | {"port": str(port), "listen_addresses": "127.0.0.1", "unix_socket_directories": str(folder)}
    flags = " ".join(f"-c {name}={value}" for name, value in settings.items())
    quiet(
        as_server_user([str(programs / "pg_ctl"), "-D", data, "-l", f"{folder}/log", "-w", "-o", flags, "start"]),
        check=True,
    )
    return f"postgres://bigep:{password}@127.0.0.1:{port}/postgres"


def as_server_user(command: list[str]) -> list[str]:
    """PostgreSQL refuses to run as root."""
    return ["runuser", "-u", "postgres", "--", *command] if os.geteuid() == 0 else command


def quiet(command: list[str], *, check: bool = False) -> None:
    subprocess.run(
        command, check=check, stdout=subprocess.DEVNULL, stderr=None if check else subprocess.DEVNULL, cwd="/"
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    sys.exit(main())
