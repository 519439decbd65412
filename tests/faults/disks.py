"""A small disk of one's own and an ordinary user's rights, for the process that asks for them."""

from __future__ import annotations

import ctypes
import os
from pathlib import Path

NEW_MOUNTS, NEW_USER = 0x00020000, 0x10000000
PRIVATE, RECURSIVE = 1 << 18, 1 << 14
#: The form in which the rights are set: what may be used now, be regained, be handed on.
CAPABILITIES_3 = 0x20080522

_libc = ctypes.CDLL(None, use_errno=True)


def mount_small(folder: Path, size: int) -> None:
    """A file system of `size` bytes at `folder`, which this process and its children alone see.

    Raises OSError where that is not allowed.
    """
    user, group = os.getuid(), os.getgid()
    _check(_libc.unshare(NEW_MOUNTS if user == 0 else NEW_MOUNTS | NEW_USER))
    if user:
        for name, said in (
            ("setgroups", "deny"),
            ("uid_map", f"0 {user} 1"),
            ("gid_map", f"0 {group} 1"),
        ):
            Path(f"/proc/self/{name}").write_text(said)
    _check(_libc.mount(b"none", b"/", None, PRIVATE | RECURSIVE, None))
    _check(_libc.mount(b"tmpfs", bytes(folder), b"tmpfs", 0, f"size={size}".encode()))


def become_ordinary() -> None:
    """Give up root's rights, to whom nothing is read-only; whoever has none stays who he is."""
    if os.getuid() == 0:
        header = (ctypes.c_uint32 * 2)(CAPABILITIES_3, 0)
        _check(_libc.capset(header, (ctypes.c_uint32 * 6)()))


def _check(result: int) -> None:
    if result != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
