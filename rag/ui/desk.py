"""What all pages of one server share: the chats that are open, and what is answered in them."""

from __future__ import annotations

import logging
import os
import threading
import time
from contextlib import closing, nullcontext
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

from rag.errors import DatelineError
from rag.index.chats import ChatInfo, Kept
from rag.index.records import lighten
from rag.llm.halt import Halt
from rag.types import Answer, Filters
from rag.ui.briefcase import Briefcase
from rag.ui.catalogue import Catalogue
from rag.ui.chat import QUOTES, Chat, Exchange, State
from rag.ui.exams import Exams
from rag.ui.jobs import Jobs
from rag.ui.lookout import Lookout
from rag.ui.surprise import describe_surprise

if TYPE_CHECKING:
    from rag.assistant import Assistant, Overview

#: Chats that a list shows; more are found by searching.
MAX_LISTED = 50
#: A growing answer is kept this often, in seconds: what a sudden end of the server may cost.
KEEP_EVERY = 1.0
LOG = logging.getLogger(__name__)


class Desk:
    """Answers in threads of its own, so that nothing that happens to a page loses an answer.

    A chat is one object for all pages that have it open, and forgotten when the last one closes.
    """

    def __init__(self, assistant: Assistant) -> None:
        self.assistant = assistant
        self.jobs = Jobs(assistant)
        self.exams = Exams(assistant)
        self.briefcase = Briefcase(assistant)
        self.catalogue = Catalogue(assistant)
        engines = assistant.engines
        self.lookout = Lookout(engines.find, engines.at_hand)
        self.embedders = Lookout(assistant.embedders)
        # Most of what there is has been found by the time that the first page is drawn.
        self.lookout.look()
        self._chats: WeakValueDictionary[str, Chat] = WeakValueDictionary()
        self._lock = threading.Lock()
        self._was_open = True
        self._noted: str | None = None
        self._overview: tuple[int, Overview | None] = (-1, None)
        # Quotes are work of this machine: more at a time than it has cores would all be late.
        self._turns = threading.Semaphore(os.cpu_count() or 1)
        self._suggested_at = -1
        self._suggesting = False
        self._suggested: list[str] | None = None

    def overview(self) -> Overview:
        """What the library holds; counted anew only where it has changed."""
        change = self.assistant.library.last_change()
        known, overview = self._overview
        if known != change or overview is None:
            overview = self.assistant.overview()
            self._overview = change, overview
        return overview

    def open_chat(self, chat: str) -> Chat:
        """The chat of that id. Raises UsageError where there is none."""
        with self._lock:
            found = self._chats.get(chat) or self._load(chat)
            self._chats[chat] = found
        self._note_opened(found)
        return found

    def reopen(self) -> Chat | None:
        """The chat that was open when the last server ended, for the first page that asks."""
        with self._lock:
            was_open, self._was_open = self._was_open, False
        if not was_open:
            return None
        try:
            last = self.assistant.library.chats.opened()
            return self.open_chat(last) if last else None
        except DatelineError:
            # Then the page begins with an empty chat, as it would without one to go on with.
            return None

    def list_chats(self, containing: str = "") -> list[ChatInfo]:
        return self.assistant.library.chats.list(containing)

    def rename(self, chat: str, title: str) -> None:
        self.assistant.library.chats.rename(chat, title)

    def delete(self, chat: str) -> tuple[ChatInfo, list[Kept]]:
        """Forget a chat; returns what `restore` takes. What it cites stays frozen."""
        with self._lock:
            found = self._chats.get(chat) or self._load(chat)
            for exchange in found.exchanges:
                exchange.stop()
            # An answer that is ending just now must not bring the chat back.
            with found.keeping:
                kept = self.assistant.library.chats.load(chat)
                self.assistant.library.chats.delete(chat)
                found.deleted = True
            self._chats.pop(chat, None)
        return kept

    def restore(self, info: ChatInfo, exchanges: list[Kept]) -> None:
        self.assistant.library.chats.restore(info, exchanges)

    def suggestions(self) -> list[str] | None:
        """Questions that the library answers well; None while the first ones are being made.

        They are made again, beside everything else, when the library has changed.
        """
        change = self.assistant.library.last_change()
        with self._lock:
            if self._suggested_at != change and not self._suggesting:
                self._suggesting = True
                threading.Thread(
                    target=self._suggest, args=(change,), name="suggest", daemon=True
                ).start()
            return self._suggested

    def ask(self, chat: Chat, question: str, filters: Filters, engine: str) -> Exchange:
        """A new exchange in a chat, being answered from now on."""
        with self._lock:
            exchange = chat.add(question, filters, engine)
            self._chats[chat.id] = chat
        self._start(chat, exchange, engine)
        self._note_opened(chat)
        return exchange

    def retry(self, chat: Chat, exchange: Exchange, engine: str) -> None:
        """Have an exchange answered again, by `engine`, in the same place."""
        self._start(chat, exchange, engine)

    def _suggest(self, change: int) -> None:
        made: list[str] = []
        try:
            made = self.assistant.suggest()
        except DatelineError as error:
            LOG.warning("no questions to suggest: %s", error)
        finally:
            with self._lock:
                self._suggested_at, self._suggested, self._suggesting = change, made, False

    def _start(self, chat: Chat, exchange: Exchange, engine: str) -> None:
        attempt = exchange.start(engine)
        halt = exchange.halt
        self._keep(chat, exchange)
        name = f"answer-{exchange.id[:8]}"
        # A daemon: an answer that nobody will read any more must not keep the server from ending.
        thread = threading.Thread(
            target=self._answer, args=(chat, exchange, attempt, halt), name=name, daemon=True
        )
        try:
            thread.start()
        except RuntimeError as error:
            LOG.exception("no thread for an answer")
            exchange.end(attempt, "failed", describe_surprise(error, "while it answered"))

    def _answer(self, chat: Chat, exchange: Exchange, attempt: int, halt: Halt) -> None:
        try:
            with self._turns if exchange.engine == QUOTES else nullcontext():
                self._follow(chat, exchange, attempt, halt)
            exchange.end(attempt, "done")
        except DatelineError as error:
            exchange.end(attempt, "failed", error)
        except Exception as error:
            # The thread's end: what is not told here would leave the page waiting for ever.
            LOG.exception("an answer broke")
            exchange.end(attempt, "failed", describe_surprise(error, "while it answered"))
        self._keep(chat, exchange)

    def _follow(self, chat: Chat, exchange: Exchange, attempt: int, halt: Halt) -> None:
        stream = self.assistant.stream(
            exchange.question,
            filters=exchange.filters,
            engine=exchange.engine,
            earlier=chat.before(exchange),
            halt=halt,
        )
        kept, last = time.monotonic(), None
        try:
            # A model that nobody listens to any more should not go on.
            with closing(stream):
                for snapshot in stream:
                    if not exchange.grow(attempt, lighten(snapshot)):
                        return
                    last = snapshot
                    if time.monotonic() - kept >= KEEP_EVERY:
                        self._keep(chat, exchange)
                        kept = time.monotonic()
        finally:
            if last is not None:
                # While it has the texts that it was made from.
                self._freeze(chat, last)

    def _freeze(self, chat: Chat, answer: Answer) -> bool:
        """Keep what an answer cites as it is now, and whether that worked."""
        try:
            self.assistant.freeze(answer)
        except DatelineError as error:
            chat.unfrozen = error
            return False
        return True

    def _keep(self, chat: Chat, exchange: Exchange) -> None:
        with chat.keeping:
            if chat.deleted:
                return
            chat.waiting.add(exchange.id)
            try:
                for position, one in enumerate(list(chat.exchanges)):
                    if one.id in chat.waiting:
                        kept = _to_kept(one)
                        self.assistant.library.chats.keep(chat.id, chat.title, position, kept)
                        # Its texts may be gone by now: then the library's are frozen.
                        if kept.answer is None or self._freeze(chat, kept.answer):
                            chat.waiting.discard(one.id)
                chat.unkept = None
                if not chat.waiting:
                    chat.unfrozen = None
            except DatelineError as error:
                # The answer itself is worth more than its being kept: the page says so beside it.
                chat.unkept = error

    def _note_opened(self, chat: Chat) -> None:
        if self._noted == chat.id:
            return
        try:
            self.assistant.library.chats.note_opened(chat.id)
            self._noted = chat.id
        except DatelineError as error:
            chat.unkept = error

    def _load(self, chat: str) -> Chat:
        info, kept = self.assistant.library.chats.load(chat)
        return Chat(info.id, info.title, [_to_exchange(one) for one in kept])


def _to_kept(exchange: Exchange) -> Kept:
    seen = exchange.as_it_is()
    return Kept(
        id=seen.id,
        question=seen.question,
        engine=seen.engine,
        state=seen.state,
        filters=seen.filters,
        answer=seen.answer,
        problem=(seen.problem.problem, seen.problem.hint) if seen.problem else None,
    )


def _to_exchange(kept: Kept) -> Exchange:
    # What was being answered when the server ended is answered by nobody now.
    states: dict[str, State] = {"done": "done", "failed": "failed"}
    return Exchange(
        question=kept.question,
        filters=kept.filters,
        engine=kept.engine,
        state=states.get(kept.state, "stopped"),
        answer=kept.answer,
        problem=DatelineError(*kept.problem) if kept.problem else None,
        id=kept.id,
    )
