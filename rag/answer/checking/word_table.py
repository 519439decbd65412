"""The words that the check treats in a way of their own."""

from __future__ import annotations

import re

from rag.retrieve.question import NOT_NAMES, NUMBER_WORDS

#: Places and bodies that news writes for a state; what stands behind them is what it is called.
METONYMS = {
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
#: Forms of verbs that a stemmer leaves apart, each row of forms one verb.
_IRREGULAR = """
    say said|tell told|speak spoke spoken|give gave given|take took taken|make made|go went gone
    come came|become became|see saw seen|know knew known|think thought|find found|get got gotten
    hold held|keep kept|leave left|lose lost|win won|meet met|sell sold|buy bought|bring brought
    seek sought|teach taught|catch caught|fight fought|send sent|spend spent|build built|lend lent
    lead led|feed fed|read|run ran|begin began begun|sing sang sung|ring rang rung|drink drank
    sink sank sunk|swim swam|rise rose risen|fall fell fallen|grow grew grown|throw threw thrown
    fly flew flown|draw drew drawn|drive drove driven|write wrote written|ride rode
    break broke broken|choose chose chosen|steal stole stolen|freeze froze frozen|wear wore worn
    bear bore borne|tear tore torn|shoot shot|hide hid hidden|strike struck|stand stood
    understand understood|withdraw withdrew withdrawn|mean meant|lay laid|pay paid|hear heard|set
    put|cut|hit|shut|stick stuck|forbid forbade forbidden|forgive forgave|eat ate eaten
    beat beaten|shake shook shaken|swear swore sworn|do did done|have had has
    be is are was were been am"""
_ROWS = [row.split() for row in re.split(r"[|\n]", _IRREGULAR) if row.strip()]
#: The forms of irregular verbs, and for each the verb that it is a form of.
LEMMAS = {form: row[0] for row in _ROWS for form in row}
FORMS = frozenset(LEMMAS)

#: Words that open a sentence without being anybody's name.
OPENING = (
    NOT_NAMES
    | frozenset(NUMBER_WORDS)
    | frozenset(
        """according additionally afterwards again although amid among analysts another articles
        authorities along besides critics despite during earlier each either even every experts
        finally five four further furthermore given however in instead last late later leaders
        meanwhile members ministers moreover next nobody none nor officials one others overall
        people police previously recently reporters reports separately several similarly
        since six some sources speaking still talks ten then thereafter therefore though three thus
        today together tests tomorrow two unlike until upon what whether while within without
        yesterday yet""".split()
    )
)
