"""Whatever stands in an article, an answer, a question or a name is text on the page, and no more.

The first tests have the browser's policy switched off, so that they look at the drawing alone. The
last ones have it on, and look at what it refuses.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from canary import Canary, serve_canary
from fake_openai import FakeOpenAI
from payloads import list_names, list_payloads
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from poisoned import CHAT, QUESTION, TOGETHER, build_home, list_sentences, pack, squeeze
from running_chat import (
    ask,
    choose,
    click,
    hover,
    open_adding,
    open_menu,
    open_shelf,
    serve_chat,
)

from bench.chat_server import find_free_port, wait_until_up
from rag.types import REFUSAL

pytestmark = pytest.mark.browser

TINY = "openai:tiny-1"
#: What a drawing of the page never has in it; its own search fields are the only inputs.
MARKUP = (
    ".dateline :is(img, picture, source, svg, math, a, area, script, iframe, frame, object, embed,"
    " video, audio, track, link, style, base, meta, form, table, marquee, noscript, template,"
    " input:not(.search), [style*=url], [onerror], [onload], [src], [href], [srcset], [background],"
    " [action], [ping], [poster])"
)
#: What the page of all drawings has.
SURFACES = (
    "suggestion failure mend notice code unkept where trouble file-0 reason-0 job-note removed"
    " title outlet author url quote quoted checked unsupported lead why passage note system user"
    " engine searched question scope problem hint chat deleted"
    " exam-reason exam-note exam-problem serving unbriefed brief-listed brief-deleted"
    " brief-missing brief-problem brief-hint brief-removed"
    " listed warning place-0 copy read-0 undo said fault fact passed-0 passed-over"
).split()
#: What a briefing has in its fields, and what it will look like.
TYPED = "brief-title brief-heading brief-comment brief-question".split()
LOOK = "brief-title brief-heading brief-comment brief-question quoted lead why quote title".split()
TAKE_FOR_MARKUP = """texts => {
    for (const text of texts) {
        const box = document.createElement("div");
        box.className = "dateline";
        box.innerHTML = text;
        document.body.append(box);
    }
}"""
#: What a browser asks for at the least when these are taken for markup.
FETCHED = "img img-unquoted img-srcset picture iframe object embed stylesheet style-import".split()
#: Articles that an answer of the real program cites at the least; the page of all drawings shows
#: every payload.
CITED = 3
#: Payloads of a field that its prompt holds at the least.
ENOUGH = 18


@dataclass
class Watched:
    """A page of whose doings everything is noted."""

    page: Page
    address: str
    canary: Canary
    asked: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)

    def check(self) -> None:
        """Nothing that was drawn so far has done anything."""
        self.page.wait_for_timeout(150)
        assert (self.canary.connections, self.canary.asked) == (0, [])
        assert self.dialogs == []
        assert self.page.evaluate("typeof window.pwned") == "undefined"
        assert self.page.locator(MARKUP).count() == 0
        own = (self.address, self.address.replace("http", "ws"), f"blob:{self.address}", "data:")
        assert [url for url in self.asked if not url.startswith(own)] == []
        assert len(self.page.context.pages) == 1

    def shows(self, place: Locator, *texts: str) -> None:
        """Each text stands there to be read."""
        found = squeeze(" ".join(place.all_inner_texts()))
        missing = [text for text in texts if squeeze(text) not in found]
        assert not missing, missing[:3]


def watch(context: BrowserContext, address: str, canary: Canary) -> Watched:
    watched = Watched(context.new_page(), address, canary)
    context.on("request", lambda request: watched.asked.append(request.url))
    watched.page.on("websocket", lambda socket: watched.asked.append(socket.url))
    watched.page.on(
        "dialog", lambda dialog: (watched.dialogs.append(dialog.message), dialog.dismiss())
    )
    return watched


@pytest.fixture(scope="module")
def names(canary: Canary) -> list[str]:
    """Payloads that a model server's models are called."""
    return [*list_names(canary.url, "model").values(), *pack(canary.url, "engine-name")[:3]]


