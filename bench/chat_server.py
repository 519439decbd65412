"""The chat in a process of its own, and how much memory it takes."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

#: A cold start on a busy machine, in seconds.
PATIENCE = 300.0
MIB = 1024


@dataclass(frozen=True, slots=True)
class Served:
    """A running chat."""

    address: str
    pid: int


@contextmanager
def serve(home: Path, **variables: str) -> Iterator[Served]:
    """The chat over `home`, with `variables` added to its environment."""
    port = find_free_port()
    argv = [sys.executable, "-m", "rag", "serve", "--home", str(home), "--port", str(port)]
    with subprocess.Popen(argv, stdout=subprocess.DEVNULL, env=os.environ | variables) as process:
        try:
            served = Served(f"http://127.0.0.1:{port}", process.pid)
            wait_until_up(served.address, process)
            yield served
        finally:
            process.terminate()


def find_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_up(address: str, process: subprocess.Popen[bytes]) -> None:
    """Return when the server there answers. Raises SystemExit where it does not come up."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        try:
            with urlopen(f"{address}/_stcore/health", timeout=5):
                return
        except (URLError, OSError):
            time.sleep(0.2)
    raise SystemExit("The chat did not come up; what it says stands above.")


def read_memory(pid: int) -> float:
    """Resident memory of a process and all that it started, in MiB. Reads Linux's /proc."""
    return sum(_read_resident(one) for one in _list_family(pid)) / MIB


def _list_family(pid: int) -> Iterator[int]:
    yield pid
    for task in Path(f"/proc/{pid}/task").iterdir():
        # Threads, and what they started, may end while they are looked at.
        with suppress(FileNotFoundError, ProcessLookupError):
            for child in (task / "children").read_text().split():
                yield from _list_family(int(child))


def _read_resident(pid: int) -> int:
    """In KiB; none of what has ended."""
    lines: list[str] = []
    with suppress(FileNotFoundError, ProcessLookupError):
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("VmRSS:"))
