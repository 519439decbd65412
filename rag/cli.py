"""The command `dateline`: parses, calls the assistant, prints."""

from __future__ import annotations

import argparse
import errno
import json
import os
import sys
from collections.abc import Callable, Sequence
from datetime import date
from io import TextIOWrapper
from pathlib import Path
from typing import Any, TypeVar

from rag import __version__, contract
from rag.assistant import PASSAGES, Assistant, open_engines
from rag.batch import Item, read_batch
from rag.cli_briefings import add_answer, add_commands
from rag.cli_options import (
    FAILED,
    Add,
    Run,
    add_embedder,
    add_engine,
    add_question,
    make_common,
    read_count,
    read_port,
    read_share,
)
from rag.cli_printing import draw_exam, draw_progress, print_json
from rag.doctor import diagnose, restore
from rag.engines import QUOTES, Engines, find_info
from rag.errors import DatelineError, LibraryError, UsageError
from rag.exam.report import write_table
from rag.index.frozen import Standing
from rag.index.run import IndexReport
from rag.rebuilding import rebuild
from rag.settings import Settings, load_settings
from rag.types import Answer, Article, Filters, Hit
from rag.written import (
    printable,
    write_answer,
    write_article,
    write_articles,
    write_engines,
    write_hits,
    write_report,
)

Found = TypeVar("Found")