@pytest.fixture(scope="module")
def poisoned(
    tmp_path_factory: pytest.TempPathFactory, canary: Canary, model: FakeOpenAI, names: list[str]
) -> Iterator[str]:
    """The address of a chat over the poisoned library; its quotes engine shows nearly all."""
    model.models = ["tiny-1", *names]
    home = build_home(tmp_path_factory.mktemp("poisoned"), canary.url)
    variables = {"DATELINE_BASE_URL": model.url, "DATELINE_ENGINE": "quotes"}
    with serve_chat(home, DATELINE_CONFIDENCE="0.1", **variables) as address:
        yield address


@pytest.fixture
def stranger() -> Iterator[Canary]:
    """Another canary, for those that mean to be heard."""
    with serve_canary() as serving:
        yield serving


@pytest.fixture
def bare(chromium: Browser, poisoned: str, canary: Canary) -> Iterator[Watched]:
    """A page whose policy is switched off: nothing but the drawing protects it."""
    context = chromium.new_context(bypass_csp=True, viewport={"width": 1400, "height": 900})
    watched = watch(context, poisoned, canary)
    watched.page.goto(poisoned)
    watched.page.get_by_test_id("stChatInputTextArea").wait_for(timeout=60_000)
    yield watched
    watched.check()
    context.close()


def start_chat(page: Page, engine: str) -> None:
    click(page.get_by_role("button", name="New chat"))
    page.locator(".exchange").first.wait_for(state="detached")
    box = page.get_by_role("combobox", name="Answered by")
    if box.input_value() != engine:
        choose(page, "Answered by", page.get_by_role("option", name=engine, exact=True))


def list_texts(canary: Canary, surface: str) -> list[str]:
    return list(list_payloads(canary.url, surface).values())


def list_paths(canary: Canary) -> set[str]:
    """What was fetched from it."""
    return {line.split(" ")[1] for line in canary.asked}


def test_the_watch_sees_what_it_is_there_for(chromium: Browser, stranger: Canary):
    context = chromium.new_context(bypass_csp=True)
    watched = watch(context, "about:", stranger)
    # What leads the page away, or has its addresses mean others, would hide the rest.
    texts = list_payloads(stranger.url, "live")
    texts = {name: text for name, text in texts.items() if name not in ("meta-refresh", "base")}
    watched.page.evaluate(TAKE_FOR_MARKUP, list(texts.values()))
    wanted = {f"/live/{name}" for name in FETCHED}
    until = time.monotonic() + 60
    while not wanted <= list_paths(stranger) and time.monotonic() < until:
        watched.page.wait_for_timeout(100)
    assert wanted <= list_paths(stranger)
    assert watched.page.evaluate("window.pwned") == 1
    assert watched.dialogs
    assert watched.page.locator(MARKUP).count() > len(FETCHED)
    context.close()


def test_questions_errors_scopes_and_titles_of_kept_chats_are_text(bare: Watched):
    page = bare.page
    page.goto(f"{bare.address}?chat={CHAT}")
    rows = len(pack(bare.canary.url, "question"))
    expect(page.locator(".exchange .problem")).to_have_count(rows, timeout=60_000)
    for surface in ("question", "problem", "hint", "scope"):
        bare.shows(page.locator(".exchange"), *list_texts(bare.canary, surface))
    titles = page.get_by_role("list", name="Chats")
    # The other tests' chats are newer, and the list shows the newest.
    page.get_by_label("Search the chats").fill("/chat-title/")
    expect(titles.get_by_text(QUESTION)).to_have_count(0)
    expect(titles.get_by_role("listitem").first).to_contain_text("/chat-title/")
    found = [text for text in list_texts(bare.canary, "chat-title")[::2] if "/chat-title/" in text]
    assert len(found) > 20
    bare.shows(titles, *found)
    assert page.title() == "Dateline"


