"""The words of reported speech in English news: verbs by what they do, who speaks, and how.

Every row of a verb is its forms: present, past, participle in -ing, and what else counts as one.
"""

from __future__ import annotations

from typing import Literal

Kind = Literal[
    "said",
    "claimed",
    "accused",
    "called",
    "according to",
    "denied",
    "urged",
    "promised",
    "warned",
    "announced",
    "asked",
    "thought",
]

#: kind: rows of “present, past, participle”; the base form stands first.
VERBS: dict[Kind, tuple[str, ...]] = {
    "said": (
        "say says said saying",
        "tell tells told telling",
        "state states stated stating",
        "write writes wrote writing",
        "tweet tweets tweeted tweeting",
        "note notes noted noting",
        "explain explains explained explaining",
        "emphasize emphasizes emphasized emphasizing",
        "emphasise emphasises emphasised emphasising",
        "stress stresses stressed stressing",
        "specify specifies specified specifying",
        "reply replies replied replying",
        "respond responds responded responding",
        "answer answers answered answering",
        "declare declares declared declaring",
        "remark remarks remarked remarking",
        "observe observes observed observing",
        "comment comments commented commenting",
        "recall recalls recalled recalling",
        "recount recounts recounted recounting",
        "testify testifies testified testifying",
        "reiterate reiterates reiterated reiterating",
        "agree agrees agreed agreeing",
        "disagree disagrees disagreed disagreeing",
        "cite cites cited citing",
        "count counts counted counting",
        "speak speaks spoke speaking",
        "add adds added adding",
        "continue continues continued continuing",
        "begin begins began beginning",
        "conclude concludes concluded concluding",
        "joke jokes joked joking",
        "quip quips quipped quipping",
        "post posts posted posting",
        "repeat repeats repeated repeating",
        "exclaim exclaims exclaimed exclaiming",
        "shout shouts shouted shouting",
        "laugh laughs laughed laughing",
        "opine opines opined opining",
        "muse muses mused musing",
        "complain complains complained complaining",
        "lament laments lamented lamenting",
        "predict predicts predicted predicting",
        "estimate estimates estimated estimating",
        "share shares shared sharing",
        "clarify clarifies clarified clarifying",
        "yell yells yelled yelling",
        "scream screams screamed screaming",
        "cry cries cried crying",
        "whisper whispers whispered whispering",
        "email emails emailed emailing",
        "text texts texted texting",
        "caption captions captioned captioning",
    ),
    "claimed": (
        "claim claims claimed claiming",
        "allege alleges alleged alleging",
        "argue argues argued arguing",
        "assert asserts asserted asserting",
        "insist insists insisted insisting",
        "maintain maintains maintained maintaining",
        "contend contends contended contending",
        "suggest suggests suggested suggesting",
        "boast boasts boasted boasting",
        "speculate speculates speculated speculating",
        "theorize theorizes theorized theorizing",
        "imply implies implied implying",
        "profess professes professed professing",
        "frame frames framed framing",
    ),
    "accused": (
        "accuse accuses accused accusing",
        "blame blames blamed blaming",
        "criticize criticizes criticized criticizing",
        "criticise criticises criticised criticising",
        "slam slams slammed slamming",
        "blast blasts blasted blasting",
        "denounce denounces denounced denouncing",
        "condemn condemns condemned condemning",
        "praise praises praised praising",
        "hail hails hailed hailing",
        "mock mocks mocked mocking",
    ),
    "called": (
        "call calls called calling",
        "describe describes described describing",
        "term terms termed terming",
        "dub dubs dubbed dubbing",
        "brand brands branded branding",
        "label labels labelled labelling labeled labeling",
        "characterize characterizes characterized characterizing",
        "characterise characterises characterised characterising",
    ),
    "denied": (
        "deny denies denied denying",
        "dispute disputes disputed disputing",
        "refute refutes refuted refuting",
    ),
    "urged": (
        "urge urges urged urging",
        "demand demands demanded demanding",
        "encourage encourages encouraged encouraging",
        "advise advises advised advising",
        "recommend recommends recommended recommending",
        "propose proposes proposed proposing",
        "beg begs begged begging",
        "implore implores implored imploring",
    ),
    "promised": (
        "promise promises promised promising",
        "vow vows vowed vowing",
        "pledge pledges pledged pledging",
        "threaten threatens threatened threatening",
        "swear swears swore swearing",
    ),
    "warned": ("warn warns warned warning", "caution cautions cautioned cautioning"),
    "announced": (
        "announce announces announced announcing",
        "confirm confirms confirmed confirming",
        "reveal reveals revealed revealing",
        "disclose discloses disclosed disclosing",
        "report reports reported reporting",
        "admit admits admitted admitting",
        "acknowledge acknowledges acknowledged acknowledging",
        "concede concedes conceded conceding",
        "confess confesses confessed confessing",
    ),
    "asked": (
        "ask asks asked asking",
        "wonder wonders wondered wondering",
        "inquire inquires inquired inquiring",
    ),
    "thought": (
        "think thinks thought thinking",
        "believe believes believed believing",
        "feel feels felt feeling",
        "expect expects expected expecting",
        "hope hopes hoped hoping",
        "suspect suspects suspected suspecting",
        "fear fears feared fearing",
        "assume assumes assumed assuming",
        "reckon reckons reckoned reckoning",
        "consider considers considered considering",
    ),
}

