"""The real program in processes of its own, and the Chromium that looks at it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, sync_playwright

#: A cold start on a busy machine, in seconds.
PATIENCE = 90.0
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
#: As root in a container; and a browser that asks nothing of anyone by itself.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def run_dateline(*arguments: str) -> str:
    """What the command printed; fails the test where it failed."""
    done = subprocess.run(
        [sys.executable, "-m", "rag", *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@contextmanager
def serve_chat(home: Path, **variables: str) -> Iterator[str]:
    """The address of a running `dateline serve` over `home`."""
    port = find_free_port()
    argv = [sys.executable, "-m", "rag", "serve", "--home", str(home), "--port", str(port)]
    log = home.parent / f"serve-{port}.log"
    with log.open("w") as out:
        process = subprocess.Popen(argv, stdout=out, stderr=out, env=os.environ | variables)
        try:
            _wait_until_up(port, process, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(30)


def _wait_until_up(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        assert process.poll() is None, log.read_text()
        try:
            with urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=5):
                return
        except (URLError, OSError):
            time.sleep(0.2)
    raise AssertionError(f"The chat did not come up.\n{log.read_text()}")


@contextmanager
def open_chromium() -> Iterator[Browser]:
    """A headless Chromium; skips the test where there is none, or fails it in CI."""
    with sync_playwright() as playwright:
        path = find_chromium() or playwright.chromium.executable_path
        if not Path(path).exists():
            if os.environ.get("DATELINE_REQUIRE_BROWSER") == "1":
                pytest.fail("no Chromium: run make browser")
            pytest.skip("no Chromium: run make browser")
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


def find_chromium() -> str | None:
    named = os.environ.get("DATELINE_CHROMIUM")
    if named:
        return shutil.which(named) or named
    return next((found for name in CHROMIUM if (found := shutil.which(name))), None)
