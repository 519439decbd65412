"""Who stands before or behind a verb of speech: names, titles, what people are called."""

from __future__ import annotations

import re
from functools import lru_cache

from rag.answer.naming import is_capital, is_role
from rag.answer.people import _ROLE
from rag.answer.quoting import HIDDEN
from rag.answer.speech_table import (
    BODIES,
    DETERMINERS,
    EMBEDDING,
    JOINING,
    NOBODY,
    PLURALS,
    PREPOSITIONS,
    PRONOUNS,
    ROLES,
    TITLES,
)
from rag.retrieve.question import NOT_NAMES
from rag.types import Span

#: The longest that a speaker is written, in words.
MOST_WORDS = 14
_WORD = re.compile(r"[^\s,;:()\[\]—–]+")
_BREAK = re.compile(
    rf"[,;:()\[\]—–{HIDDEN}]|\s-\s|(?<=[a-z”\"’)\d][.!?…])\s+(?=\W*[A-Z])|(?<=[?!…])\s"
)
_PARTICLES = frozenset(
    "de da del della di du la le van von der den ten ter bin ibn al el y and & of the for".split()
)
_VERBLIKE = frozenset(
    """is are was were be been has have had will would could should can may might must did does do
    said says told went came made took gave got saw found left met led won lost began became
    it he she they we i""".split()
)
_APPOSITION = re.compile(
    r"\s*(?:who|whose|which|an?|the|his|her|its|their|one of|now|then|both|also|formerly|aged|in|of|at|from|for"
    r"|with|near|on|\d+|once|along|including|left|right|speaking|citing|referring)\b|\s*[A-Z]"
)
_ROLE_BEGINS = re.compile(
    r"\s*(?:former|ex-|vice|senior|chief|co-|deputy|executive|head|professor|president|director|editor|author|founder|chair|\w+(?:er|or|ist|man|woman)\b)"
)


def find_subject_before(text: str) -> Span | None:
    """The speaker whose verb stands right behind `text`, speech hidden; None where none is plain."""
    pieces = _cut(text)
    if not pieces:
        return None
    start, end = pieces[-1]
    if text[start:end].strip():
        subject = _noun_phrase(text, start, end)
        return _before_title(text, pieces, subject) or subject
    # A comma stands right before the verb: what is between commas goes first.
    if not re.search(r"[,)—–]\s*$", text):
        return None
    return _before_appositions(text, pieces[:-1])


def _before_title(text: str, pieces: list[tuple[int, int]], subject: Span | None) -> Span | None:
    """The name before a title that no comma follows: “Rick Smith, Managing Director of X tells”."""
    if subject is None or len(pieces) < 2 or text[pieces[-1][0] - 1] != ",":
        return None
    words = subject.of(text).split()
    start, end = pieces[-2]
    name = _noun_phrase(text, start, end)
    if name is None or not _is_name(name.of(text).split()[-1]) or len(name.of(text).split()) < 2:
        return None
    titled = any(word.casefold() in ROLES | TITLES for word in words[:3])
    whole = not text[pieces[-1][0] : subject.start].strip()
    joined = any(word in PREPOSITIONS for word in words)
    return name if titled and whole and joined and words[0].casefold() not in DETERMINERS else None


def _before_appositions(text: str, pieces: list[tuple[int, int]]) -> Span | None:
    if len(pieces) < 2 and not text.rstrip().endswith(")"):
        return None
    for number in range(len(pieces) - 1, max(-1, len(pieces) - 6), -1):
        start, end = pieces[number]
        piece = text[start:end]
        if not piece.strip():
            continue
        is_last = number == len(pieces) - 1
        if not is_last or text.rstrip().endswith(")"):
            subject = _noun_phrase(text, start, end)
            if subject is not None and not _is_apposition(text, pieces, number):
                return subject
        if not (
            _APPOSITION.match(piece) or _ROLE_BEGINS.match(piece) or piece.strip()[0].isdigit()
        ):
            return None
    return None


