"""What the reader learns from: the sets as they are read, negatives, and rows."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from pathlib import Path
from random import Random

import numpy as np
import pytest
from tokenizers import Tokenizer

from bench.fitting import measure_auroc
from rag.index.encoder import MAX_TOKENS
from rag.index.weights import find_weights, read_tokenizer
from rag.types import Span
from training.balance import balance, score_words
from training.data import (
    NEWS,
    REPORTED,
    TUNING,
    Example,
    join_tokens,
    read_all,
    read_qamr,
    read_squad,
    split_out,
    take_share,
)
from training.negatives import OPPOSITES, Other, swap
from training.rows import Rows, plan

TEXT = "Ana Reyes opened the harbour in 1961. Tom Vance closed it in 1984. Nobody protested."


def make(question: str, *answers: str, text: str = TEXT, group: str = "harbour") -> Example:
    spans = tuple(Span(text.index(one), text.index(one) + len(one)) for one in answers)
    return Example(question, "The harbour", text, spans, "squad", group)


@pytest.fixture(scope="module")
def rows() -> Rows:
    return Rows(Tokenizer.from_str(read_tokenizer(find_weights(check=False))))


def write_squad(path: Path, *, listed: bool = False) -> None:
    asked = [
        {"question": " Who opened it? ", "answers": [{"text": "Ana Reyes", "answer_start": 0}]},
        {"question": "Who sold it?", "answers": [], "is_impossible": True},
    ]
    entries = [{"title": "The_harbour", "paragraphs": [{"context": TEXT, "qas": asked}]}]
    written = json.dumps(entries if listed else {"version": "v2.0", "data": entries})
    path.write_bytes(gzip.compress(written.encode()) if path.suffix == ".gz" else written.encode())


@pytest.mark.parametrize("name", ["train-v2.0.json", "squad_v2.json.gz"])
def test_squad_is_read_whole_or_as_a_list_of_articles(tmp_path: Path, name: str) -> None:
    write_squad(tmp_path / name, listed=name.endswith("gz"))
    first, second = read_all(tmp_path)
    assert [one.of(first.text) for one in first.answers] == ["Ana Reyes"]
    assert (first.question, first.title, first.group) == (
        "Who opened it?",
        "The harbour",
        "The_harbour",
    )
    assert second.answers == ()


def test_qamr_stands_among_the_sentences_of_its_paragraph(tmp_path: Path) -> None:
    sentences, questions = tmp_path / "sentences.tsv.gz", tmp_path / "questions.tsv.gz"
    lines = [
        "Wiki1k:wikinews:7:2:1\tIt was `` a gift '' -LRB- he said -RRB- .",
        "Wiki1k:wikinews:7:2:0\tTom does n't sell .",
        "Wiki1k:wikinews:7:3:0\tAnother paragraph .",
    ]
    sentences.write_bytes(gzip.compress("\n".join(lines).encode()))
    asked = [
        "Wiki1k:wikinews:7:2:1\t3 4\t9\t0\t4\tWhat was it?\t3 4\t5:3 4\t6:4",
        "Wiki1k:wikinews:7:2:1\t3 4\t9\t1\t4\tWhat is split?\t1 4\t5:\t6:1 4",
    ]
    questions.write_bytes(gzip.compress("\n".join(asked).encode()))
    [found] = read_qamr(questions, sentences)
    assert found.text == "Tom doesn't sell. It was “a gift” (he said)."
    assert [one.of(found.text) for one in found.answers] == ["a gift", "a gift", "gift"]


def test_tokens_are_joined_as_one_writes_them() -> None:
    tokens = ["The", "ship", "'s", "cost", ",", "$", "5", "-LRB-", "now", "-RRB-", "."]
    text, places = join_tokens(tokens)
    assert text == "The ship's cost, $5 (now)."
    assert [one.of(text) for one in places][:3] == ["The", "ship", "'s"]


def test_nothing_is_learnt_from_what_is_reported() -> None:
    titles = [*REPORTED, *TUNING, "Warsaw"]
    learning, tuning, reported = split_out(make("Who?", "Ana Reyes", group=t) for t in titles)
    assert {one.group for one in learning} == {"Warsaw"}
    assert {one.group for one in tuning} == TUNING
    assert {one.group for one in reported} == REPORTED
    assert (len(REPORTED), len(TUNING)) == (5, 2)


def test_a_share_is_of_whole_articles_and_a_larger_one_has_them_too() -> None:
    examples = [make(f"Who {n}?", group=f"article {n % 200}") for n in range(1000)]
    quarter, half = take_share(examples, 0.25), take_share(examples, 0.5)
    assert take_share(examples, 1.0) == examples
    for some, share in ((quarter, 0.25), (half, 0.5)):
        groups = {one.group for one in some}
        assert abs(len(groups) / 200 - share) < 0.1
        assert [one for one in examples if one.group in groups] == some
    assert {one.group for one in quarter} < {one.group for one in half}


def test_an_article_of_the_news_is_learnt_from_or_tuned_by() -> None:
    urls = sorted(
        {json.loads(line)["url"] for line in NEWS.read_text(encoding="utf-8").splitlines()}
    )
    examples = [Example("Who?", "", TEXT, (), "news", url) for url in urls]
    learning, tuning, reported = split_out(examples)
    assert not reported
    assert {one.group for one in learning}.isdisjoint(one.group for one in tuning)
    assert 0.05 < len(tuning) / len(urls) < 0.2


def test_no_article_of_the_benchmark_is_learnt_from() -> None:
    bench = Path(__file__).parents[2] / "bench" / "news-questions.jsonl"
    asked = [json.loads(line) for line in bench.read_text(encoding="utf-8").splitlines()]
    measured = {answer[0] for one in asked for answer in one["answers"]}
    learnt = {json.loads(line)["url"] for line in NEWS.read_text(encoding="utf-8").splitlines()}
    assert len(measured) > 50
    assert measured.isdisjoint(learnt)


def test_a_negative_is_the_likest_other_passage_without_the_answer() -> None:
    asked = make("Who opened the harbour in 1961?", "Ana Reyes")
    like = make("?", text="The harbour that opened in 1961 is old.")
    same = make("?", text="The harbour was opened in 1961 by Ana Reyes.")
    foreign = make("?", text="Who opened the harbour in 1961?", group="another")
    found = Other([asked, like, same, foreign]).draw(asked, Random(1))
    assert found is not None
    assert (found.text, found.answers) == (like.text, ())


def test_an_article_of_one_passage_gives_no_negative() -> None:
    asked = make("Who opened it?", "Ana Reyes")
    assert Other([asked]).draw(asked, Random(1)) is None


def test_a_swap_changes_one_thing_for_another_that_the_passage_has_or_its_like() -> None:
    text = "Ana Reyes opened the harbour in 1961, Eva Noor the pier in 1984. Tom Vance wept."
    asked = make("What did Ana Reyes open in 1961 before Tom Vance?", "the harbour", text=text)
    ways = set()
    for seed in range(60):
        found = swap(asked, Random(seed))
        assert found is not None
        assert replace(found, question=asked.question, answers=asked.answers) == asked
        assert found.answers == ()
        for given in ("Ana Reyes", "Tom Vance", "1961", "before", "open"):
            head, tail = asked.question.split(given)
            if found.question.startswith(head) and found.question.endswith(tail):
                new = found.question.removeprefix(head).removesuffix(tail)
                ways.add((given, new if new in text or given in OPPOSITES else "another number"))
                assert new != given
                # Not what stands elsewhere in the question already.
                assert new not in asked.question
                assert (
                    new in text
                    or new == OPPOSITES.get(given)
                    or (new.isdigit() and given == "1961")
                )
                break
        else:
            pytest.fail(f"more than one thing was changed: {found.question}")
    assert ways == {
        ("Ana Reyes", "Eva Noor"),
        ("Tom Vance", "Eva Noor"),
        ("1961", "1984"),
        ("1961", "another number"),
        ("before", "after"),
        ("open", "close"),
    }


@pytest.mark.parametrize("question", ["Who was there?", "Who opened it?"])
def test_a_question_with_nothing_to_swap_is_left_alone(question: str) -> None:
    # The passage says who closed it, too.
    assert swap(make(question, "Ana Reyes"), Random(1)) is None


def test_a_word_gives_way_to_its_opposite() -> None:
    found = swap(make("Who opened it?", text="Ana Reyes opened it."), Random(1))
    assert found is not None
    assert found.question == "Who closed it?"


@pytest.mark.parametrize("seed", range(20))
def test_a_window_holds_the_answer(rows: Rows, seed: int) -> None:
    asked = make("Who closed it?", "Tom Vance")
    row = rows.draw(asked, Random(seed))
    assert row is not None
    assert row.answers
    start, end = row.answers[0]
    said = slice(row.offsets[start - row.passage][0], row.offsets[end - row.passage][1])
    assert TEXT[said] == "Tom Vance"


@pytest.mark.parametrize("seed", range(4))
def test_a_window_that_cannot_hold_the_answer_is_no_row(rows: Rows, seed: int) -> None:
    # One sentence, longer than is read, with the answer behind what is.
    long = f"The harbour {'and the pier ' * 200} was opened by Ana Reyes."
    assert rows.draw(make("Who opened it?", "Ana Reyes", text=long), Random(seed)) is None
    unanswered = rows.draw(make("Who opened it?", text=long), Random(seed))
    assert unanswered is not None
    assert unanswered.answers == []


def test_a_row_is_no_longer_than_is_read(rows: Rows) -> None:
    long = make("Who? " * 200, "Ana Reyes", text=TEXT * 60)
    row = rows.make(long, 0, len(long.text), "A title " * 50)
    assert len(row.ids) == MAX_TOKENS
    assert len(row.offsets) == MAX_TOKENS - row.passage - 1


def test_batches_hold_every_row_once_within_their_budget(rows: Rows) -> None:
    drawn = [rows.draw(make("Who?", "Tom Vance"), Random(n)) for n in range(50)]
    made = [row for row in drawn if row is not None]
    assert len(made) == len(drawn)
    batches = list(plan(made, 400, Random(1)))
    assert sorted(map(id, (row for part in batches for row in part))) == sorted(map(id, made))
    for part in batches:
        assert len(part) * max(len(row.ids) for row in part) <= 400 or len(part) == 1


def test_the_words_of_a_question_do_not_tell_whether_it_is_answered() -> None:
    asked = []
    for n in range(400):
        opening = "How many boats" if n % 8 else "Which boat"
        # Of eight questions of the one sort one is answered, of the other all are.
        answers = ("1961",) if opening == "Which boat" or n % 8 == 1 else ()
        asked.append(make(f"{opening} came in {n}?", *answers, group=str(n % 40)))
    asked += [make(f"Which boat sank in {n}?", group=str(n % 40)) for n in range(40)]
    before = measure_auroc(np.array(score_words(asked)), np.array([bool(a.answers) for a in asked]))
    drawn = balance(asked, Random(1))
    assert before > 0.6
    assert sum(bool(one.answers) for one in drawn) * 2 == len(drawn)
    for opening in ("How many", "Which"):
        some = [bool(one.answers) for one in drawn if one.question.startswith(opening)]
        assert some
        assert abs(sum(some) / len(some) - 0.5) < 0.2


def test_squad_without_a_question_is_nothing(tmp_path: Path) -> None:
    path = tmp_path / "squad.json"
    path.write_text(json.dumps({"data": []}))
    assert list(read_squad(path)) == []
