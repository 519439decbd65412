"""The options that several commands take, and how their values are read."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import date
from pathlib import Path

#: Does what a command is for; returns its exit code, or None for 0.
Run = Callable[..., int | None]
#: Adds a command: its name, what runs it, what it is for.
Add = Callable[[str, Run, str], argparse.ArgumentParser]

#: The exit code where the work failed.
FAILED = 1


def make_common() -> argparse.ArgumentParser:
    """What every command takes."""
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--home", type=Path, metavar="DIR", help="where the library is (.dateline)")
    common.add_argument("--json", action="store_true", help="write JSON, for machines")
    return common


def add_question(command: argparse.ArgumentParser, name: str) -> None:
    """A question or query, or a file of them, and where to look; `name` is what it is called."""
    given = command.add_mutually_exclusive_group(required=True)
    given.add_argument("text", nargs="?", metavar=name.upper())
    given.add_argument(
        "--batch",
        type=Path,
        metavar="FILE.jsonl",
        help=f"one object a line, with id and {name}; answers one a line",
    )
    command.add_argument("--since", type=read_day, metavar="DATE", help="published then or later")
    command.add_argument("--until", type=read_day, metavar="DATE", help="published then or earlier")
    command.add_argument(
        "--outlet", action="append", default=[], help="of this outlet only; may be repeated"
    )
    command.add_argument(
        "--undated", action="store_true", help="with dates: take in undated articles as well"
    )


def add_engine(command: argparse.ArgumentParser) -> None:
    """Which engine answers."""
    command.add_argument(
        "--engine",
        metavar="NAME",
        help="quotes, ollama:MODEL, llamacpp:MODEL, lmstudio:MODEL, vllm:MODEL, openai:MODEL, or"
        " a server's address with #MODEL",
    )
    command.add_argument("--base-url", metavar="URL", help="the server that `openai` means")
    command.add_argument("--model", metavar="NAME", help="the model to ask there")
    command.add_argument(
        "--local-only",
        action="store_true",
        default=None,
        help="refuse whatever would send words to another machine",
    )


def add_embedder(command: argparse.ArgumentParser) -> None:
    """Which embedder the library is to have."""
    command.add_argument(
        "--embedder",
        metavar="NAME",
        help="minilm, ollama:MODEL, openai:MODEL, or a server's address with #MODEL",
    )


def read_day(value: str) -> date:
    """A day of the calendar."""
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"“{value}” is no date; write 2022-03-13") from error


def read_count(value: str) -> int:
    """A whole number from 1 to 1000."""
    number = int(value) if value.isdecimal() else 0
    if not 1 <= number <= 1000:
        raise argparse.ArgumentTypeError(f"“{value}” is not a number from 1 to 1000")
    return number


def read_share(value: str) -> float:
    """A number from 0 to 1."""
    try:
        number = float(value)
    except ValueError:
        number = -1.0
    if not 0 <= number <= 1:
        raise argparse.ArgumentTypeError(f"“{value}” is not a number from 0 to 1")
    return number


def read_port(value: str) -> int:
    """A port from 1 to 65535."""
    number = int(value) if value.isdecimal() else 0
    if not 1 <= number <= 65535:
        raise argparse.ArgumentTypeError(f"“{value}” is no port; use one from 1 to 65535")
    return number
