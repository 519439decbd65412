"""The command `dateline`: parses, calls the assistant, prints."""

from __future__ import annotations

import argparse
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
from rag.doctor import diagnose
from rag.engines import QUOTES, Engines, find_info
from rag.errors import DatelineError
from rag.exam.report import write_table
from rag.index.indexing import IndexReport, Progress
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

#: Exit codes: the work failed; the command was used wrongly (argparse's own); stopped by Ctrl-C.
FAILED, STOPPED = 1, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command; the exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # A file's name may hold bytes that are no text: better shown as “?” than not at all.
            stream.reconfigure(encoding="utf-8", errors="replace")
    options = build_parser().parse_args(arguments)
    try:
        return int(options.run(options, _settings(options)) or 0)
    except DatelineError as error:
        print(printable(f"dateline: {error}"), file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print("dateline: stopped; what was done so far is kept.", file=sys.stderr)
        return STOPPED
    except BrokenPipeError:
        # The reader of a pipe has gone (`dateline articles | head`): nobody is left to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def build_parser() -> argparse.ArgumentParser:
    """The whole command line."""
    parser = argparse.ArgumentParser(
        prog="dateline", description="Ask a collection of news articles; every citation is checked."
    )
    parser.add_argument("--version", action="version", version=f"dateline {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    common = _common()

    def add(name: str, run: Callable[..., int | None], about: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=about, description=about, parents=[common])
        command.set_defaults(run=run, command=command)
        return command

    index = add("index", run_index, "add or refresh articles")
    index.add_argument("paths", nargs="*", type=Path, metavar="PATH", help="a file or a folder")
    index.add_argument("--prune", action="store_true", help="drop articles whose files are gone")
    index.add_argument(
        "--rebuild", action="store_true", help="cut and embed every article again first"
    )
    index.add_argument(
        "--yes", action="store_true", help="with --rebuild: do not ask before another embedder does"
    )
    _add_embedder(index)
    add("articles", run_articles, "list what is in the library")
    show = add("show", run_show, "one article: metadata and text")
    show.add_argument("article", metavar="ARTICLE", help="its id, or the beginning of it")
    search = add("search", run_search, "passages for a query, best first")
    _add_question(search, "query")
    _add_embedder(search)
    search.add_argument("-k", type=_positive, default=PASSAGES, help="how many (%(default)s)")
    ask = add("ask", run_ask, "a cited answer to a question")
    _add_question(ask, "question")
    ask.add_argument(
        "--after",
        action="append",
        metavar="QUESTION",
        help="asked before in the same chat: a follow-up is completed from it; may be repeated",
    )
    ask.add_argument(
        "--confidence",
        type=_share,
        metavar="P",
        help="refuse where it is less likely than this that the articles say, 0 to 1",
    )
    ask.add_argument("--brief", action="store_true", help="add the answer to the current briefing")
    _add_engine(ask)
    _add_embedder(ask)
    add_commands(add)
    engines = add("engines", run_engines, "what can answer here, and where its data goes")
    _add_engine(engines)
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
    _add_engine(add("exam", run_exam, "whether a model can be trusted with citations"))
    doctor = add("doctor", run_doctor, "check the set-up and say what to mend")
    _add_engine(doctor)
    _add_embedder(doctor)
    serve = add("serve", run_serve, "the chat, in a browser")
    serve.add_argument("paths", nargs="*", type=Path, metavar="PATH", help="index this first")
    serve.add_argument("--example", metavar="QUESTION", help="with PATH: answered before the start")
    serve.add_argument("--port", type=_port, default=8501, help="(%(default)s)")
    serve.add_argument("--host", default="127.0.0.1", help="(%(default)s)")
    _add_engine(serve)
    _add_embedder(serve)
    return parser


def run_index(options: argparse.Namespace, settings: Settings) -> None:
    if not options.paths and not options.rebuild:
        options.command.error("name files or folders to index")
    with Assistant(settings, create=bool(options.paths)) as assistant:
        if options.rebuild:
            rebuild(assistant, yes=options.yes, on_progress=_progress_bar())
        report = IndexReport()
        if options.paths:
            report = assistant.index(
                options.paths, prune=options.prune, on_progress=_progress_bar()
            )
        overview = assistant.overview()
    if options.json:
        _print_json(contract.write_report(report, overview.articles, overview.passages))
        return
    print(printable(write_report(report, overview)))


def run_articles(options: argparse.Namespace, settings: Settings) -> None:
    with Assistant(settings) as assistant:
        articles = assistant.articles()
    if options.json:
        _print_json([contract.write_article(article) for article in articles])
        return
    print(printable(write_articles(articles)))


def run_show(options: argparse.Namespace, settings: Settings) -> None:
    with Assistant(settings) as assistant:
        article: Article = assistant.show(options.article)
    if options.json:
        _print_json(contract.write_article(article, text=True))
        return
    print(printable(write_article(article)))


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
        _print_json([contract.write_engine(engine, chosen) for engine in found])
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
        report = assistant.examine(on_progress=_exam_bar())
    if options.json:
        _print_json(report.to_record())
        return
    print(printable(write_table(report)))


def run_doctor(options: argparse.Namespace, settings: Settings) -> int:
    findings = diagnose(settings)
    if options.json:
        _print_json([contract.write_finding(finding) for finding in findings])
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
            report = assistant.index(options.paths, on_progress=_progress_bar())
            print(printable(write_report(report, assistant.overview())))
            example = assistant.find_example(options.example)
            if example is not None:
                print(printable(f"\n{example.question}\n{write_answer(example, date.today())}"))
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
                _print_json(to_json(options.text, found))
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


def _common() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--home", type=Path, metavar="DIR", help="where the library is (.dateline)")
    common.add_argument("--json", action="store_true", help="write JSON, for machines")
    return common


def _add_question(command: argparse.ArgumentParser, name: str) -> None:
    given = command.add_mutually_exclusive_group(required=True)
    given.add_argument("text", nargs="?", metavar=name.upper())
    given.add_argument(
        "--batch",
        type=Path,
        metavar="FILE.jsonl",
        help=f"one object a line, with id and {name}; answers one a line",
    )
    command.add_argument("--since", type=_day, metavar="DATE", help="published then or later")
    command.add_argument("--until", type=_day, metavar="DATE", help="published then or earlier")
    command.add_argument(
        "--outlet", action="append", default=[], help="of this outlet only; may be repeated"
    )
    command.add_argument(
        "--undated", action="store_true", help="with dates: take in undated articles as well"
    )


def _add_engine(command: argparse.ArgumentParser) -> None:
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


def _add_embedder(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--embedder",
        metavar="NAME",
        help="minilm, ollama:MODEL, openai:MODEL, or a server's address with #MODEL",
    )


def _settings(options: argparse.Namespace) -> Settings:
    flags = {
        name: getattr(options, name, None)
        for name in ("home", "engine", "base_url", "model", "local_only", "confidence", "embedder")
    }
    return load_settings(**flags)


def _filters(options: argparse.Namespace) -> Filters:
    return Filters(options.since, options.until, tuple(options.outlet), options.undated)


def _day(value: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"“{value}” is no date; write 2022-03-13") from error


def _positive(value: str) -> int:
    number = int(value) if value.isdecimal() else 0
    if not 1 <= number <= 1000:
        raise argparse.ArgumentTypeError(f"“{value}” is not a number from 1 to 1000")
    return number


def _share(value: str) -> float:
    try:
        number = float(value)
    except ValueError:
        number = -1.0
    if not 0 <= number <= 1:
        raise argparse.ArgumentTypeError(f"“{value}” is not a number from 0 to 1")
    return number


def _port(value: str) -> int:
    number = int(value) if value.isdecimal() else 0
    if not 1 <= number <= 65535:
        raise argparse.ArgumentTypeError(f"“{value}” is no port; use one from 1 to 65535")
    return number


def _print_json(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2))


def _exam_bar() -> Callable[[int, int], None]:
    """Draws on standard error how many cases of an exam are done."""
    from tqdm import tqdm

    bar = tqdm(unit=" cases", desc="Examining", file=sys.stderr)

    def draw(done: int, of: int) -> None:
        bar.total = of
        bar.update(done - bar.n)
        if done >= of:
            bar.close()

    return draw


def _progress_bar() -> Callable[[Progress], None]:
    """Draws on standard error; made when the first progress comes, since it needs the total."""
    from tqdm import tqdm

    bar: tqdm[Any] | None = None

    def draw(progress: Progress) -> None:
        nonlocal bar
        if bar is None:
            bar = tqdm(total=progress.total, unit=" articles", desc="Indexing", file=sys.stderr)
        bar.update(progress.done - bar.n)
        bar.set_postfix_str(f"{progress.passages} passages", refresh=False)
        if progress.done >= progress.total:
            bar.close()

    return draw
