"""What the tests themselves rely on, and what the package shows to others."""

from __future__ import annotations

import os
import socket

import pytest
from pytest_socket import SocketConnectBlockedError

import rag


@pytest.mark.filterwarnings("ignore:A test tried to use socket")
def test_the_network_is_closed_beyond_loopback() -> None:
    with pytest.raises(SocketConnectBlockedError), socket.socket() as probe:
        probe.connect(("192.0.2.1", 80))


def test_no_key_is_in_the_environment() -> None:
    assert not [name for name in os.environ if name.endswith("_API_KEY")]


def test_every_public_name_is_there() -> None:
    assert rag.__all__ == sorted(rag.__all__)
    for name in rag.__all__:
        assert getattr(rag, name) is not None
    with pytest.raises(AttributeError):
        _ = rag.nothing_of_the_kind
