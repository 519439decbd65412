"""Pandoc, which reads and writes documents: a program beside this one, never a library in it.

It is the one that `pypandoc_binary` brings, run in its sandbox with an empty folder for its data
and a bare environment: no Pandoc of the user's own, nor what is set up for it, changes a result.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from rag.errors import ExportError, one_line

#: Seconds and megabytes after which Pandoc is ended. A document of 1,000 footnotes takes it 0.7 s
#: to write and 1.2 s to read, and 200 MB.
SECONDS, MEGABYTES = 30.0, 1024
#: Without these a program does not start on Windows.
NEEDED = ("SYSTEMROOT", "WINDIR", "TEMP", "TMP")
MEND = (
    "Install it again: `python -m pip install --force-reinstall --no-deps pypandoc_binary`."
    " Markdown, HTML, BibTeX and CSL-JSON are written without it."
)


def convert(
    document: bytes,
    source: str,
    target: str,
    *,
    seconds: float = SECONDS,
    megabytes: int = MEGABYTES,
    options: Sequence[str] = (),
) -> bytes:
    """The document in another of Pandoc's formats.

    Raises ExportError where Pandoc cannot be started, refuses, or takes too long or too much room.
    """
    program = find_pandoc()
    with TemporaryDirectory(prefix="dateline-") as empty:
        command = [
            str(program),
            *("+RTS", f"-M{megabytes}M", "-RTS"),
            "--sandbox",
            *("--data-dir", empty),
            *("--from", source, "--to", target, "--output", "-"),
            *options,
        ]
        done = _run(command, document, seconds, empty)
    if done.returncode:
        said = _explain(done.stderr, done.returncode)
        raise ExportError(f"Pandoc failed: {said}", "The document is damaged or too intricate.")
    return done.stdout


def find_pandoc() -> Path:
    """Where the packaged Pandoc is. Raises ExportError where it is not."""
    try:
        # Its own search would prefer a newer Pandoc of the user's, and asks each for its version.
        import pypandoc
    except ImportError as error:
        raise ExportError("Pandoc is not installed.", MEND) from error
    name = "pandoc.exe" if sys.platform == "win32" else "pandoc"
    program = Path(str(pypandoc.__file__)).parent / "files" / name
    if not program.is_file():
        raise ExportError("Pandoc is missing from its package.", MEND)
    return program


def _run(
    command: Sequence[str], document: bytes, seconds: float, folder: str
) -> subprocess.CompletedProcess[bytes]:
    """What came of a command that is run in a folder and given a document."""
    try:
        return subprocess.run(  # noqa: S603 (our own program, and no word of it a stranger's)
            command,
            input=document,
            capture_output=True,
            timeout=seconds,
            check=False,
            cwd=folder,
            env=_environment(),
        )
    except subprocess.TimeoutExpired as error:
        raise ExportError(
            f"Pandoc was ended after {seconds:g} seconds.", "The document is too intricate."
        ) from error
    except OSError as error:
        raise ExportError(f"Pandoc cannot be started: {error.strerror}.", MEND) from error


def _environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in NEEDED if name in os.environ}
    return kept | {"LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}


def _explain(errors: bytes, code: int) -> str:
    said = one_line(errors.decode("utf-8", "replace"))
    return said[:200] or f"it ended with code {code}."
