"""What an exported file says: its sentences, each with the footnotes behind it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, cast

from rag.brief.document import COMMENT, clean, is_closing
from rag.brief.export import Format
from rag.brief.opening import open_export
from rag.brief.pandoc import convert
from rag.brief.record import CARRIER, Record, read_record
from rag.brief.script import TURNING
from rag.brief.style import DOUBT
from rag.brief.unread import find_unread
from rag.errors import ExportError

Node = dict[str, Any]
Kind = Literal["title", "heading", "comment", "paragraph", "record"]
Token = tuple[Literal["words", "bold", "note"], str]

#: Pandoc's readers. Of Markdown, CommonMark's: its time grows with the text and no faster.
READERS = {"docx": "docx", "md": "commonmark+footnotes", "html": "html"}
#: What Pandoc may take to read a file.
SECONDS, MEGABYTES = 20.0, 400

_DATE = re.compile(r"\d{1,2} [A-Z][a-z]+ \d{4}")
_COMMENTED = re.compile(rf"<!--\s*{CARRIER} ([\w.\s]*)-->")


@dataclass(frozen=True, slots=True)
class Stretch:
    """The words up to a footnote's mark or a mark of doubt, and what follows them directly.

    `opens` is whether a paragraph begins with them.
    """

    heading: str
    words: str
    notes: tuple[str, ...] = ()
    doubt: str = ""
    opens: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """An exported file as it reads now; `record` is what was exported, None where none is left."""

    form: Format
    title: str
    headings: tuple[str, ...]
    comments: tuple[str, ...]
    stretches: tuple[Stretch, ...]
    closings: tuple[str, ...]
    record: Record | None
    #: What holds hidden characters that turn round the order of its words.
    turned: tuple[str, ...] = ()
    #: What a browser shows of the file and is not read here.
    unread: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        """How many footnotes are read."""
        return sum(len(one.notes) for one in self.stretches)


def read_export(path: Path) -> Reading:
    """The file as it reads now. Raises ExportError where it cannot be read."""
    opened = open_export(path)
    name = clean(str(path))
    try:
        written = convert(
            opened.data, READERS[opened.form], "json", seconds=SECONDS, megabytes=MEGABYTES
        )
        tree = json.loads(written)
        reading = _read_tree(tree, opened.form, opened.record)
    except RecursionError as error:
        raise ExportError(f"{name} is too intricate for an exported briefing.") from error
    if opened.form != "html":
        return reading
    return replace(reading, unread=find_unread(opened.data.decode(), reading.count))


def _read_tree(tree: Node, form: Format, record: str) -> Reading:
    meta = tree["meta"]
    title = _plain(meta.get("title", {}).get("c", [])) if form == "docx" else ""
    blocks = _Blocks(form, title, record or _plain(meta.get(CARRIER, {}).get("c", [])))
    for kind, inlines in _list_blocks(tree["blocks"], "paragraph"):
        blocks.sort(kind, inlines)
    return Reading(
        form,
        blocks.title,
        tuple(blocks.headings),
        tuple(filter(None, blocks.comments)),
        tuple(blocks.stretches),
        tuple(blocks.closings),
        read_record(blocks.record) if blocks.record else None,
        tuple(blocks.turned),
    )


@dataclass(slots=True)
class _Blocks:
    """What a file holds, sorted block by block as they come."""

    form: Format
    title: str
    record: str
    headings: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    stretches: list[Stretch] = field(default_factory=list)
    closings: list[str] = field(default_factory=list)
    turned: list[str] = field(default_factory=list)

    def sort(self, kind: Kind, inlines: Any) -> None:
        """Take a run of inlines for what it is; the day below the title is nothing."""
        if kind == "record":
            self.record = inlines
            return
        words = _plain(inlines)
        if any(TURNING.search(text) for text in _list_texts(inlines)):
            self.turned.append(words)
        if kind == "title" and not self.title and self.form != "docx":
            self.title = words
        elif kind in ("title", "heading"):
            self.headings.append(words)
        elif kind == "comment" and not _has_notes(inlines):
            self.comments.append(words.removeprefix(COMMENT).strip())
        elif is_closing(words):
            self.closings.append(words)
        elif self.stretches or not _DATE.fullmatch(words):
            found = _split(inlines, self.headings[-1] if self.headings else "")
            self.stretches += [replace(one, opens=not n) for n, one in enumerate(found)]


def _list_blocks(blocks: Any, kind: Kind) -> Iterator[tuple[Kind, Any]]:
    """Every run of inlines in a tree of blocks, whatever lists and tables it stands in."""
    if isinstance(blocks, list):
        for block in blocks:
            yield from _list_blocks(block, kind)
    if not isinstance(blocks, dict):
        return
    name, content = blocks.get("t"), cast(Any, blocks.get("c"))
    own = _read_block(name, content, kind)
    if own is not None:
        yield from own
    elif name == "DefinitionList":
        for term, texts in content:
            yield kind, term
            yield from _list_blocks(texts, kind)
    elif content is not None:
        yield from _list_blocks(content, "comment" if name == "BlockQuote" else kind)


def _read_block(name: Any, content: Any, kind: Kind) -> list[tuple[Kind, Any]] | None:
    """The runs of inlines of a block that holds no other; None of one that may."""
    if name in ("Para", "Plain"):
        return [(kind, content)]
    if name == "Header":
        return [("title" if content[0] == 1 else "heading", content[2])]
    if name == "LineBlock":
        return [(kind, line) for line in content]
    if name not in ("CodeBlock", "RawBlock"):
        return None
    text = content[1]
    found = _COMMENTED.search(text) if name == "RawBlock" else None
    if found:
        # The comment's line is read as one, with what was written behind it.
        text = _COMMENTED.sub(" ", text).strip()
    record: list[tuple[Kind, Any]] = [("record", found[1])] if found else []
    return [*record, (kind, [{"t": "Str", "c": text}])] if text else record


def _split(inlines: Any, heading: str) -> Iterator[Stretch]:
    doubt = ""
    words: list[str] = []
    notes: list[str] = []

    def end() -> Iterator[Stretch]:
        nonlocal doubt
        said = "".join(words)
        if said.strip() or notes or doubt:
            yield Stretch(heading, clean(said), tuple(notes), doubt)
        doubt = ""
        words.clear()
        notes.clear()

    for kind, text in _join_bold(_flatten(inlines)):
        if kind == "note":
            if doubt:  # which comes last
                yield from end()
            notes.append(text)
            continue
        if kind == "bold" and text.lstrip().startswith(DOUBT):
            cut = text.rfind("]") + 1 or len(text)
            doubt, text = clean(text[:cut]), text[cut:]
        # What parts two footnotes' numbers belongs to neither.
        if (notes or doubt) and text.strip(" ,"):
            yield from end()
        if not (notes or doubt):
            words.append(text)
    yield from end()


def _join_bold(tokens: Iterable[Token]) -> Iterator[Token]:
    """The same with each bold run in one piece: Word parts them wherever a cursor has stood."""
    run: list[str] = []
    for kind, text in tokens:
        if kind == "bold" or (run and kind == "words" and text.isspace()):
            run.append(text)
            continue
        if run:
            yield "bold", "".join(run)
            run.clear()
        yield kind, text
    if run:
        yield "bold", "".join(run)


def _flatten(inlines: Any, *, bold: bool = False) -> Iterator[Token]:
    """What inlines say, in order."""
    said: Literal["words", "bold"] = "bold" if bold else "words"
    for node in inlines:
        name, content = node["t"], node.get("c")
        if name == "Str":
            yield said, content
        elif name in ("Space", "SoftBreak", "LineBreak"):
            yield said, " "
        elif name in ("Code", "Math", "RawInline"):
            yield said, content[1]
        elif name == "Note":
            texts = (_plain(inner) for _, inner in _list_blocks(content, "paragraph"))
            yield "note", clean(" ".join(texts))
        elif name == "Quoted":
            opening, closing = "“”" if content[0]["t"] == "DoubleQuote" else "‘’"
            yield from [(said, opening), *_flatten(content[1], bold=bold), (said, closing)]
        else:
            yield from _flatten(_list_inlines(node), bold=bold or _is_bold(node))


def _list_inlines(node: Node) -> Any:
    """What stands within a formatted run, a link or a span."""
    content = node.get("c", [])
    inner = content[1] if node["t"] in ("Link", "Image", "Span", "Cite") else content
    return inner if isinstance(inner, list) else []


def _is_bold(node: Node) -> bool:
    """Whether a run is bold or highlighted, as marks of doubt are."""
    return node["t"] == "Strong" or (node["t"] == "Span" and "mark" in node["c"][0][1])


def _list_texts(nodes: Any) -> Iterator[str]:
    """Every text in a tree of nodes, as it stands there."""
    if isinstance(nodes, str):
        yield nodes
    elif isinstance(nodes, list | dict):
        for node in nodes.values() if isinstance(nodes, dict) else nodes:
            yield from _list_texts(node)


def _plain(inlines: Iterable[Node]) -> str:
    return clean("".join(text for kind, text in _flatten(inlines) if kind != "note"))


def _has_notes(inlines: Any) -> bool:
    return any(kind == "note" for kind, _ in _flatten(inlines))
