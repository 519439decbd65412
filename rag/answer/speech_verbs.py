"""The verbs of reported speech in English news, by what they do.

Every row is the forms of one verb, the base form first.
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

#: By what they do: the verbs, each with all of its forms.
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
        "point points pointed pointing",
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

#: Every form of a verb: its kind, and its base form.
FORMS: dict[str, tuple[Kind, str]] = {
    form: (kind, row.split()[0])
    for kind, rows in VERBS.items()
    for row in rows
    for form in row.split()
}

#: Verbs of other uses besides: they count beside a quotation, before “that”, or set off by a comma.
WEAK = frozenset(
    """claim share clarify state write tweet note cite add continue begin conclude joke laugh
    post repeat agree disagree report answer respond comment observe recall state reveal confirm
    announce promise threaten advise label caption predict estimate shout lament complain
    exclaim acknowledge disclose recount dispute refute begin admit muse suggest imply maintain
    swear wonder ask demand propose recommend""".split()
)
#: Of these the words that are reported are only those in quotation marks.
QUOTED_ONLY = frozenset(
    """begin continue joke laugh post criticize criticise slam blast denounce condemn praise
    hail mock caption quip muse yell scream cry whisper email text""".split()
)
#: What may stand before its speaker: “…, said Kirby”.
INVERTED = frozenset(
    """say add write tweet note explain reply respond answer declare remark argue claim warn
    insist joke quip continue begin conclude recall ask state observe allege assert predict
    complain report announce admit urge exclaim suggest yell scream cry share""".split()
)
