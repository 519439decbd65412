"""What a sentence denies, what it gives as somebody's words, and what has not come about (yet).

Each word carries the marks that reach it. A mark reaches from the word that makes it to the end of
its clause; an attribution that follows reaches back. English news prose, by rules.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from rag.answer.attribution import find_attributions
from rag.answer.checking.words import FORMS, Token, simplify
from rag.answer.speech_verbs import Kind

#: denied: by a “not” or the like. refused: denied by a verb, as “rejects”. said: somebody's words. called: somebody's word for it.
#: doubtful: only likely or possible. planned: wanted, asked for or ahead.
Mark = Literal["denied", "refused", "said", "called", "doubtful", "planned"]

_DENYING = frozenset("not no never neither nor none nobody nothing nowhere cannot without".split())
#: Verbs and the like that deny what follows without a “not”.
_REFUSING = frozenset(
    """refuse refuses refused refusing refusal reject rejects rejected rejecting rejection decline
    declines declined declining deny denies denied denying fail fails failed failing failure lack
    lacks lacked lacking unable unwilling impossible refrain refrained abstain abstained avoid
    avoids avoided avoiding prevent prevents prevented absent absence stall stalled stalls stalling
    deadlocked standstill withhold withheld hardly barely scarcely rarely seldom little few
    doubt doubts doubted dismiss dismisses dismissed dispute disputes disputed drop drops dropped
    oppose opposes opposed missed""".split()
)
#: Two words that deny together.
_PAIRS = """stop short|stopped short|stops short|short of|instead of|rather than|rule out|ruled out
rules out|yet to|turn down|turned down|stood still|far from|free of|opposed to|gave up|give up|gives up
given up|nothing but|all but"""
_REFUSING_PAIRS = frozenset(tuple(pair.split()) for pair in _PAIRS.replace("\n", "|").split("|"))
#: What hints at a denial in other words: of two sentences of which one has such a word, the other
#: may deny the same with a “not”.
SOFT = re.compile(
    r"\b(?:only|alone|unlike|otherwise|except|instead|although|despite|un[a-z]{4,}|in(?:complete|valid|correct)"
    r"|dis[a-z]{5,}|less|least|few(?:er|est)?|little|rare\w*|different\w*|differ\w*|opposite|wrong\w*|false\w*|lost|lose\w*|end(?:ed|s)?"
    r"|stop\w*|ban\w*|away|out|against|shut|excluded?|abandon\w*|quit|retir\w*|than|first|unanimous\w*|same)\b",
    re.IGNORECASE,
)

#: Nouns that make what goes with them somebody's words: “by its account”, “in Kirby's reading”.
_SAYING_NOUNS = frozenset(
    """account accounts version view views telling words reading opinion estimate estimates assessment
    judgment judgement interpretation eyes belief terms""".split()
)
#: The same where “that” or a colon follows, or “is”: “the claim that”, “its explanation is”.
_CLAIMS = _SAYING_NOUNS | frozenset(
    """claim claims statement statements explanation explanations description allegation
    allegations accusation accusations testimony complaint charge charges theory argument
    suggestion assertion message story""".split()
)
_ADVERBS = frozenset("reportedly allegedly supposedly purportedly apparently ostensibly".split())
_DOUBTFUL = frozenset(
    """may might likely probably possibly perhaps possible probable potential potentially appear appears appeared
    seem seems seemed unclear uncertain believed thought suspected suspect rumored rumoured
    conceivably maybe presumably chance likelihood allegedly reportedly apparently
    perhaps""".split()
)
_PLANNED = frozenset(
    """plan plans planned planning intend intends intended intending want wants wanted wanting hope hopes hoped hoping
    aim aims aimed aiming seek seeks sought seeking threaten threatens threatened threatening
    propose proposes proposed proposing urge urges urged urging ask asks asked asking demand
    demands demanded demanding request requests requested requesting invite invites invited inviting call-for
    consider considers considering considered if unless until would will shall ready willing offer offers
    offered offering promise promises promised promising pledge pledges pledged vow vows vowed agree
    agrees agreed agreeing expect expects expected expecting should must need needs wish wishes
    wished bid try tries tried trying attempt attempts attempted attempting encourage encourages
    encouraged recommend recommended order ordered orders require
    requires required set due meant appeal appeals appealed appealing insist insists insisted
    advocate advocated advise advised hopes desire desires plea request mull mulls mulled
    schedule scheduled""".split()
)
_PLANNED_PAIRS = frozenset(
    [("call", "for"), ("calls", "for"), ("called", "for"), ("calling", "for"), ("called", "on"),
     ("calls", "on"), ("call", "on"), ("calling", "on"), ("before", "any"), ("has", "to"), ("have", "to"), ("had", "to")]
)  # fmt: skip
_BOUNDARY_WORDS = frozenset("but although though while whereas because which who when".split())
_SUBJECTS = frozenset("he she it they we this that these those there the a an its his her".split())
_JOINING = frozenset(
    """and or so yet with as after before saying will would has have had is are was were can could
    may might must should does did do""".split()
)
#: Words by which a sentence says of itself that it may not be so, or is somebody's claim.
HEDGES = re.compile(
    r"\b(?:reportedly|allegedly|alleged|purported(?:ly)?|supposed(?:ly)?|apparent(?:ly)?|likely"
    r"|probabl[ey]|possibl[ey]|perhaps|maybe|presumably|seem(?:s|ed|ingly)?|appear(?:s|ed)? to"
    r"|suspect(?:s|ed)?|believed|thought to|understood to|said to|rumou?red|claim(?:s|ed|ing)?|may|might"
    r"|potential(?:ly)?|suggest(?:s|ed)?|unclear|unconfirmed|expected|so-called|account|according"
    r"|estimat(?:e|es|ed)|predict\w*|would|could|insinuat\w*|accus\w*|argu\w*)\b",
    re.IGNORECASE,
)
_NO_DENIAL = frozenset("only fewer less more just doubt later longer-than".split())
_STRONG = frozenset([";", ":", "\u2013", "\u2014", "(", ")"])


@dataclass(frozen=True, slots=True)
class Scope:
    """A mark, from which token to which it reaches, and the token that makes it."""

    mark: Mark
    start: int
    end: int
    maker: int


@dataclass(slots=True)
class Marked:
    """A sentence's tokens with the marks that reach each, and which of them make a mark."""

    tokens: Sequence[Token]
    marks: list[set[Mark]]
    scopes: list[Scope] = field(default_factory=list)

    def has(self, mark: Mark) -> bool:
        return any(mark in one for one in self.marks)


