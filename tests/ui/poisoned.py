"""A library and chats in which everything that can be written is a payload."""

from __future__ import annotations

import json
import re
from contextlib import closing
from pathlib import Path

from command import read
from payloads import list_names, list_payloads

from rag.index.chats import MAX_TITLE, Kept
from rag.index.library import Library
from rag.types import Filters

#: Payloads that stand together in one field, so that few articles hold them all.
TOGETHER = 9
QUESTION = "What did the keeper of the lighthouse write in the log?"
CHAT = "poisoned"


def build_home(folder: Path, canary: str) -> Path:
    """A home with poisoned articles and chats, made in `folder`."""
    home, articles = folder / "home", folder / "articles"
    articles.mkdir()
    _write_articles(articles, canary)
    read("index", articles, home=home)
    with closing(Library.open(home)) as library:
        _keep_chats(library, canary)
    return home


def pack(canary: str, surface: str) -> list[str]:
    """All payloads of a surface, some at a time."""
    texts = list(list_payloads(canary, surface).values())
    return [" · ".join(texts[n : n + TOGETHER]) for n in range(0, len(texts), TOGETHER)]


def list_sentences(canary: str, surface: str) -> list[str]:
    """A sentence about the lighthouse for each payload."""
    return [
        f"The keeper of the lighthouse wrote {text} in the log."
        for text in list_payloads(canary, surface).values()
    ]


def write_article(body: str, **matter: str) -> str:
    """A text file: its front matter is quoted, so that nothing in it is taken for YAML."""
    lines = [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in matter.items()]
    return "\n".join(["---", *lines, "---", "", body, ""])


def squeeze(text: str) -> str:
    """What is compared of a text that was cut into sentences, wrapped and laid out."""
    return re.sub(r"[^a-z0-9]", "", text.casefold())


def _write_articles(folder: Path, canary: str) -> None:
    fields = {name: pack(canary, name) for name in ("title", "author", "outlet", "url")}
    bodies = list_sentences(canary, "body")
    names = list(list_names(canary, "file").values())
    for number in range(len(fields["title"])):
        matter = {name: packed[number] for name, packed in fields.items()}
        matter["url"] = f"https://orm.example/{matter['url']}"
        matter["published"] = f"2024-05-{number + 1:02d}"
        body = "\n\n".join(bodies[number * TOGETHER : (number + 1) * TOGETHER])
        name = names[number] if number < len(names) else f"plain {number}"
        (folder / f"{name}.txt").write_text(write_article(body, **matter), "utf-8")
    for number, title in enumerate(list_payloads(canary, "only-title").values()):
        text = write_article(f"The tide table number {number} was printed in Orm.", title=title)
        (folder / f"tide {number}.txt").write_text(text, "utf-8")


def _keep_chats(library: Library, canary: str) -> None:
    texts = list(list_payloads(canary, "chat-title").values())
    for number in range(0, len(texts), 2):
        title = " ".join(texts[number : number + 2])[:MAX_TITLE]
        kept = Kept(f"one-{number}", "Where is Orm?", "quotes", "stopped", Filters())
        library.chats.keep(f"chat-{number}", title, 0, kept)
    parts = ("question", "engine", "problem", "hint", "scope")
    for number, row in enumerate(zip(*(pack(canary, part) for part in parts), strict=True)):
        question, engine, problem, hint, scope = row
        filters = Filters(outlets=(scope,))
        failed = Kept(f"all-{number}", question, engine, "failed", filters, None, (problem, hint))
        library.chats.keep(CHAT, "All of them", number, failed)
