"""What an answer tells of its sources: copies by name, corrections, versions; and shows of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from conftest import FakeEmbedder, write_md
from fake_openai import FakeOpenAI, Reply, serve_fake
from wire_stories import EDITED, PARAGRAPHS, STORY

from rag.answer.citing import NAMED, note_copies, write_also
from rag.answer.telling import REPEATED, says
from rag.assistant import Assistant
from rag.brief.copies import write_markdown, write_plain
from rag.contract import write_answer as write_json
from rag.index.records import read_record, write_record
from rag.settings import Settings
from rag.types import Answer, Citation, Copy, Filters, Sentence
from rag.ui.view import draw_answer
from rag.written import write_answer

ASKED = "Who put the cost at how many million crowns, and said that the treasury had agreed?"
COST = "He put the cost at 6 million crowns, and said that the treasury had agreed."
CALL = "Who telephoned the harbour office about the crack?"
BODY = (
    "The envoy of Skell telephoned the harbour office about the crack on 10 March, and asked it"
    " to shut the lock.\n\nThe office agreed within the day, and thanked the envoy for the call."
)
WRONG = "An earlier version of this article said that the call took place on 13 March."
NOTICE = f"Correction, 15 March 2022: {WRONG} It took place on 10 March."
WIRE = {"outlet": "Example Wire", "published": "2022-03-07"}
LEDGER = {"outlet": "Harbor Ledger", "published": "2022-03-08"}
COURIER = {"outlet": "Courier", "published": "2022-03-09"}


@pytest.fixture
def fake() -> Iterator[FakeOpenAI]:
    with serve_fake() as server:
        yield server


@pytest.fixture
def over(
    home: Path, fake: FakeOpenAI, articles: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Assistant]]:
    """An assistant over articles: `over(name=text, …)`; it answers whatever the odds."""
    monkeypatch.setattr(Assistant, "embedder", FakeEmbedder())
    settings = Settings(home=home, base_url=fake.url, api_key="sk-canary", confidence=0.0)
    with Assistant(settings, create=True) as opened:

        def index(**texts: str) -> Assistant:
            opened.index([articles(**texts)])
            return opened

        yield index


def find_cited(answer: Answer, words: str) -> Citation:
    return next(one for one in answer.citations if words in one.quote)


def test_a_citation_names_the_copies_that_have_its_words(over: Callable[..., Assistant]) -> None:
    dashed = STORY.replace("crowns, and", "crowns — and")
    answer = over(
        wire=write_md(STORY, title="Lock", **WIRE),
        ledger=write_md(EDITED.replace(COST, ""), title="Crack", **LEDGER),
        courier=write_md(dashed, title="Barges", **COURIER),
    ).ask(ASKED)
    cited = find_cited(answer, COST)
    assert cited.outlet == "Example Wire"
    assert [(copy.outlet, copy.title) for copy in cited.also_in] == [("Courier", "Barges")]
    assert {one.outlet for one in answer.citations} == {"Example Wire"}


def test_the_same_page_or_outlet_once_more_is_no_other_place(
    over: Callable[..., Assistant],
) -> None:
    address = "https://wire.example/lock"
    opened = over(
        wire=write_md(STORY, title="Lock", url=address, **WIRE),
        feed=write_md(STORY, title="Lock: in brief", outlet="EXAMPLE WIRE", published="2022-03-08"),
        page=write_md(STORY, title="Lock | wire", outlet="wire.example", url=f"{address}?ref=rss"),
        ledger=write_md(STORY, title="Crack", **LEDGER),
        again=write_md(STORY, title="Crack again", **LEDGER),
    )
    cited = find_cited(opened.ask(ASKED), COST)
    assert cited.outlet == "Example Wire"
    assert [copy.outlet for copy in cited.also_in] == ["Harbor Ledger"]


def test_a_model_s_citations_name_their_copies_too(
    over: Callable[..., Assistant], fake: FakeOpenAI
) -> None:
    opened = over(
        wire=write_md(STORY, title="Lock", **WIRE),
        ledger=write_md(EDITED, title="Crack", **LEDGER),
    )
    fake.replies[:] = [Reply(("He put the cost at 6 million crowns [1].",))]
    [cited] = opened.ask(ASKED, engine="openai:tiny-1").citations
    assert [copy.outlet for copy in cited.also_in] == ["Harbor Ledger"]


def test_filters_show_the_copy_that_they_admit_and_name_the_original(
    over: Callable[..., Assistant],
) -> None:
    opened = over(
        wire=write_md(STORY, title="Lock", **WIRE),
        ledger=write_md(EDITED, title="Crack", **LEDGER),
    )
    answer = opened.ask(ASKED, filters=Filters(outlets=("Harbor Ledger",)))
    cited = find_cited(answer, COST)
    assert cited.outlet == "Harbor Ledger"
    assert [copy.outlet for copy in cited.also_in] == ["Example Wire"]


def test_a_copy_with_another_figure_is_told_and_is_no_rival(
    over: Callable[..., Assistant],
) -> None:
    answer = over(
        wire=write_md(STORY, title="Lock", **WIRE),
        ledger=write_md(STORY.replace("6 million", "9 million"), title="Crack", **LEDGER),
    ).ask(ASKED)
    cited = find_cited(answer, COST)
    assert cited.also_in == ()
    told = f"[{cited.n}] reads otherwise: ‘{COST.replace('6 million', '9 million')}’"
    assert f"In Harbor Ledger, 8 March 2022, {told}" in answer.notes
    assert not any("9 million" in one.quote for one in answer.citations)


def test_a_corrected_article_is_cited_with_what_was_corrected(
    over: Callable[..., Assistant],
) -> None:
    answer = over(call=write_md(f"{BODY}\n\n{NOTICE}", title="Envoy calls", **WIRE)).ask(
        "What did the office agree to within the day?"
    )
    assert find_cited(answer, "The office agreed within the day")
    [note] = [note for note in answer.notes if "corrected" in note]
    assert note.endswith(f" corrected on 15 March 2022: ‘{WRONG} It took place on 10 March.’")
    assert note.startswith("The article of [1]")


@pytest.mark.parametrize("engine", ["quotes", "openai:tiny-1"])
def test_what_was_wrong_is_quoted_only_with_the_whole_notice(
    over: Callable[..., Assistant], fake: FakeOpenAI, engine: str
) -> None:
    opened = over(call=write_md(f"{BODY}\n\n{NOTICE}", title="Envoy calls", **WIRE))
    fake.replies[:] = [Reply((f"“{WRONG}” [1]",))]
    answer = opened.ask("Did the call take place on 13 March?", engine=engine)
    cited = find_cited(answer, "13 March")
    assert cited.quote == NOTICE
    assert not any(one.quote == WRONG for one in answer.citations)
    [article] = opened.articles()
    assert article.text[cited.start : cited.end] == cited.quote


def test_a_superseded_version_is_not_quoted_and_a_note_says_so(
    over: Callable[..., Assistant],
) -> None:
    wrong = STORY.replace("6 million", "9 million")
    opened = over(
        old=write_md(wrong, title="Lock", **WIRE),
        new=write_md(f"{STORY}\n\n{NOTICE}", title="Lock", **WIRE, updated="2022-03-15"),
    )
    answer = opened.ask(ASKED)
    cited = find_cited(answer, COST)
    assert not any("9 million" in one.quote for one in answer.citations)
    assert cited.also_in == ()
    assert any(
        note.startswith("An earlier version of ")
        and note.endswith(", Example Wire, 7 March 2022, was superseded.")
        for note in answer.notes
    )
    assert not any("9 million" in note for note in answer.notes)


def test_an_earlier_version_that_the_filters_ask_for_is_said_to_be_superseded(
    over: Callable[..., Assistant],
) -> None:
    opened = over(
        old=write_md(STORY, title="Lock", **WIRE),
        new=write_md(f"{STORY}\n\n{NOTICE}", title="Lock", outlet="Example Wire",
                     published="2022-03-15"),
    )  # fmt: skip
    answer = opened.ask(ASKED, filters=Filters(until=date(2022, 3, 10)))
    assert find_cited(answer, COST).published == date(2022, 3, 7)
    assert any(
        "superseded by a later version, Example Wire, 15 March 2022." in note
        for note in answer.notes
    )


def test_a_copy_is_told_with_the_correction_that_another_outlet_has_made(
    over: Callable[..., Assistant],
) -> None:
    opened = over(
        wire=write_md(f"{STORY}\n\n{NOTICE}", title="Lock", **WIRE),
        ledger=write_md(EDITED, title="Crack", **LEDGER),
    )
    answer = opened.ask(ASKED, filters=Filters(outlets=("Harbor Ledger",)))
    [note] = [note for note in answer.notes if "corrected" in note]
    assert note.startswith("Example Wire has corrected its copy of ")
    assert note.endswith(f" on 15 March 2022: ‘{WRONG} It took place on 10 March.’")


def test_a_correction_in_an_article_of_its_own_is_told(over: Callable[..., Assistant]) -> None:
    title = '"Correction: Northern lock shut for weeks"'
    text = "In a story on Monday the cost was given wrongly. It was 7 million crowns."
    opened = over(
        wire=write_md(STORY, title="Northern lock shut for weeks", **WIRE),
        fix=write_md(text, title=title, outlet="Example Wire", published="2022-03-09"),
    )
    answer = opened.ask(ASKED)
    number = find_cited(answer, COST).n
    [note] = [note for note in answer.notes if "corrected" in note]
    assert f"[{number}]" in note
    assert note.endswith(f" corrected on 9 March 2022: ‘{text}’")


def test_what_a_later_article_corrects_in_an_earlier_one_is_told_of_that_one(
    over: Callable[..., Assistant],
) -> None:
    said = "An earlier article said that the northern lock takes 90 barges. It takes 80."
    opened = over(
        first=write_md("The northern lock of Skell takes 90 barges a day.", title="Lock", **WIRE),
        later=write_md(
            f"The keeper of the lock, Ada Brim, was dismissed on Tuesday.\n\nCorrection: {said}",
            title="Keeper dismissed",
            outlet="Example Wire",
            published="2022-03-09",
        ),
        other=write_md("The old lock of Brim takes 90 barges a day.", title="Old", **LEDGER),
    )
    answer = opened.ask("How many barges a day does the northern lock of Skell take?")
    number = find_cited(answer, "takes 90 barges a day.").n
    assert f"[{number}] was corrected on 9 March 2022: ‘{said}’" in answer.notes
    dismissed = opened.ask("Who was dismissed on Tuesday?")
    assert find_cited(dismissed, "Ada Brim, was dismissed")
    assert not any("corrected" in note for note in dismissed.notes)
    old = opened.ask(
        "How many barges does the lock of Brim take?", filters=Filters(outlets=("Harbor Ledger",))
    )
    assert find_cited(old, "The old lock of Brim")
    assert not any("corrected" in note for note in old.notes)


def test_a_long_notice_is_told_in_part(over: Callable[..., Assistant]) -> None:
    long = f"Correction: {WRONG} {'It was a long matter. ' * 40}"
    answer = over(call=write_md(f"{BODY}\n\n{long}", title="Envoy calls", **WIRE)).ask(CALL)
    [note] = [note for note in answer.notes if "corrected" in note]
    assert note.endswith(" …’")
    assert len(note) < REPEATED + 60


COPIES = tuple(Copy(f"a{n}", f"T{n}", f"Paper {n}", date(2022, 3, n + 1)) for n in range(29))


def make_answer(*copies: Copy) -> Answer:
    cited = Citation(1, "a", "Lock", "Wire", None, None, None, "/a.md", "Shut.", 0, 5)
    return Answer("Q?", "quotes", citations=(replace(cited, also_in=copies),))


def test_no_more_than_three_copies_are_named_and_the_others_counted() -> None:
    assert write_also(COPIES[:1]) == "Paper 0, 1 March 2022"
    assert write_also(COPIES[:4]).endswith("Paper 2, 3 March 2022; and 1 other")
    assert write_also(COPIES).endswith(f"; and {len(COPIES) - NAMED} others")
    assert write_also([Copy("a", "Lock shut")]) == "“Lock shut”, undated"


def test_the_command_names_them_below_the_citation() -> None:
    assert "\n    Also in Paper 0, 1 March 2022." in write_answer(
        make_answer(COPIES[0]), date(2022, 3, 2)
    )
    assert "Also in" not in write_answer(make_answer(), date(2022, 3, 2))


def test_json_keeps_its_objects_and_says_it_in_a_note() -> None:
    written, plain = write_json(make_answer(COPIES[0])), write_json(make_answer())
    assert written["notes"] == ["[1] also stands in Paper 0, 1 March 2022."]
    assert plain["notes"] == []
    assert written["citations"] == plain["citations"]
    assert json.dumps(written)


def test_citations_with_the_same_copies_share_a_note() -> None:
    [one] = make_answer(COPIES[0]).citations
    told = note_copies([one, replace(one, n=2), replace(one, n=3, also_in=())])
    assert told == ["[1] and [2] also stand in Paper 0, 1 March 2022."]


def test_the_page_gets_them_as_text() -> None:
    [drawn] = draw_answer(make_answer(COPIES[0]))["citations"]
    assert drawn["also"] == "Also in Paper 0, 1 March 2022"
    assert draw_answer(make_answer())["citations"][0]["also"] is None


def test_footnotes_name_them_and_nothing_in_them_comes_alive() -> None:
    evil = Copy("a", "T", "![x](https://evil.example/p.png)\n# Wire\u202e", date(2022, 3, 1))
    [cited] = make_answer(evil).citations
    answer = replace(
        make_answer(evil),
        sentences=(Sentence("Shut.", (1,), "quoted"),),
        citations=(replace(cited, url="https://a.example/x"),),
    )
    assert "https://a.example/x; also in ![x]" in write_plain(answer)
    written = write_markdown(answer)
    assert (
        "<https://a.example/x>; also in !\\[x\\](https\\://evil.example/p.png) # Wire," in written
    )
    assert "\u202e" not in written + write_plain(answer)


def test_a_kept_answer_keeps_its_copies_and_an_older_one_has_none() -> None:
    answer = make_answer(*COPIES[:2])
    assert read_record(write_record(answer)) == answer
    older = json.loads(write_record(answer))
    del older["citations"][0]["also_in"]
    assert read_record(json.dumps(older)) == make_answer()


@pytest.mark.parametrize(
    ("quote", "said"),
    [
        ("The “crack” had grown — fast.", True),
        ("THE CRACK\nhad grown, fast", True),
        ("The crack had grown fas", False),
        ("", False),
        ("—", False),
    ],
)
def test_a_copy_says_what_has_the_same_words_whatever_its_marks(quote: str, said: bool) -> None:
    assert says(f'{PARAGRAPHS[0]} The "crack" had grown - fast!', quote) is said
