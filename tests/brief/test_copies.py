"""What is pasted into a briefing: the answer as it was shown, with its sources below."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from rag.brief.copies import write_markdown, write_plain
from rag.types import REFUSAL, Answer, Citation, Sentence

TODAY = date(2026, 11, 22)
ENVOY = Citation(
    1,
    "0123456789ab",
    "Envoy [presses] Beijing",
    "Example Wire",
    None,
    date(2022, 3, 13),
    "https://example.com/the_envoy",
    "/home/ada/envoy.md",
    "The envoy *left*.",
    0,
    17,
)
FERRY = replace(ENVOY, n=2, title="Ferry sinks", url=None, quote="It cost\n$5.")
ANSWER = Answer(
    "What happened?",
    "quotes",
    (
        Sentence("The envoy *left*.", (1,), "quoted", lead="Example Wire, 13 March 2022:"),
        Sentence("1. It cost $5.", (1, 2), "checked"),
        Sentence("- Nobody <b>knew</b>.", (), why="It names no source."),
        Sentence("- So it went.", (2,), "checked", lead="- Ferry:"),
    ),
    (ENVOY, FERRY),
)
REFUSED = Answer("What happened?", "quotes", notes=("How likely the articles say: 3%.",))
STOPPED = "Stopped before the answer was complete."
NASTY = st.text(st.sampled_from("\\`*_[](){}<>|~^$&#:=-+.! \n1a"), max_size=12)


def test_plain_text_has_markers_and_numbered_sources() -> None:
    assert write_plain(ANSWER, TODAY).splitlines() == [
        "Example Wire, 13 March 2022: “The envoy *left*.” [1] 1. It cost $5. [1][2]"
        " - Nobody <b>knew</b>. [unsupported: It names no source.]",
        "- Ferry: - So it went. [2]",
        "",
        "[1] “Envoy [presses] Beijing,” Example Wire, 13 March 2022,"
        " https://example.com/the_envoy, accessed 22 November 2026: “The envoy *left*.”",
        "[2] “Ferry sinks,” Example Wire, 13 March 2022, envoy.md: “It cost $5.”",
    ]


def test_plain_text_reads_as_the_answer_does() -> None:
    borne_out = replace(ANSWER, sentences=ANSWER.sentences[:2], citations=())
    assert write_plain(borne_out, TODAY) == borne_out.text


def test_markdown_has_footnotes_and_escaped_words() -> None:
    assert write_markdown(ANSWER, TODAY).splitlines() == [
        "Example Wire, 13 March 2022: “The envoy \\*left\\*.” [^1] 1. It cost \\$5. [^1][^2]"
        " - Nobody \\<b>knew\\</b>. \\[unsupported: It names no source.\\]",
        "",
        "\\- Ferry: - So it went. [^2]",
        "",
        "[^1]: “Envoy \\[presses\\] Beijing,” Example Wire, 13 March 2022,"
        " <https://example.com/the_envoy>, accessed 22 November 2026: “The envoy \\*left\\*.”",
        "",
        "[^2]: “Ferry sinks,” Example Wire, 13 March 2022, envoy.md: “It cost \\$5.”",
    ]


def test_a_first_sentence_or_byline_is_no_list() -> None:
    listed = replace(ANSWER, sentences=ANSWER.sentences[1:2])
    assert write_markdown(listed, TODAY).startswith("1\\. It cost")
    byline = replace(ANSWER, citations=(replace(ENVOY, author="2) Ada"),))
    assert "\n[^1]: 2\\) Ada, “Envoy" in write_markdown(byline, TODAY)


def test_an_unsupported_sentence_without_a_reason_is_marked_too() -> None:
    doubted = Answer("q", "chat", (Sentence("It rained."),))
    assert write_plain(doubted, TODAY) == "It rained. [unsupported]"
    assert write_markdown(doubted, TODAY) == "It rained. \\[unsupported\\]"


def test_a_refusal_is_its_phrase_alone() -> None:
    assert write_plain(REFUSED, TODAY) == REFUSAL
    assert write_markdown(REFUSED, TODAY) == REFUSAL


def test_what_is_not_whole_says_so_at_its_end() -> None:
    for write in (write_plain, write_markdown):
        assert write(ANSWER, TODAY, STOPPED) == f"{write(ANSWER, TODAY)}\n\n{STOPPED}"


def test_what_broke_off_before_a_sentence_is_no_refusal() -> None:
    assert write_plain(REFUSED, TODAY, STOPPED) == STOPPED
    assert write_markdown(REFUSED, TODAY, STOPPED) == STOPPED


def test_the_line_of_what_is_not_whole_is_escaped() -> None:
    assert write_markdown(ANSWER, TODAY, "# *gone*").endswith("\n\n\\# \\*gone\\*")


@given(said=NASTY, title=NASTY, author=NASTY, quote=NASTY, why=NASTY)
def test_every_footnote_is_one_line(
    said: str, title: str, author: str, quote: str, why: str
) -> None:
    source = replace(ENVOY, title=title, author=author, quote=quote)
    answer = Answer("q", "chat", (Sentence(f"So {said}", (1,), why=why),), (source,))
    paragraph, gap, note = write_markdown(answer, TODAY).splitlines()
    assert gap == ""
    assert paragraph.startswith("So ")
    assert paragraph.count("[^1]") == 1
    assert note.startswith("[^1]: ")
    assert note.endswith("”")