def test_what_is_typed_and_quoted_is_text(bare: Watched):
    page, canary = bare.page, bare.canary
    start_chat(page, "quotes")
    for packed in pack(canary.url, "typed")[:2]:
        place = ask(page, f"{QUESTION} {packed}")
        bare.shows(place.locator(".question"), packed)
    place = ask(page, QUESTION)
    assert place.locator(".quotation").count() > 0
    shown = squeeze(" ".join(place.locator(".sentences").all_inner_texts()))
    assert any(squeeze(text) in shown for text in list_texts(canary, "body"))


def ask_model(bare: Watched, model: FakeOpenAI) -> Locator:
    """An answer that cites ten passages, two for each sentence, every payload a sentence of it."""
    said = list_sentences(bare.canary.url, "said")
    cited = [f"[{n % 10 + 1}][{(n + 3) % 10 + 1}]" for n in range(len(said))]
    model.say(*(f"{text} {n}. " for text, n in zip(said, cited, strict=True)))
    start_chat(bare.page, TINY)
    return ask(bare.page, QUESTION)


def check_articles(canary: Canary, surfaces: Sequence[str], shown: str) -> list[int]:
    """Of each article whose date is shown, these fields are, every payload of them; their numbers.

    Which articles ten passages are of hangs on the port that stands in the payloads.
    """
    count = len(pack(canary.url, "title"))
    articles = [n for n in range(count) if f"{n + 1}may2024" in shown]
    assert len(articles) >= CITED
    for surface in surfaces:
        payloads = list_payloads(canary.url, surface)
        if surface == "author":
            # Obsidian's link to an author is read as the words that it shows.
            payloads["wiki-embed"] = "read"
        texts = list(payloads.values())
        held = [text for n in articles for text in texts[n * TOGETHER : (n + 1) * TOGETHER]]
        assert [text for text in held if squeeze(text) not in shown] == [], surface
    return articles


def test_a_model_s_answer_and_all_that_it_cites_are_text(bare: Watched, model: FakeOpenAI):
    canary = bare.canary
    place = ask_model(bare, model)
    bare.shows(place.locator(".block .sentences"), *list_texts(canary, "said"))
    cited = place.locator(".citation")
    shown = squeeze(" ".join(cited.all_inner_texts()))
    articles = check_articles(canary, ("title", "author", "outlet", "url"), shown)
    files = squeeze(" ".join(cited.locator(".file").all_inner_texts()))
    names = list(list_names(canary.url, "file").values())
    named = [names[n] for n in articles if n < len(names)]
    assert [name for name in named if squeeze(name) not in files] == []


def test_the_tip_the_panel_and_the_details_are_text(bare: Watched, model: FakeOpenAI):
    page, canary = bare.page, bare.canary
    place = ask_model(bare, model)
    for marker in place.locator(".marker").all()[:3]:
        hover(marker)
        assert squeeze(page.locator(".tip .quote").inner_text()) in squeeze(
            " ".join(place.locator(".citation .quote").all_inner_texts())
        )
    bare.check()
    shown = ""
    for number in range(10):
        click(place.locator(".marker").nth(number))
        page.locator(".panel mark.meant").first.wait_for(timeout=30_000)
        shown += squeeze(page.locator(".panel").inner_text())
    check_articles(canary, ("title", "author", "outlet", "url", "body"), shown)
    click(page.get_by_role("button", name="Close the article"))
    click(place.get_by_role("button", name="How it came about"))
    details = place.get_by_role("region", name="How the answer came about")
    details.wait_for()
    for summary in details.locator("summary").all():
        click(summary)
    given = squeeze(" ".join(details.locator(".prompt").all_inner_texts()))
    for surface in ("title", "outlet", "body"):
        texts = [squeeze(text) for text in list_texts(canary, surface)]
        assert sum(text in given for text in texts) >= ENOUGH, surface
    assert details.locator(".ranked").count() == 10


