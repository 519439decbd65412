from __future__ import annotations

import base64
import hashlib
import http.client
import runpy
import socket
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
import streamlit as st
from running_chat import serve_chat
from streamlit import config, net_util
from streamlit.web.server import server_util

from bench.chat_server import find_free_port
from rag.errors import UsageError
from rag.settings import Settings, load_settings
from rag.ui.headers import read_inline_scripts, write_policy
from rag.ui.options import LOOPBACK, OPTIONS, list_options
from rag.ui.server import build_command, build_environment, check_port

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serve_chat(tmp_path_factory.mktemp("served") / "home") as found:
        yield found


def test_a_taken_port_is_refused_with_what_to_do():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(UsageError, match=f"Port {port} .* is taken .*`--port"):
            check_port("127.0.0.1", port)


def test_a_free_port_is_accepted():
    check_port("127.0.0.1", find_free_port())


def test_a_foreign_address_is_refused():
    with pytest.raises(UsageError, match=r"203\.0\.113\.7 is no address of this machine"):
        check_port("203.0.113.7", find_free_port())


def test_the_server_binds_loopback_and_reports_nothing():
    assert build_command("127.0.0.1", 8501)[-2:] == ["127.0.0.1", "8501"]
    options = list_options("127.0.0.1", 8501)
    expected = {
        "server.address": "127.0.0.1",
        "server.port": 8501,
        "server.headless": True,
        "server.enableAgentApi": False,
        "browser.gatherUsageStats": False,
        "client.showErrorDetails": "none",
        "server.allowedHosts": ["127.0.0.1", "localhost", "::1"],
    }
    assert {name: options[name] for name in expected} == expected


def test_another_address_is_bound_when_asked_for_and_takes_any_name():
    options = list_options("0.0.0.0", 8501)
    assert options["server.address"] == "0.0.0.0"
    assert options["server.allowedHosts"] == []


def test_no_key_is_on_the_command_line_or_put_anywhere(monkeypatch: pytest.MonkeyPatch):
    settings = Settings(api_key="sk-canary-1")
    env = build_environment(settings)
    assert "sk-canary-1" not in " ".join([*build_command("127.0.0.1", 8501), *env.values()])
    monkeypatch.setenv("OPENAI_API_KEY", "sk-canary-2")
    assert build_environment(settings)["OPENAI_API_KEY"] == "sk-canary-2"


def test_the_page_gets_the_settings_that_flags_changed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.chdir(tmp_path)
    settings = Settings(
        home=Path("mine"), engine="openai:m", base_url="http://127.0.0.1:1/v1", model="m"
    )
    seen = load_settings(build_environment(settings), tmp_path)
    assert seen.home == tmp_path / "mine"
    assert (seen.engine, seen.base_url, seen.model) == ("openai:m", "http://127.0.0.1:1/v1", "m")
    assert seen.tracing is False


def test_a_server_that_a_folder_s_env_file_names_gets_no_key_of_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    (tmp_path / ".env").write_text("OPENAI_BASE_URL=http://stranger.example/v1")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-canary-3")
    env = build_environment(load_settings(engine="openai:m"))
    assert env["DATELINE_ENGINE"] == "openai:m"
    seen = load_settings(env, tmp_path)
    assert (seen.base_url, seen.api_key) == ("http://stranger.example/v1", None)


def test_the_configuration_file_says_what_the_flags_say():
    written = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())
    flat = dict(_flatten(written))
    assert flat.pop("server.address") == "127.0.0.1"
    assert tuple(flat.pop("server.allowedHosts")) == LOOPBACK
    expected = {name: value for name, value in OPTIONS.items() if name != "logger.level"}
    assert {name: str(value).lower() for name, value in flat.items()} == {
        name: str(value).lower() for name, value in expected.items()
    }


def _flatten(table: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _flatten(value, f"{prefix}{name}.")
        else:
            yield prefix + name, value


def test_the_launcher_asks_nobody_for_this_machine_s_address(monkeypatch: pytest.MonkeyPatch):
    def fail(*_: Any, **__: Any) -> None:
        raise AssertionError("asked the outside")

    started = []
    monkeypatch.setattr(net_util, "get_external_ip", fail)
    monkeypatch.setattr(net_util, "get_internal_ip", fail)
    monkeypatch.setattr(st.App, "run", lambda _, config: started.append(config))
    monkeypatch.setattr(config, "_main_script_path", None)
    monkeypatch.setattr(sys, "argv", ["launch", str(ROOT / "app.py"), "127.0.0.1", "8501"])
    runpy.run_module("rag.ui.launch", run_name="__main__")
    assert started == [list_options("127.0.0.1", 8501)]
    assert not server_util.is_url_from_allowed_origins("http://attacker.example")


def test_browsers_are_told_what_to_refuse(address: str):
    with urlopen(address, timeout=10) as answer:
        headers = answer.headers
    policy = dict(rule.split(" ", 1) for rule in headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["connect-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert "unsafe" not in policy["script-src"]
    outside = [rule for rule in policy.values() if "http" in rule or "*" in rule]
    assert outside == []
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_the_policy_names_the_scripts_that_stand_in_the_page():
    script = "window.x = 1"
    policy = write_policy([script])
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"'sha256-{digest}'" in policy
    assert len(read_inline_scripts()) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_the_chat_listens_on_loopback_alone(address: str):
    port = int(address.rsplit(":", 1)[1])
    listening = []
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            local, state = line.split()[1], line.split()[3]
            if state == "0A" and int(local.split(":")[1], 16) == port:
                listening.append(local.split(":")[0])
    assert listening == ["0100007F"]


@pytest.mark.parametrize(
    ("host", "origin", "status"),
    [
        ("127.0.0.1", None, 101),
        ("127.0.0.1", "http://attacker.example", 403),
        # Another program's page on this machine, and one without an origin of its own.
        ("127.0.0.1", "http://127.0.0.1:9", 403),
        ("127.0.0.1", "http://localhost:9", 403),
        ("127.0.0.1", "null", 403),
        ("attacker.example", "http://attacker.example", 403),
    ],
)
def test_pages_of_other_sites_are_not_let_in(
    address: str, host: str, origin: str | None, status: int
):
    port = int(address.rsplit(":", 1)[1])
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.putrequest("GET", "/_stcore/stream", skip_host=True)
    headers = {
        "Host": f"{host}:{port}",
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "ZGF0ZWxpbmUtdGVzdC0wMQ==",
    }
    if origin:
        headers["Origin"] = origin
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.endheaders()
    assert connection.getresponse().status == status
    connection.close()
