"""What comes at the end of an article, and what only follows it. See `noise_table`."""

from __future__ import annotations

import re

from rag.ingest.noise_table import row

#: Lines after which the article is over, where there was enough of it before.
ENDINGS = (
    row(
        "readers",
        "only readers speak after it",
        r"(?:leave|post|add) (?:a|your) (?:reply|comment)s?\b.{0,30}|comments powered by .{0,40}",
        r"your e-?mail address will not be.{0,160}|this site uses akismet.{0,160}",
        r"\d+ (?:responses?|replies|thoughts) (?:to|on) [“\"‘'].{0,200}|join the (?:conversation"
        r"|discussion)",
        r"\d+ (?:comments|comentarios|comentários|commentaires|kommentare)",
        r"deixe uma resposta|deja (?:una respuesta|un comentario)|laisser un commentaire"
        r"|lascia un commento",
        r"schreibe einen kommentar|добавить комментарий|コメントを残す",
    ),
    row(
        "rights",
        "the last line of the page proper",
        r"(?:copyright|©|\(c\)).{0,160}\ball rights reserved\b.{0,400}",
    ),
    row(
        "about the author",
        "a life follows, not news",
        r"about (?:the|our) (?:author|writer|reporter|contributor)s?:?",
    ),
)

#: Makes a paragraph the life of its author; `BIO_SIGNS` or the byline must bear it out.
BIO = re.compile(
    r"(?P<name>[A-Z][\w.'’-]+(?: (?:[A-Z][\w.'’-]+|de|da|van|von|der|den|bin|al|el|la)){0,4})"
    r" (?:is|are|joined|covers|writes|reports|has (?:been|worked|covered|reported))\b"
)
BIO_SIGNS = re.compile(
    r"\b(?:freelance|staff writer|contributing (?:writer|editor)|based in|who covers"
    r"|follow (?:him|her|them)"
    r"|(?:reporter|correspondent|writer|editor|journalist|columnist"
    r"|producer)\b.{0,40}\bcovering)\b",
    re.IGNORECASE,
)
