"""A document as one page of HTML that loads nothing, runs nothing, and prints well."""

from __future__ import annotations

import base64
import hashlib
from html import escape
from itertools import count

from rag.answer.dates import write_date
from rag.brief.document import COMMENT, Document, Note, Said, Section
from rag.brief.markdown import is_clean_address
from rag.brief.record import CARRIER, write_record

STYLE = """
:root { color-scheme: light dark }
body { margin: 2.5rem auto; max-width: 42rem; padding: 0 1.25rem;
  font: 1.0625rem/1.6 Georgia, "Times New Roman", serif }
h1, h2 { line-height: 1.25; overflow-wrap: anywhere }
h2 { margin-top: 2.25rem; font-size: 1.25rem }
p, h1, h2, li, blockquote { unicode-bidi: plaintext; text-align: start; overflow-wrap: anywhere }
.date, footer { opacity: .75 }
sup { line-height: 0 }
mark { padding: 0 .2em }
blockquote { margin: 1.25rem 0; border-inline-start: .25rem solid; padding-inline-start: 1rem;
  font-style: italic }
section[role="doc-endnotes"] { margin-top: 2.5rem; border-top: 1px solid; font-size: .9rem }
section[role="doc-endnotes"] p { unicode-bidi: isolate; direction: ltr }
footer { margin-top: 1.5rem; font-size: .9rem }
:target { outline: 2px solid; outline-offset: 2px }
@media print {
  body { margin: 0; max-width: none; font-size: 11pt }
  h2, blockquote { break-after: avoid; break-inside: avoid }
  p { orphans: 3; widows: 3 }
  a { color: inherit; text-decoration: none }
  a[role="doc-backlink"] { display: none }
}
"""
_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
#: Nothing is loaded, nothing runs, nothing is sent; of styles, this page's own alone.
POLICY = f"default-src 'none'; style-src 'sha256-{_HASH}'; base-uri 'none'; form-action 'none'"


def write_page(document: Document) -> str:
    """The document as stand-alone HTML; its record is in the head."""
    numbers = count(1)
    sections = "\n".join(_write_section(section, numbers) for section in document.sections)
    notes = "\n".join(_write_note(n, note) for n, note in enumerate(document.notes, start=1))
    ending = f'<section role="doc-endnotes">\n<ol>\n{notes}\n</ol>\n</section>\n' if notes else ""
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(POLICY)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f'<meta name="{CARRIER}" content="{write_record(document)}">\n'
        f"<title>{escape(document.title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        f'<h1>{escape(document.title)}</h1>\n<p class="date">{write_date(document.day)}</p>\n'
        f"{sections}\n{ending}"
        f"<footer>\n<p>{escape(document.closing)}</p>\n</footer>\n</body>\n</html>\n"
    )


def _write_section(section: Section, numbers: count[int]) -> str:
    lines = [f"<h2>{escape(section.heading)}</h2>"] if section.heading else []
    for paragraph in section.paragraphs:
        words = " ".join(_write_said(said, numbers) for said in paragraph)
        lines += [f"<p>{words}</p>"]
    if section.comment:
        first, *others = map(escape, section.comment)
        texts = [f"<strong>{COMMENT}</strong> {first}", *others]
        lines.append(f"<blockquote>{''.join(f'<p>{text}</p>' for text in texts)}</blockquote>")
    return "\n".join(["<section>", *lines, "</section>"])


def _write_said(said: Said, numbers: count[int]) -> str:
    marks = ""
    for _ in said.notes:
        n = next(numbers)
        link = f'<a href="#fn{n}" id="fnref{n}" role="doc-noteref">[{n}]</a>'
        marks += f"<sup>{link}</sup>"
    doubt = f" <mark><strong>{escape(said.doubt)}</strong></mark>" if said.doubt else ""
    return f"{escape(said.words)}{marks}{doubt}"


def _write_note(n: int, note: Note) -> str:
    text, address = note.write(), note.citation.url or ""
    written = escape(text)
    if is_clean_address(address):
        before, _, after = map(escape, text.partition(address))
        safe = escape(address)
        link = f'<a href="{safe}" rel="noopener noreferrer">{safe}</a>'
        written = f"{before}{link}{after}"
    back = f'<a href="#fnref{n}" role="doc-backlink" aria-label="Back to {n}">↩</a>'
    return f'<li id="fn{n}"><p>{written} {back}</p></li>'
