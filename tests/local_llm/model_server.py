"""llama-cpp-python's server in a process of its own, with a model of random weights."""

from __future__ import annotations

import os
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
#: The Python of the environment that the server is installed in.
PYTHON = Path(os.environ.get("DATELINE_LLM_PYTHON") or ROOT / ".venv-llm" / "bin" / "python")
#: What the server calls its model.
MODEL = "tiny"
#: Seconds for a start, which takes two, and until a server has come to rest.
PATIENCE = 180.0
#: A server that has used no processor for so many seconds is at rest.
REST = 1.0


class ModelServer:
    """One port of this machine, and the process that serves a model there, where one does."""

    def __init__(self, model: Path, context: int, log: Path) -> None:
        self._model = model
        self._context = context
        self._log = log
        self._port = _find_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._port}"

    @property
    def url(self) -> str:
        return f"http://{self.address}/v1"

    @property
    def engine(self) -> str:
        return f"{self.url}#{MODEL}"

    def start(self) -> None:
        """Serve; returns when the server answers. Its log begins anew."""
        command = [
            *(str(PYTHON), "-m", "llama_cpp.server"),
            *("--model", str(self._model), "--model_alias", MODEL, "--n_ctx", str(self._context)),
            *("--host", "127.0.0.1", "--port", str(self._port)),
            # More would only wait for each other: the model is too small to be shared out.
            *("--n_threads", "1", "--n_threads_batch", "1"),
        ]
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
        until = time.monotonic() + PATIENCE
        while not self._answers():
            assert self._process.poll() is None, self.read_log()
            assert time.monotonic() < until, self.read_log()
            time.sleep(0.1)

    def kill(self) -> None:
        """End the server as a crash would, in the middle of whatever it does."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def list_models(self) -> None:
        """Ask for the models, as any other program may."""
        with urllib.request.urlopen(f"{self.url}/models", timeout=PATIENCE) as response:
            response.read()

    def read_log(self) -> str:
        return self._log.read_text(errors="replace")

    def processor_seconds(self) -> float:
        """The processor's time that the server has used so far."""
        assert self._process is not None
        stat = Path(f"/proc/{self._process.pid}/stat").read_text()
        user, system = stat.rsplit(")", 1)[1].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

    def wait_for_rest(self) -> None:
        until = time.monotonic() + PATIENCE
        used = -1.0
        while used != (used := self.processor_seconds()):
            assert time.monotonic() < until
            time.sleep(REST)

    def _answers(self) -> bool:
        with suppress(OSError):
            self.list_models()
            return True
        return False


@contextmanager
def serve(model: Path, context: int, log: Path) -> Iterator[ModelServer]:
    """A server that runs for as long as the block lasts."""
    server = ModelServer(model, context, log)
    server.start()
    try:
        yield server
    finally:
        server.kill()


def write_models(folder: Path) -> tuple[Path, Path]:
    """Two models of random weights: one that ends its answers, and one that goes on and on."""
    if not PYTHON.exists():
        pytest.fail(f"there is no {PYTHON}: run make test-local-llm")
    ending, endless = folder / "ending.gguf", folder / "endless.gguf"
    for arguments in ((ending,), (endless, "--endless")):
        script = Path(__file__).with_name("tiny_model.py")
        subprocess.run([str(PYTHON), str(script), *map(str, arguments)], check=True)
    return ending, endless


def _find_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
