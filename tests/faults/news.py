"""A folder of made articles that grows, changes and shrinks."""

from __future__ import annotations

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


def write_article(
    folder: Path, number: int, version: int = 0, *, sentences: int = SENTENCES
) -> None:
    """The article of that number, always the same one for the same version of it."""
    seed = random.Random(zlib.crc32(f"{number} {version}".encode()))
    said = [
        f"On day {seed.randrange(400)} the {seed.choice(NOUNS)} of Vale{number} was"
        f" {seed.choice(VERBS)} by clerk{seed.randrange(1000)} of the {seed.choice(NOUNS)}."
        for _ in range(sentences)
    ]
    folder.mkdir(exist_ok=True)
    title = f"{EVERYWHERE} report {number} in its version {version}"
    text = write_md("\n\n".join(said), title=title, outlet=f"Wire {number % 3}")
    (folder / f"report-{number:03}.md").write_text(text)


def drop_article(folder: Path, number: int) -> None:
    (folder / f"report-{number:03}.md").unlink(missing_ok=True)


def read_title(file: Path) -> str:
    """The title of a made article, as its file has it now."""
    [line] = [one for one in file.read_text().splitlines() if one.startswith("title: ")]
    return line.partition(" ")[2]
