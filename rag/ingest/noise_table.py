"""What scraped noise looks like: one row for each kind, with the pattern and why it is safe.

A pattern of `LINES`, `CREDITS`, `BLOCKS` or `ENDINGS` must match a line from its beginning to its end,
ignoring case; one of `CAPTIONS` is looked for in the line, with its case. Keep to what no sentence of an
article can be: losing a sentence is worse than keeping a button.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_AGENCY = (
    r"(?:AP|AFP|REUTERS|Reuters|Associated Press|Agence France[- ]Presse|Getty(?: Images)?|EPA(?:-EFE)?|EFE"
    r"|Shutterstock|Alamy(?: Stock Photo)?|iStock(?:photo)?|Bloomberg|Xinhua|Yonhap|KCNA|Kyodo(?: News)?|ANSA"
    r"|TASS|Sputnik|Anadolu|NurPhoto|Zuma(?: Press)?|PA(?: Wire| Media)?|DPA|dpa|PTI|ANI|Jiji|UPI|Rex"
    r"|WireImage|FilmMagic|Imago|Newscom|Unsplash|Pexels|Pixabay|Handout|Pool|NASA|USA T(?:oday|ODAY)(?: Sports)?)"
)
_SOURCE = (
    r"(?:News|Press|Times|Post|Images?|Photos?|Agency|Media|Pool|Ministry|Government|Office|Navy|Army|Air Force"
    r"|Wire|TV|Studios?|Herald|Tribune|Journal|Guardian|Telegraph|Gazette|Magazine|Handout|File)"
)
_NAME = r"[A-Z][\w.'’&-]*(?: [A-Z][\w.'’&-]*){0,4}"
_CREDIT_WORD = (
    r"(?:(?:file |cover |main |lead )?(?:photo(?:graph)?s?|image|picture|illustration|graphic|video)"
    r"(?: (?:credit|source|by|courtesy(?: of)?|via))?|credits?|courtesy(?: of)?|foto|bild|crédito?|fotograf[íi]a)"
)
_ASIDE = r"(?:article|articles|story|stories|post|posts|content|coverage|news|links?|reading|topics?|videos?)"
_NETWORK = (
    r"(?:Facebook|Twitter|X|Instagram|LinkedIn|WhatsApp|Telegram|Reddit|Pinterest|YouTube|TikTok|Flipboard|Google\+?"
    r"|Tumblr|Messenger|Snapchat|Threads|Bluesky|Mastodon|VK(?:ontakte)?|Odnoklassniki|E-?mail|SMS|Line|RSS)"
)


@dataclass(frozen=True, slots=True)
class Noise:
    """A kind of noise; `why` says what makes the pattern safe, or where such lines come from."""

    name: str
    pattern: re.Pattern[str]
    why: str


def _rows(*rows: tuple[str, str, str], flags: int = re.IGNORECASE) -> tuple[Noise, ...]:
    return tuple(Noise(name, re.compile(pattern, flags), why) for name, pattern, why in rows)


#: Lines that are noise wherever they stand.
LINES = _rows(
    (
        "advertisement",
        r"(?:[-–—\s]*)(?:adverti[sz]e?ment|advert|ad|ads|sponsored(?: (?:content|links?|by|post).{0,40})?"
        r"|promoted(?: stories| content)?|paid (?:content|post)|iklan|anzeige|werbung|publicidade?|publicité"
        r"|реклама|広告|广告|광고)(?: ?[-–—:] ?(?:continue|scroll).{0,40})?[-–—\s]*",
        "the label of an advert, alone on its line",
    ),
    (
        "advert in between",
        r"(?:story|article|content|report) continues (?:below|after).{0,40}|continue reading(?: below| the main story)?"
        r"|(?:scroll|swipe) (?:down )?to continue.{0,40}|supported by",
        "the marks around an advert",
    ),
    (
        "advert with a call",
        r".{0,200}(?:get it here|buy (?:it )?now|shop now|order now|add to cart|learn more|shop here|see deal|see price)"
        r"\s*(?:>+|»+|›|→)?",
        "ends in a call to buy, with no full stop",
    ),
    (
        "advert with a price",
        r"[^.!?]{3,120}[$€£¥]\s?\d[\d,]*\.\d\d(?: ?(?:USD|EUR|GBP|CAD|AUD))?\s*(?:>+|»+|→)?",
        "goods ending in a price with cents, and no sentence",
    ),
    ("saving", r"save \$\d.{0,160}(?<![.!?])", "a shop's list of reductions"),
    (
        "affiliate notice",
        r".{0,160}\b(?:may (?:earn|receive) (?:a |an )?(?:affiliate )?commission|affiliate (?:partnerships|commission)).{0,240}",
        "how the site earns, not what happened",
    ),
    (
        "one link",
        r"\[?(?:read more|read also|also read|read next|related(?: \w+)?|see also|see more|also see|more|watch(?: live| now)?"
        r"|listen|don['’]t miss|must[- ]read|in case you missed it|icymi|recommended|leia também|lee también|lire aussi"
        r"|à lire aussi|lesen sie auch|mehr zum thema|leggi anche|baca juga|читайте также)\s*(?:[:|»›>]+|–|—)\s*\S.{2,200}",
        "a pointer to another article, with its headline",
    ),
    (
        "more of it",
        r"(?:load|show|view|see|read) (?:more|less|all|full (?:article|story))(?:(?<=more)[A-Z]\w+)?(?: (?:\w+ ?){1,3})?\.{0,3}",
        "a button; a section's name may be glued to it",
    ),
    (
        "source link",
        r"(?:source|original|article) (?:link|article|source)\.?",
        "left by a site that copies articles",
    ),
    (
        "tags",
        r"(?:#\w+[\s,]*){1,30}|(?:tags?|topics?|filed (?:under|to)|keywords|related topics|categor(?:y|ies)|etiquetas"
        r"|schlagw[oö]rter|mots[- ]clés|теги|tagged(?: (?:with|as|in))?)\b\s*[:|]\s*\S.{0,300}"
        r"|(?:tags|filed under|filed to:?|keywords)\s+[^.!?]{1,300}|topics? [a-z]*[A-Z][^.!?]{1,200}[a-z][A-Z][^.!?]*",
        "what the article is filed under",
    ),
    (
        "copyright",
        r".{0,60}(?:copyright\b|©|\(c\)).{0,20}\b(?:1[89]|20)\d\d\b.{0,300}|©.{0,200}|(?:.{0,200}\W)?all rights reserved\b.{0,300}"
        r"|.{0,120}\bmay not be (?:published|reproduced|copied|redistributed|reprinted|republished)\b.{0,200}"
        r"\b(?:permission|redistributed|rewritten|broadcast|consent|transmitted)\b.{0,200}",
        "the publisher's, about the page",
    ),
    (
        "comment form",
        r"(?:leave|post|add|write|submit) (?:a|your) (?:reply|comment)s?\b.{0,30}|your e-?mail address will not be.{0,160}"
        r"|required fields are marked.{0,20}|save my name,? e-?mail.{0,120}|notify me of.{0,80}|this site uses akismet.{0,160}"
        r"|learn how your comment data.{0,40}|(?:you )?must (?:be logged|log) in to.{0,60}|comments? (?:are|is) closed\.?"
        r"|(?:be the first to|log ?in to|sign in to|join (?:the|in)) (?:comment|conversation|discussion)\.?.{0,20}"
        r"|(?:show|view|see|read|hide|load|leave)?(?: all)? ?\(?\d{0,5}\)? ?comments?(?: ?\(\d+\))?[ *:]{0,3}|cancel reply"
        r"|comments (?:powered by|are subject to|on this).{0,120}|\d+ (?:responses?|replies|thoughts) (?:to|on) .{0,200}"
        r"|deixe uma resposta|deja (?:una respuesta|un comentario)|laisser un commentaire|schreibe einen kommentar"
        r"|lascia un commento|tinggalkan balasan|добавить комментарий|コメントを残す|发表评论|댓글 남기기"
        r"|o seu endereço de e-?mail não será.{0,120}|(?:first |last )?(?:name|e-?mail|website)(?: ?\(required\)| ?\*)",
        "the form under an article",
    ),
    (
        "button",
        r"(?:(?:share|tweet|print|e-?mail|save|copy(?: link)?|reply|like|follow|following|subscribe|sign up|sign in|log ?in"
        r"|log out|register|submit|search|menu|close|video|gallery|caption|next|prev(?:ious)?|home|back to top|listen|loading"
        r"|share (?:this(?: (?:article|story|post))?|on|via)|subscribed|bookmark|comments?|name|website|more|read more|read on"
        r"|permalink|skip to (?:main )?content|order reprints|print article|text size|expand|collapse|play|pause|unmute)"
        r"[\s:|.•·…]*){1,6}",
        "buttons, alone on their line",
    ),
    (
        "network buttons",
        rf"(?:(?:{_NETWORK}|share|tweet|print|copy(?: link)?|more|save)[\s,|•·/:]*){{1,12}}"
        rf"|(?:click to )?(?:share|tweet|pin|post|send|e-?mail) (?:this )?(?:\w+ )?(?:on|via|by|to|with|from) .{{0,60}}"
        r"|share on.{0,120}|click to (?:print|e-?mail).{0,60}",
        "the row of sharing buttons",
    ),
    (
        "follow",
        rf"follow (?:us|me|him|her|them|@?[\w.]+(?: [A-Z]\w+){{0,4}})(?:['’]s \w+)? (?:on|at|via) .{{2,160}}"
        r"|follow (?:us|@\w+|the (?:author|topics).{0,60})\.?|@\w{2,30}(?: @\w+)*|like us on .{2,80}",
        "asks to follow an account",
    ),
    (
        "newsletter",
        r"(?:sign up|subscribe|register)\b(?=.{0,200}\b(?:newsletters?|inbox|e-?mails?|updates?|alerts|daily|weekly|podcast"
        r"|channel|briefing|access|for free|free)\b).{0,260}|get (?:the|our|all|breaking) .{0,120}\b(?:inbox|newsletter|e-?mail|alerts)\b.{0,80}"
        r"|(?:our|the|daily|weekly|morning|evening|email)? ?newsletters?|thanks for (?:signing up|subscribing).{0,80}"
        r"|by (?:signing up|subscribing|submitting|clicking|registering)\b.{0,200}\b(?:agree|terms|privacy|consent)\b.{0,200}"
        r"|(?:you(?: have|['’]ve)? been )?successfully subscribed.{0,20}|this site is protected by recaptcha.{0,120}"
        r"|keep an eye on your inbox.{0,80}|receive the latest .{0,80}\binbox\b.{0,20}|to read the full (?:story|article).{0,20}"
        r"|register now for free.{0,80}|subscribe(?: now| today| here| to .{2,60})[.!]?",
        "asks the reader to subscribe",
    ),
    (
        "app or channel",
        r"click here\b.{0,120}|(?:download|get|try) (?:the|our) .{0,60}\bapp\b.{0,60}|join (?:our|us on) .{0,40}"
        r"(?:telegram|whatsapp|channel|group|facebook).{0,60}|.{0,60} by clicking here|you can now listen to .{0,60}articles!?"
        r"|listen to (?:this|the) (?:article|story)\b.{0,40}|this slideshow requires javascript\.?",
        "points to an app or a channel",
    ),
    (
        "cookies",
        r"(?:we|this (?:web)?site|our (?:web)?site|the site)(?: and our partners)? uses? cookies.{0,400}|(?:accept|reject|manage|allow)(?: all)?"
        r"(?: cookies| preferences| settings)?|cookie (?:settings|policy|preferences|notice)|by continuing to (?:use|browse).{0,200}"
        r"|(?:privacy|cookie) policy(?: ?\| ?.{0,60})?|terms (?:of|and) (?:use|service|conditions)(?: ?\| ?.{0,60})?|do not sell my.{0,40}",
        "the consent banner",
    ),
    (
        "reading aid",
        r"(?:estimated )?(?:reading time|tempo de leitura|lesezeit|word ?count):? ?\d.{0,20}|\d+[- ]min(?:ute)?s?(?: read)?"
        r"|\d[\d.,]* ?[KkM]? ?(?:views?|shares?|likes?|reads?|comments?|retweets)|image \d+ of ?/? ?\d*|\d+ ?(?:of|/) ?\d+|back to gallery"
        r"|(?:enlarge|hide|show|toggle|view|open) (?:image|caption|gallery|photos?|full ?screen|slideshow).{0,20}|see full gallery",
        "counters and gallery buttons",
    ),
    (
        "way to the page",
        r"home ?(?:[>»›/|].{0,120})|[^.!?]{2,30} ?[>»›] {1,2}[^.!?]{2,40}(?: ?[>»›] {1,2}[^.!?]{2,60})*|(?:previous|next|newer|older) "
        r"(?:post|story|article|page):?.{0,120}|post navigation|about us|contact us|advertise with us|careers",
        "navigation",
    ),
    (
        "author's links",
        r"(?:view|read|see|show|more)(?: \w+){0,3} (?:articles?|posts?|stories|archive|by|from)\b(?: (?:by|from|of) .{2,60})?(?<![.!?])"
        r"|(?:get author rss feed|e-?mail the author|view author archive|biography|author archive)|(?:write to|contact|reach|e-?mail) "
        r".{2,60}\b(?:at|on)\b.{0,20}(?:@|https?:|twitter).{0,120}|[\w.+-]+@[\w-]+(?:\.[\w-]+)+",
        "ways to reach the author",
    ),
    ("address", r"(?:https?://|www\.)\S+", "a bare web address"),
    (
        "standards",
        r"our standards:.{0,80}|(?:this (?:article|story) )?has been updated\.?",
        "the site about itself",
    ),
)

#: Lines that say who made a picture.
CREDITS = _rows(
    (
        "agency and name",
        rf"(?:{_NAME} ?/ ?)*(?:{_AGENCY})(?: (?:file|photo|pool))?(?: ?/ ?{_NAME})*|{_NAME}(?: ?/ ?{_NAME})* ?(?:/|,| via ) ?{_AGENCY}(?: (?:file|photo|pool))?"
        rf"|{_NAME} ?/ ?(?:\w+ ){{0,3}}{_SOURCE}(?: ?/ ?{_NAME})?|(?:\w+ ){{0,3}}{_SOURCE} ?/ ?{_NAME}",
        "nothing but a name and an agency",
    ),
    (
        "labelled",
        rf"{_CREDIT_WORD} ?(?:[:|©/]|\.\.\.| by | courtesy of | via ).{{2,100}}(?<![.!?])|image (?:source|caption),.{{2,300}}",
        "begins with the word for a credit",
    ),
    (
        "in brackets",
        rf"[(\[] ?(?:(?:{_CREDIT_WORD}|AP photo|©)\b.{{0,100}}|.{{0,60}}\b{_AGENCY}\b.{{0,40}}) ?[)\]]",
        "nothing but a credit in brackets",
    ),
    (
        "bare",
        r"(?:.{2,40} )?(?:(?:submitted|file|courtesy|contributed|handout|stock) (?:photo|image)|AP photo)",
        "a picture's kind",
    ),
)

#: Lines that are a picture's caption, credit included.
CAPTIONS = _rows(
    (
        "name and source in brackets",
        rf"[(\[](?:[^()\[\]]{{0,80}}?(?:/|\bvia ))?{_AGENCY}(?: ?/ ?[^()\[\]]{{2,60}}| (?:file|photo|pool)\b[^()\[\]]{{0,40}}|, [Ff]ile)[)\]]\.?$"
        rf"|[(\[][^()\[\]]{{2,80}}(?:/| via ){_AGENCY}[^()\[\]]{{0,40}}[)\]]\.?$|\({_NAME} ?/ ?{_NAME}(?: ?/ ?{_NAME})*\)$",
        "a sentence of the body does not end in a name, a stroke and an agency",
    ),
    (
        "labelled in brackets",
        r"[(\[] ?(?:AP |File |file )?(?:[Pp]hoto(?:graph)?s?|[Ii]mage|[Pp]icture|[Cc]redit|[Cc]ourtesy|[Ii]llustration)"
        r"(?: (?:by|credit|courtesy|from|via)\b|:|/).{2,120}[)\]]\.?$",
        "the label tells it from other brackets",
    ),
    (
        "labelled at the end",
        r"(?:[.!?”’\"')]|[a-z0-9])[ |]*(?:(?:Photo(?:graph)?|Image|Picture|Illustration)s? ?(?:[Cc]redit|[Ss]ource)?"
        r"(?: by | courtesy of |: ?|/)|Credit(?:\.\.\.|: ?|: ))(?=[A-Z©@])[^.!?]{2,80}\.?$",
        "text after the full stop that begins with the word for a credit",
    ),
    (
        "agency at the end",
        rf"[.!?”’\"')] ?(?:{_NAME} ?/ ?)?(?:{_AGENCY})(?: (?:file|photo|Photo))?(?: ?/ ?{_NAME})+\.?$"
        rf"|[.!?”’\"')] ?{_NAME} ?/ ?{_AGENCY}(?: (?:file|photo|Photo))?\.?$"
        r"|[.!?”’\"')] ?(?:Getty(?: Images)?|Shutterstock|AP Photo|Handout|File [Pp]hoto|iStock|EPA-EFE)\.?$",
        "an agency with a stroke after the full stop",
    ),
    (
        "label in front",
        r"^(?:FILE PHOTO|File [Pp]hoto|FILE|FILE PICTURE|PHOTO|Photo|Pictured|PICTURED|CAPTION|Caption|Image caption)"
        r" ?(?:[:–—,]|- )|^\(FILES?\)|^In (?:this|a) (?:[\w.,’'-]+ ){0,6}(?:photo|image|picture|frame grab)"
        r"(?: (?:taken|provided|released|made|distributed|from)\b|,)",
        "how agencies begin a caption",
    ),
    flags=0,
)

#: What a caption has and a report seldom: somebody seen doing something on a day of the week in a year.
CAPTION_SIGNS = re.compile(
    r"\b(?:file photo|is seen|are seen|seen here|is pictured|are pictured|poses? (?:for|with|during)|shakes? hands|looks? on|gestures?"
    r"|walks? (?:past|through)|speaks? (?:at|to|with|during|after)|attends? (?:a|an|the)|watch(?:es)? (?:a|an|the)|from (?:left|right))\b"
    r"|,? \(?(?:left|right|center|centre|[LRC])\)?,|\((?:left|right|center|centre|background|top|bottom|[LRC])\)"
)

#: Headings of lists of links: what follows and is no sentence belongs to them.
BLOCKS = _rows(
    (
        "popular",
        r"(?:the )?(?:most|more) (?:popular|read|viewed|shared|watched|commented)\b.{0,30}|trending(?: (?:now|in|on|stories|topics).{0,30})?"
        r"|popular(?: (?:this week|now|stories|posts|today|in).{0,20})?|top (?:stories|news|headlines)|latest(?: (?:news|stories|headlines|articles|posts|videos))?"
        r"|breaking news|today['’]s headlines|recent (?:articles|posts|stories|news|comments)|on our radar|mais lidas|lo más leído|les plus lus|meistgelesen",
        "what others read",
    ),
    (
        "related",
        rf"(?:related|recommended|similar|suggested|featured|more)(?: {_ASIDE})(?: like this(?: one)?)?:?|related:?|recommended(?: for you)?:?"
        r"|(?:you )?(?:may|might) (?:also )?(?:like|be interested in)(?: these posts)?.{0,20}|more (?:from|on|in|about)\b[^.!?]{0,60}"
        r"|more stories(?: \w+){0,4}|read (?:these )?next:?|up next|what to read next|editor['’]?s?['’]? (?:picks?|choice)s?|don['’]t miss:?|must reads?.{0,20}"
        r"|see also:?|also read:?|elsewhere on .{0,40}|(?:from )?around the web|from the web|partner (?:news|content)|in this (?:story|article):?"
        r"|explore more|something to consider|artikel terkait|terkait|artigos relacionados|artículos relacionados|noticias relacionadas|lire aussi"
        r"|mehr zum thema|das könnte sie.{0,30}|você pode gostar.{0,10}|leia (?:também|mais)|lee también|leggi anche|вам также может.{0,30}|читайте также:?|関連記事|相关新闻|관련기사",
        "what else there is",
    ),
    (
        "tag list",
        r"(?:related )?(?:tags?|topics?|keywords|categories|filed under)\s*:?",
        "the heading of the tags",
    ),
    (
        "section of adverts",
        r"(?:good )?deals|find your next \w+|unbeatable deals.{0,60}|holiday gift guides?",
        "a shop's",
    ),
)

#: Headings of a single link: the headline on the next line goes with them.
LINK_HEADINGS = re.compile(
    r"(?:read (?:more|also|next)|also read|see also|related|watch|more|see more)\s*:", re.IGNORECASE
)

#: Lines after which the article is over, if there was enough of it before.
ENDINGS = _rows(
    (
        "comments begin",
        r"(?:leave|post|add) (?:a|your) (?:reply|comment)s?\b.{0,30}|your e-?mail address will not be.{0,160}|this site uses akismet.{0,160}"
        r"|\d+ (?:responses?|replies|thoughts) (?:to|on) .{0,200}|deixe uma resposta|deja (?:una respuesta|un comentario)|laisser un commentaire"
        r"|schreibe einen kommentar|lascia un commento|добавить комментарий|コメントを残す|join the (?:conversation|discussion)|\d+ (?:comments|comentarios|comentários|commentaires|kommentare)"
        r"|comments powered by .{0,40}",
        "only readers speak after it",
    ),
    (
        "rights",
        r".{0,80}(?:copyright\b|©|\(c\)).{0,20}\b(?:1[89]|20)\d\d\b.{0,120}\ball rights reserved\b.{0,300}",
        "the last line of the page proper",
    ),
    (
        "about the author",
        r"about (?:the|our) (?:author|writer|reporter|contributor)s?:?",
        "a life follows, not news",
    ),
)

#: What makes "Jane Doe is ..." at the foot the life of the author, and not news about somebody.
BIO = re.compile(
    r"^(?P<name>[A-Z][\w.'’-]+(?: (?:[A-Z][\w.'’-]+|de|da|van|von|der|den|bin|al|el|la)){0,4}) (?:is|are|was|joined|covers|writes|reports|has (?:been|worked|covered|reported))\b",
)
BIO_SIGNS = re.compile(
    r"\b(?:freelance|staff writer|contributing (?:writer|editor)|based in|covering|covers|who covers|follow (?:him|her|them)"
    r"|(?:reporter|correspondent|writer|editor|journalist|columnist|producer) (?:for|at|with|in|based))\b",
    re.IGNORECASE,
)