def test_a_briefing_and_all_that_is_typed_into_it_are_text(bare: Watched, model: FakeOpenAI):
    page, canary = bare.page, bare.canary
    place = ask_model(bare, model)
    quotes = squeeze(" ".join(place.locator(".citation .quote").all_inner_texts()))
    quoted = [text for text in list_texts(canary, "body") if squeeze(text) in quotes]
    # Ten passages are cited; which of their sentences, the support check has chosen, and a payload
    # with a full stop in it may be cut.
    assert len(quoted) >= 5
    click(place.get_by_role("button", name="Add to briefing"))
    click(place.get_by_role("button", name="Open the briefing"))
    page.locator(".briefing").wait_for()
    for label in ("Title of the briefing", "Heading", "Comment"):
        field = page.get_by_label(label, exact=True).first
        for number, packed in enumerate(pack(canary.url, squeeze(label))):
            text = packed if label == "Comment" else packed[:200]
            field.fill(text)
            field.blur()
            if number == 0:
                bare.check()
        expect(page.locator(".unkept").locator("visible=true")).to_have_count(0)
    for take in page.get_by_role("button", name="Take in all the same").all()[::-1]:
        take.click()
    expect(page.locator(".left .doubted")).to_have_count(0)
    bare.shows(page.locator(".brief-entry .sentences"), *list_texts(canary, "said"))
    bare.check()
    click(page.get_by_role("button", name="As it will look"))
    bare.shows(
        page.locator(".paper"),
        *list_texts(canary, "said"),
        pack(canary.url, "comment")[-1],
    )
    notes = page.locator(".paper .note-list")
    bare.shows(notes, *quoted)
    shown = squeeze(notes.inner_text())
    for surface in ("title", "author", "outlet", "url"):
        texts = [squeeze(text) for text in list_texts(canary, surface)]
        assert sum(text in shown for text in texts) >= ENOUGH, surface
    click(page.locator(".paper .marker").first)
    page.locator(".panel mark.meant").first.wait_for(timeout=30_000)
    bare.check()
    click(page.get_by_role("button", name="Close the article"))
    briefings = page.get_by_role("list", name="Briefings")
    entry = briefings.get_by_role("listitem").first
    title = entry.locator(".title").inner_text()
    with page.expect_download() as started:
        click(page.get_by_role("button", name="HTML", exact=True))
    assert re.fullmatch(r"[\w’'(),&+ -]+\.html", started.value.suggested_filename)
    hover(entry)
    click(entry.get_by_role("button", name=re.compile("^Delete")))
    expect(page.locator(".undo")).to_contain_text("Deleted: ")
    bare.shows(page.locator(".undo"), f"Deleted: {title}")


def test_the_nearest_passages_of_a_refusal_are_text(bare: Watched, model: FakeOpenAI):
    page = bare.page
    model.say(REFUSAL)
    start_chat(page, TINY)
    place = ask(page, QUESTION)
    click(place.locator(".nearest > summary"))
    nearest = place.locator(".passage")
    expect(nearest).to_have_count(5)
    shown = squeeze(" ".join(nearest.all_inner_texts()))
    for surface in ("title", "outlet", "body"):
        assert any(squeeze(text) in shown for text in list_texts(bare.canary, surface))


