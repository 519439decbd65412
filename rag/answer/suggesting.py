"""Questions that an article answers, made from its sentences by patterns.

A sentence is turned into a question only where that takes no more than leaving something out, or a
verb of the table. What stands for something said before (“he”, “the company”) makes none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from rag.answer.suggesting_patterns import (
    AFTER_NAME,
    ASKED_PERSON,
    BARE_THE,
    BECAUSE,
    BEFORE_SAID,
    CALLED,
    CAPITAL,
    CHANNEL,
    COUNTED,
    DID_COUNT,
    DID_DAY,
    DID_SUM,
    IS_WHO,
    LEFT_BEHIND_WORDS,
    NO_OBJECT,
    NOUN,
    PLAIN,
    SECOND,
    TOLD,
    TOPIC,
    WAS_IN,
    WHO_DID,
)
from rag.answer.suggesting_people import READ, find_person, is_adverb, is_named, is_person
from rag.answer.suggesting_table import (
    AGAIN,
    BASES,
    COMPLETE,
    INTRANSITIVE,
    NO_NOUN,
    NO_TOPIC,
)
from rag.index.lexical import STOP_WORDS
from rag.ingest.sentences import split_sentences
from rag.retrieve.question import NOT_NAMES
from rag.types import Article, Span

Shape = Literal["said", "who", "did", "number", "money", "date", "place", "reason"]

#: Longer sentences are lists or noise, and shorter ones say too little, in characters.
LONGEST, SHORTEST = 320, 30
#: A question that fits on a button, in characters.
FITS = 110
#: Words that a question may take from a sentence in one piece.
PIECE = 9
#: What somebody says about something takes so many words, theirs included.
TELLING = 12
#: The share of an English text's words that are stop words is above this.
ENGLISH = 0.2


@dataclass(frozen=True, slots=True)
class Candidate:
    """A question with the sentence of an article that it was made from."""

    question: str
    shape: Shape
    article: str
    span: Span

    @property
    def person(self) -> str | None:
        """Who is asked about, where it is asked who that is or what they said."""
        found = ASKED_PERSON.match(self.question)
        return found and (found[1] or found[2])


def list_candidates(article: Article) -> list[Candidate]:
    """The questions that the article's sentences make, each with its sentence, in their order."""
    text = article.text[:READ]
    if not is_english(text):
        return []
    found = []
    for span in split_sentences(text):
        sentence = span.of(text)
        if SHORTEST <= len(sentence) <= LONGEST and sentence.rstrip("”\"’'").endswith("."):
            for shape, question in _turn(sentence, span, article):
                if is_fit(question):
                    found.append(Candidate(question, shape, article.id, span))
    return found


def is_english(text: str) -> bool:
    """Whether enough of the words are English ones that a sentence needs."""
    words = re.findall(r"[^\W\d_]+", text[:2_000])
    if len(words) < 20 or sum(word.isupper() for word in words) > len(words) / 2:
        return False
    return sum(word in STOP_WORDS for word in words) > ENGLISH * len(words)


def is_fit(question: str) -> bool:
    """Whether a question is of plain words, short enough, and stands by itself."""
    words = question.rstrip("?").split()
    return (
        len(question) <= FITS
        and PLAIN.fullmatch(question) is not None
        and not LEFT_BEHIND_WORDS.search(question)
        and words[-1].casefold() not in AGAIN
        and len(words[-1]) > 1
        and (question.startswith("What did") or not BARE_THE.search(question))
        and not any(word.isupper() and len(word) > 5 for word in words)
    )


def _turn(sentence: str, span: Span, article: Article) -> Iterator[tuple[Shape, str]]:
    yield from _ask_said(sentence, span, article)
    yield from _ask_who(sentence, article)
    yield from _ask_amount(sentence, span, article)
    yield from _ask_when(sentence, span, article)


def _ask_said(sentence: str, span: Span, article: Article) -> Iterator[tuple[Shape, str]]:
    if told := TOLD.search(sentence):
        person = find_person(told["person"], span, article)
        if person and is_named(told["told"], article):
            yield "said", f"What did {person} tell {told['told']}?"
    if called := CALLED.search(sentence):
        person = find_person(called["person"], span, article)
        if person and (called["what"][:4] == "the " or is_named(called["what"], article)):
            yield "said", f"What did {person} call {called['what']}?"
    found = AFTER_NAME.search(sentence) or BEFORE_SAID.search(sentence)
    person = find_person(found["person"], span, article) if found else None
    if found and person and len(sentence.split()) >= TELLING:
        said = f"{sentence[: found.start('person')]}…{sentence[found.end('person') :]}"
        for topic in _list_topics(said, person, article):
            yield "said", f"What did {person} say about {topic}?"


def _ask_who(sentence: str, article: Article) -> Iterator[tuple[Shape, str]]:
    if found := IS_WHO.search(sentence):
        name = found["person"] or found["named"]
        if (
            is_person(name, article)
            and len(re.findall(rf"\b{name.split()[-1]}\b", article.text)) > 1
        ):
            yield "who", f"Who is {name}?"
    did = WHO_DID.search(sentence)
    if did and _is_object(did["rest"]) and is_person(did["person"], article):
        yield "did", f"Who {did['verb']} {did['rest']}?"
    if (was := WAS_IN.search(sentence)) and is_person(was["person"], article):
        yield "place", f"Where was {was['person']} {was['done']}?"


