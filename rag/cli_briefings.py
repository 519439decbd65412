"""The commands about briefings: parses, calls the assistant, prints."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path

from rag import contract
from rag.assistant import Assistant
from rag.brief.document import make_document
from rag.brief.export import FORMATS, Format, export_briefing, name_file, read_format, write_file
from rag.brief.verify import verify
from rag.cli_options import FAILED, Add
from rag.cli_printing import print_json
from rag.errors import UsageError
from rag.index.briefings import Briefings
from rag.settings import Settings
from rag.types import Answer, Briefing
from rag.written import printable, write_briefings, write_export, write_verification

#: Written to standard output.
STDOUT = Path("-")


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
        briefings = assistant.library.briefings
        found, current = briefings.list(), briefings.find_current()
    if options.json:
        print_json([contract.write_briefing(one, one.id == current) for one in found])
        return
    print(printable(write_briefings(found, current)))


def run_export(options: argparse.Namespace, settings: Settings) -> None:
    form = _choose_format(options)
    _check_export(options, form)
    with Assistant(settings) as assistant:
        briefing = _load(assistant.library.briefings, options.briefing)
    if options.title is not None:
        briefing = replace(briefing, title=options.title)
    data = export_briefing(briefing, form)
    if options.file == STDOUT:
        sys.stdout.buffer.write(data)
        return
    path: Path = options.file
    path = path / name_file(briefing, form) if _is_folder(path) else path
    write_file(data, path, force=options.force)
    document = make_document(briefing)
    if options.json:
        print_json(contract.write_export(briefing, document, str(path), form))
        return
    print(printable(write_export(document, str(path))))


def run_verify(options: argparse.Namespace, settings: Settings) -> int:
    with Assistant(settings) as assistant:
        report = verify(options.file, assistant.library.frozen, lambda: assistant.embedder)
    if options.json:
        print_json(contract.write_verification(report))
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


def _check_export(options: argparse.Namespace, form: Format) -> None:
    """Ends the command, as argparse does, where its options do not go together."""
    if options.title is not None and not options.title.strip():
        options.command.error("a title cannot be empty")
    if options.json and options.file == STDOUT:
        options.command.error("--json cannot go with -, which is the file itself")
    if options.file == STDOUT and form == "docx" and sys.stdout.isatty():
        options.command.error("a Word document cannot be shown here; name a file")


def _choose_format(options: argparse.Namespace) -> Format:
    if options.format:
        return read_format(options.format)
    if options.file == STDOUT:
        return "md"
    return "docx" if _is_folder(options.file) else read_format(options.file.name)


def _is_folder(path: Path) -> bool:
    """Whether a folder is there; what else is wrong with a name is told where it is written to."""
    try:
        return path.is_dir()
    except OSError:
        return False


def _load(briefings: Briefings, named: str | None) -> Briefing:
    """The briefing of an id or the beginning of one, else the current one."""
    if named is None:
        current = briefings.find_current()
        if current is None:
            raise UsageError("There is no briefing yet.", "`dateline ask … --brief` begins one.")
        return briefings.load(current)
    found = [one.id for one in briefings.list() if named and one.id.startswith(named)]
    if len(found) == 1:
        return briefings.load(found[0])
    what = "More than one briefing begins with" if found else "There is no briefing"
    raise UsageError(f"{what} “{named}”.", "`dateline briefings` lists them.")
