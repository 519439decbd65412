"""Articles in mails and in pages that a browser saved as one file (.eml, .mhtml)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from functools import partial
from itertools import takewhile
from pathlib import Path
from typing import Any

from rag.errors import UnreadableFile
from rag.ingest.datelines import read_date_line
from rag.ingest.decode import Decoded, decode_markup, decode_plain
from rag.ingest.drafting import draft_from_lines
from rag.ingest.files import Skipped
from rag.ingest.formats import ARCHIVES, SUFFIXES, refuse_format
from rag.ingest.fragments import read_fragment
from rag.ingest.garbled import mend_decoded
from rag.ingest.html import read_page
from rag.ingest.html_head import read_name
from rag.ingest.lines import Line, read_lines, tidy
from rag.ingest.parts import NESTED, ReadSource, check_whole, clean_label, number_label, read_part
from rag.ingest.sources import Source, hold
from rag.ingest.stated import MAIL, Stated
from rag.types import Draft

#: Parts of a mail: more, or deeper ones, are no mail that anybody wrote.
_MOST_PARTS, _DEEPEST = 1000, 20

#: What mails carry besides: no word is said of it.
_PICTURES, _ASIDE = ("image", "audio", "video"), (".ics", ".vcf", ".p7s", ".asc", ".sig")

_CARRIED = re.compile(
    r"^\s*(?:(?:re|fwd?|aw|wg|antw|tr|rv|sv|vs|rif|doorst|i|r)(?:\[\d+\])?\s*:\s*)+", re.IGNORECASE
)
_MARK = (
    r"[>\s]*(?:-{2,}\s*(?:original message|forwarded message|weitergeleitete nachricht"
    r"|ursprüngliche nachricht|message d'origine|message transféré|mensaje reenviado)"
    r"|begin forwarded message:)"
)
_FORWARDED = re.compile(
    rf"^(?:{_MARK}|[>\s]*(?:on .{{5,120}} wrote:\s*$|am .{{5,120}} schrieb .{{1,80}}:\s*$))",
    re.IGNORECASE | re.MULTILINE,
)
#: What stands above the header of a letter passed on, some programs' line among it; and a line of
#: that header.
_ABOVE_HEADER = re.compile(rf"{_MARK}|[>\s]*_{{10,}}$", re.IGNORECASE)
_HEADER_LINE = re.compile(
    r"[>\s]*\*?(?:from|date|sent|subject|to|cc|reply-to|von|gesendet|datum|an|betreff|de|envoyé"
    r"|à|objet|enviado(?: el)?|fecha|para|asunto|da|inviato|data|a|oggetto|van|verzonden|aan"
    r"|onderwerp)\*?\s?:.*",
    re.IGNORECASE,
)
#: Different lines of a header below such a mark, and at the beginning of a mail without one; and
#: how many are looked at.
_MARKED_HEADER, _BARE_HEADER, _LONGEST_HEADER = 2, 3, 30

#: The HTML of a mail is read where it tells so many times what its plain text does.
_MUCH_MORE = 1.5


def read_mail(source: Source, read_attachment: ReadSource) -> Iterator[Draft | Skipped]:
    """The article in the mail's own text, and those in its attachments.

    Raises `UnreadableFile` where there is neither, and at the end where an attachment breaks off.
    """
    message = _parse(source.load())
    own, attached, unread = _parts(message)
    article, problem = None, "It holds no text."
    try:
        article = _read_body(source.path, message, own)
        yield article
    except UnreadableFile as error:
        problem = error.problem
    labels: dict[str, int] = {}
    broken: list[str] = []
    for part in attached:
        yield from _read_attachment(part, read_attachment, labels, broken)
    if article is None and not attached:
        raise UnreadableFile(problem, "Save its text as .txt.")
    if unread:
        reason = f"{unread:,} of its parts were not read: it has too many, or they nest too deep"
        yield Skipped("", reason)
    check_whole(broken)


def find_saved_page(data: bytes) -> tuple[bytes, str | None, str | None]:
    """The page in a file that a browser saved, the encoding it is sent in, and its address."""
    message = _parse(data)
    for part in _walk(message):
        if part.get_content_type() in ("text/html", "application/xhtml+xml"):
            address = _header(part, "Content-Location") or ""
            saved = _header(message, "Snapshot-Content-Location") or address
            return _bytes_of(part), part.get_content_charset(), saved or None
    raise UnreadableFile("It holds no saved page.", "Save the page again, as HTML or as PDF.")


def _parse(data: bytes) -> EmailMessage:
    message = message_from_bytes(data.lstrip(), policy=policy.default)
    if not message.keys():
        raise UnreadableFile("It is no mail: it has no header.", "Save its text as .txt.")
    return message


def _walk(message: Message, depth: int = 0) -> Iterator[Message]:
    """The parts that are no frame for others, in order; a mail within the mail is one of them, and
    so is a frame that lies too deep."""
    if _is_frame(message) and depth <= _DEEPEST:
        parts: Any = message.get_payload()
        for part in parts:
            yield from _walk(part, depth + 1)
    else:
        yield message


def _is_frame(message: Message) -> bool:
    return message.is_multipart() and message.get_content_maintype() == "multipart"


def _parts(message: EmailMessage) -> tuple[list[Message], list[Message], int]:
    """What is the mail's own text, what is attached to it, and how many parts are not read."""
    own: list[Message] = []
    attached: list[Message] = []
    unread = 0
    for number, part in enumerate(_walk(message)):
        if number >= _MOST_PARTS or _is_frame(part):
            unread += 1
            continue
        text = part.get_content_type() in ("text/plain", "text/html")
        named = part.get_content_disposition() == "attachment" or part.get_filename()
        (own if text and not named else attached).append(part)
    return own, attached, unread