def _is_apposition(text: str, pieces: list[tuple[int, int]], number: int) -> bool:
    """Whether a piece belongs to the name in the piece before it: “Auburn, Washington, …”."""
    if number == 0:
        return False
    start, end = pieces[number - 1]
    before = text[start:end].split()
    words = text[pieces[number][0] : pieces[number][1]].split()
    if not before or text[pieces[number][0] - 1 : pieces[number][0]] not in (",", "("):
        return False
    first = words[0].casefold()
    if (
        first in ("a", "an", "the", "who", "whose", "his", "her", "its", "their", "which", "one")
        or first.isdigit()
    ):
        return bool(_noun_phrase(text, start, end))
    if (
        len(before) > 1
        and before[-1][:1].isupper()
        and before[-2].casefold() in ("in", "of", "near", "from", "at")
    ):
        return len(words) <= 2
    return first in PREPOSITIONS or (words[0].islower() and first in ROLES)


def find_subject_after(text: str, place: int) -> Span | None:
    """The speaker right behind an inverted verb that ends at `place`: “said Kirby, the …”."""
    found = re.compile(
        rf"\s+([^,;:.!?{HIDDEN}()—–]+(?:\.(?=\s?[A-Z])[^,;:.!?{HIDDEN}()—–]+)*)"
    ).match(text, place)
    if found is None:
        return None
    words = [
        (m.start(), m.end(), m.group()) for m in _WORD.finditer(text, found.start(1), found.end(1))
    ]
    stop = len(words)
    for number, (_, _, word) in enumerate(words):
        lower = word.casefold()
        if (
            number
            and lower in PREPOSITIONS | EMBEDDING | JOINING | {"an", "a", "told"}
            and not (
                lower in ("of", "for", "and")
                and number + 1 < len(words)
                and number < 8
                and _goes_on(words, number)
            )
        ):
            stop = number
            break
        if lower in _VERBLIKE or lower in NOT_NAMES:
            if number == 0 or lower not in NOT_NAMES:
                return None
            stop = number
            break
    words = words[:stop]
    if not words or len(words) > MOST_WORDS:
        return None
    subject = _noun_phrase(text, words[0][0], words[-1][1])
    return subject if subject and subject.start == words[0][0] else None


def _goes_on(words: list[tuple[int, int, str]], number: int) -> bool:
    before, after = words[number - 1][2], words[number + 1][2]
    if words[number][2] == "and":
        return before[:1].isupper() and after[:1].isupper()
    return True


def _cut(text: str) -> list[tuple[int, int]]:
    cuts = [0]
    ends = []
    for found in _BREAK.finditer(text):
        ends.append(found.start())
        cuts.append(found.end())
    return list(zip(cuts, [*ends, len(text)], strict=True))


def _noun_phrase(text: str, start: int, end: int) -> Span | None:
    """The speaker at the end of a piece of a sentence, or None where its end is none."""
    words = [(m.start(), m.end(), m.group()) for m in _WORD.finditer(text, start, end)]
    first = _after_joint(words)
    if first is None:
        return None
    words = _without_adjunct(words[first:])
    if not words:
        return None
    lower = [word.casefold() for _, _, word in words]
    if lower[-1] in PRONOUNS:
        begins = len(words) == 1 or lower[-2] not in PREPOSITIONS
        return Span(words[-1][0], words[-1][1]) if begins else None
    begin = _begin_of_name(words) if _is_name(words[-1][2]) else _begin_of_role(words)
    if begin is None or len(words) - begin > MOST_WORDS:
        return None
    if lower[-1] in DETERMINERS or (
        lower[begin] in NOBODY and (begin == len(words) - 1 or lower[begin] not in DETERMINERS)
    ):
        return None
    return Span(words[begin][0], words[-1][1])


