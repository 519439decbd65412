"""The one object that the fronts use: open, index, search, ask, stream, show."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from types import TracebackType

from rag.answer import quotes
from rag.answer.choosing import SECONDS, choose_suggestions, take_sample
from rag.answer.dates import write_date
from rag.answer.days import note_days
from rag.answer.followup import needs_model
from rag.answer.study import study
from rag.answer.telling import Telling
from rag.embedders import MINILM, EmbedderInfo
from rag.engines import Engines
from rag.errors import EmbedderError, LibraryBusy, LibraryError, UsageError
from rag.exam.report import Report
from rag.index.backup import back_up
from rag.index.embedders import Embedder
from rag.index.entries import check_said
from rag.index.filling import Values
from rag.index.frozen import FrozenArticle
from rag.index.indexing import (
    fill_in,
    ignore,
    index_files,
    rebuild,
    remove_article,
    restore_article,
    take_back,
)
from rag.index.library import Library
from rag.index.minilm import MiniLM
from rag.index.remembering import Remembering
from rag.index.removal import RemovedArticle, Restored
from rag.index.run import IndexReport, Progress
from rag.index.schema import FILE_NAME
from rag.index.store import Store
from rag.index.uploads import FOLDER, delete_uploads, is_upload, save_uploads
from rag.index.vectors import load_chroma
from rag.ingest.files import Skipped
from rag.llm.halt import Halt
from rag.reader.reader import Reader
from rag.retrieve.hybrid import searching
from rag.retrieve.question import MAX_QUESTION, parse_question
from rag.settings import Settings
from rag.shipped import PACKAGE
from rag.swapping import Embedders, Swap
from rag.types import Answer, Article, Briefing, Entry, Filters, Hit

#: Passages that an answer is made from.
PASSAGES = 10
#: Every switch by which LangSmith may have been turned on, old names included.
TRACING = (
    "LANGSMITH_TRACING_V2",
    "LANGSMITH_TRACING",
    "LANGCHAIN_TRACING_V2",
    "LANGCHAIN_TRACING",
)
#: Said of a file or a folder that was given to be indexed.
GONE = "it is not there any more; its articles stay"
#: Headlines that are tried as an example question.
EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class Overview:
    """What the library holds."""

    articles: int
    passages: int
    undated: int
    outlets: tuple[str, ...]
    #: Whether there are samples among the articles, and whether there is nothing else.
    samples: bool
    only_samples: bool = False
    #: The days on which articles were published, each with how many.
    days: tuple[tuple[date, int], ...] = ()


@contextmanager
def open_engines(settings: Settings) -> Iterator[Engines]:
    """The engines of a home; where it has no library yet, of the settings alone."""
    if not (settings.home / FILE_NAME).exists():
        yield Engines(settings)
        return
    with Assistant(settings) as assistant:
        yield assistant.engines


class Assistant:
    """Dateline over one home. Close it, or use it in a `with` block."""

    def __init__(self, settings: Settings, *, create: bool = False) -> None:
        """Opens the library at once and the rest when it is needed; `create` makes a new home."""
        if not settings.tracing:
            # LangChain would send questions and passages to LangSmith where another project's
            # environment asks for it.
            for variable in TRACING:
                os.environ[variable] = "false"
            os.environ.pop("LANGCHAIN_HANDLER", None)
        self.settings = settings
        self.library = Library.open(settings.home, create=create)

    def __enter__(self) -> Assistant:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        if "store" in self.__dict__:
            self.store.close()
        else:
            self.library.close()

    @cached_property
    def embedder(self) -> Embedder | None:
        """The one for sentences, MiniLM; None where its weights are not there.

        What the engines have learnt stands on its cosines, whichever embedder the library has.
        """
        try:
            return Remembering(MiniLM.open(self.settings))
        except EmbedderError as error:
            self._embedder_problem = str(error)
            return None

    @cached_property
    def reader(self) -> Reader | None:
        """What reads the passages found; None where its weights or the embedder's are not there."""
        if self.embedder is None:
            return None
        try:
            return Reader.open(self.settings)
        except EmbedderError as error:
            self._reader_problem = str(error)
            return None

    @cached_property
    def store(self) -> Store:
        own = self.embedder if self.swapping.name == MINILM else None
        return Store(self.library, own, self.swapping)

    @cached_property
    def swapping(self) -> Embedders:
        """The embedders that the library may have."""

        def open_own() -> tuple[Embedder | None, str]:
            own = self.embedder
            return own, "" if own is not None else self._embedder_problem

        return Embedders(self.settings, self.engines, self.library, open_own)

    def embedders(self) -> list[EmbedderInfo]:
        """The embedders that can be chosen; asks the model servers what they have."""
        return self.swapping.find()

    def plan_swap(self, name: str) -> Swap:
        """What going over to another embedder would mean, before it is done."""
        return self.swapping.plan(name)

    def swap_embedder(self, name: str, on_progress: Callable[[Progress], None] = ignore) -> int:
        """Embed every article again by another embedder, for this home to use from then on.

        Returns the number of passages. Whatever fails, what was there stays as it was.
        """
        return self.swapping.swap(self.store, name, on_progress)

    @cached_property
    def engines(self) -> Engines:
        """What can answer here, and which is chosen."""
        return Engines(self.settings, self.library)

    def warm(self) -> None:
        """Load what the first question would load; call it before threads share the assistant."""
        _ = self.store, self.embedder, self.reader
        load_chroma()

    def overview(self) -> Overview:
        articles = self.library.articles(texts=False)
        corpus = PACKAGE.parent / "corpus"
        samples = [Path(article.file).is_relative_to(corpus) for article in articles]
        return Overview(
            articles=len(articles),
            passages=self.library.count_passages(),
            undated=sum(article.published is None for article in articles),
            days=tuple(self.library.count_by_day()),
            outlets=tuple(self.library.outlets()),
            samples=any(samples),
            only_samples=all(samples),
        )

    def articles(self) -> list[Article]:
        """Every article, the newest first."""
        return self.library.articles()

    def show(self, article: str) -> Article:
        """One article by its id or the beginning of it."""
        return self.library.article(article)

    def freeze(self, answer: Answer) -> None:
        """Keep the articles that an answer cites as they are now, to be shown for ever.

        Their texts are those that its hits carry; where they carry none, the library's, as long as
        it has what was cited.
        """
        frozen = self.library.frozen
        cited = {one.hash for one in answer.citations if one.hash}
        missing = cited - frozen.known(cited)
        held = {hit.article.hash: hit.article for hit in answer.hits if hit.article.text}
        found = (held.get(one) or frozen.find(one) for one in missing)
        frozen.freeze([article for article in found if article is not None])

    def show_frozen(self, hash: str) -> FrozenArticle:  # noqa: A002 (its name everywhere)
        """An article as it was when it was cited, by its hash or eight digits of its beginning."""
        found = self.library.frozen.find(hash)
        if found is None:
            raise UsageError(
                f"No article that was cited has the hash “{hash}”.",
                "A footnote gives at least the first eight of its digits.",
            )
        return found

    def brief(self, answer: Answer, briefing: str | None = None) -> tuple[Briefing, Entry]:
        """The briefing of that id, else the current one, with the answer in it; and its entry.

        Raises UsageError for a refusal, and where there is no such briefing.
        """
        check_said(answer)
        self.freeze(answer)
        briefings = self.library.briefings
        chosen = briefing if briefing is not None else briefings.current().id
        entry = briefings.add(chosen, answer)
        return briefings.load(chosen), entry

    def index(
        self,
        paths: Sequence[Path],
        *,
        prune: bool = False,
        sure: bool = False,
        on_progress: Callable[[Progress], None] = ignore,
    ) -> IndexReport:
        """Bring the articles below `paths` into the library; see `index_files`."""
        return index_files(self.store, paths, prune=prune, sure=sure, on_progress=on_progress)

    def add(
        self,
        files: Sequence[tuple[str, bytes]],
        on_progress: Callable[[Progress], None] = ignore,
    ) -> IndexReport:
        """Keep uploaded files, given as name and content, in the home, and index them."""
        paths, skipped = save_uploads(self.settings.home, files)
        report = self.index(paths, on_progress=on_progress) if paths else IndexReport()
        if report.skipped:
            # A busy library has them stay: they are looked at again with all others.
            with suppress(LibraryBusy), self.library.writer() as writer:
                refused = writer.forget_unheld(str(path.resolve()) for path in paths)
                delete_uploads(self.settings.home, refused)
        return replace(report, skipped=(*skipped, *report.skipped))

    def reindex(self, on_progress: Callable[[Progress], None] = ignore) -> IndexReport:
        """Look again at all that was given to be indexed, for what is new or has changed.

        What is gone from its place is named among the skipped. Raises UsageError where nothing is
        known that could be looked at; see `index_files` for more.
        """
        there, gone = _look_at(self.library.roots())
        uploads = self.settings.home / FOLDER
        if uploads.is_dir():
            there = [*(one for one in there if one.parent != uploads.resolve()), uploads]
        if not there:
            raise UsageError(
                "It is not known which folders the articles come from.",
                "`dateline index PATH` reads a folder, and notes it.",
            )
        report = index_files(self.store, there, again=True, on_progress=on_progress)
        return replace(report, skipped=(*gone, *report.skipped))

    def fill(self, article: str, values: Values) -> str:
        """Have an article say what a person knows of it; returns the id it has then."""
        return fill_in(self.store, article, values)

    def unfill(self, article: str, fields: Sequence[str]) -> str:
        """Have an article say again what was read of these fields; returns the id it has then."""
        return take_back(self.store, article, fields)

    def forget(self, article: str) -> None:
        """Delete a removed article for good, and its file where that was uploaded for it alone.

        What was cited of it stays frozen. Raises UsageError where none of that id was removed.
        """
        with self.library.writer() as writer:
            files = writer.forget(article)
            uploads = [file for file in files if is_upload(self.settings.home, file)]
            delete_uploads(self.settings.home, writer.forget_unheld(uploads))

    def back_up(self) -> None:
        """Copy the library beside it where there is no copy of the last day.

        Who indexes has done so already: where another process writes, nothing is done.
        """
        with suppress(LibraryBusy), self.library.writer():
            back_up(self.settings.home)

    def remove(self, article: str) -> RemovedArticle:
        """Take an article out of the library; `restore` undoes it."""
        return remove_article(self.store, article)

    def restore(self, article: str) -> Restored:
        """Put a removed article back; says in a note what could not be as it was."""
        return restore_article(self.store, article)

    def rebuild(self, on_progress: Callable[[Progress], None] = ignore) -> int:
        """Cut and embed every article again; returns the number of passages."""
        return rebuild(self.store, on_progress)

    def search(self, query: str, *, k: int = PASSAGES, filters: Filters | None = None) -> list[Hit]:
        """The passages for a query, best first."""
        question = parse_question(query)
        filters = self._check_filters(filters)
        # What is read is always the first ten, of which the best may be any.
        found = max(k, PASSAGES)
        with searching(self.store, question.text, found, filters) as (generation, search):
            if self.reader is None:
                return search.hits[:k]
            first, rest = search.hits[:PASSAGES], search.hits[PASSAGES:]
            hits = list(study(question, first, generation, self.embedder, self.reader).hits)
        for hit in rest:
            # What was not read goes behind, and scores no higher than what it stands behind.
            hits.append(replace(hit, score=min(hit.score, hits[-1].score)))
        return hits[:k]

    def ask(
        self,
        question: str,
        *,
        filters: Filters | None = None,
        engine: str | None = None,
        earlier: Sequence[Answer] = (),
        read: bool = True,
    ) -> Answer:
        """The answer to a question. Raises DatelineError, its message fit to be shown.

        `earlier` are the answers before it in the same chat, from which a follow-up is completed.
        Without `read` the reader is left out, which takes most of the time.
        """
        *_, answer = self.stream(
            question, filters=filters, engine=engine, earlier=earlier, read=read
        )
        return answer

    def stream(
        self,
        question: str,
        *,
        filters: Filters | None = None,
        engine: str | None = None,
        earlier: Sequence[Answer] = (),
        halt: Halt | None = None,
        read: bool = True,
    ) -> Generator[Answer, None, None]:
        """The answer as it grows, sentence by sentence; the last one is whole.

        Pulling `halt` ends what a model is asked, at once.
        """
        typed = parse_question(question)
        filters = self._check_filters(filters)
        answering = self.engines.open(engine, self.embedder, halt, self.reader if read else None)
        begun = time.perf_counter()
        asked = parse_question(answering.condense(typed.text, earlier)[:MAX_QUESTION])
        completed = asked.text if asked.text != typed.text else None
        started = time.perf_counter()
        by_model = answering.name != quotes.NAME and needs_model(typed.text, earlier)
        condensed = {"condense": round(started - begun, 4)} if by_model else {}
        with searching(self.store, asked.text, PASSAGES, filters) as (generation, search):
            hits, found = search.hits, time.perf_counter()
            notes = self._describe_search(filters, search.problem)
            searched = self._describe_scope(filters)
            telling = Telling(self.library)

            def describe(answer: Answer, days: Sequence[str] = ()) -> Answer:
                taken = condensed | {
                    "retrieve": round(found - started, 4),
                    "answer": round(time.perf_counter() - found, 4),
                }
                scope = [searched] if answer.refused else []
                said = [f"Searched for: {completed}"] if completed else []
                told = telling.tell(answer)
                return replace(
                    told,
                    question=typed.text,
                    searched=completed,
                    notes=(*said, *days, *told.notes, *scope, *notes),
                    seconds=taken,
                )

            answer = None
            for answer in answering.answer(asked, hits, generation):
                yield describe(answer)
            # Only what is whole tells whether it shows every figure there is.
            days = note_days(answer, asked, generation, self.embedder) if answer else ()
            if answer and days:
                yield describe(answer, days)

    def examine(
        self,
        engine: str | None = None,
        *,
        on_progress: Callable[[int, int], None] = lambda _done, _of: None,
        halt: Halt | None = None,
    ) -> Report:
        """What a model is good for, by an exam of some minutes; see `Engines.examine`."""
        name = engine or self.engines.name
        return self.engines.examine(name, self.embedder, on_progress=on_progress, halt=halt)

    def suggest(self, count: int = 4, seconds: float = SECONDS) -> list[str]:
        """At most `count` questions that the articles answer, as different as can be; maybe none.

        Takes some `seconds` at most once `warm` has been called, whatever the library's size.
        """
        if self.library.count_articles() == 0:
            return []
        self.warm()
        listed = self.library.articles(texts=False)
        sample = self.library.articles_of([article.id for article in take_sample(listed)])
        return choose_suggestions(
            sample, lambda asked: self.ask(asked, engine=quotes.NAME, read=False), count, seconds
        )

    def find_example(self, question: str | None = None) -> Answer | None:
        """An answer that shows what this library gives; None where nothing is found to show.

        Without a `question` the headlines serve as questions, the newest first.
        """
        asked = [question] if question else [a.title for a in self.articles()[:EXAMPLES]]
        for text in asked:
            try:
                answer = self.ask(text, engine=quotes.NAME)
            except UsageError:
                # A headline may be no question: a line of marks, or longer than one may be.
                continue
            if not answer.refused:
                return answer
        return None

    def _check_filters(self, filters: Filters | None) -> Filters:
        filters = filters or Filters()
        if self.library.count_articles() == 0:
            raise LibraryError(
                f"The library in {self.settings.home} holds no articles yet.",
                "`dateline index PATH` adds those in a folder.",
            )
        if filters.since and filters.until and filters.since > filters.until:
            raise UsageError(
                f"No day is both on or after {filters.since} and on or before {filters.until}.",
                "Swap the dates.",
            )
        known = {outlet.casefold(): outlet for outlet in self.library.outlets()}
        for outlet in filters.outlets:
            if outlet.casefold() not in known:
                listed = ", ".join(known.values()) or "none is known"
                raise UsageError(f"No article is from “{outlet}”.", f"The outlets are: {listed}.")
        return filters

    def _describe_scope(self, filters: Filters) -> str:
        dates = [
            f"{word} {write_date(day)}"
            for word, day in (("from", filters.since), ("to", filters.until))
            if day
        ]
        scope = ["of " + " and ".join(filters.outlets)] if filters.outlets else []
        within = f", {', '.join(scope + dates)}" if scope or dates else ""
        articles, passages = self.library.count_articles(), self.library.count_passages()
        return f"Searched {articles:,} articles in {passages:,} passages{within}."

    def _describe_search(self, filters: Filters, problem: str | None) -> list[str]:
        notes = self.store.take_notices()
        undated = self.library.count_undated(filters.outlets)
        if filters.by_date and undated and not filters.undated:
            were = "1 undated article was" if undated == 1 else f"{undated} undated articles were"
            notes.append(f"{were} left out by the dates; they can be taken in.")
        if problem is not None:
            notes.append(f"Searched by words alone: {problem}")
        if self.embedder is not None and self.reader is None:
            notes.append(f"Answered without the reader: {self._reader_problem}")
        return notes


def _look_at(roots: Sequence[Path]) -> tuple[list[Path], tuple[Skipped, ...]]:
    """The roots that are there, and the others with the reason."""
    there, gone = [], []
    for root in roots:
        try:
            found, reason = root.exists(), GONE
        except OSError as error:  # its drive has gone, or the folder it is in lets nobody in
            found, reason = False, f"it cannot be looked at ({error.strerror}); its articles stay"
        if found:
            there.append(root)
        else:
            gone.append(Skipped(str(root), reason))
    return there, tuple(gone)
