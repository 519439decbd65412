"""The characters of a file, whatever encoding it is in."""

from __future__ import annotations

import codecs
import re
import unicodedata
from dataclasses import dataclass

from rag.errors import UnreadableFile

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

#: What newsrooms' old files are in. The full list of Python's encodings is guessed among more
#: wrongly.
_OLD = (
    *("cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "koi8_r", "iso8859_2"),
    *("shift_jis", "euc_jp", "gb18030", "big5", "euc_kr"),
)

#: cp1250 and cp1252 are guessed for each other; cp1250 is right in these languages only.
_CENTRAL_EUROPE = frozenset(
    ("Polish", "Czech", "Slovak", "Hungarian", "Romanian", "Croatian", "Slovene", "Serbian")
)

#: What Polish in cp1250 looks like if read as cp1252: signs within words.
_SIGN_IN_WORD = re.compile(r"[^\W\d_][³¹¿£¥¼¾][^\W\d_]")

_SAMPLE = 200_000
#: What no text holds: control characters other than white space, unassigned, private.
_NO_TEXT = frozenset(("Cn", "Co", "Cs"))
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Decoded:
    """Characters, the encoding that had to be guessed for them, if it had to be, and what more is
    to be said of them."""

    text: str
    guessed: str | None = None
    more: tuple[str, ...] = ()

    @property
    def warnings(self) -> tuple[str, ...]:
        guessed = (f"Its encoding was guessed: {self.guessed}.",) if self.guessed else ()
        return (*guessed, *self.more)


def decode_text(data: bytes) -> str:
    """The characters of a plain text. Raises `UnreadableFile` for binary data and damaged text."""
    return decode_plain(data).text


def decode_page(data: bytes) -> str:
    """The characters of an HTML page, which may name its encoding.

    Where it does, damaged characters become U+FFFD, as in browsers.
    """
    return decode_markup(data).text


def decode_plain(data: bytes) -> Decoded:
    """The characters of a plain text, as `decode_text`, and whether their encoding is a guess."""
    decoded = _known(data) or _guessed(data)
    sample = decoded.text[:_SAMPLE]
    if len(_CONTROL.findall(sample)) * 50 > len(sample):
        raise _binary()
    return decoded


def decode_markup(data: bytes, charset: str | None = None) -> Decoded:
    """The characters of a page, as `decode_page`; `charset` is what its carrier says."""
    decoded = _known(data)
    if decoded is not None:
        return decoded
    text = _in_charset(data, charset) if charset else None
    text = _declared(data) if text is None else text
    return _guessed(data) if text is None else Decoded(text)


def sniff_encoding(sample: bytes) -> tuple[str, bool]:
    """The encoding of the file that begins with `sample`, and whether it is a guess.

    Raises `UnreadableFile` for binary data.
    """
    for mark, encoding in _MARKS:
        if sample.startswith(mark):
            return ("utf-8-sig" if encoding == "utf-8" else encoding), False
    # The sample may end within a character, or within half of one of two bytes.
    sample = sample[: len(sample) // 4 * 4]
    if b"\0" in sample:
        unmarked = _unmarked(sample)
        if unmarked is None:
            raise _binary()
        return unmarked, True
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample)
    except UnicodeError:
        return _sniff_old(sample)
    return "utf-8", False


def _sniff_old(sample: bytes) -> tuple[str, bool]:
    try:
        return _guess(sample), True
    except UnreadableFile:
        return "utf-8", False  # with damage in places


def _known(data: bytes) -> Decoded | None:
    """The characters, where a mark or their own form tells the encoding."""
    text = _by_mark(data)
    if text is not None:
        return Decoded(text)
    if b"\0" in data:
        encoding = _unmarked(data)
        if encoding is None:
            raise _binary()
        return Decoded(data.decode(encoding), encoding)
    text = _utf8(data)
    return None if text is None else Decoded(text)


def _unmarked(data: bytes) -> str | None:
    """UTF-16 without its mark: read so, it is nothing but words and spaces."""
    for encoding in ("utf-16-le", "utf-16-be"):
        try:
            text = data.decode(encoding)
        except UnicodeError:
            continue
        sample = text[:_SAMPLE]
        odd = sum(unicodedata.category(character) in _NO_TEXT for character in sample)
        if "\0" not in text and odd * 200 <= len(sample) and re.search(r"[ \n\u3002]", sample):
            return encoding
    return None


def _by_mark(data: bytes) -> str | None:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            try:
                return data.decode(encoding).removeprefix("\ufeff")
            except UnicodeError:
                raise _undecodable() from None
    return None


def _utf8(data: bytes) -> str | None:
    try:
        return data.decode("utf-8")
    except UnicodeError:
        return None


def _declared(data: bytes) -> str | None:
    """The page in the encoding it names; Latin-1 means cp1252 there, as in browsers."""
    found = _CHARSET.search(data[:4096])
    if found is None:
        return None
    return _in_charset(data, found[1].decode("ascii", "replace"))


def _in_charset(data: bytes, name: str) -> str | None:
    try:
        encoding = codecs.lookup(name.lower()).name
        encoding = "cp1252" if encoding in ("iso8859-1", "ascii") else encoding
        return data.decode(encoding, "replace")
    except (LookupError, UnicodeError, ValueError):
        return None


def _guessed(data: bytes) -> Decoded:
    encoding = _guess(data)
    try:
        return Decoded(data.decode(encoding), encoding)
    except (UnicodeError, LookupError):
        raise _undecodable() from None


def _guess(data: bytes) -> str:
    """The old encoding that the data are in. Raises `UnreadableFile` for damaged UTF-8."""
    replaced = data.decode("utf-8", "replace")
    damaged = replaced.count("\ufffd")
    if damaged < sum(not character.isascii() for character in replaced) / 2:
        raise UnreadableFile(
            f"It is UTF-8 with {damaged} damaged characters.", "Save the file anew as UTF-8."
        )
    from charset_normalizer import from_bytes  # loaded for files in old encodings only

    best = from_bytes(data[:_SAMPLE], cp_isolation=list(_OLD)).best()
    if best is None:
        raise _undecodable()
    if best.encoding not in ("cp1250", "cp1252"):
        return best.encoding
    signs = _SIGN_IN_WORD.search(data.decode("cp1252", "replace"))
    return "cp1250" if signs or best.language in _CENTRAL_EUROPE else "cp1252"


def _binary() -> UnreadableFile:
    return UnreadableFile("It is not text but binary data.", "Export it as .txt, .md or .html.")


def _undecodable() -> UnreadableFile:
    return UnreadableFile("Its characters are in no known encoding.", "Save the file as UTF-8.")