@dataclass(frozen=True, slots=True)
class Saying:
    """Somebody's words: the speaker as written, the verb, and the tokens that are attributed."""

    speaker: str
    kind: Kind
    start: int
    end: int


def find_sayings(text: str, tokens: Sequence[Token]) -> list[Saying]:
    """What a sentence attributes; `tokens` are those of the text as `simplify` gives it."""
    found = []
    for one in find_attributions(text):
        first, last = (
            len(simplify(text[:place])) for place in (one.content.start, one.content.end)
        )
        inside = [n for n, token in enumerate(tokens) if token.end > first and token.start < last]
        if inside:
            found.append(Saying(one.name(text), one.kind, inside[0], inside[-1] + 1))
    return found


def mark_words(tokens: Sequence[Token], sayings: Sequence[Saying] = ()) -> Marked:
    """The tokens with their marks."""
    scopes = list(_list_scopes(tokens))
    for one in sayings:
        mark: Mark = "called" if one.kind == "called" else "said"
        mark = "planned" if one.kind in ("urged", "promised", "asked") else mark
        scopes.append(Scope(mark, one.start, one.end, -1))
    marked = Marked(tokens, [set() for _ in tokens], scopes)
    for scope in marked.scopes:
        for place in range(scope.start, scope.end):
            marked.marks[place].add(scope.mark)
    return marked


def _list_scopes(tokens: Sequence[Token]) -> Iterator[Scope]:
    words = [token.lower for token in tokens]
    for place, word in enumerate(words):
        pair = (word, words[place + 1] if place + 1 < len(words) else "")
        end = _find_end(tokens, place)
        if pair in _REFUSING_PAIRS:
            yield Scope("refused", place + 2, end, place)
        elif word in _REFUSING:
            yield Scope("refused", place + 1, end, place)
        elif word in _DENYING and pair[1] not in _NO_DENIAL:
            yield Scope(
                "denied", place + 1, min(end, place + 4) if word == "without" else end, place
            )
        if word in _ADVERBS:
            yield Scope("said", _find_start(tokens, place), end, place)
        if word in _DOUBTFUL:
            yield Scope("doubtful", place + 1, end, place)
        if pair in _PLANNED_PAIRS:
            yield Scope("planned", place + 2, end, place)
        elif word in _PLANNED:
            yield Scope("planned", place + 1, end, place)
        if _is_attributing(words, place):
            yield Scope("said", 0, len(tokens), place)


def _is_attributing(words: Sequence[str], place: int) -> bool:
    word = words[place]
    if word == "according":
        return True
    before = words[max(0, place - 4) : place]
    if word in _SAYING_NOUNS and any(one in ("by", "in", "on", "from", "under") for one in before):
        return True
    if word not in _CLAIMS:
        return False
    following = words[place + 1 : place + 9]
    pairs = zip(following, following[1:], strict=False)
    return following[:1] in (["is"], ["was"], ["that"], [":"]) or any(
        pair in (("is", "that"), ("was", "that")) for pair in pairs
    )


def _find_start(tokens: Sequence[Token], place: int) -> int:
    for before in range(place - 1, -1, -1):
        if tokens[before].text in _STRONG or tokens[before].lower in _BOUNDARY_WORDS:
            return before + 1
    return 0


def _find_end(tokens: Sequence[Token], place: int) -> int:
    """Where the clause of the token at `place` ends."""
    for after in range(place + 1, len(tokens)):
        text, lower = tokens[after].text, tokens[after].lower
        if text in _STRONG or text in ("!", "?"):
            return after
        if after > place + 1 and lower in _BOUNDARY_WORDS:
            return after
        following = tokens[after + 1].lower if after + 1 < len(tokens) else ""
        if text == "," and (following in _JOINING or following in _SUBJECTS):
            return after
        if lower == "and" and (following in _SUBJECTS or _is_verb(following)):
            return after
    return len(tokens)


def _is_verb(lower: str) -> bool:
    return lower.endswith("ed") or lower in FORMS
