"""Who wrote an article, as a list of names: split only where a byline cannot mean another thing."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

#: Words that make a name an organisation's or a desk's.
_BODIES = frozenset(
    """agence agencia agency associated board bureau center centre channel co committee
    company contributor contributors corporation correspondent correspondents council daily
    department desk digital editor editorial editors foundation gazette group guardian herald
    inc institute international journal ltd magazine media ministry monitor network networks
    news newsroom observer office online organisation organization post presse press radio
    report reporter reporters reporting reuters review service services society staff standard
    studio team telegraph television times today tribune tv union university wire world
    writers""".split()
)
#: What goes with the family name after it: Ludwig van Beethoven, Simone de Beauvoir.
_PARTICLES = frozenset(
    "af al ap bin da dal de del della den der di do dos du el ibn la las le los st ten ter"
    " van vom von zu zum zur".split()
)
_SUFFIX = re.compile(r"(?:Jr|Sr)\.?|I{2,3}|IV")
_LATIN_WORD = re.compile(r"[^\W\d_][\w.’'‘-]*")
_PARTS = re.compile(r"\s*(?:;|,\s*(?:and|&)\s|\s(?:and|&)\s|,)\s*")


@dataclass(frozen=True, slots=True)
class Name:
    """A person's, in two parts, or in one: an organisation's, or one whose parts are not told."""

    family: str
    given: str = ""


def read_byline(byline: str) -> tuple[Name, ...]:
    """The names in a byline, in order; one whole name where it cannot be split safely.

    A name of two to four words in Latin letters has its family name last, as reference managers
    read it too; any other stands whole.
    """
    line = re.sub(r"^by\s+", "", byline.strip(), flags=re.IGNORECASE)
    if not line:
        return ()
    parts = [part for part in _PARTS.split(line) if part]
    if len(parts) > 1:
        names = [_read_person(part) for part in parts]
        if all(names):
            return tuple(name for name in names if name is not None)
    return (_read_person(line) or Name(line),)


def _read_person(text: str) -> Name | None:
    """A person's name; None where it may be anything else."""
    words = text.split()
    if not 2 <= len(words) <= 5 or not all(map(_is_of_a_name, words)):
        return None
    if any(word.strip(".").casefold() in _BODIES for word in words):
        return None
    # AFP, BBC: what is all in capitals is no person's, but a name in capitals throughout may be.
    if any(len(word) > 1 and word.isupper() and "." not in word for word in words):
        return None
    if _SUFFIX.fullmatch(words[-1]):
        return None
    start = len(words) - 1
    while start > 1 and words[start - 1].casefold() in _PARTICLES:
        start -= 1
    return Name(" ".join(words[start:]), " ".join(words[:start]))


def _is_of_a_name(word: str) -> bool:
    if not _LATIN_WORD.fullmatch(word):
        return False
    letters = [character for character in word if character.isalpha()]
    if not all(unicodedata.name(letter, "").startswith("LATIN") for letter in letters):
        return False
    return word[0].isupper() or word.casefold() in _PARTICLES
