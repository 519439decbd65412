"""One citation in news style: what is known, in order, and no stray punctuation."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import product

import pytest

from rag.brief.style import write_citation
from rag.types import Citation

TODAY = date(2026, 11, 22)
FULL = Citation(
    n=1,
    article="0123456789ab",
    title="Envoy presses Beijing",
    outlet="Example Wire",
    author="Ada Writer",
    published=date(2022, 3, 13),
    url="https://example.com/envoy",
    file="/home/ada/private/envoy.md",
    quote="The envoy left.",
    start=0,
    end=15,
)


def write(title: str) -> str:
    """How a headline is written, without what stands round it."""
    written = write_citation(replace(FULL, author=None, outlet=None, title=title), TODAY)
    return written.split(" 13 March")[0]


def test_a_citation_names_all_that_is_known() -> None:
    assert write_citation(FULL, TODAY) == (
        "Ada Writer, “Envoy presses Beijing,” Example Wire, 13 March 2022,"
        " https://example.com/envoy, accessed 22 November 2026"
    )


def test_the_quotation_follows_where_it_is_asked_for() -> None:
    line = write_citation(FULL, TODAY)
    assert write_citation(FULL, TODAY, quote=True) == f"{line}: “The envoy left.”"


def test_without_an_address_the_files_name_serves_and_nothing_was_accessed() -> None:
    assert write_citation(replace(FULL, url=None), TODAY) == (
        "Ada Writer, “Envoy presses Beijing,” Example Wire, 13 March 2022, envoy.md"
    )


def test_an_undated_article_is_called_so() -> None:
    written = write_citation(replace(FULL, published=None), TODAY)
    assert "Example Wire, undated, https" in written


@pytest.mark.parametrize("gone", [*product([None, " \n"], ["author", "outlet", "url"])])
def test_what_is_missing_or_blank_leaves_no_stray_punctuation(gone: tuple[None, str]) -> None:
    blank, field = gone
    written = write_citation(replace(FULL, **{field: blank}), TODAY)
    assert ", ," not in written
    assert ",," not in written
    assert not written.startswith((",", " "))
    assert not written.endswith((",", " "))


def test_a_citation_of_which_little_is_known() -> None:
    bare = replace(FULL, author=None, outlet=None, url=None, title="", published=None)
    assert write_citation(bare, TODAY) == "undated, envoy.md"


@pytest.mark.parametrize(
    ("title", "headline"),
    [
        ("Who pays?", "“Who pays?”"),
        ("Stop!", "“Stop!”"),
        ("A pause,", "“A pause,”"),
        ("“We stay,” mayor says", "“‘We stay,’ mayor says,”"),
        ('"We stay," mayor says', "“‘We stay,’ mayor says,”"),
        ("Mayor: “We stay”", "“Mayor: ‘We stay,’”"),
        ("Mayor: “Who stays?”", "“Mayor: ‘Who stays?’”"),
        ("At the Joneses’", "“At the Joneses’,”"),
        ('A 6" gun', '“A 6" gun,”'),
        ("Two\n lines\u2028and \u202ea\u200f turn", "“Two lines and a turn,”"),
    ],
)
def test_a_headline_keeps_its_own_marks(title: str, headline: str) -> None:
    assert write(title) == headline


def test_a_name_that_runs_leftward_leaves_the_date_in_its_place() -> None:
    written = write_citation(replace(FULL, author=None, title="", outlet="الشرق"), TODAY)
    assert written.startswith("الشرق\u200e, 13 March 2022")
    address = "https://a.example/مبعوث"
    assert f" {address}, accessed" in write_citation(replace(FULL, url=address), TODAY)


def test_names_lose_line_breaks_and_marks_of_direction() -> None:
    odd = replace(FULL, author="Ada\n\u2066Writer", outlet="Example\u202e\tWire\u200f")
    assert write_citation(odd, TODAY) == write_citation(FULL, TODAY)
