"""The command as a test runs it: in this process, or, where that is the point, in one of its own.

A process of its own costs two seconds, most of them for imports. What a call prints, how it exits
and what it finds in its environment is the same in this one.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any
from unittest.mock import patch

from rag.cli import main

ROOT = Path(__file__).parents[1]
Done = subprocess.CompletedProcess[str]


def dateline(*arguments: str | Path, home: Path, env: Mapping[str, str] | None = None) -> Done:
    """What a call of the command prints and its exit code, run here from the project's folder."""
    argv = [*map(str, arguments), "--home", str(home)]
    before = Path.cwd()
    os.chdir(ROOT)
    try:
        with patch.dict(os.environ, env or {}), _streams() as (out, err):
            code = _run(argv)
            return Done(argv, code, _read(out), _read(err))
    finally:
        os.chdir(before)


def read(*arguments: str | Path, home: Path, env: Mapping[str, str] | None = None) -> Any:
    """The JSON that a call prints; fails the test where it failed."""
    done = dateline(*arguments, "--json", home=home, env=env)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def start(*arguments: str | Path, home: Path, env: Mapping[str, str] | None = None) -> Done:
    """The same in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "rag", *map(str, arguments), "--home", str(home)],
        capture_output=True,
        text=True,
        timeout=120,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | (env or {}),
        check=False,
    )


def _run(argv: list[str]) -> int:
    try:
        return main(argv)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 1


@contextmanager
def _streams() -> Iterator[tuple[io.TextIOWrapper, io.TextIOWrapper]]:
    out, err = (io.TextIOWrapper(io.BytesIO(), newline="\n") for _ in range(2))
    with redirect_stdout(out), redirect_stderr(err):
        yield out, err


def _read(stream: io.TextIOWrapper) -> str:
    stream.seek(0)
    return stream.read()
