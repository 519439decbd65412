"""The words of a sentence, each with what it is compared by."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from rag.answer.facts import unify
from rag.index.lexical import STOP_WORDS, stems
from rag.retrieve.question import MONTH, NOT_NAMES, NUMBER_WORDS

#: A word with its apostrophes, a figure with its separators, or a mark that parts clauses.
_TOKEN = re.compile(
    r"\d+(?:[.,]\d+)*|[^\W\d_a-z][^\W_]*(?:['.\-‐‑](?=\w)[^\W_]+)+|[^\W_]+(?:['.](?=\w)[^\W_]+)*|[,;:()\u2013\u2014.!?]|[“”„«»\"]",
)
_MONTH = re.compile(MONTH)
_NOT_WORD = re.compile(r"\W")

#: Places and bodies that news writes for a state; what stands behind them is what it is called.
_METONYMS = {
    "pyongyang": "northkorea",
    "seoul": "southkorea",
    "beijing": "china",
    "washington": "us",
    "moscow": "russia",
    "kremlin": "russia",
    "tokyo": "japan",
    "kyiv": "ukraine",
    "kiev": "ukraine",
    "tehran": "iran",
    "london": "uk",
    "paris": "france",
    "berlin": "germany",
    "brussels": "eu",
    "ottawa": "canada",
    "canberra": "australia",
    "delhi": "india",
    "ankara": "turkey",
    "jerusalem": "israel",
}
#: Forms of verbs that a stemmer leaves apart, each row one verb.
_IRREGULAR = """
    say said|tell told|speak spoke spoken|give gave given|take took taken|make made|go went gone
    come came|become became|see saw seen|know knew known|think thought|find found|get got gotten
    hold held|keep kept|leave left|lose lost|win won|meet met|sell sold|buy bought|bring brought
    seek sought|teach taught|catch caught|fight fought|send sent|spend spent|build built|lend lent
    lead led|feed fed|read|run ran|begin began begun|sing sang sung|ring rang rung|drink drank
    sink sank sunk|swim swam|rise rose risen|fall fell fallen|grow grew grown|throw threw thrown
    fly flew flown|draw drew drawn|drive drove driven|write wrote written|ride rode|break broke broken
    choose chose chosen|steal stole stolen|freeze froze frozen|wear wore worn|bear bore borne
    tear tore torn|shoot shot|hide hid hidden|strike struck|stand stood|understand understood
    withdraw withdrew withdrawn|mean meant|lay laid|pay paid|hear heard|set|put|cut|hit|shut|stick stuck
    forbid forbade forbidden|forgive forgave|eat ate eaten|beat beaten|shake shook shaken
    swear swore sworn|do did done|have had has|be is are was were been am"""
#: The forms of irregular verbs.
FORMS = frozenset(re.findall(r"[a-z]+", _IRREGULAR))
_LEMMAS = {
    form: row.split()[0]
    for row in " | ".join(_IRREGULAR.split("\n")).split("|")
    for form in row.split()
}


#: Words that open a sentence without being anybody's name.
OPENING = (
    NOT_NAMES
    | frozenset(NUMBER_WORDS)
    | frozenset(
        """according additionally afterwards again although amid among analysts another articles
    authorities along besides critics despite during earlier each either even every experts finally five
    four further furthermore given however in instead last late later leaders meanwhile
    members ministers moreover next nobody none nor officials one others overall people
    police previously recently reporters reports separately several similarly since six some
    sources speaking still talks ten then thereafter therefore though three thus today
    together tests tomorrow two unlike until upon what whether while within without
    yesterday yet""".split()
    )
)


@dataclass(frozen=True, slots=True)
class Token:
    """A word or a mark, and where it stands in the text as `simplify` gives it.

    `stem` is "" for a mark and for a word that says nothing by itself.
    """

    text: str
    lower: str
    stem: str
    is_name: bool
    start: int
    end: int

    @property
    def is_mark(self) -> bool:
        return bool(_NOT_WORD.match(self.text))


def simplify(sentence: str) -> str:
    """The sentence with countries written in one way, and possessives without their “'s”."""
    text = " ".join(unicodedata.normalize("NFC", sentence).split())
    text = unify(text).replace("’", "'")
    text = re.sub(r"'s\b|(?<=s)'(?=\s)", "", text)
    text = re.sub(r"n't\b", " not", text)
    # Two states whose names share a word, and one of them is called by the other word alone.
    text = re.sub(r"\b(North|South) Korea\b", r"\1Korea", text)
    return re.sub(r"\b([Tt]he) (North|South)(?! [A-Z])\b", r"\1 \2Korea", text)


def split_tokens(plain: str) -> list[Token]:
    """The words and marks of a text that was `simplify`ed."""
    found: list[Token] = []
    for match in _TOKEN.finditer(plain):
        found.append(_make(match.group(), match.start(), first=not found))
    return found


def _make(word: str, start: int, *, first: bool) -> Token:
    lower = word.casefold()
    name = word[:1].isupper() and (not first or (word.isupper() and len(word) > 1))
    dates = lower in NOT_NAMES or bool(_MONTH.fullmatch(word))
    stem = "" if dates else find_stem(lower)
    is_name = name and not dates and lower not in STOP_WORDS
    return Token(word, lower, stem, is_name, start, start + len(word))


@lru_cache(maxsize=20_000)
def find_stem(lower: str) -> str:
    """What a word is compared by: its stem, its verb's, or the state that it stands for."""
    if lower in STOP_WORDS or not any(c.isalnum() for c in lower):
        return ""
    if lower in _METONYMS:
        return find_stem(_METONYMS[lower])
    found = stems(_LEMMAS.get(lower, lower))
    return found[0] if found else ""


def list_aliases(name: str) -> tuple[str, ...]:
    """The stems that may stand for a name: a capital's state, and the name itself."""
    lower = name.casefold()
    state = _METONYMS.get(lower)
    own = tuple(stems(name))
    return (*own, "korea" if state.endswith("korea") else find_stem(state)) if state else own
