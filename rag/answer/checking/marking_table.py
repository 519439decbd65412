"""The words that deny, hedge, attribute or put off what a clause says: English news prose."""

from __future__ import annotations

import re

DENYING = frozenset("not no never neither nor none nobody nothing nowhere cannot without".split())
#: Words behind a “no” or “not” that make it no denial: “not only”, “no fewer than”.
NO_DENIAL = frozenset("only fewer less more just doubt later".split())
#: Verbs and the like that deny what follows without a “not”.
REFUSING = frozenset(
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
rules out|yet to|turn down|turned down|stood still|far from|free of|opposed to|gave up|give up
gives up|given up|nothing but|all but"""
REFUSING_PAIRS = frozenset(tuple(pair.split()) for pair in re.split(r"[|\n]", _PAIRS))
#: What hints at a denial in other words: of two sentences of which one has such a word, the other
#: may deny the same with a “not”.
SOFT = re.compile(
    r"\b(?:only|alone|unlike|otherwise|except|instead|although|despite|un[a-z]{4,}"
    r"|in(?:complete|valid|correct)|dis[a-z]{5,}|less|least|few(?:er|est)?|little|rare\w*"
    r"|different\w*|differ\w*|opposite|wrong\w*|false\w*|lost|lose\w*|end(?:ed|s)?|stop\w*|ban\w*"
    r"|away|out|against|shut|excluded?|abandon\w*|quit|retir\w*|than|first|unanimous\w*|same)\b",
    re.IGNORECASE,
)

#: Nouns that make what goes with them somebody's words: “by its account”, “in Kirby's reading”.
SAYING_NOUNS = frozenset(
    """account accounts version view views telling words reading opinion estimate estimates
    assessment judgment judgement interpretation eyes belief terms""".split()
)
#: The same where “that” or a colon follows, or “is”: “the claim that”, “its explanation is”.
CLAIMS = SAYING_NOUNS | frozenset(
    """claim claims statement statements explanation explanations description allegation
    allegations accusation accusations testimony complaint charge charges theory argument
    suggestion assertion message story""".split()
)
ADVERBS = frozenset("reportedly allegedly supposedly purportedly apparently ostensibly".split())
#: Verbs by which something is given a name, what opens “what it calls”, “that it called”, and what
#: makes another verb of “call”.
CALLING = frozenset("call describ term dub brand label".split())
RELATIVE = frozenset("what that which who so".split())
CALLED_OUT = frozenset("for on upon off up in out back".split())
DOUBTFUL = frozenset(
    """may might likely probably possibly perhaps possible probable potential potentially appear
    appears appeared seem seems seemed unclear uncertain believed thought suspected suspect rumored
    rumoured conceivably maybe presumably chance likelihood allegedly reportedly
    apparently""".split()
)
PLANNED = frozenset(
    """plan plans planned planning intend intends intended intending want wants wanted wanting hope
    hopes hoped hoping aim aims aimed aiming seek seeks sought seeking threaten threatens threatened
    propose proposes proposed proposing urge urges urged urging ask asks asked asking
    demand demands demanded demanding request requests requested requesting invite invites invited
    inviting consider considers considering considered if unless until would ready
    willing offer offers offered offering promise promises promised promising pledge pledges pledged
    vow vows vowed agree agrees agreed agreeing expect expects expected expecting should must need
    needs wish wishes wished bid try tries tried trying attempt attempts attempted attempting
    encourage encourages encouraged recommend recommended order ordered orders require requires
    required set due meant appeal appeals appealed appealing insist insists insisted advocate
    advocated advise advised desire desires plea mull mulls mulled schedule scheduled""".split()
)
PLANNED_PAIRS = frozenset(
    [
        *((verb, "for") for verb in ("call", "calls", "called", "calling")),
        *((verb, "on") for verb in ("call", "calls", "called", "calling")),
        *((verb, "to") for verb in ("has", "have", "had")),
        ("before", "any"),
    ]
)
#: Words by which a sentence says of itself that it may not be so, or is somebody's claim.
HEDGES = re.compile(
    r"\b(?:reportedly|allegedly|alleged|purported(?:ly)?|supposed(?:ly)?|apparent(?:ly)?|likely"
    r"|probabl[ey]|possibl[ey]|perhaps|maybe|presumably|seem(?:s|ed|ingly)?|appear(?:s|ed)? to"
    r"|suspect(?:s|ed)?|believed|thought to|understood to|said to|rumou?red|claim(?:s|ed|ing)?"
    r"|(?-i:may)|might|potential(?:ly)?|suggest(?:s|ed)?|unclear|unconfirmed|expected|so-called"
    r"|estimat(?:e|es|ed)|predict(?:s|ed|ing|ions?)?|could|insinuat\w*|accus\w*|argu\w*)\b",
    re.IGNORECASE,
)

#: Where a clause ends: at a mark, at a word that begins another, and at a comma or an “and” with
#: one of the others behind it.
STRONG = frozenset([";", ":", "\u2013", "\u2014", "(", ")"])
BOUNDARY = frozenset("but although though while whereas because which who when".split())
SUBJECTS = frozenset("he she it they we this that these those there the a an its his her".split())
JOINING = frozenset(
    """and or so yet with as after before saying will would has have had is are was were can could
    may might must should does did do""".split()
)
