"""A briefing as a document: what is written, whatever the format, and in which order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

from rag.brief.script import PLAIN, Script, tidy
from rag.brief.style import write_citation, write_doubt
from rag.errors import ExportError
from rag.text import shorten, storable
from rag.types import Briefing, Citation, Entry

#: Digits of an article's hash in a footnote: 64 bits, by which no two of a library's are mistaken.
DIGITS = 16
#: What the analyst's own words are headed with.
COMMENT = "Analyst’s comment:"
UNTITLED = "Briefing"
#: Characters of a title that a message shows.
SHOWN = 80
NO_SOURCE = "It names no source."

#: What no XML may hold, and soft hyphens, which nobody sees and Word's readers lose.
_UNWRITABLE = re.compile("[\ufffe\uffff\u00ad]")


@dataclass(frozen=True, slots=True)
class Note:
    """A footnote: where its quotation stands, and the day on which it was read there."""

    citation: Citation
    accessed: date

    @property
    def mark(self) -> str:
        """“[sha256:…]”; "" where the article's hash is not known."""
        return f"[sha256:{self.citation.hash[:DIGITS]}]" if self.citation.hash else ""

    def write(self, script: Script = PLAIN) -> str:
        """The citation, the quotation and the beginning of the article's hash, on one line."""
        cited = write_citation(self.citation, self.accessed, quote=True, script=script)
        return f"{cited} {script.words(self.mark)}" if self.mark else cited


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence as it is read, in quotation marks where it is a quotation.

    `doubt` is the mark of one that is not borne out, "" for the others; `place` is the sentence's
    in its answer.
    """

    words: str
    notes: tuple[Note, ...]
    doubt: str = ""
    place: int = 0


@dataclass(frozen=True, slots=True)
class Section:
    """What one entry becomes; `comment` holds paragraphs of the analyst's own."""

    heading: str
    paragraphs: tuple[tuple[Said, ...], ...]
    comment: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """A briefing whose every text is one line that can be written in any format."""

    title: str
    day: date
    changed: datetime
    sections: tuple[Section, ...]

    @property
    def said(self) -> tuple[Said, ...]:
        return tuple(
            said
            for section in self.sections
            for paragraph in section.paragraphs
            for said in paragraph
        )

    @property
    def notes(self) -> tuple[Note, ...]:
        """The footnotes as they are numbered through the whole document."""
        return tuple(note for said in self.said for note in said.notes)

    @property
    def doubted(self) -> int:
        """How many sentences are marked as unsupported."""
        return sum(bool(said.doubt) for said in self.said)

    @property
    def closing(self) -> str:
        return write_closing(len(self.notes), self.doubted)


def make_document(briefing: Briefing) -> Document:
    """The briefing as a document. Raises ExportError where no sentence stands in it."""
    sections = tuple(filter(None, map(make_section, briefing.entries)))
    day = (briefing.changed.astimezone() if briefing.changed.tzinfo else briefing.changed).date()
    document = Document(clean(briefing.title) or UNTITLED, day, briefing.changed, sections)
    if not document.said:
        raise ExportError(
            f"The briefing “{shorten(document.title, SHOWN)}” holds no sentence.",
            "Add an answer to it, then export it.",
        )
    return document


def clean(text: str) -> str:
    """The text on one line, without what some format cannot hold."""
    return tidy(_UNWRITABLE.sub("", storable(text)))


def write_closing(quotations: int, doubted: int) -> str:
    """The last line: what was checked, and how to check it again."""
    checked = f"{quotations:,} quotation{' was' if quotations == 1 else 's were'}"
    line = (
        f"{checked} checked, word for word, against the articles when cited;"
        " “dateline verify FILE” checks this file again."
    )
    if not doubted:
        return line
    return f"{line} {doubted:,} sentence{' is' if doubted == 1 else 's are'} marked as unsupported."


def is_closing(line: str) -> bool:
    """Whether a line is such a last one, whatever its numbers."""
    numbers = [int(number.replace(",", "")) for number in re.findall(r"\b\d[\d,]{0,9}", line)]
    return len(numbers) in (1, 2) and line == write_closing(*(*numbers, 0)[:2])


def make_section(entry: Entry) -> Section | None:
    """What an entry becomes; None where neither a sentence nor a word of the analyst's is in it."""
    paragraphs: list[list[Said]] = []
    for place, lead in _list_led(entry):
        said = _make_said(place, lead, entry)
        if said is None:
            continue
        if lead or not paragraphs:
            paragraphs.append([])
        paragraphs[-1].append(said)
    comment = tuple(filter(None, map(clean, entry.comment.splitlines())))
    own = clean(entry.heading)
    if not (paragraphs or comment or own):
        return None
    return Section(own or clean(entry.answer.question), tuple(map(tuple, paragraphs)), comment)


def _list_led(entry: Entry) -> Iterator[tuple[int, str]]:
    """The places of the sentences that were taken, each with what introduces it.

    Where the first one after an introduction was not taken, the next one gets it: it would
    otherwise seem to be said by whoever was introduced before.
    """
    taken, due = set(entry.taken), ""
    for place, sentence in enumerate(entry.answer.sentences):
        due = sentence.lead or due
        if place in taken:
            yield place, due
            due = ""


def _make_said(place: int, lead: str, entry: Entry) -> Said | None:
    sentence = entry.answer.sentences[place]
    text = clean(sentence.text)
    if not text:
        return None
    words = f"“{text}”" if sentence.check == "quoted" else text
    cited = [clean_citation(citation) for citation in list_cited(entry, place)]
    doubt = ""
    if sentence.check == "unsupported" or not cited:
        doubt = write_doubt(clean(sentence.why or ("" if cited else NO_SOURCE)))
    notes = tuple(Note(citation, entry.added) for citation in cited)
    return Said(" ".join(filter(None, (clean(lead), words))), notes, doubt, place)


def list_cited(entry: Entry, place: int) -> list[Citation]:
    """What a sentence of an entry cites, as the answer has it: a footnote for each."""
    known = {citation.n: citation for citation in entry.answer.citations}
    return [known[n] for n in entry.answer.sentences[place].citations if n in known]


def clean_citation(citation: Citation) -> Citation:
    """The citation with every text as it is written; "" where there is none."""
    names = ("title", "outlet", "author", "url", "file", "quote", "hash")
    texts = {name: clean(getattr(citation, name) or "") for name in names}
    return replace(citation, **texts)  # type: ignore[arg-type]
