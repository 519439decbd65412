"""What all pages of one server share of briefings: which is current, and every change of one."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Literal, get_args

from rag.brief.export import Format, export_briefing
from rag.errors import DatelineError, UsageError
from rag.index.briefings import BriefingInfo, RemovedEntry
from rag.index.entries import is_same, tidy_comment
from rag.types import Answer, Briefing, Entry

if TYPE_CHECKING:
    from rag.assistant import Assistant

Way = Literal["first", "up", "down", "last"]
WAYS: tuple[Way, ...] = get_args(Way)


class Briefcase:
    """The briefings as pages change them; safe to use from any thread.

    A change that leans on what stands there now reads that under a lock, so that two pages lose
    nothing of each other's. Everything raises what `Briefings` raises.
    """

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self._kept = assistant.library.briefings
        self._lock = threading.Lock()
        self._read: tuple[BriefingInfo, Briefing] | None = None

    def list(self) -> list[BriefingInfo]:
        """Every briefing, the current one first, then the newest changed."""
        found, opened = self._kept.list(), self._kept.opened()
        return sorted(found, key=lambda one: one.id != opened)

    def current(self) -> BriefingInfo | None:
        """The briefing that answers are added to; None while there is none."""
        return next(iter(self.list()), None)

    def holds(self, answer: Answer) -> BriefingInfo | None:
        """The current briefing, where the answer is in it."""
        info = self.current()
        if info is None or not info.entries:
            return None
        known = self._read
        if known is None or known[0] != info:
            known = self._read = info, self._kept.load(info.id)
        return info if any(is_same(one.answer, answer) for one in known[1].entries) else None

    def add(self, answer: Answer) -> Briefing:
        """The current briefing with the answer in it, once."""
        briefing, _ = self._assistant.brief(answer)
        self.note_opened(briefing.id)
        return briefing

    def load(self, briefing: str) -> Briefing:
        return self._kept.load(briefing)

    def note_opened(self, briefing: str) -> None:
        """Have answers go into this briefing from now on, if there is one of that id."""
        try:
            if self._kept.opened() != briefing and self._kept.load(briefing):
                self._kept.note_opened(briefing)
        except DatelineError:
            # It is shown all the same, or what stands in its way is; the next one is noted again.
            return

    def create(self, title: str) -> str:
        """The id of a new briefing, which is the current one from now on."""
        made = self._kept.create(title)
        self.note_opened(made.id)
        return made.id

    def rename(self, briefing: str, title: str) -> None:
        self._kept.rename(briefing, title)

    def delete(self, briefing: str) -> Briefing:
        """Delete a briefing; returns what `restore` takes."""
        return self._kept.delete(briefing)

    def restore(self, briefing: Briefing) -> None:
        self._kept.restore(briefing)

    def entitle(self, briefing: str, entry: str, heading: str) -> None:
        """Give an entry a heading; the question alone stands for none."""
        question = self._find(briefing, entry).answer.question
        same = " ".join(heading.split()) == " ".join(question.split())
        self._kept.change(entry, heading="" if same else heading)

    def annotate(self, briefing: str, entry: str, comment: str, was: str) -> bool:
        """Give an entry a comment; whether another page's words were kept above it.

        `was` is what its writer had before them: what another page has written there since stays.
        """
        with self._lock:
            now = self._find(briefing, entry).comment
            mine = tidy_comment(comment)
            others = now not in ("", was, mine)
            joined = "\n\n".join(filter(None, (now, mine))) if others else mine
            self._kept.change(entry, comment=joined)
        return others

    def take(self, briefing: str, entry: str, place: int, *, taken: bool) -> None:
        """Take a sentence of an entry into the text, or leave it out."""
        with self._lock:
            before = set(self._find(briefing, entry).taken)
            after = before | {place} if taken else before - {place}
            self._kept.change(entry, taken=sorted(after))

    def move(self, briefing: str, entry: str, way: Way) -> None:
        """Move an entry by one place, or to an end."""
        with self._lock:
            order = [one.id for one in self._kept.load(briefing).entries]
            self._find(briefing, entry)
            at, last = order.index(entry), len(order) - 1
            places = {"first": 0, "up": max(at - 1, 0), "down": min(at + 1, last), "last": last}
            self._kept.move(entry, places[way])

    def remove(self, entry: str) -> RemovedEntry:
        """Take an entry out; returns what `put_back` takes."""
        return self._kept.remove(entry)

    def put_back(self, removed: RemovedEntry) -> None:
        self._kept.put_back(removed)

    def export(self, briefing: str, form: Format) -> bytes:
        """The briefing as it stands now, as a file. Raises ExportError besides."""
        return export_briefing(self._kept.load(briefing), form)

    def _find(self, briefing: str, entry: str) -> Entry:
        for one in self._kept.load(briefing).entries:
            if one.id == entry:
                return one
        raise UsageError("This answer is no longer in the briefing.", "Another page removed it.")