#: The exit code where Ctrl-C stopped it; 2 is argparse's own, for a command used wrongly.
STOPPED = 130
#: What a disk answers that takes no more.
FULL = (errno.ENOSPC, errno.EDQUOT)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command; the exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # A file's name may hold bytes that are no text: better shown as “?” than not at all.
            stream.reconfigure(encoding="utf-8", errors="replace")
    options = build_parser().parse_args(arguments)
    try:
        code = int(options.run(options, _settings(options)) or 0)
        sys.stdout.flush()
        return code
    except DatelineError as error:
        print(printable(f"dateline: {error}"), file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print("dateline: stopped; what was done so far is kept.", file=sys.stderr)
        return STOPPED
    except BrokenPipeError:
        # The reader of a pipe has gone (`dateline articles | head`): nobody is left to tell.
        _close_output()
        return 0
    except OSError as error:
        if error.errno not in FULL:
            raise
        _close_output()
        print(f"dateline: it cannot be written: {error.strerror}.", file=sys.stderr)
        return FAILED


def _close_output() -> None:
    """Lets what is still to be printed go, so that the end of the program does not try again."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def build_parser() -> argparse.ArgumentParser:
    """The whole command line."""
    parser = argparse.ArgumentParser(
        prog="dateline", description="Ask a collection of news articles; every citation is checked."
    )
    parser.add_argument("--version", action="version", version=f"dateline {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    common = make_common()

    def add(name: str, run: Run, about: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=about, description=about, parents=[common])
        command.set_defaults(run=run, command=command)
        return command

    _add_library(add)
    _add_search(add)
    _add_ask(add)
    add_commands(add)
    _add_engines(add)
    add_engine(add("exam", run_exam, "whether a model can be trusted with citations"))
    doctor = add("doctor", run_doctor, "check the set-up and say what to mend")
    doctor.add_argument(
        "--restore", action="store_true", help="put the library's last copy in its place"
    )
    add_engine(doctor)
    add_embedder(doctor)
    _add_serve(add)
    return parser


def _add_library(add: Add) -> None:
    index = add("index", run_index, "add or refresh articles")
    index.add_argument("paths", nargs="*", type=Path, metavar="PATH", help="a file or a folder")
    index.add_argument("--prune", action="store_true", help="drop articles whose files are gone")
    index.add_argument(
        "--rebuild", action="store_true", help="cut and embed every article again first"
    )
    index.add_argument(
        "--yes",
        action="store_true",
        help="with --rebuild: do not ask before another embedder does; with --prune: also where a"
        " folder is empty, whose drive may be missing",
    )
    add_embedder(index)
    add("articles", run_articles, "list what is in the library")
    show = add("show", run_show, "one article: metadata and text")
    show.add_argument("article", metavar="ARTICLE", help="its id, or a footnote's hash")


def _add_search(add: Add) -> None:
    search = add("search", run_search, "passages for a query, best first")
    add_question(search, "query")
    add_embedder(search)
    search.add_argument("-k", type=read_count, default=PASSAGES, help="how many (%(default)s)")


def _add_ask(add: Add) -> None:
    ask = add("ask", run_ask, "a cited answer to a question")
    add_question(ask, "question")
    ask.add_argument(
        "--after",
        action="append",
        metavar="QUESTION",
        help="asked before in the same chat: a follow-up is completed from it; may be repeated",
    )
    ask.add_argument(
        "--confidence",
        type=read_share,
        metavar="P",
        help="refuse where it is less likely than this that the articles say, 0 to 1",
    )
    ask.add_argument("--brief", action="store_true", help="add the answer to the current briefing")
    add_engine(ask)
    add_embedder(ask)


def _add_engines(add: Add) -> None:
    engines = add("engines", run_engines, "what can answer here, and where its data goes")
    add_engine(engines)
    engines.add_argument("--use", metavar="NAME", help="choose it for this home, from now on")
    engines.add_argument(
        "--add", metavar="ADDRESS", help="look for models there as well, from now on"
    )
    engines.add_argument("--remove", metavar="ADDRESS", help="look there no more")
    engines.add_argument(
        "--this-machine-only",
        choices=("on", "off"),
        help="refuse, from now on, whatever would send words to another machine",
    )


def _add_serve(add: Add) -> None:
    serve = add("serve", run_serve, "the chat, in a browser")
    serve.add_argument("paths", nargs="*", type=Path, metavar="PATH", help="index this first")
    serve.add_argument("--example", metavar="QUESTION", help="with PATH: answered before the start")
    serve.add_argument("--port", type=read_port, default=8501, help="(%(default)s)")
    serve.add_argument("--host", default="127.0.0.1", help="(%(default)s)")
    add_engine(serve)
    add_embedder(serve)


def run_index(options: argparse.Namespace, settings: Settings) -> None:
    if not options.paths and not options.rebuild:
        options.command.error("name files or folders to index")
    with Assistant(settings, create=bool(options.paths)) as assistant:
        if options.rebuild:
            rebuild(assistant, yes=options.yes, on_progress=draw_progress())
        report = IndexReport()
        if options.paths:
            report = assistant.index(
                options.paths,
                prune=options.prune,
                sure=options.yes,
                on_progress=draw_progress(),
            )
        overview = assistant.overview()
    if options.json:
        print_json(contract.write_report(report, overview.articles, overview.passages))
        return
    print(printable(write_report(report, overview)))


def run_articles(options: argparse.Namespace, settings: Settings) -> None:
    with Assistant(settings) as assistant:
        articles = assistant.articles()
    if options.json:
        print_json([contract.write_article(article) for article in articles])
        return
    print(printable(write_articles(articles)))


def run_show(options: argparse.Namespace, settings: Settings) -> None:
    with Assistant(settings) as assistant:
        article, standing = _find_article(assistant, options.article)
        noted = assistant.library.shelf.note(article.id) if standing == "unchanged" else None
    if options.json:
        print_json(contract.write_article(article, text=True))
        return
    print(printable(write_article(article, standing, noted)))


def _find_article(assistant: Assistant, name: str) -> tuple[Article, Standing]:
    """The article of that id; else the one of that hash as it was cited, and how it stands now."""
    try:
        return assistant.show(name), "unchanged"
    except UsageError as unknown:
        try:
            cited = assistant.show_frozen(name)
        except UsageError:
            raise unknown from None
        return cited, assistant.library.frozen.stand(cited)


def run_search(options: argparse.Namespace, settings: Settings) -> int:
    filters = _filters(options)

    def search(assistant: Assistant, item: Item) -> list[Hit]:
        return assistant.search(item.text, k=options.k, filters=filters)

    return _run_questions(options, settings, search, contract.write_search, write_hits)


def run_ask(options: argparse.Namespace, settings: Settings) -> int:
    filters = _filters(options)

    def ask(assistant: Assistant, item: Item) -> Answer:
        earlier: list[Answer] = []
        for question in (*(options.after or item.after), item.text):
            earlier.append(assistant.ask(question, filters=filters, earlier=earlier))
        if options.brief:
            add_answer(assistant, earlier[-1])
        return earlier[-1]

    def write(answer: Answer) -> str:
        return write_answer(answer, date.today())

    return _run_questions(
        options, settings, ask, lambda _, answer: contract.write_answer(answer), write
    )


def run_engines(options: argparse.Namespace, settings: Settings) -> None:
    with open_engines(settings) as engines:
        _change_engines(engines, options)
        found = engines.find()
        chosen = (find_info(found, engines.name) or QUOTES).name
    if options.json:
        print_json([contract.write_engine(engine, chosen) for engine in found])
        return
    print(printable(write_engines(found, chosen)))


def _change_engines(engines: Engines, options: argparse.Namespace) -> None:
    if options.this_machine_only:
        engines.set_local_only(options.this_machine_only == "on")
    if options.add:
        listing = engines.add_server(options.add)
        if listing.problem:
            raise listing.problem
    if options.remove:
        engines.remove_server(options.remove)
    if options.use:
        engines.choose(options.use)


def run_exam(options: argparse.Namespace, settings: Settings) -> None:
    with Assistant(settings) as assistant:
        report = assistant.examine(on_progress=draw_exam())
    if options.json:
        print_json(report.to_record())
        return
    print(printable(write_table(report)))


def run_doctor(options: argparse.Namespace, settings: Settings) -> int:
    findings = [restore(settings)] if options.restore else diagnose(settings)
    if options.json:
        print_json([contract.write_finding(finding) for finding in findings])
    else:
        for finding in findings:
            print(f"{finding.state:<5} {finding.what}: {finding.found}")
            if finding.hint:
                print(f"      {finding.hint}")
    return FAILED if any(finding.state == "fail" for finding in findings) else 0


def run_serve(options: argparse.Namespace, settings: Settings) -> int:
    from rag.ui.server import check_port, serve

    check_port(options.host, options.port)
    with Assistant(settings, create=True) as assistant:
        if options.paths:
            report = assistant.index(options.paths, on_progress=draw_progress())
            print(printable(write_report(report, assistant.overview())))
            example = assistant.find_example(options.example)
            if example is not None:
                print(printable(f"\n{example.question}\n{write_answer(example, date.today())}"))
        try:
            # A home that is only asked has chats and briefings to lose, too.
            assistant.back_up()
        except LibraryError as error:
            print(printable(f"dateline: the library was not copied: {error}"), file=sys.stderr)
    print(f"\nThe chat is at http://{options.host}:{options.port} (Ctrl-C ends it).", flush=True)
    return serve(settings, options.host, options.port)


def _run_questions(
    options: argparse.Namespace,
    settings: Settings,
    answer: Callable[[Assistant, Item], Found],
    to_json: Callable[[str, Found], dict[str, Any]],
    to_text: Callable[[Found], str],
) -> int:
    """One question, or with --batch a line of JSON for each, in order, whatever fails."""
    with Assistant(settings) as assistant:
        if options.batch is None:
            found = answer(assistant, Item(None, "", options.text))
            if options.json:
                print_json(to_json(options.text, found))
            else:
                print(printable(to_text(found)))
            return 0
        failed = 0
        for item in read_batch(options.batch):
            try:
                written = to_json(item.text, answer(assistant, item))
            except DatelineError as error:
                failed += 1
                written = {item.key: item.text, "error": str(error)}
            print(json.dumps({"id": item.id} | written, ensure_ascii=False), flush=True)
    if failed:
        raise DatelineError(f"{failed} of the questions failed.", "Their lines say why.")
    return 0


def _settings(options: argparse.Namespace) -> Settings:
    flags = {
        name: getattr(options, name, None)
        for name in ("home", "engine", "base_url", "model", "local_only", "confidence", "embedder")
    }
    return load_settings(**flags)


def _filters(options: argparse.Namespace) -> Filters:
    return Filters(options.since, options.until, tuple(options.outlet), options.undated)
