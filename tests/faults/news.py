"""A folder of made articles that grows, changes and shrinks."""

from __future__ import annotations

import json
import random
import zlib
from pathlib import Path

from conftest import write_md

NOUNS = "ferry harbour council bridge orchard museum railway lighthouse market school".split()
VERBS = "opened closed repaired sold visited painted surveyed moved doubled praised".split()
#: Stands in the title of every made article, so that a search by it finds every passage.
EVERYWHERE = "Skellport"
#: Sentences in an article; the fake embedder reads some five of them at once.
SENTENCES = 30
#: The file that holds many.
EXPORT = "wire.jsonl"


def write_article(
    folder: Path, number: int, version: int = 0, *, sentences: int = SENTENCES
) -> None:
    """The article of that number, always the same one for the same version of it."""
    folder.mkdir(exist_ok=True)
    title, said = _tell("report", number, version, sentences)
    text = write_md(said, title=title, outlet=f"Wire {number % 3}")
    (folder / f"report-{number:03}.md").write_text(text)


def write_export(folder: Path, records: int, version: int = 0) -> None:
    """So many records in one file, the newest first; the oldest one in that version."""
    told = [_tell("record", n, version if n == 0 else 0, 9) for n in reversed(range(records))]
    lines = [json.dumps({"title": title, "text": said}) for title, said in told]
    (folder / EXPORT).write_text("\n".join(lines))


def _tell(kind: str, number: int, version: int, sentences: int) -> tuple[str, str]:
    seed = random.Random(zlib.crc32(f"{kind} {number} {version}".encode()))
    said = [
        # No two are alike: what stands twice in an article is read once.
        f"On day {seed.randrange(400)} the {seed.choice(NOUNS)} of Vale{number} was"
        f" {seed.choice(VERBS)} by clerk{line} of the {seed.choice(NOUNS)}."
        for line in range(sentences)
    ]
    return f"{EVERYWHERE} {kind} {number} in its version {version}", "\n\n".join(said)


def drop_article(folder: Path, number: int) -> None:
    (folder / f"report-{number:03}.md").unlink(missing_ok=True)


def read_titles(file: Path) -> set[str]:
    """The titles of the made articles in a file, as it has them now."""
    lines = file.read_text().splitlines()
    if file.name == EXPORT:
        return {json.loads(line)["title"] for line in lines}
    return {line.partition(" ")[2] for line in lines if line.startswith("title: ")}
