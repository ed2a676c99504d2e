"""What the sandbox tests let the child do."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import Any


def echo(value: Any) -> Any:
    return value


def chatty() -> str:
    sys.stdout.write("noise\n")
    os.write(1, b"more noise")
    return "answer"


def sleep(seconds: int) -> None:
    time.sleep(seconds)


def spin() -> None:
    while True:
        pass


def allocate(megabytes: int) -> int:
    return len(bytearray(megabytes * 1024 * 1024)) // (1024 * 1024)


def write(path: str, megabytes: int) -> None:
    with open(path, "wb") as file:
        for _number in range(megabytes):
            file.write(b"\0" * 1024 * 1024)


def kill_itself() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def abort() -> None:
    os.abort()


def raise_error() -> None:
    raise ZeroDivisionError


def fork_and_sleep(marker: str) -> None:
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)", marker])
    time.sleep(60)


def environment() -> list[str]:
    return list(os.environ)
