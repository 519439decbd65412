"""Starts the chat: Streamlit in a process of its own, on one address and port."""

from __future__ import annotations

import errno
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from rag.errors import UsageError
from rag.settings import VARIABLES, Settings, load_settings, write_setting
from rag.shipped import PACKAGE, find_shipped

#: How long Streamlit may take to end before it is made to, in seconds.
PATIENCE = 5.0


def check_port(host: str, port: int) -> None:
    """Raise UsageError where nothing can listen on `host` and `port`."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, kind, protocol, _, address = found[0]
        with socket.socket(family, kind, protocol) as probe:
            if os.name == "posix":
                # As the server does: a port that was in use a minute ago is free.
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise _explain(error, host, port) from error


def serve(settings: Settings, host: str, port: int) -> int:
    """Serves the chat until it is stopped; the exit code. Ctrl-C is the way to end it, so 0."""
    argv, env = build_command(host, port), build_environment(settings)
    with subprocess.Popen(argv, env=env) as process, _stoppable():  # noqa: S603 (our own)
        try:
            return process.wait()
        except KeyboardInterrupt:
            return 0
        finally:
            _end(process)


def build_command(host: str, port: int) -> list[str]:
    """The server's command line, which every user of the machine can read: no key is on it."""
    page = str(find_shipped("app.py"))
    # -P: a module that lies among the articles in the current folder is never imported.
    launch = [sys.executable, "-P", "-m", "rag.ui.launch"]
    return [*launch, page, host, str(port)]


def build_environment(settings: Settings) -> dict[str, str]:
    """This process's environment, with the settings that flags may have changed.

    The key is left where it is: in the environment, or in the `.env` that the page reads too.
    """
    env = dict(os.environ)
    # What the page's own process finds needs no saying; a server that only a folder's `.env` names
    # would look like one that the environment names, and would be sent the environment's key.
    without_flags = load_settings()
    for name, (variable, *_) in VARIABLES.items():
        value = getattr(settings, name)
        if value is None or name == "api_key" or value == getattr(without_flags, name):
            continue
        env[variable] = write_setting(value)
    if find_shipped("app.py").parent == PACKAGE.parent:
        # A checkout need not be installed, and -P takes the current folder off the path.
        env["PYTHONPATH"] = os.pathsep.join(
            filter(None, [str(PACKAGE.parent), env.get("PYTHONPATH")])
        )
    return env


def _explain(error: OSError, host: str, port: int) -> UsageError:
    if error.errno == errno.EADDRINUSE:
        return UsageError(
            f"Port {port} on {host} is taken by another program, or by another Dateline.",
            f"End that one, or choose another port, as in `--port {port % 65535 + 1}`.",
        )
    if error.errno == errno.EACCES:
        return UsageError(
            f"Port {port} is for the system's own services.", "Choose one from 1024, by `--port N`."
        )
    return UsageError(
        f"{host} is no address of this machine.", "Leave `--host` out, or use 127.0.0.1."
    )


@contextmanager
def _stoppable() -> Iterator[None]:
    """Makes a polite kill end the child as well, as Ctrl-C does."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
