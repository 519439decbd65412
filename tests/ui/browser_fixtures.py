"""Browser tests share one Chromium; each module has its server, its library and its canary."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from canary import Canary, serve_canary
from command import read
from fake_openai import FakeOpenAI, serve_fake
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect
from playwright.sync_api import Error as BrowserError
from running_chat import close_pages, copy_home, open_chromium, open_page, serve_chat

# Two runs of tests share two cores: what takes a tenth of a second may take some.
expect.set_options(timeout=30_000)

FERRY = (
    "The ferry to Skell Island returned on 4 May 2024 after eleven weeks in dry dock."
    " Harbour master Ines Aldana said the crew had replaced both engines.\n\n"
    "The council paid 1.2 million crowns for the repair."
)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """What the page showed goes with a red test: a run elsewhere leaves nothing to look at."""
    report = yield
    page = getattr(item, "funcargs", {}).get("page")
    if report.when == "call" and report.failed and isinstance(page, Page):
        try:
            shown = page.locator("body").inner_text(timeout=5_000)
        except BrowserError as error:
            shown = f"nothing that could be read: {error.message}"
        report.sections.append(("the page", f"{page.url}\n{shown}"))
    return report


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with open_chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def canary() -> Iterator[Canary]:
    with serve_canary() as serving:
        yield serving


@pytest.fixture(scope="module")
def model() -> Iterator[FakeOpenAI]:
    with serve_fake() as fake:
        yield fake


@pytest.fixture(scope="session")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library of dated articles and an undated one, to be copied."""
    from conftest import write_md  # which loads this module itself

    folder = tmp_path_factory.mktemp("articles")
    filler = "\n\n".join(f"Tide table, week {n}: no change was reported." for n in range(60))
    files = {
        "ferry": write_md(
            f"{filler}\n\n{FERRY}\n\n{filler}",
            title="Ferry returns to Skell Island",
            outlet="The Skell Courier",
            author="Mara Quist",
            published="2024-05-04",
            url="https://skell-courier.example/ferry",
        ),
        "quay": write_md("The quay at Norrby was painted green.", title="Paint on the quay"),
        "library": write_md(
            "The mayor of Grimsvotn praised the new library on Monday.",
            title="Grimsvotn library opens",
            outlet="Northern Wire",
            published="2024-06-01",
        ),
    }
    for name, text in files.items():
        (folder / f"{name}.md").write_text(text, encoding="utf-8")
    home = tmp_path_factory.mktemp("printed") / "home"
    read("index", folder, home=home)
    return home


@pytest.fixture(scope="module")
def press(printed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library of dated articles and an undated one, a module's own."""
    return copy_home(printed, tmp_path_factory.mktemp("chat") / "home")


@pytest.fixture(scope="module")
def address(press: Path, model: FakeOpenAI) -> Iterator[str]:
    with serve_chat(press, DATELINE_BASE_URL=model.url, DATELINE_ENGINE="quotes") as found:
        yield found


@pytest.fixture(scope="module")
def window(chromium: Browser) -> Iterator[BrowserContext]:
    """Where a module's pages open: what one has loaded of Streamlit's own, the next ones have."""
    context = chromium.new_context(
        permissions=["clipboard-read", "clipboard-write"], accept_downloads=True
    )
    yield context
    context.close()


@pytest.fixture
def page(window: BrowserContext, address: str) -> Iterator[Page]:
    """The open page; afterwards, it must have asked nobody but its own server for anything."""
    asked: list[str] = []

    def note(request: Request) -> None:
        asked.append(request.url)

    window.on("request", note)
    yield open_page(window, address)
    close_pages(window)
    window.remove_listener("request", note)
    own = (address, address.replace("http", "ws"), "data:", f"blob:{address}")
    assert [url for url in asked if not url.startswith(own)] == []
