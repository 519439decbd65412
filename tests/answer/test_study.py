"""What of the passages found is read, and what the reader's word changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import astuple, replace
from itertools import pairwise

import pytest
from conftest import FakeEmbedder, make_hit, write_md
from fake_reader import UNLIKELY, FakeReader
from hypothesis import given
from hypothesis import strategies as st

from rag.answer.evidence import (
    GAP,
    LONG,
    Asked,
    Evidence,
    Features,
    Read,
    Term,
    ask,
    list_sentences,
    weigh,
)
from rag.answer.refusal import share_tables
from rag.answer.study import (
    ALL_LENGTH,
    WINDOW_LENGTH,
    WINDOWS,
    Study,
    order_hits,
    plan_windows,
    rate_hits,
    read_over,
    study,
)
from rag.index.store import Store
from rag.retrieve.hybrid import search
from rag.retrieve.question import parse_question
from rag.types import Filters, Hit, Span

NOTHING = Features(*[0.0] * len(Features.__slots__))
WHAT = parse_question("What became of the ferry?")
#: What a score and a reading count, whatever the program has learnt.
EVEN = {"score": 2.0, "read": 2.0}


def make_sentence(number: int, length: int = 40) -> str:
    head = f"Matter{number} was told"
    return head + " on" * ((length - len(head) - 1) // 3) + "."


def make_page(count: int, length: int = 40) -> str:
    return " ".join(make_sentence(number, length) for number in range(count))


def list_evidence(*hits: Hit) -> list[Evidence]:
    """Every sentence of the hits, the first one the best."""
    return [Evidence(hit, span, NOTHING, {}, (), 0.0) for hit, span in list_sentences(hits)]


def cover(run: Sequence[Evidence]) -> Span:
    return Span(run[0].span.start, run[-1].span.end)


def ask_at_length(terms: int) -> Asked:
    """A question of so many terms."""
    return Asked(WHAT, tuple(Term(f"w{n}", f"w{n}", 1.0, False) for n in range(terms)), None)


def number_hits(*hits: Hit) -> list[Hit]:
    """The hits with passages of their own numbers, best first."""
    return [
        replace(hit, passage=replace(hit.passage, id=number), score=0.9 - number / 20)
        for number, hit in enumerate(hits, start=1)
    ]


# What is read.


def test_a_window_is_the_sentence_and_its_neighbours_as_far_as_they_fit() -> None:
    hit = make_hit(make_page(40))
    every = list_evidence(hit)
    first = plan_windows([every[20], *every[:20], *every[21:]])[0]
    numbers = [every.index(one) for one in first]
    assert 20 in numbers
    assert numbers == list(range(numbers[0], numbers[-1] + 1))
    assert numbers[0] < 20 < numbers[-1]
    assert abs((20 - numbers[0]) - (numbers[-1] - 20)) <= 1
    size = cover(first).end - cover(first).start
    assert WINDOW_LENGTH - 41 <= size <= WINDOW_LENGTH


def test_a_window_at_either_end_of_an_article_stays_in_it() -> None:
    every = list_evidence(make_hit(make_page(30)))
    for best in (every[0], every[-1]):
        rest = [one for one in every if one is not best]
        [first, *_] = plan_windows([best, *rest])
        assert best in first
        assert cover(first).end - cover(first).start > WINDOW_LENGTH - 42


def test_a_giant_sentence_is_a_window_of_its_own() -> None:
    giant = make_sentence(2, 3 * WINDOW_LENGTH)
    every = list_evidence(make_hit(f"The ferry sank. {giant} Nobody was hurt."))
    assert [one.text for one in every] == ["The ferry sank.", giant, "Nobody was hurt."]
    windows = plan_windows([every[1], every[0], every[2]])
    assert [[one.text for one in run] for run in windows] == [
        [giant], ["The ferry sank."], ["Nobody was hurt."]
    ]  # fmt: skip


def test_a_sentence_longer_than_all_that_is_read_is_read_where_it_is_the_best() -> None:
    giant = make_sentence(1, 2 * ALL_LENGTH)
    every = list_evidence(make_hit(f"{giant} Nobody was hurt."))
    assert [[one.text for one in run] for run in plan_windows(every)] == [[giant]]


def test_a_window_holds_sentences_of_one_article() -> None:
    hits = [make_hit("The ferry sank.", article=f"{n:012x}") for n in range(4)]
    windows = plan_windows(list_evidence(*hits))
    assert [[one.hit.article.id for one in run] for run in windows] == [
        [hit.article.id] for hit in hits
    ]


def test_a_window_ends_where_the_article_goes_on_out_of_what_was_found() -> None:
    between = " Something else was said there that nobody has looked for."
    text = f"The ferry sank.{between} Nobody was hurt."
    first, last = make_hit("The ferry sank."), make_hit("Nobody was hurt.")
    first = replace(first, article=replace(first.article, text=text))
    start = text.index("Nobody")
    last = replace(
        last,
        article=first.article,
        passage=replace(last.passage, id=2, start=start, end=len(text)),
    )
    windows = plan_windows(list_evidence(first, last))
    assert [[one.text for one in run] for run in windows] == [
        ["The ferry sank."], ["Nobody was hurt."]
    ]  # fmt: skip


def test_nothing_found_has_nothing_to_be_read() -> None:
    assert plan_windows([]) == []


def test_two_cuts_of_a_sentence_that_begin_alike_are_each_read_as_they_are() -> None:
    text = "The ferry sank off Skell with 41 aboard."
    [whole] = list_evidence(make_hit(text))
    part = replace(whole, span=Span(0, 14))
    reader = FakeReader({"41": 9.0, "ferry": 2.0})
    for found in ([whole, part], [part, whole]):
        read = {one.span: one.read for one in read_over(WHAT, found, reader)}
        assert (read[whole.span].odds, read[whole.span].short.of(text)) == (9.0, "41")
        assert (read[part.span].odds, read[part.span].short.of(text)) == (2.0, "ferry")


@st.composite
def orders(draw: st.DrawFn) -> list[Evidence]:
    """The sentences of a few articles, of all lengths, in any order."""
    lengths = st.lists(st.integers(20, 700), min_size=1, max_size=25)
    hits = [
        make_hit(
            " ".join(make_sentence(k, length) for k, length in enumerate(draw(lengths))),
            article=f"{number:012x}",
        )
        for number in range(draw(st.integers(1, 4)))
    ]
    return draw(st.permutations(list_evidence(*hits)))


@given(orders())
def test_windows_keep_to_their_limits_and_go_by_what_is_best(found: list[Evidence]) -> None:
    windows = plan_windows(found)
    assert 1 <= len(windows) <= WINDOWS
    sizes = [cover(run).end - cover(run).start for run in windows]
    assert sum(sizes) <= ALL_LENGTH
    for run, size in zip(windows, sizes, strict=True):
        assert size <= WINDOW_LENGTH or len(run) == 1
        assert len({one.hit.article.id for one in run}) == 1
        assert all(0 <= b.span.start - a.span.end <= GAP for a, b in pairwise(run))


@given(orders())
def test_each_window_is_about_the_best_sentence_that_still_fits(found: list[Evidence]) -> None:
    windows = plan_windows(found)
    covered: list[tuple[str, Span]] = []
    total = 0

    def fits(one: Evidence) -> bool:
        alone, *_ = plan_windows([one, *(other for other in found if other is not one)])
        return total + cover(alone).end - cover(alone).start <= ALL_LENGTH

    for run in [*windows, None]:
        left = [one for one in found if (one.hit.article.id, one.span) not in covered]
        best = next((one for one in left if fits(one)), None)
        if run is None:
            assert best is None or len(windows) == WINDOWS
            return
        assert best in run
        covered += [(one.hit.article.id, one.span) for one in run]
        total += cover(run).end - cover(run).start


def test_a_sentence_that_does_not_fit_leaves_its_room_to_later_ones() -> None:
    giants = [make_hit(make_sentence(n, ALL_LENGTH // 2), article=f"{n:012x}") for n in range(3)]
    small = make_hit("The ferry sank.", article="f" * 12)
    # The first is a little shorter than half of all, the second would go beyond.
    first = make_hit(make_sentence(9, ALL_LENGTH // 2 - 60), article="e" * 12)
    windows = plan_windows(list_evidence(first, giants[0], giants[1], small))
    titles = [run[0].hit.article.id for run in windows]
    assert titles == ["e" * 12, giants[0].article.id, "f" * 12]


@given(orders(), st.dictionaries(st.integers(0, 24), st.floats(-7, 9, width=16)))
def test_every_sentence_comes_back_once_with_what_was_read_of_it_or_the_worst(
    found: list[Evidence], rule: dict[int, float]
) -> None:
    odds = {f"Matter{number}": value for number, value in rule.items()}
    windows = plan_windows(found)
    read = read_over(WHAT, found, FakeReader(odds))
    assert [(one.hit, one.span) for one in read] == [(one.hit, one.span) for one in found]
    within = {(one.hit.article.id, one.span) for run in windows for one in run}
    for one in read:
        assert one.read is not None
        if (one.hit.article.id, one.span) in within:
            name = one.text.split()[0]
            assert one.read.odds == odds.get(name, UNLIKELY)
            assert one.read.short is not None
            assert one.span.start <= one.read.short.start < one.read.short.end <= one.span.end
        else:
            assert one.read.short is None
            inside = [r.read for r in read if r.read is not None and r.read.short is not None]
            assert one.read.odds == min(r.odds for r in inside)
            assert one.read.answers == min(r.answers for r in inside)


def test_the_reader_is_given_the_articles_own_text_and_its_title() -> None:
    hit = make_hit("The ferry sank.\n\nNobody was hurt.", title="Ferry lost", before="Before. ")
    reader = FakeReader({})
    read_over(WHAT, list_evidence(hit), reader)
    assert [(w.title, w.text) for w in reader.windows] == [
        ("Ferry lost", "The ferry sank.\n\nNobody was hurt.")
    ]


def test_a_sentence_without_a_word_counts_as_the_worst() -> None:
    hit = make_hit("The ferry sank. Nobody was hurt.")
    every = list_evidence(hit)
    blank = replace(every[0], span=Span(15, 16))
    read = read_over(WHAT, [every[0], blank], FakeReader({"ferry": 3.0}))
    assert read[1].read == Read(3.0, 3.0)


# What it changes.

COUNCIL = "The council met about the ferry. Its members quarrelled. The ferry was in the minutes."
LOSS = "The ferry sank off Skell. It had 41 aboard."
PAGES = {
    "council": write_md(COUNCIL, title="Council"),
    "loss": write_md(LOSS, title="Loss"),
    "other": write_md("A ferry was painted. Children watched.", title="Paint"),
}


def look(
    store: Store, question: str, reader: FakeReader | None, embedder: FakeEmbedder | None
) -> tuple[list[Hit], Study]:
    parsed = parse_question(question)
    with store.reading() as generation:
        hits = search(store, generation, parsed.text, 10, Filters())
        return hits, study(parsed, hits, generation, embedder, reader)


def lay(one: Evidence) -> tuple[object, ...]:
    return one.hit.passage.id, one.span, astuple(one.features), one.score, one.share, one.read


@pytest.mark.parametrize("with_reader", [True, False])
def test_without_a_reader_or_an_embedder_nothing_changes(
    fill: Callable[..., Store], with_reader: bool
) -> None:
    store = fill(**PAGES)
    reader = FakeReader({"41": 9.0}) if with_reader else None
    embedder = None if with_reader else FakeEmbedder()
    hits, studied = look(store, "What became of the ferry?", reader, embedder)
    assert studied.hits == tuple(hits)
    with store.reading() as generation:
        plain = weigh(ask(WHAT, generation), hits, embedder)
    assert list(map(lay, studied.evidence)) == list(map(lay, plain))
    assert all(one.read is None for one in studied.evidence)
    tables = [table for table, part in share_tables(studied.asked, studied.evidence) if part]
    assert tables == ["answer_by_words" if with_reader else "answer"]
    assert reader is None or not reader.windows


def test_a_question_without_a_word_to_search_for_is_not_read(fill: Callable[..., Store]) -> None:
    store = fill(**PAGES)
    parsed, reader = parse_question("What is it?"), FakeReader({})
    hits = [make_hit(LOSS)]
    with store.reading() as generation:
        studied = study(parsed, hits, generation, FakeEmbedder(), reader)
    assert (studied.hits, studied.evidence, reader.windows) == (tuple(hits), (), [])


PARTS = (
    "Which ferry sank off the lighthouse of Skell with cargo, crew, timber, herring, barrels, mail,"
    " sheep, wool, coal, rope, lanterns, anchors, canvas, copper, candles, salt"
)


def test_a_question_of_very_many_parts_is_answered_as_without_a_reader(
    fill: Callable[..., Store],
) -> None:
    store, reader = fill(**PAGES), FakeReader({"Its members": 12.0})
    hits, long = look(store, f"{PARTS} and oil?", reader, FakeEmbedder())
    _, plain = look(store, f"{PARTS} and oil?", None, FakeEmbedder())
    assert len(long.asked.terms) >= LONG
    assert not reader.windows
    assert long.hits == tuple(hits)
    assert list(map(lay, long.evidence)) == list(map(lay, plain.evidence))
    shorter = PARTS.replace(" copper, candles,", "")
    _, shorter_look = look(store, f"{shorter}?", reader, FakeEmbedder())
    assert len(shorter_look.asked.terms) == LONG - 1
    assert reader.windows


def test_the_sentence_that_the_reader_points_at_goes_first(fill: Callable[..., Store]) -> None:
    store = fill(**PAGES)
    for word in ("sank", "quarrelled", "painted"):
        reader = FakeReader({word: 12.0})
        _, studied = look(store, "What became of the ferry?", reader, FakeEmbedder())
        first = studied.evidence[0]
        assert word in first.text
        assert first.read is not None
        assert first.read.short is not None
        assert first.read.short.of(first.hit.article.text) == word
        assert share_tables(studied.asked, studied.evidence)[0] == ("answer_read", 1.0)
        shares = [one.share for one in studied.evidence]
        assert shares == sorted(shares, reverse=True)
        assert sum(shares) == pytest.approx(1.0, abs=1e-5)


def test_the_passage_that_the_reader_points_at_rises(
    fill: Callable[..., Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rag.answer.study.read_weights", {"hit_read": EVEN}.__getitem__)
    store = fill(**PAGES)
    hits, unread = look(store, "What became of the ferry?", FakeReader({}), FakeEmbedder())
    before = [hit.passage.id for hit in hits]
    assert len(before) == len(PAGES)
    for word in ("sank", "quarrelled", "painted"):
        _, read = look(store, "What became of the ferry?", FakeReader({word: 12.0}), FakeEmbedder())
        [pointed] = [hit.passage.id for hit in hits if word in hit.passage.text]
        after = [hit.passage.id for hit in read.hits]
        # The others stay in their order behind it.
        assert after == [pointed, *(one for one in before if one != pointed)]
        scores = [{hit.passage.id: hit.score for hit in one.hits} for one in (read, unread)]
        assert scores[0][pointed] > scores[1][pointed]


@given(
    st.lists(st.floats(0, 1, width=16), min_size=1, max_size=10),
    st.lists(st.tuples(st.floats(-60, 60, width=16), st.floats(-60, 60, width=16)), max_size=10),
    st.integers(0, 2 * LONG),
)
def test_scores_stay_between_0_and_1_and_fall(
    scores: list[float], odds: list[tuple[float, float]], terms: int
) -> None:
    hits = [
        replace(hit, score=score)
        for hit, score in zip(
            number_hits(*(make_hit(LOSS, article=f"{n:012x}") for n in range(len(scores)))),
            scores,
            strict=True,
        )
    ]
    found = [
        Evidence(hit, Span(0, 9), NOTHING, {}, (), 0.0, read=Read(*both, Span(0, 3)))
        for hit, both in zip(hits, odds, strict=False)
    ]
    ordered = order_hits(ask_at_length(terms), hits, found)
    assert sorted(hit.passage.id for hit in ordered) == sorted(hit.passage.id for hit in hits)
    given_scores = [hit.score for hit in ordered]
    assert given_scores == sorted(given_scores, reverse=True)
    assert all(0.0 <= score <= 1.0 for score in given_scores)
    rest = {hit.passage.id: replace(hit, score=0.0) for hit in hits}
    assert all(replace(hit, score=0.0) == rest[hit.passage.id] for hit in ordered)


def test_passages_of_which_nothing_was_read_keep_their_order() -> None:
    hits = number_hits(*(make_hit(LOSS, article=f"{n:012x}") for n in range(5)))
    ordered = order_hits(ask_at_length(2), hits, [])
    assert [hit.passage.id for hit in ordered] == [hit.passage.id for hit in hits]


def rate(hit: Hit, span: Span, odds: float, short: Span | None = None) -> Evidence:
    """A sentence of a hit with the odds that both heads give it."""
    read = Read(odds, odds, short or Span(span.start, span.start + 3))
    return Evidence(hit, span, NOTHING, {}, (), 0.0, read=read)


@pytest.mark.parametrize(("terms", "first"), [(2, 2), (LONG // 2, 2), (LONG, 1), (2 * LONG, 1)])
def test_what_is_read_moves_the_passages_of_a_short_question_alone(
    monkeypatch: pytest.MonkeyPatch, terms: int, first: int
) -> None:
    monkeypatch.setattr("rag.answer.study.read_weights", {"hit_read": EVEN}.__getitem__)
    hits = number_hits(*(make_hit(LOSS, article=f"{n:012x}") for n in range(3)))
    asked, found = ask_at_length(terms), [rate(hits[1], Span(0, 9), 12.0)]
    ordered = order_hits(asked, hits, found)
    assert ordered[0].passage.id == first
    if first == 1:
        assert [hit.score for hit in ordered] == pytest.approx([hit.score for hit in hits])


def test_the_longer_a_question_the_less_what_is_read_moves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.answer.study.read_weights", {"hit_read": EVEN}.__getitem__)
    [hit] = number_hits(make_hit(LOSS))
    found = [rate(hit, Span(0, 9), 12.0)]
    scores = [order_hits(ask_at_length(n), [hit], found)[0].score for n in range(10, LONG + 1)]
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) == len(scores)


def test_a_sentence_of_two_overlapping_passages_rates_both() -> None:
    text = "It was told. The ferry sank. Nobody was hurt."
    whole = make_hit(text)
    middle, end = text.index("The"), text.index(" Nobody")

    def cut(number: int, start: int, stop: int, article: str = "aaaaaaaaaaaa") -> Hit:
        passage = replace(whole.passage, id=number, start=start, end=stop, text=text[start:stop])
        return replace(whole, passage=passage, article=replace(whole.article, id=article))

    hits = [
        cut(1, 0, end),
        cut(2, middle, len(text)),
        cut(3, 0, middle),
        cut(4, middle + 1, len(text)),
        cut(5, 0, len(text), "b" * 12),
    ]
    rates = rate_hits(hits, [rate(hits[0], Span(middle, end), 3.0)])
    likely = pytest.approx(1 / (1 + 2.718281828**-3))
    # Not the one before it, nor one that has a part of it, nor another article's.
    assert rates == {1: likely, 2: likely, 3: 0.0, 4: 0.0, 5: 0.0}


def test_a_passage_is_rated_by_the_best_that_was_read_in_it() -> None:
    first, second = number_hits(make_hit(LOSS), make_hit(COUNCIL, article="b" * 12))

    def make(hit: Hit, odds: float, answers: float, short: Span | None) -> Evidence:
        return Evidence(hit, Span(0, 9), NOTHING, {}, (), 0.0, read=Read(odds, answers, short))

    found = [
        make(first, -3.0, -3.0, Span(0, 3)),
        make(first, 3.0, 3.0, Span(0, 3)),
        make(second, 9.0, 9.0, None),
    ]
    rates = rate_hits([first, second], found)
    assert rates[2] == 0.0
    assert rates[1] == found[1].read.likely == pytest.approx(1 / (1 + 2.718281828**-3))