def _read_body(path: Path, message: EmailMessage, own: list[Message]) -> Draft:
    """The article in the mail's plain text, or in its HTML where the text is only a stub of it."""
    plain = [part for part in own if part.get_content_type() == "text/plain"]
    pages = [part for part in own if part.get_content_type() == "text/html"]
    readings = [partial(_read_plain_body, path, message, plain)]
    readings += [partial(_read_page_body, path, message, page) for page in pages[:1]]
    drafts: list[Draft] = []
    faults: list[UnreadableFile] = []
    for reading in readings:
        try:
            drafts.append(reading())
        except UnreadableFile as error:
            faults.append(error)
    if not drafts:
        raise faults[-1]
    return drafts[-1] if _told(drafts[-1]) > _MUCH_MORE * _told(drafts[0]) else drafts[0]


def _told(draft: Draft) -> int:
    """How much is told in its sentences (characters); links and buttons are none."""
    lines = map(Line, draft.text.split("\n\n"))
    return sum(len(line.text) for line in lines if line.is_prose)


def _read_plain_body(path: Path, message: EmailMessage, plain: list[Message]) -> Draft:
    texts = [_decode(part) for part in plain]
    text = "\n\n".join(text for text, _ in texts)
    warnings = [warning for _, more in texts for warning in more]
    lines = read_lines(_without_header(tidy(text)))
    return draft_from_lines(path, _state(message, text), lines, warnings)


def _read_page_body(path: Path, message: EmailMessage, part: Message) -> Draft:
    decoded = mend_decoded(decode_markup(_bytes_of(part), part.get_content_charset()))
    source = decoded.text
    plain = read_fragment(source)
    try:
        # Letters are laid out in tables, which an article's page is not: the longer reading wins.
        page, text = read_page(source)
    except UnreadableFile:
        page, text = Stated(), ""
    text = text if len(text) * 2 > len(plain) else plain
    stated = _state(message, plain).filled_from(Stated(url=page.url, language=page.language))
    lines = [Line(line) for line in _without_header(tidy(text)).split("\n") if line]
    return draft_from_lines(path, stated.said_by(MAIL), lines, decoded.warnings)


