"""HTML pages: body, and what the markup states about the article."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import date
from html import escape
from pathlib import Path

import pytest

from rag.errors import UnreadableFile
from rag.ingest.readers import read_html_file
from rag.types import Draft

PARAGRAPHS = [
    "The harbour city of Portwell opened its third tide barrier on Tuesday, the mayor said.",
    "It cost 41 million crowns and took eleven years to build, according to the ministry.",
    "“Now the market stays dry,” Mayor Lena Ortiz said at the ceremony on the quay.",
    "Environmental groups said the barrier would hurt the seal colony. They plan to sue.",
]
BODY = "\n\n".join(PARAGRAPHS)


TITLE = "Portwell opens third barrier"


def page(head: str = "", above: str = "", below: str = "", title: str = TITLE) -> str:
    body = "\n".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    return (
        f"<!doctype html><html><head><meta charset='utf-8'><title>{title} - Example Times</title>"
        f"{head}</head><body><nav><a href='/'>Home</a> <a href='/w'>World</a></nav>"
        f"<article><h1>{title}</h1>"
        f"{above}{body}</article>{below}<footer><p>About us</p></footer></body></html>"
    )


def read(source: str | bytes) -> Draft:
    data = source if isinstance(source, bytes) else source.encode()
    return read_html_file(data, Path("page.html"))


def linked_data(data: str) -> str:
    return f'<script type="application/ld+json">{data}</script>'


def linked(**fields: object) -> str:
    return linked_data(json.dumps({"@type": "NewsArticle", **fields}))


def test_body_is_read_without_what_stands_around_it() -> None:
    draft = read(
        page(below="<aside><h2>Most read</h2><a href='/x'>Storm sinks trawlers</a></aside>")
    )
    assert draft.text == BODY
    assert draft.title == "Portwell opens third barrier"


def test_noise_within_the_body_goes() -> None:
    above = "<p>Advertisement</p><p>A ferry waits at the gate. (AP Photo/Kim Lo)</p>"
    assert read(page(above=above)).text == BODY


def table(*rows: str, cell: str = "td") -> str:
    cells = [row.split(" | ") for row in rows]
    marked = ["".join(f"<{cell}>{words}</{cell}>" for words in row) for row in cells[:1]]
    marked += ["".join(f"<td>{words}</td>" for words in row) for row in cells[1:]]
    return f"<table>{''.join(f'<tr>{row}</tr>' for row in marked)}</table>"


COSTS = ("Barrier | Crowns", "First | 12,400", "Second | 9,100")


def test_a_table_of_figures_is_read_row_by_row_as_in_a_word_file() -> None:
    source = page(above=f"<p>These are the costs.</p>{table(*COSTS, cell='th')}After it.")
    assert read(source).text == "\n\n".join(("These are the costs.", *COSTS, "After it.", BODY))


@pytest.mark.parametrize(
    "other",
    [
        table(*COSTS),
        table("Menu | Links", "Home | World", cell="th"),
        table("Barrier | Crowns", f"First | {BODY}", "Second | 9", cell="th"),
        f"<aside>{table(*COSTS, cell='th')}</aside>",
    ],
)
def test_a_table_that_lays_out_a_page_or_stands_beside_the_article_goes(other: str) -> None:
    assert read(page(above=other)).text == BODY


def test_linked_data_states_author_outlet_and_dates() -> None:
    head = linked(
        author=[{"@type": "Person", "name": "Jane Doe"}, {"name": "By John Roe"}],
        publisher={"name": "Example Times"},
        datePublished="2022-01-18T10:00:00+01:00",
        dateModified="2022-01-20T10:00:00+01:00",
        url="https://example.com/barrier",
    )
    draft = read(page(head))
    assert (draft.author, draft.outlet) == ("Jane Doe, John Roe", "Example Times")
    assert (draft.published, draft.updated) == (date(2022, 1, 18), date(2022, 1, 20))
    assert draft.url == "https://example.com/barrier"


def test_a_graph_names_its_author_by_reference() -> None:
    graph = {
        "@graph": [
            {"@type": ["Article", "Thing"], "author": {"@id": "#1"}, "datePublished": "2022-01-18"},
            {"@type": "Person", "@id": "#1", "name": "Jane Doe"},
        ]
    }
    draft = read(page(linked_data(json.dumps(graph))))
    assert (draft.author, draft.published) == ("Jane Doe", date(2022, 1, 18))


def test_meta_tags_state_them_too() -> None:
    head = """<meta property="og:site_name" content="Example Times">
        <meta name="author" content="Jane Doe">
        <meta property="article:published_time" content="2022-01-18T10:00:00+01:00">
        <meta property="article:modified_time" content="2022-01-18T12:00:00+01:00">
        <link rel="canonical" href="https://example.com/barrier">"""
    draft = read(page(head))
    assert (draft.outlet, draft.author) == ("Example Times", "Jane Doe")
    assert (draft.published, draft.updated) == (date(2022, 1, 18), None)
    assert draft.url == "https://example.com/barrier"


@pytest.mark.parametrize(
    "above",
    [
        '<time itemprop="datePublished" datetime="2022-01-18T10:00">yesterday</time>',
        '<time pubdate datetime="2022-01-18">18 Jan</time>',
        '<time datetime="2022-01-18">18 Jan</time>',
        '<meta itemprop="datePublished" content="Tue, 18 Jan 2022 10:00:00 +0100">',
    ],
)
def test_marked_time_is_the_date(above: str) -> None:
    assert read(page(above=above)).published == date(2022, 1, 18)


@pytest.mark.parametrize(
    "markup",
    [
        "<figure><figcaption>The gate on Oct. 18, 2021. Photo: Kim Lo</figcaption></figure>",
        "<p>© 2023 Example Media</p>",
        '<time datetime="2022-01-05">5 Jan</time><time datetime="2022-01-07">7 Jan</time>',
        '<meta property="article:published_time" content="0001-01-01T00:00:00Z">',
        '<meta property="article:published_time" content="1970-01-01T00:00:00Z">',
        '<meta property="article:published_time" content="03/04/2022">',
        '<meta property="og:image:date" content="2021-10-18">',
        linked_data('{"@type": "ImageObject", "datePublished": "2021-10-18"}'),
        linked_data('{"@type": "NewsArticle", broken "datePublished": "2021-10-18"'),
    ],
)
def test_no_date_is_invented(markup: str) -> None:
    draft = read(page(above=markup))
    assert (draft.published, draft.updated) == (None, None)


def test_a_date_of_a_page_that_reads_two_ways_is_named() -> None:
    warning = "Its date “03/04/2022” reads two ways, and was left out."
    head = '<meta property="article:published_time" content="03/04/2022">'
    shown = "<p>Published: 03/04/2022</p>"
    for source in (page(head), page(above=shown), page(head, above=shown)):
        assert read(source).warnings == (warning,)
    assert read(page(head, above="<p>4 March 2022</p>")).warnings == ()
    known = '<meta property="article:published_time" content="2022-03-04">'
    assert read(page(known, above=shown)).warnings == ()


OTHERS_TIME = '<time datetime="2025-07-01">1 July 2025</time>'


@pytest.mark.parametrize(
    "other",
    [
        f'<aside><h3>Related stories</h3><a href="/x">Ten walks</a> {OTHERS_TIME}</aside>',
        f'<div class="related-posts"><p>Ten walks {OTHERS_TIME}</p></div>',
        f'<section id="comments"><div><b>Anna</b> {OTHERS_TIME}</div></section>',
        f"<footer>{OTHERS_TIME.replace('<time', '<time pubdate')}</footer>",
        f"<article><h3>Ten walks</h3>{OTHERS_TIME}</article>",
        f'<p><a href="/x">{OTHERS_TIME}</a></p>',
        '<div class="comment"><span itemprop="datePublished">2025-07-01</span></div>',
    ],
)
def test_the_date_of_something_else_on_the_page_is_not_the_articles(other: str) -> None:
    own = '<div class="meta">By Jane Doe · <time datetime="2022-01-18">18 Jan</time></div>'
    for source in (page(above=other), page(below=other)):
        assert read(source).published is None
    for source in (page(above=other + own), page(above=own, below=other)):
        assert read(source).published == date(2022, 1, 18)


def test_a_time_without_an_article_around_it_is_not_the_articles() -> None:
    bare = page(below=OTHERS_TIME).replace("<article>", "<div>").replace("</article>", "</div>")
    assert read(bare).published is None


def test_a_day_that_a_sentence_tells_of_is_not_the_articles() -> None:
    told = '<p>The first barrier opened on <time datetime="1932-03-19">19 March 1932</time>.</p>'
    assert read(page(above=told)).published is None


@pytest.mark.parametrize(
    "above",
    [
        "{}<p>Updated: <time datetime='2022-01-20'>20 Jan</time></p>",
        "<div>Last updated</div><div><time datetime='2022-01-20'>20 Jan</time></div>{}",
        "{}<time class='updated' datetime='2022-01-20'>20 Jan</time>",
        "<time itemprop='dateModified' datetime='2022-01-20'>20 Jan</time>{}",
    ],
)
def test_a_time_that_is_called_an_update_is_one(above: str) -> None:
    draft = read(page(above=above.format('<time datetime="2022-01-18">18 Jan</time>')))
    assert (draft.published, draft.updated) == (date(2022, 1, 18), date(2022, 1, 20))


def test_a_date_that_only_its_class_calls_an_update_is_the_articles_where_no_other_is() -> None:
    above = '<p><a rel="bookmark"><time class="updated" datetime="2022-01-18">18 Jan</time></a></p>'
    draft = read(page(above=above))
    assert (draft.published, draft.updated) == (date(2022, 1, 18), None)


def test_the_lines_below_the_headline_are_read_as_those_of_a_text() -> None:
    byline = '<p class="byline">By <b>Tam Ash</b>, Economics Editor</p>'
    draft = read(page(above=f"{byline}<p>Tuesday, 18 January 2022</p>"))
    assert (draft.author, draft.published) == ("Tam Ash", date(2022, 1, 18))
    assert (draft.origins["author"], draft.origins["published"]) == ("text", "text")
    below = "<p>By Someone Else</p><p>Monday, 3 February 2025</p>"
    assert read(page(below=below)).author is read(page(below=below)).published is None
    assert read(page('<meta name="author" content="Jo Roe">', above=byline)).author == "Jo Roe"


def test_evening_at_the_place_of_the_article_is_not_the_next_day() -> None:
    head = '<meta property="article:published_time" content="2022-01-19T03:30:00+00:00">'
    shown = '<time class="date">January 18, 2022 10:30 PM EST</time>'
    assert read(page(head)).published == date(2022, 1, 19)
    draft = read(page(head, above=shown))
    assert (draft.published, draft.updated) == (date(2022, 1, 18), None)


def test_names_of_accounts_and_addresses_are_no_authors() -> None:
    for name in ("admin", "jdoe", "https://facebook.com/jane", "desk@example.com"):
        assert read(page(f'<meta name="author" content="{name}">')).author is None


def test_outlet_is_the_host_where_nothing_names_it() -> None:
    assert (
        read(page('<link rel="canonical" href="https://www.example.com/x">')).outlet
        == "example.com"
    )


def test_addresses_that_are_none_are_ignored() -> None:
    for url in ("javascript:alert(1)", "http://[", "/relative", "https://a b"):
        assert read(page(f'<link rel="canonical" href="{url}">')).text == BODY
    assert read(page('<link rel="canonical" href="javascript:alert(1)">')).url is None


def test_headline_on_the_page_wins_over_the_one_for_search_engines() -> None:
    draft = read(page('<meta property="og:title" content="Barrier: all you need to know">'))
    assert draft.title == "Portwell opens third barrier"


def test_declared_and_undeclared_encodings_are_read() -> None:
    source = page(title="Größere Sperre für Portwell").replace("<meta charset='utf-8'>", "{}")
    declared = source.replace("{}", "<meta charset='iso-8859-1'>")
    assert read(declared.encode("cp1252")).title == "Größere Sperre für Portwell"
    assert read(source.replace("{}", "").encode("utf-16")).title == "Größere Sperre für Portwell"
    assert "“Now the market" in read(declared.encode("cp1252")).text


def test_scripts_are_not_text() -> None:
    assert "alert" not in read(page(above="<script>alert('The envoy said it.')</script>")).text


@pytest.mark.parametrize(
    "source",
    ["<html><body></body></html>", "<html><body><p> </p></body></html>", "<", "<!-- x -->"],
)
def test_page_without_an_article_is_refused(source: str) -> None:
    with pytest.raises(UnreadableFile, match="No article text"):
        read(source)


@pytest.mark.parametrize(
    "unit",
    [
        "<div>",
        "<p>a",
        "<ul><li>a</li></ul>",
        "<b>",
        "<a href=x>a</a> ",
        "<table><tr><td>a",
        "<br>a",
        "<script>",
        "<!--",
        "&amp;",
        "<",
        "<script type='application/ld+json'>",
        "<meta name=a content=b>",
        "<h1>a",
    ],
)
def test_a_hostile_page_is_refused_or_read_in_time(unit: str) -> None:
    source = "<html><body>" + unit * (400_000 // len(unit))
    started = time.perf_counter()
    try:
        read(source)
    except UnreadableFile as refused:
        assert refused.hint
    assert time.perf_counter() - started < 8


def test_section_and_language_are_stated_in_several_ways() -> None:
    draft = read(page(linked(articleSection=["World", "Asia"], inLanguage="de-DE")))
    assert (draft.section, draft.language) == ("World", "de")
    assert draft.origins["section"] == draft.origins["language"] == "markup"
    head = '<meta property="article:section" content="Sport"><meta property="og:locale" '
    draft = read(page(f'{head}content="fr_FR">'))
    assert (draft.section, draft.language) == ("Sport", "fr")
    assert read(page().replace("<html>", '<html lang="en-GB">')).language == "en"


SHELLS = [
    '<div id="root"></div><script src="/app.js"></script>',
    '<noscript>You need to enable JavaScript to run this app.</noscript><div id="app"></div>'
    '<script src="/app.js"></script>',
    "<p>Please enable JavaScript to view this page.</p><script src='/a.js'></script>",
]


@pytest.mark.parametrize("body", SHELLS)
def test_a_page_whose_text_a_script_puts_in_is_named_as_such(body: str) -> None:
    with pytest.raises(UnreadableFile, match="script") as caught:
        read(f"<html><head><title>{TITLE}</title></head><body>{body}</body></html>")
    assert "print it to PDF" in caught.value.hint


def test_the_text_that_such_a_page_carries_for_machines_is_taken() -> None:
    body = f"<body>{SHELLS[0]}</body>"
    head = f"<head>{linked(headline=TITLE, articleBody=BODY)}</head>"
    draft = read(f"<html>{head}{body}</html>")
    assert (draft.title, draft.text) == (TITLE, BODY)


@pytest.mark.parametrize("mark", [str, escape])
def test_the_text_for_machines_loses_its_tags(mark: Callable[[str], str]) -> None:
    body = mark("".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS))
    head = f"<head>{linked(headline=TITLE, articleBody=body)}</head>"
    assert read(f"<html>{head}<body>{SHELLS[0]}</body></html>").text == BODY


def test_a_short_page_with_scripts_is_an_article_all_the_same() -> None:
    short = (
        f"<script src='/a.js'></script><article><h1>{TITLE}</h1><p>{PARAGRAPHS[0]}</p></article>"
    )
    assert PARAGRAPHS[0] in read(f"<html><body>{short}</body></html>").text


@pytest.mark.parametrize(
    ("title", "heading"),
    [
        ("Page not found | Tolvik Herald", "Sorry!"),
        ("Tolvik Herald", "404"),
        ("404 Not Found", "nginx"),
        ("Tolvik Herald – Error 503: Service unavailable", "Oh"),
    ],
)
def test_an_error_page_is_named_as_one(title: str, heading: str) -> None:
    words = "The page you are looking for is not here. It may have been moved or deleted."
    source = f"<html><head><title>{title}</title></head><body><h1>{heading}</h1><p>{words}</p>"
    with pytest.raises(UnreadableFile, match="error page") as caught:
        read(source)
    assert "save it anew" in caught.value.hint


@pytest.mark.parametrize("heading", ["404 dead in flood", "500", "Room 404 - A review"])
def test_an_article_that_is_called_like_an_error_is_none(heading: str) -> None:
    assert PARAGRAPHS[0] in read(page(title=heading)).text


def test_a_page_with_no_text_and_no_script_holds_none() -> None:
    with pytest.raises(UnreadableFile, match="No article text"):
        read("<html><body></body></html>")