#: Verbs of other uses besides: they count beside a quotation, before “that”, or set off by a comma.
WEAK = frozenset(
    """claim share clarify state write tweet note cite add continue begin conclude joke laugh post repeat agree disagree report answer respond
    comment observe recall state reveal confirm announce promise threaten advise label caption
    predict estimate shout lament complain exclaim acknowledge disclose recount dispute refute
    begin admit muse suggest imply maintain swear wonder ask demand propose recommend""".split()
)
#: Of these the words that are reported are only those in quotation marks.
QUOTED_ONLY = frozenset(
    """begin continue joke laugh post criticize criticise slam blast denounce condemn
    praise hail mock caption quip muse yell scream cry whisper email text""".split()
)
#: What may stand before its speaker: “…, said Kirby”.
INVERTED = frozenset(
    """say add write tweet note explain reply respond answer declare remark argue claim warn insist
    joke quip continue begin conclude recall ask state observe allege assert predict complain
    report announce admit urge exclaim suggest yell scream cry share""".split()
)

PRONOUNS = frozenset("he she it they i we".split())
DETERMINERS = frozenset(
    """the a an another some many several most both this that these those his her its their our one
    two three four five six other such every each any all few more""".split()
)
PREPOSITIONS = frozenset(
    """of for at from in with on to by about into over under against behind between during after
    before since within without through as near like around upon among amid than via per despite according following""".split()
)
#: Words that a clause begins with. What is said after one of the first kind is no report of the
#: sentence's own: “when he said so, …”, “the day that it called …”.
EMBEDDING = frozenset(
    """that which who whom whose what whatever when if because where how why whether until unless
    than since once after before""".split()
)
JOINING = frozenset("and but or while whereas though although as yet so nor".split())

#: Capitalised before a name, and no part of it.
TITLES = frozenset(
    """mr mrs ms mx miss dr sir dame lord lady prof professor president vice-president chancellor
    minister secretary senator sen congressman congresswoman representative rep governor gov mayor
    judge justice general gen colonel col captain capt sergeant sgt lieutenant lt major maj admiral
    adm king queen prince princess pope bishop archbishop cardinal pastor rev reverend rabbi imam
    sheikh father sister brother saint envoy ambassador spokesman spokeswoman spokesperson chairman
    chairwoman chair director coach manager officer detective inspector superintendent constable
    commissioner commander chief ceo cfo cto founder co-founder editor analyst attorney lawyer
    prosecutor premier premiership speaker sheriff deputy""".split()
)
#: What people are called by what they do, besides the endings of `rag.answer.people`.
ROLES = frozenset(
    """man woman boy girl mother father son daughter brother sister wife husband widow parent uncle
    aunt friend neighbour neighbor fan user tribe aide boss chief guard envoy pastor priest coach
    captain host expert critic official spokesman spokeswoman spokesperson lawyer attorney
    prosecutor judge senator lawmaker congressman congresswoman minister president premier
    chancellor mayor governor secretary ambassador representative diplomat general colonel analyst
    economist professor scientist researcher author writer journalist reporter columnist editor
    player striker midfielder defender goalkeeper quarterback manager trainer boxer fighter singer
    actor actress director producer founder ceo executive chairman chairwoman chair head leader
    member employee worker resident witness victim survivor student teacher doctor nurse officer
    detective commissioner candidate nominee activist advocate campaigner developer engineer
    investor trader billionaire entrepreneur designer star duo couple pair family source person
    adviser advisor consultant specialist psychologist historian comedian broadcaster pundit queen
    king prince princess duke duchess pope bishop defendant plaintiff suspect veteran""".split()
)
#: What bodies are called.
BODIES = frozenset(
    """department company government ministry agency team club tribe bank court group firm
    commission police union association league watchdog regulator office administration army
    military university school newspaper paper magazine outlet network state country nation
    council committee party campaign embassy organisation organization institute foundation charity
    airline maker manufacturer retailer brand studio publisher platform startup giant corporation
    board panel jury bureau service force hospital church city county authority treasury palace
    crown parliament congress senate house regime prosecution defence defense side franchise
    business jury unit operator provider developer""".split()
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
    """study studies survey surveys research poll polls data report reports version article story
    statement lawsuit complaint indictment letter filing document documents sign label verse
    correction post posts message caption headline evidence figures statistics paper rumour rumor
    rumours rumors reading psalm note email analysis review press-release release book text motto
    law bill rule policy agreement deal contract list record records notice website page result results finding findings filings""".split()
)
#: Names of what speaks for nobody.
NOBODY = frozenset(
    """there here this that which who what these those nobody none still now however meanwhile
    today tomorrow yesterday later instead also well first second third last finally indeed
    moreover plus earlier elsewhere overall either even further furthermore perhaps maybe yes no
    please thanks unfortunately sure again next other others another something everything
    anything nothing everyone someone anyone much less""".split()
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
