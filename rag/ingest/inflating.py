"""Zip archives, opened without trust in what their headers say."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from rag.errors import UnreadableFile

#: The most bytes that the list of members may take: each takes memory.
_MOST_LISTED = 30_000_000
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_CHUNK = 1 << 16

#: What a broken archive raises, wherever it is broken.
BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    struct.error,
    OSError,
)


@contextmanager
def open_zip(file: BinaryIO) -> Iterator[zipfile.ZipFile]:
    """The archive in a file. Raises `UnreadableFile` where it is none, or lists too much."""
    _check_list(file)
    try:
        archive = zipfile.ZipFile(file)
    except BROKEN as error:
        raise UnreadableFile(
            f"Its zip archive is broken ({type(error).__name__}).", "Pack it anew."
        ) from error
    with archive:
        yield archive


def find_fault(member: zipfile.ZipInfo) -> str | None:
    """Why a member cannot be unpacked at all; None where it can be tried."""
    if member.flag_bits & 0x1:
        return "it is encrypted"
    if member.compress_type not in _METHODS:
        return "its compression is unknown here"
    return None


def inflate(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, limit: int, meter: Meter
) -> BinaryIO:
    """The member as a stream that ends in an error where it gives more than `limit` bytes, or all
    members together more than `meter` has left."""
    return io.BufferedReader(_Inflated(archive.open(member), limit, meter), _CHUNK)


class Meter:
    """How many bytes may still be unpacked."""

    def __init__(self, left: int) -> None:
        self.left = left

    def take(self, size: int) -> None:
        self.left -= size
        if self.left < 0:
            raise UnreadableFile("It unpacks to more than is read of an archive.", "Split it.")


class _Inflated(io.RawIOBase):
    def __init__(self, stream: object, limit: int, meter: Meter) -> None:
        self.stream: BinaryIO = stream  # type: ignore[assignment]
        self.own = Meter(limit)
        self.meter = meter

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = self.stream.read(len(buffer))
        self.own.take(len(data))
        self.meter.take(len(data))
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self.stream.close()
        super().close()


def check_inflated(data: bytes, limit: int, members: int) -> None:
    """Raises `UnreadableFile` where the archive in `data` unpacks to more than `limit` bytes, has
    more than so many members, or cannot be unpacked whole; nothing is kept of it."""
    meter = Meter(limit)
    with open_zip(io.BytesIO(data)) as archive:
        listed = archive.infolist()
        if len(listed) > members:
            raise UnreadableFile("It has too many parts.", "Save it anew.")
        for member in listed:
            if fault := find_fault(member):
                raise UnreadableFile(f"A part of it cannot be unpacked: {fault}.", "Save it anew.")
            _drain(archive, member, meter)


def _drain(archive: zipfile.ZipFile, member: zipfile.ZipInfo, meter: Meter) -> None:
    try:
        with archive.open(member) as stream:
            while data := stream.read(_CHUNK):
                meter.take(len(data))
    except BROKEN as error:
        raise UnreadableFile("Its zip archive is broken.", "Save it anew.") from error


def _check_list(file: BinaryIO) -> None:
    """Raises `UnreadableFile` where the list of members is longer than is borne."""
    file.seek(0, io.SEEK_END)
    size = file.tell()
    file.seek(max(0, size - (1 << 16) - 22))
    tail = file.read()
    at = tail.rfind(b"PK\5\6")
    if at < 0 or len(tail) < at + 22:
        raise UnreadableFile("It is no zip archive, or is cut off.", "Pack it anew.")
    listed = struct.unpack("<L", tail[at + 12 : at + 16])[0]
    wide = tail.rfind(b"PK\6\6", 0, at)
    if wide >= 0 and len(tail) >= wide + 48:
        (listed,) = struct.unpack("<Q", tail[wide + 40 : wide + 48])
    file.seek(0)
    if listed > _MOST_LISTED:
        raise UnreadableFile("It has too many members.", "Split it into several archives.")
