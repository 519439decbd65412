"""The characters of a file, whatever encoding it is in."""

from __future__ import annotations

import codecs
import re

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
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)


def decode_text(data: bytes) -> str:
    """The characters of a plain text. Raises `UnreadableFile` for binary data and damaged text."""
    text = _by_mark(data)
    if text is None:
        _refuse_binary(data)
        text = _utf8(data)
    if text is None:
        text = _guessed(data)
    if len(_CONTROL.findall(text[:_SAMPLE])) * 50 > len(text[:_SAMPLE]):
        raise _binary()
    return text


def decode_page(data: bytes) -> str:
    """The characters of an HTML page, which may name its encoding.

    Where it does, damaged characters become U+FFFD, as in browsers.
    """
    text = _by_mark(data)
    if text is None:
        _refuse_binary(data)
        text = _utf8(data)
    if text is None:
        text = _declared(data)
    return _guessed(data) if text is None else text


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
    name = found[1].decode("ascii", "replace").lower()
    try:
        encoding = codecs.lookup(name).name
        encoding = "cp1252" if encoding in ("iso8859-1", "ascii") else encoding
        return data.decode(encoding, "replace")
    except (LookupError, UnicodeError, ValueError):
        return None


def _guessed(data: bytes) -> str:
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
    encoding = best.encoding
    if encoding in ("cp1250", "cp1252"):
        signs = _SIGN_IN_WORD.search(data.decode("cp1252", "replace"))
        encoding = "cp1250" if signs or best.language in _CENTRAL_EUROPE else "cp1252"
    try:
        return data.decode(encoding)
    except (UnicodeError, LookupError):
        raise _undecodable() from None


def _refuse_binary(data: bytes) -> None:
    if b"\0" in data:
        raise _binary()


def _binary() -> UnreadableFile:
    return UnreadableFile("It is not text but binary data.", "Export it as .txt, .md or .html.")


def _undecodable() -> UnreadableFile:
    return UnreadableFile("Its characters are in no known encoding.", "Save the file as UTF-8.")
