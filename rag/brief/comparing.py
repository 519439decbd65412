"""What a file was exported with, and what it holds now."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from rag.brief.document import write_closing
from rag.brief.footnotes import ALSO
from rag.brief.reading import Reading, Stretch
from rag.brief.record import Record, digest
from rag.text import shorten

#: Characters of a sentence that a message shows.
SHOWN = 80


@dataclass(frozen=True, slots=True)
class Differences:
    """`problems` are changes in what is said or cited; `notes` are worth knowing and no fault."""

    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def compare(reading: Reading, faulty: Collection[int]) -> Differences:
    """In what a file is not as it was exported.

    `faulty` are the numbers of footnotes of which that is told already.
    """
    found = Differences()
    for one in reading.stretches:
        if not (one.notes or one.doubt):
            found.problems.append(f"{_show(one.words)} has no footnote.")
    found.problems.extend(
        f"{_show(words)} holds hidden characters that turn the order of the words."
        for words in reading.turned
    )
    found.problems.extend(
        f"The file holds what a browser shows and is not checked here: {part}."
        for part in reading.unread
    )
    _compare_closing(reading, found)
    if reading.record is None:
        found.notes.append(
            "The file carries no record of what was exported: what is missing or added is not told."
        )
        return found
    _compare_sentences(reading.stretches, reading.record, set(faulty), found)
    _compare_own_words(reading, reading.record, found)
    return found


def _compare_closing(reading: Reading, found: Differences) -> None:
    quotations = sum(len(one.notes) for one in reading.stretches)
    doubted = sum(bool(one.doubt) for one in reading.stretches)
    if reading.closings and write_closing(quotations, doubted) not in reading.closings:
        found.notes.append("The closing line counts otherwise than the file.")


def _compare_sentences(
    stretches: Sequence[Stretch], record: Record, faulty: set[int], found: Differences
) -> None:
    left: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    for sentence, notes in record.sentences:
        left[sentence].append(notes)
    exported = set(record.of("n"))
    order: list[str] = []
    altered, number = 0, 1
    for one in stretches:
        is_told = not faulty.isdisjoint(range(number, number + len(one.notes)))
        number += len(one.notes)
        mark = digest("s", one.words + one.doubt)
        notes = tuple(digest("n", note) for note in one.notes)
        if not left[mark]:
            altered += 1
            if (one.notes or one.doubt) and not is_told:
                found.problems.append(f"{_show(one.words)} was not exported in these words.")
            continue
        order.append(mark)
        before = notes if notes in left[mark] else left[mark][0]
        left[mark].remove(before)
        if not is_told:
            _compare_notes(one, notes, before, exported, found)
    # Of those that are not found, as many were altered as there are others in their place.
    _tell_missing(sum(map(len, left.values())) - altered, found)
    _tell_order(order, record, found)


def _tell_missing(missing: int, found: Differences) -> None:
    if missing > 0:
        noun = "sentence is" if missing == 1 else "sentences are"
        found.problems.append(f"{missing:,} exported {noun} missing.")


def _tell_order(order: Sequence[str], record: Record, found: Differences) -> None:
    kept = set(order)
    if order != [sentence for sentence, _ in record.sentences if sentence in kept][: len(order)]:
        found.notes.append("The sentences stand in another order than they were exported in.")


def _compare_notes(
    one: Stretch,
    notes: tuple[str, ...],
    before: tuple[str, ...],
    exported: set[str],
    found: Differences,
) -> None:
    how = f"A footnote of {_show(one.words)} is"
    if len(notes) < len(before):
        found.problems.append(f"{how} missing.")
    elif len(notes) > len(before):
        found.problems.append(f"{_show(one.words)} has a footnote that was not exported with it.")
    elif notes != before and set(notes) <= exported:
        found.problems.append(f"{_show(one.words)} has another sentence’s footnote.")
    elif any(
        note not in before and ALSO in text for note, text in zip(notes, one.notes, strict=True)
    ):
        found.problems.append(f"{how} not written as it was exported.")
    elif notes != before:
        found.notes.append(f"{how} not written as it was exported.")


def _compare_own_words(reading: Reading, record: Record, found: Differences) -> None:
    kinds: tuple[tuple[str, str, Sequence[str]], ...] = (
        ("t", "The title", [reading.title]),
        ("h", "A heading", reading.headings),
        ("c", "A comment", reading.comments),
    )
    for kind, name, texts in kinds:
        now, before = Counter(digest(kind, text) for text in texts), Counter(record.of(kind))
        if now != before:
            how = "is not as it was exported"
            if sum(now.values()) != sum(before.values()):
                how = "was added" if now.total() > before.total() else "is missing"
            found.notes.append(f"{name} {how}.")


def _show(words: str) -> str:
    return f"“{shorten(words, SHOWN)}”"
