"""The patterns of sentences from which questions are made, and of what a question may not hold."""

from __future__ import annotations

import re

from rag.answer.suggesting_table import BASES, LEFT_BEHIND, PARTICIPLES, ROLES, SPEAKING
from rag.index.lexical import STOP_WORDS
from rag.retrieve.question import MONTH, NUMBER_WORDS, WEEKDAY

CAPITAL = r"[A-ZÀ-ÖØ-Þ](?:[A-Za-zÀ-ÖØ-öø-ÿ-]|[’'](?!s\b))*[a-zà-öø-ÿ](?![’']s)"
INITIAL = r"(?:[A-Z]\.\s?){1,2}"
#: Two or three words, initials between them; or a name with “de”, “van” and the like.
BETWEEN = rf"(?:{INITIAL} ?|(?:de|da|di|la|van|von|der|al|bin) )*"
NAME = rf"(?<![\w-]){CAPITAL} {BETWEEN}{CAPITAL}(?: {CAPITAL})?"
PERSON = rf"(?P<person>{NAME})"
SPEAKER = rf"(?P<person>{NAME}|{CAPITAL})"
#: Where a clause may begin whose subject nothing before it belongs to.
CLAUSE = r"(?:^|\b(?:that|when|after|before|because|since|while|where|said) )"
SUBJECT = (
    rf"(?P<subject>(?:[Tt]he )?(?:{CAPITAL}|[A-Z]{{2,5}})(?: (?:{CAPITAL}|[A-Z]{{2,5}})){{0,3}})"
)
ASIDE = r"(?:, [^,;:()“”\"]{3,60},)?"
SAID = "|".join(SPEAKING)
DID = "|".join(BASES)
COUNT = rf"(?:\d[\d,]*|{'|'.join(word for word in NUMBER_WORDS if word not in ('zero', 'one'))})"
ROUGHLY = r"(?:(?:at least|about|around|nearly|almost|more than|over|up to|some|a record|only) )?"
PLURAL = r"(?P<noun>(?:[a-z]+(?:-[a-z]+)? ){0,2}?(?:people|children|women|men|[a-z]{3,}[^\Wsu]s))"
SUM = r"[$£€]\d[\d,.]*\d?(?: ?(?:m|bn|million|billion|trillion|thousand)\b)?"
DAY = (
    rf"(?:on {WEEKDAY}|on (?:{MONTH}) \d{{1,2}}|in (?:early |late |mid-)?(?:{MONTH})"
    r"|in (?:19|20)\d\d)"
)
PIECE = r"(?P<rest>[^,;:()“”\"–—?!]+?)"
STOP = r"(?=[,;:–—]|\.?$|\.\s| (?:and|but|while|as|after|before|because|which|who|when|amid|with) )"
PLACE = rf"(?P<place>{CAPITAL}(?: {CAPITAL}){{0,2}})"

