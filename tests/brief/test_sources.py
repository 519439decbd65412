"""Sources for reference managers, as other programs read them."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from bibtexparser import parse_string
from hypothesis import example, given, settings
from hypothesis import strategies as st
from made_briefings import (
    ANSWER,
    ARABIC,
    BRIEFING,
    ENVOY,
    FERRY,
    FLEW,
    SECOND,
    STAY,
    make_answer,
    make_article,
    make_briefing,
    make_entry,
)

from rag.brief.bylines import Name, read_byline
from rag.brief.document import clean, make_document
from rag.brief.export import export_briefing
from rag.brief.pandoc import convert
from rag.brief.sources import list_sources
from rag.types import Article, Briefing

FIELDS = {"id", "type", "author", "title", "container-title", "issued", "URL", "accessed"}
#: What some reader of BibTeX turns into another sign: typographic marks, signs with commands.
SIGNS = st.text(
    st.sampled_from("\\{}[]()<>%$&#_~^|@\"'`=+-*/?!,.;: aZ1éßжبع中\U0001f600“”—\u0301\0\ud800"),
    max_size=30,
)


def read_csl(briefing: Briefing) -> list[dict[str, Any]]:
    found = json.loads(export_briefing(briefing, "json"))
    assert isinstance(found, list)
    return found


def read_bib(briefing: Briefing) -> list[dict[str, str]]:
    library = parse_string(export_briefing(briefing, "bib").decode())
    assert not library.failed_blocks
    return [
        {field.key: field.value for field in entry.fields}
        | {"key": entry.key, "kind": entry.entry_type}
        for entry in library.entries
    ]


def read_by_pandoc(briefing: Briefing) -> list[dict[str, Any]]:
    """The BibTeX as Pandoc reads it: TeX turned back into text."""
    found: list[dict[str, Any]] = json.loads(
        convert(export_briefing(briefing, "bib"), "biblatex", "csljson")
    )
    return found


def cite(article: Article) -> Briefing:
    return make_briefing(make_entry(make_answer((article.text, article, article.text))))


def test_each_article_is_one_entry_however_often_it_is_cited() -> None:
    assert [entry["title"] for entry in read_csl(BRIEFING)] == [
        ENVOY.title,
        FERRY.title,
        ARABIC.title,
    ]
    assert [entry["key"] for entry in read_bib(BRIEFING)] == [
        f"examplewire2022-{ENVOY.hash[:8]}",
        f"harborledger-{FERRY.hash[:8]}",
        f"article2022-{ARABIC.hash[:8]}",
    ]


def test_two_versions_of_an_article_are_two_entries() -> None:
    later = replace(make_article("All else is new."), id=ENVOY.id)
    answer = make_answer((FLEW, ENVOY, FLEW), ("All else is new.", later, "All else is new."))
    keys = [entry["id"] for entry in read_csl(make_briefing(make_entry(answer)))]
    assert keys == [f"examplewire2022-{one.hash[:8]}" for one in (ENVOY, later)]


def test_a_key_is_the_same_in_every_briefing() -> None:
    alone = read_csl(make_briefing(make_entry(SECOND)))
    assert alone == read_csl(BRIEFING)[1:]


def test_keys_that_begin_alike_are_told_apart() -> None:
    answer = make_answer((FLEW, ENVOY, FLEW), (STAY, ENVOY, STAY))
    first, second = answer.citations
    twins = (replace(first, hash="ab" * 32), replace(second, hash="ab" * 6 + "cd" * 26))
    sources = list_sources(
        make_document(make_briefing(make_entry(replace(answer, citations=twins))))
    )
    assert [one.key for one in sources] == [
        "examplewire2022-abababab",
        "examplewire2022-abababababababcd"[:32].replace("abababababababcd", "ababababababcdcd"),
    ]


def test_csl_holds_what_is_known_and_nothing_else() -> None:
    envoy, ferry, arabic = read_csl(BRIEFING)
    note = envoy.pop("note")
    assert envoy == {
        "id": f"examplewire2022-{ENVOY.hash[:8]}",
        "type": "article-newspaper",
        "author": [
            {"family": "Writer", "given": "Ada"},
            {"family": "Sample", "given": "Bo"},
        ],
        "title": "Envoy presses the neighbours",
        "container-title": "Example Wire",
        "issued": {"date-parts": [[2022, 3, 13]]},
        "URL": "https://example.com/the_envoy?a=1&b=2",
        "accessed": {"date-parts": [[2026, 11, 21]]},
    }
    assert note.startswith(f"[sha256:{ENVOY.hash}] “{FLEW}” “{STAY}” “")
    assert set(ferry) == {"id", "type", "title", "container-title", "source", "note"}
    assert ferry["source"] == "ferry.md"
    assert arabic["author"] == [{"literal": "ليلى"}]


def test_every_csl_entry_has_the_shape_that_the_schema_asks_for() -> None:
    for entry in read_csl(BRIEFING):
        assert set(entry) <= FIELDS | {"note", "source"}
        assert all(isinstance(entry[name], str) for name in ("id", "type", "title", "note"))
        for day in (entry.get("issued"), entry.get("accessed")):
            assert day is None or all(isinstance(n, int) for n in day["date-parts"][0])
        for name in entry.get("author", []):
            assert set(name) in ({"family", "given"}, {"literal"})


def test_a_day_of_access_is_the_latest() -> None:
    early = replace(make_entry(ANSWER), added=date(2026, 1, 2))
    (entry,) = read_csl(make_briefing(make_entry(ANSWER), early))
    assert entry["accessed"] == {"date-parts": [[2026, 11, 21]]}


def test_pandocs_citeproc_writes_the_sources() -> None:
    key = read_csl(BRIEFING)[0]["id"]
    written = convert(export_briefing(BRIEFING, "json"), "csljson", "markdown", options=["-s"])
    assert key in written.decode()
    references = convert(
        export_briefing(BRIEFING, "json"), "csljson", "plain", options=["--citeproc"]
    ).decode()
    flat = " ".join(references.split())
    assert "Writer, Ada, and Bo Sample. 2022. “Envoy Presses the Neighbours.” Example Wire" in flat
    assert "Ferry Sinks; Who Pays?" in flat
    assert "ليلى" in flat


def test_bibtex_names_fields_as_biblatex_does() -> None:
    envoy, ferry, _ = read_bib(BRIEFING)
    assert envoy["kind"] == "article"
    assert envoy["author"] == "Writer, Ada and Sample, Bo"
    assert envoy["title"] == "{Envoy presses the neighbours}"
    assert envoy["journaltitle"] == "Example Wire"
    assert (envoy["date"], envoy["urldate"]) == ("2022-03-13", "2026-11-21")
    assert envoy["url"] == "https://example.com/the_envoy?a=1&b=2"
    assert envoy["note"].startswith(f"[sha256:{ENVOY.hash}] “{FLEW}”")
    assert ferry["howpublished"] == "ferry.md"
    assert not {"author", "date", "url", "urldate"} & set(ferry)


def test_pandoc_reads_bibtex_and_csl_alike() -> None:
    for ours, theirs in zip(read_csl(BRIEFING), read_by_pandoc(BRIEFING), strict=True):
        for name in ("id", "author", "issued", "accessed", "URL", "container-title"):
            assert ours.get(name) == theirs.get(name), name


@settings(max_examples=60)
@given(title=SIGNS, outlet=SIGNS, author=SIGNS)
@example(title="{\\", outlet="}", author="@comment{x,")
@example(title="$x^2$ & 50% _y_ #1 ~ \\input{a}", outlet="A -- B --- C", author="{{A}} and {B}")
def test_any_signs_leave_bibtex_whole(title: str, outlet: str, author: str) -> None:
    article = make_article("It went so.", title=title, outlet=outlet, author=author)
    written = export_briefing(cite(article), "bib").decode()
    (entry,) = read_bib(cite(article))
    assert entry["note"].endswith("“It went so.”")
    assert written.count("{") == written.count("}")
    assert len(written.splitlines()) <= 12
    (source,) = list_sources(make_document(cite(article)))
    assert source.citation.title == clean(title)


PLAIN = "{} { } \\ $5 & 50% _y_ #1 ~ ^ <b> | -- --- x@y a{b}c \\textbf{x} {\\em x} 中文 жб é"


def test_signs_of_tex_come_back_as_they_are() -> None:
    article = make_article("It went so.", title=PLAIN, outlet=PLAIN)
    (entry,) = read_by_pandoc(cite(article))
    bare = [
        re.sub(r"</?span[^>]*>", "", text) for text in (entry["title"], entry["container-title"])
    ]
    assert bare == [PLAIN, PLAIN]


def test_an_address_keeps_its_signs_and_ends_no_field() -> None:
    article = make_article("It went so.", url="https://a.example/x_y%20z?q={a}&b=#\\c d")
    (entry,) = read_bib(cite(article))
    assert entry["url"] == "https://a.example/x_y%20z?q=%7Ba%7D&b=#%5Cc%20d"


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        ("Ada Writer", [("Writer", "Ada")]),
        ("By Ada B. Writer", [("Writer", "Ada B.")]),
        ("Ada Writer and Bo Sample", [("Writer", "Ada"), ("Sample", "Bo")]),
        (
            "Ada Writer, Bo Sample and Cy Third",
            [("Writer", "Ada"), ("Sample", "Bo"), ("Third", "Cy")],
        ),
        (
            "Ada Writer, Bo Sample, and Cy Third",
            [("Writer", "Ada"), ("Sample", "Bo"), ("Third", "Cy")],
        ),
        ("Ada Writer; Bo Sample", [("Writer", "Ada"), ("Sample", "Bo")]),
        ("Ludwig van der Meer", [("van der Meer", "Ludwig")]),
        ("Zoë O’Neill-Šimić", [("O’Neill-Šimić", "Zoë")]),
        ("Reuters", [("Reuters", "")]),
        ("Associated Press", [("Associated Press", "")]),
        ("Staff Writers", [("Staff Writers", "")]),
        ("Harbor Ledger Newsroom", [("Harbor Ledger Newsroom", "")]),
        ("Ada Writer, BBC News", [("Ada Writer, BBC News", "")]),
        ("Writer, Ada", [("Writer, Ada", "")]),
        ("Sample & Sons", [("Sample & Sons", "")]),
        ("AFP", [("AFP", "")]),
        ("Martin King Jr.", [("Martin King Jr.", "")]),
        ("ليلى حداد", [("ليلى حداد", "")]),
        ("王小明", [("王小明", "")]),
        ("Анна Иванова и Пётр Петров", [("Анна Иванова и Пётр Петров", "")]),
        ("", []),
    ],
)
def test_a_byline_is_split_only_where_it_is_safe(byline: str, names: list[tuple[str, str]]) -> None:
    assert read_byline(byline) == tuple(Name(family, given) for family, given in names)


@given(SIGNS)
def test_a_byline_loses_no_letter(byline: str) -> None:
    line = clean(byline)
    letters = "".join(name.given + name.family for name in read_byline(line))
    if not re.match(r"by\s", line, re.IGNORECASE):
        assert sorted(filter(str.isalnum, line.replace("and", ""))) == sorted(
            filter(str.isalnum, letters.replace("and", ""))
        )
