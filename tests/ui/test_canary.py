from __future__ import annotations

import http.client
import socket
import time
from urllib.parse import urlsplit

import pytest
from canary import Canary


def wait_for(canary: Canary, count: int) -> list[str]:
    until = time.monotonic() + 30
    while time.monotonic() < until and len(canary.asked) < count:
        time.sleep(0.01)
    return canary.asked


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "OPTIONS", "BREW"])
def test_the_canary_counts_every_method(canary: Canary, method: str):
    canary.forget()
    connection = http.client.HTTPConnection(urlsplit(canary.url).netloc, timeout=5)
    connection.request(method, "/leak")
    assert connection.getresponse().status == 200
    connection.close()
    assert wait_for(canary, 1) == [f"{method} /leak HTTP/1.1"]
    assert canary.connections == 1


def test_the_canary_counts_a_websocket_and_tls(canary: Canary):
    canary.forget()
    place = (str(urlsplit(canary.url).hostname), int(urlsplit(canary.url).port or 0))
    with socket.create_connection(place) as upgrade:
        upgrade.sendall(b"GET /socket HTTP/1.1\r\nUpgrade: websocket\r\n\r\n")
    with socket.create_connection(place) as tls:
        tls.sendall(b"\x16\x03\x01\x02\x00")
    assert len(wait_for(canary, 2)) == canary.connections == 2
    assert "GET /socket HTTP/1.1" in canary.asked


def test_the_canary_counts_who_connects_and_says_nothing(canary: Canary):
    canary.forget()
    place = (str(urlsplit(canary.url).hostname), int(urlsplit(canary.url).port or 0))
    with socket.create_connection(place):
        until = time.monotonic() + 30
        while not canary.connections and time.monotonic() < until:
            time.sleep(0.01)
    assert (canary.connections, canary.asked) == (1, [])
