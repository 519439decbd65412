"""From files to a library that can be asked: read, cut, embed, store, catch up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from rag.index.backup import back_up
from rag.index.cutting import (
    cut_text,
    describe,
    embed_missing,
    embed_texts,
    note_embedder,
    open_unchecked,
)
from rag.index.embedders import Embedder
from rag.index.filling import Values
from rag.index.pruning import find_gone
from rag.index.removal import RemovedArticle, Restored
from rag.index.run import IndexReport, Progress, Run, tidy_repeats
from rag.index.store import Store
from rag.index.writer import Writer
from rag.ingest.files import EMPTY, find_files
from rag.types import Span

#: The same where every article is embedded again, which shows its progress.
STAGED_PASSAGES = 64


def ignore(_progress: Progress) -> None:
    """For those who do not watch."""


def index_files(
    store: Store,
    paths: Sequence[Path],
    *,
    prune: bool = False,
    sure: bool = False,
    again: bool = False,
    on_progress: Callable[[Progress], None] = ignore,
) -> IndexReport:
    """Bring the articles below `paths` into the library; known ones are left alone.

    A file that cannot be read is named in the report and what it held before stays; so is the
    unchanged file of a removed article, unless `paths` has the file itself, and with `again` even
    then: nobody has asked for it now. `prune` drops articles below `paths` whose files are gone;
    where their folder is there and empty, only if that is `sure`, since its drive may be missing.
    Raises UsageError for a path that does not exist, LibraryBusy where another process writes,
    EmbedderMismatch where the vectors would not compare, EmbedderError where the embedder's server
    fails: what was stored by then is kept.
    """
    with store.library.writer() as writer:
        # Looking through large folders takes a while: who has to wait is told before.
        files, skipped = find_files(paths)
        named = {path.expanduser().resolve() for path in paths}
        embedder = store.open_embedder()
        # What a rebuild that was cut off has left.
        writer.clear_staged()
        note_embedder(store, writer, embedder)
        writer.note_skipped(sorted(named), skipped)
        asked = set[Path]() if again else named
        report = Run(writer, embedder, files, asked, on_progress).index()
        embed_missing(store, writer, embedder)
        gone = find_gone(writer.files(), named if prune else set(), sure=sure)
        dropped = report.dropped + writer.drop_files(gone.files)
        writer.join_stories()
        tidy_repeats(writer, embedder)
        store.generations.catch_up()
        back_up(store.library.home)
    # That what a folder held is kept says more than that it is empty.
    doubted = {one.file for one in gone.doubted}
    told = [one for one in skipped if one.reason != EMPTY or one.file not in doubted]
    known = {one.file for one in told}
    kept = [one for one in gone.doubted if one.file not in known]
    return replace(report, dropped=dropped, skipped=(*told, *report.skipped, *kept))


def fill_in(store: Store, article: str, values: Values) -> str:
    """Have an article say what a person knows of it; returns the id it has then.

    Raises UsageError where there is no such article or a value cannot be, LibraryBusy where another
    process writes.
    """
    return _change(store, lambda writer: writer.fill(article, values))


def take_back(store: Store, article: str, fields: Sequence[str]) -> str:
    """Have an article say again what was read of these fields; as `fill_in` does."""
    return _change(store, lambda writer: writer.unfill(article, fields))


def _change(store: Store, change: Callable[[Writer], str]) -> str:
    with store.library.writer() as writer:
        changed = change(writer)
        writer.join_stories()
        store.generations.catch_up()
    return changed


def rebuild(
    store: Store,
    on_progress: Callable[[Progress], None] = ignore,
    *,
    embedder: Embedder | None = None,
    choice: str | None = None,
) -> int:
    """Cut and embed every article again, by the present settings; returns how many passages.

    By `embedder`, where one is given, which the home opens by the name `choice` from then on. What
    was there answers until the new passages take its place, all at once.
    """
    done = 0
    embedder = embedder or open_unchecked(store)
    choice = choice or (store.source.name if store.source is not None else None)
    with store.library.writer() as writer:
        articles = store.library.articles()
        writer.clear_staged()
        waiting: list[tuple[str, list[str], list[Span]]] = []
        for number, article in enumerate(articles, start=1):
            spans = cut_text(article.text, embedder)
            waiting.append((article.id, [span.of(article.text) for span in spans], spans))
            held = sum(len(spans) for _, _, spans in waiting)
            if held >= STAGED_PASSAGES or number == len(articles):
                _stage(writer, waiting, embedder)
                done, waiting = done + held, []
            share = number / len(articles)
            on_progress(Progress(number, len(articles), done, share))
        writer.swap_staged(*describe(embedder), choice=choice)
        store.generations.catch_up(rebuild=True)
    return done


def _stage(
    writer: Writer,
    waiting: Sequence[tuple[str, list[str], list[Span]]],
    embedder: Embedder | None,
) -> None:
    """Keep the passages of articles aside, embedded in one go: each request to a server costs."""
    every = embed_texts([text for _, texts, _ in waiting for text in texts], embedder)
    first = 0
    for article, texts, spans in waiting:
        own = None if every is None else every[first : first + len(texts)]
        writer.stage(article, spans, own)
        first += len(texts)


def remove_article(store: Store, article: str) -> RemovedArticle:
    """Take an article out, so that the next question does not find it; `restore_article` undoes it.

    Raises UsageError for an unknown id, LibraryBusy where another process writes.
    """
    with store.library.writer() as writer:
        writer.remove(article)
        removed = next(one for one in store.library.removed() if one.id == article)
        store.generations.catch_up()
    return removed


def restore_article(store: Store, article: str) -> Restored:
    """Put a removed article back, cut and embedded by the present settings.

    One that has come back otherwise is left as it is. Raises UsageError where none of that id is
    known, LibraryBusy where another process writes, EmbedderMismatch as `index_files` does.
    """
    with store.library.writer() as writer:
        text = writer.removed_text(article)
        if text is None and store.library.holds(article):
            title = store.library.article(article).title
            return Restored(article, title, f"“{title}” is in the library already.")
        embedder = store.open_embedder()
        note_embedder(store, writer, embedder)
        spans = cut_text(text or "", embedder)
        vectors = embed_texts([span.of(text or "") for span in spans], embedder)
        restored = writer.restore(article, spans, vectors)
        writer.join_stories()
        store.generations.catch_up()
    return restored