def _after_joint(words: list[tuple[int, int, str]]) -> int | None:
    """Where the clause begins whose end the words are; None within a clause of another kind."""
    for number in range(len(words) - 1, -1, -1):
        lower = words[number][2].casefold()
        if lower in EMBEDDING and not (
            lower in ("after", "before", "since", "once") and number == 0
        ):
            return None
        if lower in JOINING:
            both = 0 < number < len(words) - 1
            if lower == "and" and both and _joins_names(words, number):
                continue
            return number + 1
    return 0


def _joins_names(words: list[tuple[int, int, str]], number: int) -> bool:
    before, after = words[number - 1][2], words[number + 1][2]
    return before[:1].isupper() and after[:1].isupper() and after.casefold() not in PRONOUNS


def _without_adjunct(words: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """The words without a day or hour at their beginning: “On Friday Kirby”, “Last week the …”."""
    lower = [word.casefold().rstrip(".") for _, _, word in words]
    times = NOT_NAMES | {
        "week",
        "month",
        "year",
        "time",
        "morning",
        "night",
        "today",
        "yesterday",
        "then",
    }
    for number in range(min(6, len(words)) - 1, -1, -1):
        if (lower[number] in times or (lower[number].isdigit() and number)) and (
            number == 0
            or lower[0]
            in PREPOSITIONS | {"last", "this", "next", "that", "earlier", "later", "late"}
        ):
            return words[number + 1 :]
    return words


def _is_name(word: str) -> bool:
    lower = word.casefold()
    if lower in NOT_NAMES or (lower in PREPOSITIONS | JOINING | EMBEDDING and not word.isupper()):
        return False
    return is_capital(word)


def _begin_of_name(words: list[tuple[int, int, str]]) -> int | None:
    """Where the speaker begins whose last word is a name."""
    begin = len(words) - 1
    while begin > 0:
        word = words[begin - 1][2]
        if (
            _is_name(word)
            and word.casefold() not in DETERMINERS | PREPOSITIONS | JOINING | PRONOUNS
        ) or (
            begin > 1
            and word in _PARTICLES
            and _is_name(words[begin - 2][2])
            and word not in ("the",)
        ):
            begin -= 1
        elif (
            begin > 2
            and word == "the"
            and words[begin - 2][2] == "of"
            and _is_name(words[begin - 3][2])
        ):
            begin -= 2
        else:
            break
    if begin == 0:
        return 0 if words[0][2].casefold() not in NOBODY else None
    before = words[begin - 1][2].casefold()
    if (
        begin > 1
        and words[begin - 1][2].islower()
        and words[begin - 2][2].casefold() in ("the", "a", "an")
    ):
        begin -= 1  # “the indicted Menendez”
        before = words[begin - 1][2].casefold()
    if before in DETERMINERS:
        if begin == 1 or words[begin - 2][2].casefold() not in PREPOSITIONS:
            return begin - 1
        return _begin_of_whole(words, begin - 2)
    if before in PREPOSITIONS:
        return _begin_of_whole(words, begin - 1)
    if before in ROLES or before in TITLES or _ROLE.search(before) or before in BODIES:
        described = _extend(words, begin - 1)
        if described and words[described - 1][2].casefold() in PREPOSITIONS:
            return _begin_of_whole(words, described - 1)
        return described
    return (
        begin
        if before.endswith("ly") or before in ("now", "again", "time", "however", "far")
        else None
    )


def _extend(words: list[tuple[int, int, str]], begin: int) -> int:
    """Further left over what describes a role: “the American special envoy”, “committee chair”."""
    while begin > 0:
        lower = words[begin - 1][2].casefold()
        if lower in DETERMINERS:
            return begin - 1
        if lower in PREPOSITIONS | _VERBLIKE | JOINING | EMBEDDING or lower.endswith("ing"):
            return begin
        if re.search(r"[’']s?$", lower):
            return begin - 1
        begin -= 1
    return begin


def _begin_of_role(words: list[tuple[int, int, str]]) -> int | None:
    """Where the speaker begins whose last word is a role or a body: “a spokesman”, “officials”."""
    last = words[-1][2].casefold().strip("’'")
    inside = _preposition_before(words, len(words) - 1)
    if inside is not None:
        whole = _begin_of_whole(words, inside)
        if whole is not None:
            return whole
    if not is_role(last):
        return None
    begin = _extend(words, len(words) - 1)
    bare = begin == len(words) - 1
    if bare and last not in PLURALS:
        return None
    described = words[begin][2]
    if not bare and described.casefold() not in DETERMINERS and not _is_owner(words, begin):
        if not (last.endswith("s") or last in PLURALS):
            return None
    if begin > 0 and words[begin - 1][2].casefold() in PREPOSITIONS:
        return _begin_of_whole(words, begin - 1)
    return begin


def _is_owner(words: list[tuple[int, int, str]], begin: int) -> bool:
    return any(re.search(r"[’']s?$", word) for _, _, word in words[begin:-1])


def _preposition_before(words: list[tuple[int, int, str]], place: int) -> int | None:
    for number in range(place - 1, max(-1, place - 5), -1):
        if words[number][2].casefold() in PREPOSITIONS:
            return number
    return None


def _begin_of_whole(words: list[tuple[int, int, str]], preposition: int) -> int | None:
    """Where the speaker begins who is described with a preposition: “a spokesman for the …”."""
    lower = [word.casefold() for _, _, word in words]
    if preposition == 0 or any(word in _VERBLIKE for word in lower[:-1]):
        return None
    head = preposition - 1
    for _ in range(3):
        if _is_name(words[head][2]) and head >= 0:
            begin = _begin_of_name(words[: head + 1])
            if begin is not None:
                return begin if not (begin and lower[begin - 1] in PREPOSITIONS) else None
        if is_role(re.sub(r"[’']s?$", "", lower[head])):
            begin = _extend(words, head)
            if begin == 0 or lower[begin - 1] not in PREPOSITIONS:
                plain = (
                    lower[begin] in DETERMINERS
                    or lower[head].endswith("s")
                    or _is_owner(words[: head + 1], begin)
                )
                return begin if plain else None
        further = _preposition_before(words, head)
        if further is None or further == 0:
            return None
        head = further - 1
    return None


@lru_cache(maxsize=4_000)
def find_subject_of_clause(text: str) -> Span | None:
    """The speaker-like subject that a sentence begins with, its speech hidden; None where none is.

    What stands before a first comma is passed over where it is no subject: “On Friday, Kirby …”.
    """
    for start, end in _cut(text)[:4]:
        words = [(m.start(), m.end(), m.group()) for m in _WORD.finditer(text, start, end)]
        if not words:
            continue
        words = _without_adjunct(words)
        while words and words[0][2].casefold() in JOINING | {
            "however",
            "meanwhile",
            "then",
            "also",
            "later",
        }:
            words = words[1:]
        for number in range(min(10, len(words)), 0, -1):
            subject = _noun_phrase(text, words[0][0], words[number - 1][1])
            if subject is None or subject.start != words[0][0]:
                continue
            if (number < len(words) and _follows(words[number][2])) or number == len(words):
                return subject
        if (
            words
            and words[0][2].casefold() not in PREPOSITIONS | EMBEDDING
            and not words[0][2].endswith(("ing", "ed"))
        ):
            return None
    return None


def _follows(word: str) -> bool:
    """Whether a word may be the verb of the subject before it, or an adverb before that."""
    lower = word.casefold()
    return (
        lower in _VERBLIKE
        or (lower.endswith(("ed", "ly", "s")) and lower != "family")
        or lower
        in (
            "also",
            "never",
            "then",
            "ran",
            "held",
            "spoke",
            "stood",
            "sat",
            "wrote",
            "knew",
            "thought",
            "grew",
            "put",
            "set",
            "kept",
            "hit",
            "threw",
            "drew",
            "broke",
            "chose",
            "spent",
            "sent",
            "brought",
            "bought",
            "faced",
            *"oversaw became began came did drove fell felt flew fought found gave got had heard led left lost made met paid rose said saw sold sought struck swore taught told took understood undertook went withdrew woke won wore".split(),
        )
    )
