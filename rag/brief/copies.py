"""An answer as it is pasted into a briefing: its sentences, then its sources in full."""

from __future__ import annotations

from datetime import date

from rag.brief.markdown import MARKDOWN
from rag.brief.script import PLAIN, Script
from rag.brief.style import write_citation, write_doubt
from rag.types import REFUSAL, Answer, Sentence


def write_plain(answer: Answer, accessed: date | None = None, incomplete: str | None = None) -> str:
    """The answer with [n] markers and, below it, its numbered sources, as plain text.

    `incomplete` says why the answer is not whole, and ends the text; a refusal is its phrase alone.
    """
    return _write(answer, accessed, incomplete, PLAIN)


def write_markdown(
    answer: Answer, accessed: date | None = None, incomplete: str | None = None
) -> str:
    """The same with footnotes, in Markdown that shows every word as it is; see `write_plain`."""
    return _write(answer, accessed, incomplete, MARKDOWN)


def _write(answer: Answer, accessed: date | None, incomplete: str | None, script: Script) -> str:
    ending = [script.opening(script.words(incomplete))] if incomplete else []
    if answer.refused:
        # What broke off before its first sentence has refused nothing.
        return "".join(ending) or REFUSAL
    sources = [
        script.note.format(citation.n)
        + write_citation(citation, accessed, quote=True, script=script)
        for citation in answer.citations
    ]
    blocks = [_write_paragraphs(answer, script), script.gap.join(sources), *ending]
    return "\n\n".join(block for block in blocks if block)


def _write_paragraphs(answer: Answer, script: Script) -> str:
    paragraphs: list[list[str]] = []
    for sentence in answer.sentences:
        if sentence.lead or not paragraphs:
            paragraphs.append([])
        paragraphs[-1].append(_write_sentence(sentence, script))
    return script.gap.join(script.opening(" ".join(said)) for said in paragraphs)


def _write_sentence(sentence: Sentence, script: Script) -> str:
    body = script.words(sentence.text)
    said = f"“{body}”" if sentence.check == "quoted" else body
    markers = "".join(script.marker.format(n) for n in sentence.citations)
    doubt = script.words(write_doubt(sentence.why)) if sentence.check == "unsupported" else ""
    lead = script.words(sentence.lead or "")
    return " ".join(part for part in (lead, said, markers, doubt) if part)