def _without_header(text: str) -> str:
    """The text without the header of a letter passed on; the line that says when it was sent stays
    where it can be read."""
    lines, kept, index = text.split("\n"), list[str](), 0
    while index < len(lines):
        start, enough = index, _BARE_HEADER
        if _ABOVE_HEADER.match(lines[index]):
            start, enough = index + 1, _MARKED_HEADER
            start += len(list(takewhile(_is_blank, lines[start : start + _LONGEST_HEADER])))
        header: list[str] = []
        if start > index or not any(kept):
            header += takewhile(_HEADER_LINE.fullmatch, lines[start : start + _LONGEST_HEADER])
        if len({line.partition(":")[0].casefold() for line in header}) >= enough:
            kept += filter(_tells_when, header)
            index = start + len(header)
        else:
            kept.append(lines[index])
            index += 1
    return "\n".join(kept)


def _is_blank(line: str) -> bool:
    return not line.strip("> ")


def _tells_when(line: str) -> bool:
    stated = read_date_line(line)
    return stated is not None and stated.labelled and not stated.rest


def _state(message: EmailMessage, text: str) -> Stated:
    """What the header states; of a letter passed on, date and sender are not the article's."""
    subject = " ".join((_header(message, "Subject") or "").split())
    title = _CARRIED.sub("", subject) or None
    if title != (subject or None) or _is_reply(message) or _FORWARDED.search(text):
        return Stated(title=title).said_by(MAIL)
    return Stated(title=title, author=_sender(message), published=_sent(message)).said_by(MAIL)


def _is_reply(message: EmailMessage) -> bool:
    return bool(_header(message, "In-Reply-To") or _header(message, "References"))


def _sender(message: EmailMessage) -> str | None:
    addresses = getattr(_field(message, "From"), "addresses", ())
    return read_name(addresses[0].display_name) if addresses else None


def _sent(message: EmailMessage) -> date | None:
    moment = getattr(_field(message, "Date"), "datetime", None)
    return moment.date() if isinstance(moment, datetime) and moment.year > 1970 else None


def _header(message: Message, name: str) -> str | None:
    value = _field(message, name)
    return str(value).strip() if value is not None else None


def _field(message: Message, name: str) -> Any:
    """A field of the header; None also where the library's own parser fails on it."""
    try:
        return message[name]
    except (AttributeError, IndexError, LookupError, TypeError, ValueError, AssertionError):
        return None


def _decode(part: Message) -> tuple[str, tuple[str, ...]]:
    data, charset = _bytes_of(part), part.get_content_charset()
    try:
        if charset:
            decoded = mend_decoded(Decoded(data.decode(charset)))
            return decoded.text, decoded.warnings
    except (LookupError, UnicodeError, ValueError):
        pass
    if not data:
        return "", ()
    decoded = mend_decoded(decode_plain(data))
    return decoded.text, decoded.warnings


def _bytes_of(part: Message) -> bytes:
    data = part.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""


def _read_attachment(
    part: Message, read_attachment: ReadSource, labels: dict[str, int], broken: list[str]
) -> Iterator[Draft | Skipped]:
    is_mail = part.get_content_type() == "message/rfc822"
    name = part.get_filename() or ("mail.eml" if is_mail else "")
    label = number_label(clean_label(name), labels)
    suffix = Path(label).suffix.lower()
    if suffix not in SUFFIXES or suffix in ARCHIVES:
        if name and part.get_content_maintype() not in _PICTURES and suffix not in _ASIDE:
            yield Skipped(label, NESTED if suffix in ARCHIVES else refuse_format(suffix))
        return
    try:
        data = _mail_within(part) if is_mail else _bytes_of(part)
    except Exception as error:  # noqa: BLE001 (the library fails on headers in many ways)
        yield Skipped(label, f"It cannot be read as a mail ({type(error).__name__}).")
        return
    yield from read_part(hold(Path(label), data), label, read_attachment, broken)


def _mail_within(part: Message) -> bytes:
    inner: Any = part.get_payload()
    return inner[0].as_bytes() if inner else b""
