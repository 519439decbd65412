"""The commands about briefings: parses, calls the assistant, prints."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

from rag import contract
from rag.assistant import Assistant
from rag.brief.document import make_document
from rag.brief.export import FORMATS, Format, export_briefing, name_file, read_format, write_file
from rag.brief.footnotes import Lookup
from rag.brief.verify import verify
from rag.errors import UsageError
from rag.settings import Settings
from rag.types import Answer, Briefing
from rag.written import printable, write_briefings, write_export, write_verification

#: Exit code where a file does not stand.
FAILED = 1
#: Written to standard output.
STDOUT = Path("-")

Add = Callable[[str, Callable[..., int | None], str], argparse.ArgumentParser]


class Briefings(Protocol):
    """The briefings of a library, as far as the command line needs them."""

    def list(self) -> Sequence[contract.BriefingInfo]: ...
    def load(self, briefing: str, /) -> Briefing: ...
    def opened(self) -> str | None: ...


def add_commands(add: Add) -> None:
    """The commands `briefings`, `export` and `verify`, added by `add`."""
    add("briefings", run_briefings, "list the briefings; * marks the one that answers are added to")
    export = add("export", run_export, "a briefing to a file for Word, the web or a bibliography")
    export.add_argument(
        "file",
        type=Path,
        metavar="FILE",
        help=f"its ending is the format: .{', .'.join(FORMATS)}; a folder; - for standard output",
    )
    export.add_argument("--briefing", metavar="ID", help="its id, or the beginning of it")
    export.add_argument("--title", metavar="T", help="instead of the briefing's own")
    export.add_argument("--format", choices=FORMATS, help="whatever the file's ending")
    export.add_argument("--force", action="store_true", help="replace the file where it exists")
    check = add("verify", run_verify, "check an exported file's footnotes against the articles")
    check.add_argument("file", type=Path, metavar="FILE", help="a .docx, .md or .html file")


def run_briefings(options: argparse.Namespace, settings: Settings) -> None:
    with Assistant(settings) as assistant:
        found, current = list(_briefings(assistant).list()), _find_current(_briefings(assistant))
    if options.json:
        _print_json([contract.write_briefing(one, one.id == current) for one in found])
        return
    print(printable(write_briefings(found, current)))


def run_export(options: argparse.Namespace, settings: Settings) -> None:
    if options.title is not None and not options.title.strip():
        options.command.error("a title cannot be empty")
    if options.json and options.file == STDOUT:
        options.command.error("--json cannot go with -, which is the file itself")
    form = _choose_format(options)
    if options.file == STDOUT and form == "docx" and sys.stdout.isatty():
        options.command.error("a Word document cannot be shown here; name a file")
    with Assistant(settings) as assistant:
        briefing = _load(_briefings(assistant), options.briefing)
    if options.title is not None:
        briefing = replace(briefing, title=options.title)
    data = export_briefing(briefing, form)
    if options.file == STDOUT:
        sys.stdout.buffer.write(data)
        return
    path: Path = options.file
    path = path / name_file(briefing, form) if path.is_dir() else path
    write_file(data, path, force=options.force)
    document = make_document(briefing)
    if options.json:
        _print_json(contract.write_export(briefing, document, str(path), form))
        return
    print(printable(write_export(document, str(path))))


def run_verify(options: argparse.Namespace, settings: Settings) -> int:
    with Assistant(settings) as assistant:
        report = verify(options.file, _frozen(assistant), lambda: assistant.embedder)
    if options.json:
        _print_json(contract.write_verification(report))
    else:
        print(printable(write_verification(report)))
    return 0 if report.stands else FAILED


def add_answer(assistant: Assistant, answer: Answer) -> None:
    """Adds an answer to the current briefing, and says on standard error that it did."""
    if answer.refused:
        said = "Nothing was added to the briefing: the articles do not say."
    else:
        briefing, _ = assistant.brief(answer)
        said = f"Added to the briefing “{briefing.title}”."
    print(printable(said), file=sys.stderr)


def _choose_format(options: argparse.Namespace) -> Format:
    if options.format:
        return read_format(options.format)
    if options.file == STDOUT:
        return "md"
    return "docx" if options.file.is_dir() else read_format(options.file.name)


def _load(briefings: Briefings, named: str | None) -> Briefing:
    """The briefing of an id or the beginning of one, else the current one."""
    if named is None:
        current = _find_current(briefings)
        if current is None:
            raise UsageError("There is no briefing yet.", "`dateline ask … --brief` begins one.")
        return briefings.load(current)
    found = [one.id for one in briefings.list() if named and one.id.startswith(named)]
    if len(found) == 1:
        return briefings.load(found[0])
    what = "More than one briefing begins with" if found else "There is no briefing"
    raise UsageError(f"{what} “{named}”.", "`dateline briefings` lists them.")


def _find_current(briefings: Briefings) -> str | None:
    """The briefing that answers are added to, if there is one; none is made for the asking."""
    return briefings.opened() or next((one.id for one in briefings.list()), None)


def _briefings(assistant: Assistant) -> Briefings:
    found: Briefings = assistant.library.briefings
    return found


def _frozen(assistant: Assistant) -> Lookup:
    found: Lookup = assistant.library.frozen
    return found


def _print_json(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2))
