"""The check of any text whatever: it never fails, keeps its places right, and stays quick."""

from __future__ import annotations

import time
from datetime import date

import pytest
from conftest import FakeEmbedder, make_hit
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rag.answer.counts import find_counts
from rag.answer.support import LONGEST, check_sentence
from rag.index.embedders import Embedder
from rag.types import Hit

#: Words that the check has rules for, among letters of any script.
WORDS = st.sampled_from(
    """The not no never without reportedly may according said “ ” " ' ’s , ; : ( ) — . half third
    a fifth of in out one two nine dozen million at least more than nearly or fewer about $ % 3.5
    1,200 2022 January Jan. Friday next last yesterday the 5th day after week later month year
    Kim North Korea Moscow Williams by was told beaten received from he who and but rejected
    sıx fıfth ſix İstanbul http://a.b “x”""".split()
)
PROSE = st.lists(WORDS | st.text(max_size=6), max_size=25).map(" ".join)
TEXTS = st.text(max_size=120) | PROSE
DAYS = st.none() | st.dates(date(1950, 1, 1), date(2090, 1, 1))
EMBEDDERS = st.sampled_from([None, FakeEmbedder()])


def hold(hit: Hit, text: str, embedder: Embedder | None) -> None:
    verdict = check_sentence(text, [hit], embedder)
    assert verdict.check in ("quoted", "checked", "unsupported")
    assert (verdict.why is None) == (verdict.check != "unsupported")
    assert verdict.why is None or verdict.why.strip() == verdict.why != ""
    for found, span in verdict.places:
        assert found is hit
        assert 0 <= span.start <= span.end
        if hit.article.text:
            assert span.end <= len(hit.article.text)
    if verdict.check == "quoted":
        [(_, span)] = verdict.places
        assert span.of(hit.article.text) == verdict.text


@given(passage=TEXTS, claim=TEXTS, before=st.text(max_size=20), day=DAYS, embedder=EMBEDDERS)
@example("", "", "", None, None)
@example("", "Nothing stands there.", "", None, FakeEmbedder())
@example("…", "The the the.", "", None, FakeEmbedder())
@example("sıx in ten voters", "ſix in ten voters, a fıfth of them", "", None, None)
@example("a trillion days after 3 May 2022", "a trillion weeks later", "", date(2022, 5, 3), None)
@example("The 31st of the month, 30 February", "on 30 February", "", date(2022, 2, 3), None)
@example("broken ? smile", "\ud800 broken smile“\ud800", "", None, FakeEmbedder())
def test_any_claim_about_any_passage_gets_a_verdict(
    passage: str, claim: str, before: str, day: date | None, embedder: FakeEmbedder | None
) -> None:
    hold(make_hit(passage, before=before, published=day), claim, embedder)


@given(text=PROSE, day=DAYS)
@settings(max_examples=50)
def test_a_passage_bears_itself_out(text: str, day: date | None) -> None:
    hold(make_hit(text, published=day), text, FakeEmbedder())


NOUGHTS = "1" + "0" * 40
FIGURES = st.integers(1, 1_300).map(lambda digits: "12345" * (digits // 5) + "0" * (digits % 5))


@given(told=FIGURES, claimed=FIGURES, embedder=EMBEDDERS)
@example("1" * 40, "1" * 39 + "2", None)
@example(NOUGHTS, NOUGHTS, None)
@example("9" * 5_000, "9", None)
@settings(max_examples=30)
def test_figures_of_any_length_get_a_verdict(
    told: str, claimed: str, embedder: FakeEmbedder | None
) -> None:
    form = "About {} people were killed in {} months, ${} million was lost and {} in 10 fled."
    hit = make_hit(form.format(told, told, told, told))
    hold(hit, form.format(claimed, claimed, claimed, claimed), embedder)
    assert all(str(count.value) for count in find_counts(form.format(told, told, told, told)))


def test_long_figures_are_compared_digit_by_digit() -> None:
    hit = make_hit(f"The bank lost ${'1' * 40} in May.")
    assert check_sentence(f"In May the bank lost ${'1' * 40}.", [hit], None).check == "checked"
    other = check_sentence(f"In May the bank lost ${'1' * 39}2.", [hit], None)
    assert "does not stand" in (other.why or "")


@pytest.mark.parametrize("day", [date.min, date.max])
@pytest.mark.parametrize("claim", ["It sank on Sunday.", "It sank tomorrow.", "It sank on 1 May."])
def test_articles_of_the_first_and_the_last_day_get_a_verdict(day: date, claim: str) -> None:
    for told in ("It sank on Friday.", "It sank next Monday.", "It sank yesterday and tomorrow."):
        hold(make_hit(told, published=day), claim, None)


PIECES = ["a ", "Ab ", "“a” ", "1 ", ", ", "''", "'a ", "a-b-", "May 5 ", "according to Ab "]


@pytest.mark.parametrize("piece", PIECES)
def test_too_long_a_claim_is_told_so_at_once_and_a_shorter_one_checked_soon(piece: str) -> None:
    hit = make_hit("The envoy flew to Port Ellery on Monday, and 11 people died.")
    begun = time.perf_counter()
    long = check_sentence(piece * 20_000, [hit], None)
    hold(hit, (piece * LONGEST)[:LONGEST], None)
    assert time.perf_counter() - begun < 3
    assert (long.check, long.why) == ("unsupported", "It is too long to be checked.")


def test_an_article_without_its_text_is_checked_by_its_passage() -> None:
    hit = make_hit("The mayor opened the bridge on Friday.")
    bare = Hit(hit.passage, hit.article.__class__("a.md", "A title", "", id="aaaaaaaaaaaa"), 1.0)
    verdict = check_sentence("On Friday the mayor opened the bridge.", [bare], FakeEmbedder())
    assert (verdict.check, verdict.why) == ("checked", None)


@pytest.mark.parametrize("claim", ["It was not so.", "No.", "The Example Wire reported.", "…", ""])
def test_what_says_nothing_is_not_borne_out(claim: str) -> None:
    hit = make_hit("The mayor opened the bridge on Friday.")
    assert "nothing in it" in (check_sentence(claim, [hit], FakeEmbedder()).why or "")


def test_figures_alone_are_looked_up() -> None:
    hit = make_hit("The two neighbours signed a treaty in 1961.")
    assert check_sentence("It is of 1961.", [hit], FakeEmbedder()).check == "checked"
    assert "1962" in (check_sentence("It is of 1962.", [hit], FakeEmbedder()).why or "")


def test_far_other_words_are_not_borne_out_however_near_the_whole_seems() -> None:
    class Near(FakeEmbedder):
        """Finds everything alike."""

        def embed(self, texts):  # type: ignore[no-untyped-def]
            return super().embed(["the same"] * len(texts))

    hit = make_hit("The envoy telephoned his counterpart about the launches.")
    claim = "The farmers expect a poor harvest of barley after the drought."
    assert "Too few" in (check_sentence(claim, [hit], Near()).why or "")


def test_a_sentence_is_checked_in_bounded_time() -> None:
    """A guard: on two busy cores 30 ms were measured, with ten passages around it."""
    sentence = "On {} May the club of Port {} sold at least {} players, coach Lind said. "
    text = "".join(sentence.format(n % 28 + 1, n, n + 3) for n in range(40))
    hits = [make_hit(text, article=f"{n:012}") for n in range(10)]
    check_sentence("The club sold three players.", hits, FakeEmbedder())
    begun = time.perf_counter()
    for n in range(5):
        check_sentence(f"On {n + 1} May the club of Port {n} sold players.", hits, FakeEmbedder())
    assert (time.perf_counter() - begun) / 5 < 3
