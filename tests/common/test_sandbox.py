"""The limited child: its answer, its limits and its ends."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from common.sandbox import ROOT, SandboxDied, run_limited

HERE = "tests.common.sandbox_targets"


def died(target: str, payload: dict[str, Any], **limits: int) -> SandboxDied:
    with pytest.raises(SandboxDied) as caught:
        run_limited(f"{HERE}:{target}", payload, **limits)
    return caught.value


def test_answer_comes_back_as_json() -> None:
    assert run_limited(f"{HERE}:echo", {"value": {"ad": "Iğdır İvrindi", "n": [1, 2.5, None]}}) == {
        "ad": "Iğdır İvrindi",
        "n": [1, 2.5, None],
    }


def test_child_prints_do_not_disturb_the_answer() -> None:
    assert run_limited(f"{HERE}:chatty", {}) == "answer"


def test_endless_child_is_killed_on_time() -> None:
    began = time.monotonic()
    assert died("sleep", {"seconds": 60}, seconds=1).reason == "time"
    assert died("spin", {}, seconds=1).reason == "time"
    assert time.monotonic() - began < 8


def test_memory_limit_ends_the_child_and_not_the_parent() -> None:
    assert died("allocate", {"megabytes": 400}, memory_mb=200).reason == "memory"
    assert run_limited(f"{HERE}:allocate", {"megabytes": 50}, memory_mb=200) == 50


def test_written_bytes_are_limited(tmp_path: Path) -> None:
    target = tmp_path / "big"
    assert died("write", {"path": str(target), "megabytes": 90}, output_mb=1).reason == "output"
    assert target.stat().st_size <= 65 * 1024 * 1024


@pytest.mark.parametrize(
    ("target", "reason", "detail"),
    [("kill_itself", "killed", "-9"), ("abort", "memory", ""), ("raise_error", "error", "ZeroDivisionError")],
)
def test_each_death_has_its_reason(target: str, reason: str, detail: str) -> None:
    error = died(target, {})
    assert (error.reason, error.detail) == (reason, detail)
    assert str(error).startswith("Dosya güvenle okunamadı;")


def test_grandchildren_end_with_the_child() -> None:
    marker = "bigep-sandbox-grandchild"
    died("fork_and_sleep", {"marker": marker}, seconds=1)
    listed = subprocess.run(["ps", "axo", "args"], capture_output=True, text=True, check=True).stdout
    assert marker not in listed


def test_child_sees_no_secret_of_the_parent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "gizli")
    assert sorted(run_limited(f"{HERE}:environment", {})) in (["PATH", "TMPDIR"], ["LC_CTYPE", "PATH", "TMPDIR"])


def test_child_starts_without_django() -> None:
    code = "import common.sandbox, common.file_inspection, sys; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