def test_a_model_s_name_and_its_server_s_errors_are_text(
    bare: Watched, model: FakeOpenAI, names: list[str]
):
    page, canary = bare.page, bare.canary
    click(page.get_by_role("combobox", name="Answered by"))
    options = page.get_by_role("listbox")
    bare.shows(options, *names[:4])
    page.keyboard.press("Escape")
    body = pack(canary.url, "error")[0]
    for number, (name, status) in enumerate(zip(names, (500, 404, 200, 401), strict=False)):
        model.say(status=status, body=f"<html>{body}</html>")
        start_chat(page, f"openai:{name}")
        place = ask(page, f"{QUESTION[:-1]} on day {number}?")
        expect(place.locator(".problem")).to_be_visible()
        expect(page.get_by_role("combobox", name="Answered by")).to_have_value(f"openai:{name}")
        if status == 404:
            bare.shows(place.locator(".problem"), name)
        bare.check()
    model.say(f"{list_sentences(canary.url, 'timed')[0]} [1].")
    click(page.get_by_role("button", name="Answer it again").last)
    expect(page.locator(".timing").last).to_be_visible()
    bare.shows(page.locator(".timing").last, names[3])


def test_outlets_in_the_filter_and_in_the_scope_are_text(bare: Watched):
    page = bare.page
    start_chat(page, "quotes")
    outlets = pack(bare.canary.url, "outlet")
    options = page.get_by_role("option")
    open_menu(page, "Outlets", options.first)
    chosen = options.first.inner_text()
    assert any(squeeze(outlet) == squeeze(chosen) for outlet in outlets)
    click(options.first)
    page.keyboard.press("Escape")
    tag = page.get_by_test_id("stMultiSelect")
    assert squeeze(chosen) in squeeze(tag.inner_html().replace("&lt;", "<").replace("&gt;", ">"))
    place = ask(page, QUESTION)
    bare.shows(place.locator(".scope"), chosen)
    bare.check()
    click(page.get_by_role("button", name="Clear all").first)


def test_chats_renamed_to_searched_for_and_deleted_as_a_payload_are_text(bare: Watched):
    page = bare.page
    title = list_payloads(bare.canary.url, "renamed")["img-after-quote"]
    chats = page.get_by_role("list", name="Chats")
    entry = chats.get_by_role("listitem").first
    hover(entry)
    click(entry.get_by_role("button", name=re.compile("^Rename")))
    page.get_by_label("New name of the chat").fill(title)
    page.get_by_label("New name of the chat").press("Enter")
    expect(chats.get_by_text(title, exact=True)).to_be_visible()
    page.get_by_label("Search the chats").fill(title)
    expect(chats.get_by_role("listitem")).to_have_count(1)
    bare.check()
    hover(chats.get_by_role("listitem").first)
    click(chats.get_by_role("button", name=re.compile("^Delete")))
    expect(page.locator(".undo")).to_contain_text(f"Deleted: {title}")
    click(page.get_by_role("button", name="Undo"))
    page.get_by_label("Search the chats").fill("")


def test_the_list_of_articles_and_what_was_removed_are_text(bare: Watched):
    page = bare.page
    articles = open_shelf(page)
    shown = squeeze(articles.inner_text())
    texts = [squeeze(text) for text in list_texts(bare.canary, "only-title")]
    assert sum(text in shown for text in texts) > 30
    bare.check()
    first = articles.locator(".shelf-item").first
    title = first.locator(".headline").inner_text()
    click(first.get_by_role("button", name=re.compile("^Remove")))
    expect(page.locator(".undo").first).to_contain_text("Removed: ", timeout=30_000)
    bare.shows(page.locator(".undo"), title)
    search = page.get_by_label("Search title, outlet, byline, section and file")
    search.fill(list_payloads(bare.canary.url, "only-title")["picture"])
    expect(articles.locator(".shelf-item")).to_have_count(1)