def _ask_amount(sentence: str, span: Span, article: Article) -> Iterator[tuple[Shape, str]]:
    if (found := COUNTED.search(sentence)) and _stands_alone(found["rest"]):
        yield "number", f"How many {found['noun']} {found['verb'].lower()} {found['rest']}?"
    if (did := DID_COUNT.search(sentence)) and (name := _subject(did, span, article)):
        rest = did["rest"] if is_short(did["rest"]) else ""
        if _stands_alone(rest) or did["verb"] in COMPLETE:
            yield "number", f"How many {did['noun']} did {name} {BASES[did['verb']]}{rest}?"
    paid = DID_SUM.search(sentence)
    if paid and paid["rest"] and is_short(paid["rest"]) and (name := _subject(paid, span, article)):
        yield "money", f"How much did {name} {BASES[paid['verb']]}{paid['rest']}?"


def _ask_when(sentence: str, span: Span, article: Article) -> Iterator[tuple[Shape, str]]:
    if did := DID_DAY.search(sentence):
        yield from (("date", q) for q in _ask_did("When", did, span, article))
    if did := BECAUSE.search(sentence):
        yield from (("reason", q) for q in _ask_did("Why", did, span, article))


def _ask_did(word: str, did: re.Match[str], span: Span, article: Article) -> Iterator[str]:
    name, rest = _subject(did, span, article), did["rest"].strip()
    if name and (_is_object(rest) or (not rest and did["verb"] in INTRANSITIVE)):
        yield f"{word} did {name} {BASES[did['verb']]} {rest}".strip() + "?"


def _subject(found: re.Match[str], span: Span, article: Article) -> str | None:
    """The subject as it stands within a sentence, a surname with what goes before it."""
    name = re.sub("^The ", "the ", found["subject"])
    if " " not in name and (person := find_person(name, span, article)):
        return person
    surname = re.search(rf"\b{CAPITAL} {re.escape(name)}\b", article.text)
    first = name.split()[0]
    if first.casefold() in NOT_NAMES | (STOP_WORDS - {"the"}) or is_adverb(first):
        return None
    return name if is_named(name, article) and (" " in name or not surname) else None


def _stands_alone(rest: str) -> bool:
    """Whether a piece of a sentence names what it is about, and is not too long."""
    named = re.search(r"\b[A-Z][a-z]", rest)
    return bool(named) and is_short(rest)


def _is_object(rest: str) -> bool:
    """Whether a piece of a sentence after its verb is what the verb is done to."""
    return _stands_alone(rest) and rest.split()[0] not in BASES and not NO_OBJECT.search(rest)


def is_short(rest: str) -> bool:
    """Whether a piece of a sentence is short, and holds no second clause."""
    return len(rest.split()) <= PIECE and not SECOND.search(rest)


def _list_topics(said: str, speaker: str, article: Article) -> list[str]:
    """Names in what was said, other than the speaker's, that the article is about."""
    found = []
    for match in TOPIC.finditer(said):
        topic, before = match["topic"], match["article"].strip().casefold()
        words = {word.casefold() for word in topic.split()}
        if before in ("a", "an") or words & {word.casefold() for word in speaker.split()}:
            continue
        if _is_channel(said, match, article):
            continue
        if words & (STOP_WORDS | NOT_NAMES | NO_TOPIC) or not is_named(topic, article):
            continue
        if (match["article"][:1].isupper() and before != "the") or is_adverb(topic):
            continue
        if before == "the" and re.search(r"(?:ian|ish|ese|can)$", topic):
            continue
        if topic not in article.title and (topic.isupper() or article.text.count(topic) < 3):
            continue
        whole = _complete_topic(topic, article)
        if whole and not set(whole.split()) & set(speaker.split()):
            found.append(f"the {topic}" if before == "the" else whole)
    if not found:
        title = set(re.findall(r"[a-z]{5,}", article.title.casefold()))
        found = [f"the {noun[1]}" for noun in NOUN.finditer(said) if noun[1] in title - NO_NOUN]
    return found[:1]


def _is_channel(said: str, match: re.Match[str], article: Article) -> bool:
    """Whether the name says where or to whom something was said, and not about what."""
    before = said[: match.start("topic")]
    quoted = before.count("“") > before.count("”") or before.count('"') % 2 == 1
    if said[match.end() : match.end() + 1] == '"' and before.endswith('"'):
        return True
    if match["topic"] in (article.outlet or "") or (article.outlet or "-") in match["topic"]:
        return True
    return not quoted and bool(CHANNEL.search(before))


def _complete_topic(topic: str, article: Article) -> str | None:
    """The topic, a surname with its first name; None where it is one and whose is not certain."""
    if " " in topic or not re.search(rf"\b{CAPITAL} {re.escape(topic)}\b", article.text):
        return topic
    return find_person(topic, Span(len(article.text), len(article.text)), article)
