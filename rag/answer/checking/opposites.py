"""Words of which the one says the opposite of the other."""

from __future__ import annotations

from rag.answer.checking.words import find_stem

#: Each row: words that say one thing, and after the bar words that say the opposite.
_TABLE = """
accept agree approve welcome endorse embrace \
    | reject refuse decline deny spurn oppose disapprove rebuff
rise increase grow climb gain jump soar surge up expand widen improve \
    | fall decrease decline shrink drop lose slump plunge down contract narrow worsen
support back favour favor endorse | oppose resist
praise hail laud commend applaud | criticise criticize condemn blame denounce slam rebuke
win beat defeat | lose
allow permit authorise authorize enable | forbid ban bar prohibit block prevent
begin start open launch commence | end stop close finish halt cease conclude
confirm admit acknowledge | deny dispute
arrive enter join come | leave depart exit quit
include | exclude
raise lift boost | lower cut reduce slash
strengthen tighten harden | weaken loosen ease soften relax
impose introduce | lift remove scrap withdraw revoke
buy purchase acquire | sell
accelerate speed hasten | slow delay
succeed pass | fail
remember | forget
reveal disclose publish | hide conceal withhold
build construct create | destroy demolish dismantle
convict | acquit clear
arrest detain jail imprison | release free
attack | defend protect
more higher greater bigger larger longer later most | fewer less lower smaller shorter earlier least
many much | few little
before | after
early | late
first | last
new latest recent | old former
broad wide large big great long high strong | narrow small little short low weak
close near | far distant
open public | closed secret private
legal lawful | illegal unlawful
likely probable possible | unlikely improbable impossible
safe secure | dangerous unsafe
stable | unstable
optimistic confident hopeful | pessimistic doubtful
same identical equal | different
known clear | unknown unclear
easy simple | difficult hard
ahead | behind
above over | below under
inside within | outside
together jointly | separately alone
friend ally | enemy foe rival
victory success | defeat failure
profit gain surplus | loss deficit
peace | war
ancient old | modern new
guilty | innocent
willing ready | unwilling reluctant
present | absent
temporary | permanent
cautious | bold
active | inactive idle
calm | tense
majority | minority
import | export
hire recruit appoint | fire dismiss sack
add | subtract remove
keep retain maintain preserve | abandon drop discard give
trust | distrust suspect
love like | hate dislike
encourage urge | discourage deter
advance | retreat
unite | divide split
warm hot | cold cool
rich wealthy | poor
male man men he | female woman women she
father son brother husband | mother daughter sister wife
north | south
east | west
left | right
"""


#: What makes a word its opposite, and the least letters of the stem behind it: “disagree”.
_PREFIXES = ("un", "dis", "non")
_SHORTEST = 4


def _build() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for row in _TABLE.strip().splitlines():
        one, other = ([find_stem(word) or word for word in side.split()] for side in row.split("|"))
        for word in one:
            found.setdefault(word, set()).update(other)
        for word in other:
            found.setdefault(word, set()).update(one)
    return {word: frozenset(others) for word, others in found.items()}


_OPPOSITES = _build()


def are_opposites(one: str, other: str) -> bool:
    """Whether two stems say the opposite of each other, by the table or by a prefix."""
    return other in _OPPOSITES.get(one, ()) or _denies(one, other) or _denies(other, one)


def _denies(one: str, other: str) -> bool:
    return len(other) >= _SHORTEST and any(one == prefix + other for prefix in _PREFIXES)
