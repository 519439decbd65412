"""What stands before a quoted sentence: who reports it and when, and whose words it reports."""

from __future__ import annotations

import re

from rag.answer.citing import lead_in
from rag.answer.speakers import find_attribution, find_speaker, is_same
from rag.answer.speech_table import DETERMINERS, PREPOSITIONS, PRONOUNS
from rag.types import Article, Span

_SMALL = DETERMINERS | PREPOSITIONS | {"and"}


class Introductions:
    """The leads of one answer's sentences, asked for in the order in which they are read."""

    def __init__(self) -> None:
        self._article: str | None = None
        self._speaker: str | None = None
        self._introduced = False

    def introduce(self, article: Article, span: Span) -> str | None:
        """The lead of the next sentence; None where it goes on as the one before it.

        A speaker whom the sentence does not name itself stands in the lead. What follows a sentence
        that was led in with its speaker is led in again where it is not that speaker's.
        """
        found = find_speaker(article.text, span)
        speaker = found.name if found else None
        outside = speaker if speaker and not _names(span.of(article.text), speaker) else None
        is_new = article.id != self._article
        goes_on = not is_new and is_same(speaker, self._speaker)
        was_introduced = self._introduced
        self._article, self._speaker = article.id, speaker
        self._introduced = outside is not None or (goes_on and was_introduced)
        if goes_on:
            return None
        if is_new or (outside is None and was_introduced):
            return lead_in(article, outside)
        return f"{outside[0].upper()}{outside[1:]} said:" if outside else None


def tells_whom(article: Article, span: Span) -> bool:
    """Whether the pronoun that a sentence begins with is its speaker, and it is known who that is.

    A lead says it then, and no sentence before it needs to.
    """
    sentence = span.of(article.text)
    found = find_attribution(sentence)
    if found is None or found.name(sentence).casefold() not in PRONOUNS:
        return False
    if found.content.start == found.content.end:  # “She told him.”
        return False
    opens = not re.search(r"\w", sentence[: found.speaker.start])
    return opens and find_speaker(article.text, span) is not None


def _names(sentence: str, speaker: str) -> bool:
    """Whether a sentence has a speaker's name in it, or a part of it that tells who it is."""
    words = [word for word in re.findall(r"[\w’'-]+", speaker) if word not in _SMALL]
    return any(re.search(rf"(?<!\w){re.escape(word)}(?!\w)", sentence) for word in words)
