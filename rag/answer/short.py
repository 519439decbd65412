"""The words of a quoted sentence that answer, where the reader is sure enough of them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from rag.answer.checking.bounds import begin_bound, end_bound
from rag.answer.evidence import Asked, Evidence
from rag.answer.kinds import WHO_IS, asks_yes_or_no, has_answer
from rag.answer.quantities import find_quantities
from rag.index.lexical import split_words
from rag.types import Span

#: Log odds from which on the likeliest words are shown. Over single passages, of which half do not
#: answer, what is shown is right in .77 (from 2), .82 (from 3) and .85 (from 4) of the news
#: questions tuned by, and shown for .44, .30 and .18 of those that are answered; of SQuAD's in .64,
#: .66 and .68, and for .60, .46 and .30. A wrong answer in bold is worse than none.
SURE = 3.0
#: What may stand between a bound and its figure: “more than a dozen”, “at least the 40 aboard”.
_ARTICLE = re.compile(r"(?:(?:the|an?|just|only)\s+)?[$€£¥]?", re.IGNORECASE)
#: Figures in words that are no quantities for `find_quantities`.
_FIGURE = re.compile(
    r"(?:one|half|third|quarter|(?:dozen|hundred|thousand|million|billion)s)\b", re.IGNORECASE
)
#: Numbers that count only where they are all that is said: “one of the boats” gives no number.
_COUNT = re.compile(r"(?:(?:just|only)\s+)?(?:one|zero|an?\s+(?:third|quarter))\b", re.IGNORECASE)
#: Scripts that write words without spaces: Chinese, Japanese, Thai, Lao, Khmer, Burmese.
_UNSPACED = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]"
)
#: “7.3”, “1,200”.
_FIGURES_MARK = re.compile(r"\d[.,]\d")
#: Asks to whom something was done: “Who did the envoy call?”
_TO_WHOM = re.compile(
    r"\W*(?:(?:to|with|for|by|from)\s+)?(?:who\s+(?:did|does|do)|whom)\b", re.IGNORECASE
)
#: Before the one who acts, and never before the one acted on: nothing, or an article.
_NOTHING_YET = re.compile(r"\W*(?:(?:the|an?)\s+)?", re.IGNORECASE)
#: After one acted on who is named first: “Liu, an envoy of China, was called”.
_IS_DONE_TO = re.compile(r"\W*(?:\w+\W+){0,6}?(?:was|were|is|are|been|being|got)\b", re.IGNORECASE)
#: What stands in brackets behind the name that it is short for: “the Skell Port Authority (SPA)”.
_INITIALS = re.compile(r"[^\W\d_a-z]{2,8}")
#: Kinds whose answers are told by their form.
_KINDS = ("number", "measure", "date")


def find_short(asked: Asked, chosen: Sequence[Evidence]) -> str | None:
    """The likeliest answer in the best sentence that is quoted.

    “More than 90 percent” is not cut down to 90 percent, nor “65 or older” to 65. None where it is
    not sure enough, only says the question's words again or shortens a name, or is not of the kind
    asked for.
    """
    if not chosen or asks_yes_or_no(asked.question.text):
        return None
    best, text = chosen[0], chosen[0].hit.article.text
    read = best.read
    if read is None or read.short is None or read.odds < SURE:
        return None
    short = _take_whole(text, read.short, best.span)
    if not _tells(asked, short.of(text), text) or _acts(asked, short, best.span, text):
        return None
    if _only_shortens(text, short):
        return None
    if _begins_with_figure(short.of(text)):
        before, after = text[best.span.start : short.start], text[short.end : best.span.end]
        start = best.span.start + begin_bound(before)
        short = Span(start, short.end + end_bound(after))
    return short.of(text)


def _take_whole(text: str, found: Span, sentence: Span) -> Span:
    """What was found without a word or a figure cut in two: the reader's tokens are parts of both.

    Writing without spaces has no such words.
    """
    start, end = found.start, found.end
    while start > sentence.start and _is_within(text, start):
        start -= 1
    while end < sentence.end and _is_within(text, end):
        end += 1
    return Span(start, end)


def _is_within(text: str, place: int) -> bool:
    """Whether `place` is in the midst of a word or of a figure."""
    before, after = text[place - 1], text[place]
    if _is_mark(after):
        return True
    if (before.isalnum() or _is_mark(before)) and after.isalnum():
        return not _UNSPACED.match(before) and not _UNSPACED.match(after)
    if (before in "$€£¥" and after.isdigit()) or (before.isdigit() and after == "%"):
        return True
    around = text[max(0, place - 2) : place + 2]
    return bool(_FIGURES_MARK.fullmatch(around[-3:]) or _FIGURES_MARK.fullmatch(around[:3]))


def _is_mark(character: str) -> bool:
    """Whether it is an accent or the like, written on what stands before it."""
    return unicodedata.category(character).startswith("M")


def _tells(asked: Asked, short: str, article: str) -> bool:
    """Whether it says anything that the question does not, and something of the kind asked for."""
    words = set(map(str.casefold, split_words(asked.question.text)))
    if {word.casefold() for word in split_words(short)} <= words:
        return False
    kind = asked.kind
    if kind is None or kind.group not in _KINDS or kind is WHO_IS:
        return True
    if kind.group == "number" and _COUNT.match(short):
        return True
    return has_answer(kind, asked.question, short, article)


def _acts(asked: Asked, short: Span, sentence: Span, text: str) -> bool:
    """Whether it is who acts, where the question is to whom it was done.

    Readers take one for the other readily: both stand in the sentence, and both are people.
    """
    return bool(
        _TO_WHOM.match(asked.question.text)
        and _NOTHING_YET.fullmatch(text[sentence.start : short.start])
        and not _IS_DONE_TO.match(text[short.end : sentence.end])
    )


def _only_shortens(text: str, short: Span) -> bool:
    """Whether it is no more than another name of what stands before it."""
    bracketed = text[short.start - 1 : short.start] + text[short.end : short.end + 1] == "()"
    return bracketed and bool(_INITIALS.fullmatch(short.of(text)))


def _begins_with_figure(short: str) -> bool:
    bare = _ARTICLE.sub("", short, count=1)
    found = find_quantities(bare)
    said = found[0].said.lstrip("$€£¥") if found else ""
    return bool(said and bare.startswith(said)) or bool(_FIGURE.match(bare))