AFTER_NAME = re.compile(rf"[”\"’] (?:{SAID}) {SPEAKER}\b(?=[,.]| in | on | at | after )")
BEFORE_SAID = re.compile(rf"(?:^|[”\"] |, ){SPEAKER}{ASIDE} (?:{SAID})\b(?! by\b)")
TOLD = re.compile(
    rf"^{SPEAKER}{ASIDE} told (?P<told>(?:the )?(?:{CAPITAL}|[A-Z]{{2,5}})(?: {CAPITAL}){{0,2}})"
    r"(?=[,.]| that | he | she | in | on |$)"
)
ROLE = "|".join(ROLES)
STOPS = "|".join(sorted(STOP_WORDS))
CAPITAL_ROLES = frozenset(role.capitalize() for role in ROLES)
NAME_BEFORE = rf"{CAPITAL} {BETWEEN}"
ROLE_BEFORE = re.compile(rf"\b(?:{ROLE}),? $")
ROLE_AFTER = re.compile(
    rf"(?:,| is| was) (?:an? |the )?[^.,]{{0,60}}?\b(?:{ROLE})\b|, (?:\d\d,|who is\b)"
)
SAID_AFTER = re.compile(rf" (?:{SAID})\b")
SAID_BEFORE = re.compile(rf"\b(?:{SAID}) (?:[A-Z][\w.’'-]+ ){{0,2}}$")
GENDERED = re.compile(r"\b(?:he|she|his|her)\b", re.IGNORECASE)
CALLED = re.compile(
    rf"(?:^|, |^[A-Z][^,]{{5,50}}, ){SPEAKER}{ASIDE} called"
    rf" (?P<what>the [a-z]+(?: [a-z]+)?|(?:the )?{CAPITAL}(?: {CAPITAL})?)"
    r" (?:an? |the )?[“\"]"
)
#: What begins so is no object, and what ends so is a time or is cut short.
NO_OBJECT = re.compile(
    r"^(?:in|on|at|to|by|for|from|up|out|off|over|with|into|as|that|how|why) |\b\d+ \w+$"
)
IS_WHO = re.compile(
    rf"(?<![\w’'-] ){PERSON},? (?:is |was )?(?:an? |the |who (?:is|was|leads|runs|heads) )"
    rf"(?:[\w’'.-]+ ){{0,5}}?(?:{ROLE})\b(?!-)"
    rf"|(?:^|[ ,])(?:(?!(?:{STOPS}) )[a-z][\w-]* |[A-Z][\w.]+(?:’s|'s)? )(?:{ROLE}),?"
    rf" (?P<named>{NAME})(?=[,. ])(?! [A-Z])"
)
COUNTED = re.compile(
    rf"(?:^|, |\bthat ){ROUGHLY}{COUNT} {PLURAL} "
    rf"(?P<verb>were|have been|had been|died|have died|took part in|are|live in) {PIECE}{STOP}",
    re.IGNORECASE,
)
DID_COUNT = re.compile(
    rf"{CLAUSE}{SUBJECT}{ASIDE} (?:has |have |had )?(?P<verb>{DID}) {ROUGHLY}{COUNT} {PLURAL}"
    rf"(?P<rest>(?: (?:to|from|in|at|for|against|across) [^,;:()“”\"–—?!]+?)??)(?: {DAY})?{STOP}"
)
DID_SUM = re.compile(
    rf"{CLAUSE}{SUBJECT}{ASIDE} (?:has |have |had )?"
    r"(?P<verb>paid|raised|spent|lost|earned|invested|donated|made|won)"
    rf" {ROUGHLY}{SUM}(?P<rest>(?: (?:for|on|in|to|from) [^,;:()“”\"–—?!]+?)?){STOP}"
)
DID_DAY = re.compile(
    rf"{CLAUSE}{SUBJECT}{ASIDE} (?P<verb>{DID}) (?P<rest>(?:[^,;:()“”\"–—?!]+? )??){DAY}{STOP}"
)
BECAUSE = re.compile(rf"{CLAUSE}{SUBJECT}{ASIDE} (?P<verb>{DID}) {PIECE} because\b")
WAS_IN = re.compile(
    rf"^{PERSON}{ASIDE} was (?P<done>{'|'.join(PARTICIPLES)}) (?:in|at|near) {PLACE}"
)
WHO_DID = re.compile(rf"^{PERSON}{ASIDE} (?P<verb>{DID}) {PIECE}{STOP}")
TOPIC = re.compile(
    rf"(?P<article>\b[Tt]he |\b[Aa]n? |\b[a-z]+(?:-[a-z]+)? |^[“\"]?|, |[“\"]|\b[A-Z][\w’']* )"
    rf"(?P<topic>(?:{CAPITAL}|[A-Z]{{2,5}})(?: (?:{CAPITAL}|[A-Z]{{2,5}})){{0,2}})"
    r"(?=[,.!?;:”\"]| (?:is|are|was|were|has|had|have|will|would|can|could|should|to|in|and|or|that"
    r"|for|on|at|by|from|with|as|over|after|because|but|than|when|during)\b|$)"
)
SECOND = re.compile(r"\b(?:was|were|is|are|has|had|have|will|would|could|said|says|a year)\b")
NOUN = re.compile(r"\b[Tt]he ([a-z]{5,})(?=[,.”\"]| (?:is|are|was|were|has|had|have|will|would)\b)")
CHANNEL = re.compile(r"\b(?:told|on|with|at|during|to|from|by|via|in|of)(?: the)? $", re.IGNORECASE)
PLAIN = re.compile(r"[A-Za-zÀ-ÖØ-öø-ÿ0-9 ,.’'$£€%-]+\?")
LEFT_BEHIND_WORDS = re.compile(
    rf"\b(?:{'|'.join(LEFT_BEHIND)})\b|[’']s? ?\?|n[’']t\b", re.IGNORECASE
)
#: “the” before what no name and no “of” tells apart means something said before.
BARE_THE = re.compile(
    r"\b[Tt]he (?!(?:[\w’'-]+ ){0,3}?(?:[A-Z0-9]|of\b|world\b|first\b|most\b|\w+est\b))"
)


ASKED_PERSON = re.compile(r"Who is (.+)\?|What did (.+?) (?:say about|tell|call) ")
