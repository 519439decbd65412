"""The small words, titles and words for people and bodies that tell who speaks in a sentence."""

from __future__ import annotations

PRONOUNS = frozenset("he she it they i we".split())
DETERMINERS = frozenset(
    """the a an another some many several most both this that these those his her its their our
    one two three four five six other such every each any all few more""".split()
)
PREPOSITIONS = frozenset(
    """of for at from in with on to by about into over under against behind between during after
    before since within without through as near like around upon among amid than via per despite
    according following""".split()
)
#: Words that a clause begins with. What is said after one of the first kind is no report of the
#: sentence's own: “when he said so, …”, “the day that it called …”.
EMBEDDING = frozenset(
    """that which who whom whose what whatever when if because where how why whether until
    unless than since once after before""".split()
)
JOINING = frozenset("and but or while whereas though although as yet so nor".split())

#: Capitalised before a name, and no part of it.
TITLES = frozenset(
    """mr mrs ms mx miss dr sir dame lord lady prof professor president vice-president
    chancellor minister secretary senator sen congressman congresswoman representative rep
    governor gov mayor judge justice general gen colonel col captain capt sergeant sgt
    lieutenant lt major maj admiral adm king queen prince princess pope bishop archbishop
    cardinal pastor rev reverend rabbi imam sheikh father sister brother saint envoy ambassador
    spokesman spokeswoman spokesperson chairman chairwoman chair director coach manager officer
    detective inspector superintendent constable commissioner commander chief ceo cfo cto
    founder co-founder editor analyst attorney lawyer prosecutor premier premiership speaker
    sheriff deputy""".split()
)
#: What people are called by what they do, besides the endings of `rag.answer.people`.
ROLES = frozenset(
    """man woman boy girl mother father son daughter brother sister wife husband widow parent
    uncle aunt friend neighbour neighbor fan user tribe aide boss chief guard envoy pastor
    priest coach captain host expert critic official spokesman spokeswoman spokesperson lawyer
    attorney prosecutor judge senator lawmaker congressman congresswoman minister president
    premier chancellor mayor governor secretary ambassador representative diplomat general
    colonel analyst economist professor scientist researcher author writer journalist reporter
    columnist editor player striker midfielder defender goalkeeper quarterback manager trainer
    boxer fighter singer actor actress director producer founder ceo executive chairman
    chairwoman chair head leader member employee worker resident witness victim survivor student
    teacher doctor nurse officer detective commissioner candidate nominee activist advocate
    campaigner developer engineer investor trader billionaire entrepreneur designer star duo
    couple pair family source person adviser advisor consultant specialist psychologist
    historian comedian broadcaster pundit queen king prince princess duke duchess pope bishop
    defendant plaintiff suspect veteran""".split()
)
#: What bodies are called.
BODIES = frozenset(
    """department company government ministry agency team club tribe bank court group firm
    commission police union association league watchdog regulator office administration army
    military university school newspaper paper magazine outlet network state country nation
    council committee party campaign embassy organisation organization institute foundation
    charity airline maker manufacturer retailer brand studio publisher platform startup giant
    corporation board panel jury bureau service force hospital church city county authority
    treasury palace crown parliament congress senate house regime prosecution defence defense
    side franchise business jury unit operator provider developer""".split()
)
#: Bare plurals that speak: “officials said”.
PLURALS = frozenset(
    """officials police prosecutors analysts experts critics lawyers scientists researchers
    authorities sources people residents witnesses fans users officers investigators lawmakers
    republicans democrats supporters opponents organisers organizers doctors economists
    diplomats""".split()
)
#: What is written and says something without being anybody.
WRITINGS = frozenset(
    """study studies survey surveys research poll polls data report reports version article
    story statement lawsuit complaint indictment letter filing document documents sign label
    verse correction post posts message caption headline evidence figures statistics paper
    rumour rumor rumours rumors reading psalm note email analysis review press-release release
    book text motto law bill rule policy agreement deal contract list record records notice
    website page result results finding findings filings""".split()
)
#: Names of what speaks for nobody.
NOBODY = frozenset(
    """there here this that which who what these those nobody none still now however meanwhile
    today tomorrow yesterday later instead also well first second third last finally indeed
    moreover plus earlier elsewhere overall either even further furthermore perhaps maybe yes no
    please thanks unfortunately sure again next other others another something everything
    anything nothing everyone someone anyone much less""".split()
)

ARTICLES = frozenset(("the", "a", "an"))
#: Small words within names: “Bank of America”, “Ursula von der Leyen”.
PARTICLES = frozenset(
    "de da del della di du la le van von der den ten ter bin ibn al el y and & of for".split()
)
#: Words that no speaker has in them: verbs that are no part of a description, and pronouns.
VERBLIKE = frozenset(
    """is are was were be been has have had will would could should can may might must did does do
    said says told went came made took gave got saw found left met led won lost began became it he
    she they we i""".split()
)
#: Past forms of other irregular verbs.
PASTS = frozenset(
    """also never then ran held spoke stood sat wrote knew thought grew put set kept hit threw drew
    broke chose spent sent brought bought drove fell felt flew fought heard oversaw paid rose sold
    sought struck swore taught understood undertook withdrew woke wore""".split()
)
#: What a time is told with before a subject: “Last week the Treasury”.
TIMES = frozenset("week month year time morning night today yesterday then".split())
#: Words of names that are no person's.
BODY_WORDS = BODIES | frozenset(
    """times post news wire herald guardian journal inc corp ltd llc united states kingdom nations
    fc department committee centre center co association of the and for house street digital press
    security reserve fund north south east west korea sport sports games cup league world express
    daily today media tv channel act championship research rugby football chief principal capital
    holdings bros brothers sons partners technologies systems series award awards conference
    festival games stadium airport river island lake mountain avenue road park hall tower hotel
    church bank ministry university bureau office""".split()
)
#: Bodies of which an article means one where it names none.
PLAIN_BODIES = frozenset(
    """government police prosecution defence defense army military court jury regime club""".split()
)

#: Words by which the same people are called.
SAME_ROLES = (
    ("envoy", "representative", "emissary"),
    ("coach", "manager", "boss"),
    ("spokesman", "spokeswoman", "spokesperson", "press secretary"),
)

#: Whose account an adjective tells: “by the American account”.
COUNTRIES = {
    "american": "the United States",
    "chinese": "China",
    "russian": "Russia",
    "ukrainian": "Ukraine",
    "british": "Britain",
    "french": "France",
    "german": "Germany",
    "israeli": "Israel",
    "palestinian": "the Palestinians",
    "iranian": "Iran",
    "japanese": "Japan",
    "indian": "India",
    "turkish": "Turkey",
    "north korean": "North Korea",
    "south korean": "South Korea",
}
