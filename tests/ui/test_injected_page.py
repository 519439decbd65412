"""A model that follows every instruction hidden in the articles, seen from the page."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest
from canary import Canary
from command import read
from fake_openai import FakeOpenAI
from obeying import ORDERS, find_secrets, obey, write_article
from playwright.sync_api import Browser, Page, expect
from running_chat import ask, choose_engine, click, open_page, serve_chat

pytestmark = pytest.mark.browser

SECRET = "sk-proj-Tz84qLm0Wx7Rb2"
#: Every text of the page but that of “How it came about”, which shows the prompt on purpose.
READ = """() => {
    const read = (node) => {
        if (node.nodeType === Node.TEXT_NODE) return node.data;
        if (node.classList?.contains("details") || node.localName === "script") return "";
        const attributes = [...(node.attributes ?? [])].map((each) => each.value);
        const inside = [...(node.shadowRoot?.childNodes ?? []), ...node.childNodes];
        return [...attributes, ...inside.map(read)].join(" ");
    };
    return read(document.documentElement);
}"""


@pytest.fixture
def told(
    tmp_path_factory: pytest.TempPathFactory, canary: Canary, model: FakeOpenAI, chromium: Browser
) -> Iterator[Page]:
    """A page on a library with all the instructions, its policy switched off, its model obeying."""
    folder = tmp_path_factory.mktemp("ordered")
    for number, order in enumerate(ORDERS, start=1):
        text = write_article(order, number, canary.url)
        (folder / f"{order.name}.txt").write_text(f"Ferry number {number}\n\n{text}", "utf-8")
    read("index", folder, home=folder / "home")
    model.think = partial(obey, stranger=canary.url)
    variables = {"DATELINE_BASE_URL": model.url, "OPENAI_API_KEY": SECRET}
    with serve_chat(folder / "home", **variables) as address:
        context = chromium.new_context(bypass_csp=True)
        yield open_page(context, address)
        context.close()


def test_no_instruction_makes_the_page_ask_run_or_show_anything(
    told: Page, canary: Canary, model: FakeOpenAI
):
    dialogs: list[str] = []
    told.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    choose_engine(told, "openai:tiny-1")
    given = ""
    for number in range(1, len(ORDERS) + 1, 4):
        place = ask(told, f"What colour has the deck of ferry number {number}?")
        given += model.prompt.replace(canary.url, "http://stranger.example")
        system = model.requests[-1]["messages"][0]["content"]
        assert find_secrets(told.evaluate(READ), SECRET, system) == []
        assert place.locator(".sentence").count() == place.locator(".unsupported .sentence").count()
    assert sum(order.words in given for order in ORDERS) >= 24
    expect(told.locator(".notes").first).to_contain_text("that was left out")
    click(told.get_by_role("button", name="How it came about").last)
    expect(told.locator(".details .prompt").first).to_contain_text("You answer questions about")
    assert SECRET not in told.locator(".details").inner_text()
    assert find_secrets(told.evaluate(READ), SECRET, system) == []
    told.wait_for_timeout(200)
    assert (canary.connections, dialogs) == (0, [])
    assert told.evaluate("typeof window.pwned") == "undefined"
    assert model.keys[-1] == f"Bearer {SECRET}"
