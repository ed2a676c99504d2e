"""Runs untrusted parsing in a fresh child process under hard limits of memory, time and written bytes.

The child is ``python -m common.sandbox``; it imports neither Django nor settings. Requests and answers are JSON; big
inputs and outputs go through files whose paths stand in the payload. Whatever the child does, the caller gets its
result or ``SandboxDied``.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import resource
import select
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from common.errors import UserError

ROOT = Path(__file__).resolve().parent.parent
MEGABYTE = 1024 * 1024
ANSWER_LIMIT = 64 * MEGABYTE
MEMORY_EXIT = 99
WALL_FACTOR = 2
SENTENCE = "Dosya güvenle okunamadı; programında açıp yeniden kaydederek, gerekirse bölerek tekrar deneyiniz."


class SandboxDied(UserError):
    """The child did not finish. ``reason`` is one of time, memory, killed, error, output; never worth a second try."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(SENTENCE)
        self.reason = reason
        self.detail = detail


def run_limited(
    target: str,
    payload: dict[str, Any],
    *,
    memory_mb: int = 512,
    seconds: int = 30,
    output_mb: int = 256,
) -> Any:
    """Call ``target`` ("package.module:function") with the payload in a limited child and return its JSON result.

    ``memory_mb`` limits the address space, ``seconds`` the CPU time (the wall clock: twice that, so that a busy machine
    refuses nothing honest), ``output_mb`` each written file. Raises ``SandboxDied``.
    """
    request = {
        "target": target,
        "payload": payload,
        "memory": memory_mb * MEGABYTE,
        "seconds": seconds,
        "output": output_mb * MEGABYTE,
    }
    with tempfile.TemporaryFile() as answer:
        child = subprocess.Popen(
            [sys.executable, "-E", "-s", "-X", "utf8", "-m", "common.sandbox"],
            cwd=ROOT,
            env={"PATH": "/usr/bin:/bin", "TMPDIR": tempfile.gettempdir()},
            stdin=subprocess.PIPE,
            stdout=answer,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            close_fds=True,
        )
        try:
            _send(child, json.dumps(request).encode())
            if not _has_ended(child, WALL_FACTOR * seconds):
                raise SandboxDied("time")
        finally:
            _end_group(child)
        _check_exit(child.returncode)
        return _read_answer(answer)


def _send(child: subprocess.Popen[bytes], request: bytes) -> None:
    assert child.stdin is not None
    with contextlib.suppress(BrokenPipeError), child.stdin as pipe:
        pipe.write(request)


def _has_ended(child: subprocess.Popen[bytes], seconds: float) -> bool:
    """Wait for the child's end; ``Popen.wait`` looks only every 50 ms, which is long for a small file."""
    if not hasattr(os, "pidfd_open"):
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(seconds)
        return child.returncode is not None
    ended = os.pidfd_open(child.pid)
    try:
        watch = select.poll()
        watch.register(ended, select.POLLIN)
        return bool(watch.poll(seconds * 1000))
    finally:
        os.close(ended)


def _end_group(child: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def _check_exit(code: int) -> None:
    if code == 0:
        return
    if code == -signal.SIGXCPU:
        raise SandboxDied("time")
    if code == -signal.SIGXFSZ:
        raise SandboxDied("output")
    if code in (MEMORY_EXIT, -signal.SIGABRT):
        raise SandboxDied("memory")
    raise SandboxDied("killed", str(code))


def _read_answer(answer: Any) -> Any:
    answer.seek(0, os.SEEK_END)
    if answer.tell() > ANSWER_LIMIT:
        raise SandboxDied("output")
    answer.seek(0)
    try:
        message = json.loads(answer.read())
    except ValueError:
        raise SandboxDied("output") from None
    if "error" in message:
        raise SandboxDied("error", str(message["error"])[:200])
    return message["result"]


def _limit(request: dict[str, Any]) -> None:
    seconds = int(request["seconds"])
    for what, value in (
        (resource.RLIMIT_AS, int(request["memory"])),
        (resource.RLIMIT_FSIZE, max(int(request["output"]), ANSWER_LIMIT + MEGABYTE)),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (value, value))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)


def main() -> int:
    """The child: read the request, limit itself, import and call the target, write the answer."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    request = json.loads(sys.stdin.buffer.read())
    _limit(request)
    try:
        module, _colon, name = request["target"].partition(":")
        result = getattr(importlib.import_module(module), name)(**request["payload"])
        message = json.dumps({"result": result})
    except MemoryError:
        os._exit(MEMORY_EXIT)
    except Exception as error:
        message = json.dumps({"error": type(error).__name__})
    answers.write(message)
    answers.flush()
    # Interpreter shutdown of a half-broken parser is no part of the work.
    os._exit(0)


if __name__ == "__main__":
    main()
