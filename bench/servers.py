"""How long model servers are waited for: `python -m bench.servers`."""

from __future__ import annotations

import socket
import statistics
import threading
import time
from collections.abc import Callable

from rag.engines import Engines
from rag.errors import ModelError
from rag.llm.halt import Halt
from rag.llm.server import ServedModel, Server
from rag.llm.stream import Stream
from rag.settings import Settings

TIMES = 21
#: How long an answer is waited for before it is stopped, in seconds.
BEFORE = 0.3


def main() -> None:
    """Prints the medians and the worst of `TIMES` each."""
    closed = [_find_closed_port() for _ in range(4)]
    addresses = tuple(f"http://127.0.0.1:{port}/v1" for port in closed)
    engines = Engines(Settings(servers=addresses))
    engines.find()
    _tell("nobody at four ports of this machine", [_time(engines.find) for _ in range(TIMES)])
    with socket.create_server(("127.0.0.1", 0), backlog=64) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/v1"
        for kind in ("openai", "ollama"):
            model = ServedModel(Server(url), "m", kind)
            _stop(model)
            _tell(f"Stop, a server that hangs ({kind})", [_stop(model) for _ in range(TIMES)])


def _stop(model: ServedModel) -> float:
    """Seconds from pulling the halt to the end of the answer."""
    halt = Halt()
    pulled: list[float] = []

    def pull() -> None:
        pulled.append(time.perf_counter())
        halt.pull()

    threading.Timer(BEFORE, pull).start()
    try:
        list(Stream(model, Settings(), "", "", halt=halt))
    except ModelError:
        # That it was stopped.
        return time.perf_counter() - pulled[0]
    raise SystemExit("A server that says nothing has answered.")


def _time(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _find_closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _tell(what: str, seconds: list[float]) -> None:
    median, worst = statistics.median(seconds) * 1000, max(seconds) * 1000
    print(f"{what}: median {median:.0f} ms, worst {worst:.0f} ms")


if __name__ == "__main__":
    main()