def test_names_of_uploaded_files_are_text(bare: Watched):
    page = bare.page
    page.goto(bare.address)
    field = open_adding(page)
    names = list(list_names(bare.canary.url, "upload").values())
    files = [
        (f"{name}.txt", b"" if n % 2 else b"It rained in Orm.") for n, name in enumerate(names)
    ]
    field.set_input_files(
        [{"name": name, "mimeType": "text/plain", "buffer": data} for name, data in files]
    )
    job = page.locator(".job")
    expect(job).to_contain_text("Not taken: ", timeout=30_000)
    # What an upload is called on a disk has no angle brackets and no straight quotation marks.
    bare.shows(job, *(name for name, data in files if not data and '"' not in name))
    bare.check()
    expect(page.get_by_test_id("stFileUploader")).not_to_contain_text(".txt ")
    field.set_input_files([{"name": f"{names[0]}.exe", "mimeType": "text/plain", "buffer": b"x"}])
    expect(job).to_contain_text(".exe is not read; what is: text, Markdown", timeout=30_000)


@pytest.fixture(scope="module")
def drawn(canary: Canary) -> Iterator[str]:
    """The address of the page that draws everything with payloads in it."""
    port = find_free_port()
    page = Path(__file__).parent / "poison_page.py"
    argv = [sys.executable, "-m", "rag.ui.launch", str(page), "127.0.0.1", str(port)]
    paths = [str(page.parents[2]), str(page.parent)]
    env = os.environ | {"CANARY": canary.url, "PYTHONPATH": os.pathsep.join(paths)}
    address = f"http://127.0.0.1:{port}"
    with subprocess.Popen(argv, env=env) as process:
        try:
            wait_until_up(address, process)
            yield address
        finally:
            process.terminate()


def test_every_text_that_the_page_can_draw_is_text(chromium: Browser, drawn: str, canary: Canary):
    context = chromium.new_context(bypass_csp=True)
    watched = watch(context, drawn, canary)
    page = watched.page
    page.goto(drawn)
    expect(page.locator(".exchange .details")).to_be_visible(timeout=60_000)
    expect(page.locator(".dateline:not(:empty)")).to_have_count(18)
    for details in page.locator(".dateline details").all():
        details.evaluate("details => { details.open = true }")
    watched.shows(
        page.locator(".dateline"),
        *(text for surface in SURFACES for text in list_texts(canary, surface)),
    )
    watched.check()
    typed = squeeze(" ".join(field.input_value() for field in page.locator(".field").all()))
    for surface in TYPED:
        assert all(squeeze(text) in typed for text in list_texts(canary, surface)), surface
    for marker in page.locator(".brief-entry .marker").all():
        hover(marker)
    click(page.get_by_role("button", name="As it will look"))
    watched.shows(
        page.locator(".paper"),
        *(text for surface in LOOK for text in list_texts(canary, surface)),
    )
    watched.check()
    context.close()


#: Each asks the canary, by a way of its own; the last ones are what a script would do.
TRIES = {
    "img": "url => { document.body.append(Object.assign(new Image(), { src: url })) }",
    "stylesheet": "url => { document.head.append("
    "Object.assign(document.createElement('link'), { rel: 'stylesheet', href: url })) }",
    "script": "url => { document.head.append("
    "Object.assign(document.createElement('script'), { src: url })) }",
    "iframe": "url => { document.body.append("
    "Object.assign(document.createElement('iframe'), { src: url })) }",
    "object": "url => { document.body.append("
    "Object.assign(document.createElement('object'), { data: url })) }",
    "video": "url => { document.body.append("
    "Object.assign(document.createElement('video'), { src: url, poster: url })) }",
    "style": "url => { document.body.style.backgroundImage = `url(${url})` }",
    "font": "url => { new FontFace('x', `url(${url})`).load().catch(() => 0) }",
    "form": "url => { const form = Object.assign(document.createElement('form'), { action: url });"
    " document.body.append(form); form.submit() }",
    "markup": "url => { const box = document.createElement('div');"
    " box.innerHTML = `<img src=${url}><svg><image href=${url} /></svg><embed src=${url}>`;"
    " document.body.append(box) }",
    "handler": "url => { const box = document.createElement('div');"
    " box.innerHTML = '<img src=x: onerror=window.pwned=1>'; document.body.append(box) }",
    "fetch": "url => fetch(url, { mode: 'no-cors' }).catch(() => 0)",
    "post": "url => fetch(url, { method: 'POST' }).catch(() => 0)",
    "beacon": "url => { navigator.sendBeacon(url, 'x') }",
    "websocket": "url => { try { new WebSocket(url.replace('http', 'ws')) } catch { 0 } }",
    "events": "url => { new EventSource(url) }",
    "worker": "url => { try { new Worker(url) } catch { 0 } }",
    "module": "url => import(url).catch(() => 0)",
}

