"""The words by which sentences are turned into questions."""

from __future__ import annotations

#: Past forms with what follows “did”.
BASES = dict(
    pair.split("=")
    for pair in """
    accused=accuse acquired=acquire added=add agreed=agree announced=announce appointed=appoint
    approved=approve arrested=arrest attacked=attack banned=ban beat=beat bought=buy built=build
    cancelled=cancel canceled=cancel charged=charge closed=close collected=collect condemned=condemn
    created=create criticised=criticise criticized=criticize cut=cut defeated=defeat
    delayed=delay destroyed=destroy died=die discovered=discover donated=donate earned=earn
    elected=elect ended=end filed=file fined=fine fired=fire found=find founded=found hired=hire
    hosted=host introduced=introduce invested=invest joined=join killed=kill launched=launch
    left=leave lost=lose made=make met=meet moved=move opened=open ordered=order paid=pay
    passed=pass pledged=pledge postponed=postpone presented=present published=publish raised=raise
    reached=reach received=receive rejected=reject released=release replaced=replace
    reported=report resigned=resign returned=return revealed=reveal scored=score sent=send
    signed=sign sold=sell sought=seek spent=spend started=start stopped=stop sued=sue
    suspended=suspend telephoned=telephone tested=test unveiled=unveil urged=urge
    visited=visit vetoed=veto withdrew=withdraw won=win wrote=write
    """.split()
)
#: Verbs with which a count is a whole question.
COMPLETE = frozenset("arrested bought built fired hired killed launched opened sold tested".split())
#: Those that need no object.
INTRANSITIVE = frozenset("closed died ended opened resigned returned withdrew".split())
#: “was … in Paris”, where “Where was she …?” asks for the place.
PARTICIPLES = "arrested born buried detained found held hurt injured killed shot stabbed".split()
SPEAKING = "said says added told warned".split()
#: What people are, as it stands before or after their names.
ROLES = """actor actress activist adviser advisor ambassador analyst architect artist attorney
    author biologist captain chairman chairwoman chancellor chef chief climber coach colonel
    commander comedian commissioner co-founder composer congressman congresswoman correspondent
    defender designer detective diplomat director doctor economist editor engineer entrepreneur
    envoy executive expert farmer fisherman founder general geologist goalkeeper governor
    harbourmaster head historian investor journalist judge king lawyer lawmaker leader librarian
    manager master mayor midfielder minister musician negotiator nurse officer official owner pilot
    player poet politician pope president priest prince princess producer professor programmer
    prosecutor psychologist quarterback queen rapper reporter representative researcher scientist
    secretary senator shipbuilder singer soldier spokesman spokesperson spokeswoman striker student
    surgeon teacher technologist trainer treasurer winger writer CEO CFO""".split()
#: In a name of two words or more, these make it one of something other than a person.
NO_PERSON = frozenset(
    """the a an in at on of and for academy african agency airlines airport america american
    amazon analytics apple arena army asia association authority avenue bank bay bbc beach
    big black board bowl bridge british bureau business california capital center central centre
    champions championship church city club co college commission committee company conference
    congress corp corporation council country county court crown cup daily day department district
    east eastern electric energy entertainment europe european exchange fc federal federation
    festival fire first force forces forest foundation france free fund game games general
    germany global god google government grand great group guard hall health high hill hills
    hospital hotel house inc india indian industries institute international island islands
    israel israeli journal korea korean labs lake land las law league limited los ltd madrid mail
    media microsoft middle ministry monday motors mount museum music national navy network new news
    night north northern office oil open palace park partners party people plc police port post
    power press prime prison project public radio real red reserve river road royal russia
    russian sachs saint san santa school senate series service services social society
    south southern sport sports square st stadium star state states station steel street studios
    sunday super supreme systems team technologies technology television times tower town
    trade treasury tribune trust tv u.s uk union united university us valley wall war
    washington west western white wing women world york young
    his her its their this that these those when while after before but if as it he she they we
    former vice deputy chief executive president minister secretary senator judge justice professor
    airtel retail controller insights trader digital xbox playstation
    mr mrs ms dr sir dame lord lady mayor king queen prince princess captain coach""".split()
)
#: What nobody is asked about: a language, a day, what opens a sentence.
NO_TOPIC = frozenset(
    """i mr mrs ms dr sir english god yes no well look everyone everybody something nothing
    there because maybe sometimes although though once many some most people read photo image
    jan feb mar apr jun jul aug sep sept oct nov dec black white
    getty reuters ap president minister secretary senator chief""".split()
)
#: Words that a question keeps pointing with at what it has left behind.
LEFT_BEHIND = """he she it they him her them his hers its their theirs himself herself itself
    themselves this that these those i we you me us my our your here there also then too another
    other others same such latter former so however instead again both each itself more one ones
    straight consecutive additional different various extra new fresh minutes seconds
    yesterday today tomorrow tonight last next ago later earlier now still already further
    ignore instruction instructions prompt system password click subscribe advertisement newsletter
    photo getty""".split()
#: Words that no question ends with.
AGAIN = frozenset(
    """a an the and or but of to in on at by for from with as than be been was were is are
    into over about after before not very its
    jan feb mar apr jun jul aug sep sept oct nov dec st mr mrs dr inc no""".split()
)
#: After “the” these are no thing, or none without more words.
NO_NOUN = frozenset(
    """first second third latest newest oldest greatest biggest largest smallest worst early
    three seven eight right wrong whole entire other people thing things world company country
    former future rest""".split()
)