#: Chromium opens a connection for a navigation before it looks at the policy; it says nothing.
GUESSED = {"iframe", "form"}


def test_the_policy_refuses_what_the_drawing_would_have_let_through(
    chromium: Browser, poisoned: str, stranger: Canary
):
    context = chromium.new_context()
    watched = watch(context, poisoned, stranger)
    watched.page.goto(poisoned)
    watched.page.get_by_test_id("stChatInputTextArea").wait_for(timeout=60_000)
    for name in TRIES.keys() - GUESSED:
        watched.page.evaluate(TRIES[name], f"{stranger.url}/try/{name}")
    watched.page.wait_for_timeout(700)
    assert (stranger.connections, stranger.asked) == (0, [])
    for name in GUESSED:
        watched.page.evaluate(TRIES[name], f"{stranger.url}/try/{name}")
    watched.page.wait_for_timeout(700)
    assert stranger.asked == []
    assert watched.page.evaluate("typeof window.pwned") == "undefined"
    assert watched.page.url.startswith(poisoned)
    context.close()


def test_without_the_policy_the_same_would_come_through(
    chromium: Browser, poisoned: str, stranger: Canary
):
    context = chromium.new_context(bypass_csp=True)
    watched = watch(context, poisoned, stranger)
    watched.page.goto(poisoned)
    for name in ("img", "stylesheet", "script", "iframe", "fetch", "beacon", "websocket", "markup"):
        watched.page.evaluate(TRIES[name], f"{stranger.url}/try/{name}")
    watched.page.wait_for_timeout(700)
    assert len(stranger.asked) >= 8
    context.close()


#: Streamlit's library for long integers tries WebAssembly, and does without where it may not.
FORGONE = ("script-src wasm-eval",)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_chat_of_every_day_breaks_the_policy_nowhere(
    chromium: Browser, poisoned: str, canary: Canary, model: FakeOpenAI, scheme: str
):
    context = chromium.new_context(color_scheme=scheme)  # type: ignore[arg-type]
    context.add_init_script(
        "window.refused = []; document.addEventListener('securitypolicyviolation',"
        " event => window.refused.push(`${event.violatedDirective} ${event.blockedURI}`))"
    )
    watched = watch(context, poisoned, canary)
    page = watched.page
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.goto(poisoned)
    page.get_by_test_id("stChatInputTextArea").wait_for(timeout=60_000)
    click(page.get_by_role("button", name="New chat"))
    place = ask(page, f"{QUESTION} In {scheme}?")
    click(place.locator(".marker").first)
    page.locator("mark.meant").first.wait_for(timeout=30_000)
    click(page.get_by_role("button", name="Close the article"))
    click(page.get_by_role("group", name="Since").get_by_role("spinbutton").first)
    click(page.get_by_test_id("stDateInput").first.get_by_role("button").first)
    page.get_by_role("grid").first.wait_for()
    page.keyboard.press("Escape")
    open_adding(page).set_input_files(
        [{"name": "rain.txt", "mimeType": "text/plain", "buffer": f"Rain, {scheme}.".encode()}]
    )
    expect(page.locator(".job")).to_contain_text("1 added", timeout=30_000)
    watched.check()
    refused = [one for one in page.evaluate("window.refused") if one not in FORGONE]
    assert refused == []
    assert [text for text in complaints if "Content Security" in text and "WebAs" not in text] == []
    context.close()
