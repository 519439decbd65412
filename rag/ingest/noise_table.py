"""What scraped noise looks like: one row for each kind, why it is safe to drop, and its patterns.

The patterns of a row are alternatives; a line must match one from its beginning to its end. Keep to
what no sentence of an article can be: to lose a sentence is worse than to keep a button.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_NETWORK = (
    r"(?:Facebook|Twitter|X|Instagram|LinkedIn|WhatsApp|Telegram|Reddit|Pinterest|YouTube|TikTok"
    r"|RSS"
    r"|Flipboard|Google(?:\+| News)?|Tumblr|Messenger|Snapchat|Threads|Bluesky|Mastodon"
    r"|VK(?:ontakte)?"
    r"|Odnoklassniki|E-?mail|SMS)"
)


@dataclass(frozen=True, slots=True)
class Noise:
    """A kind of noise; `why` says what makes the patterns safe, or where such lines come from."""

    name: str
    why: str
    pattern: re.Pattern[str]


def row(name: str, why: str, *patterns: str, case: bool = False) -> Noise:
    return Noise(name, why, re.compile("|".join(patterns), 0 if case else re.IGNORECASE))


#: Lines that are noise wherever they stand.
LINES = (
    row(
        "advertisement",
        "the label of an advert, alone on its line",
        r"[-–—\s]*(?:adverti[sz]e?ment|advert|ads?|iklan|anzeige|werbung|publicidade?|publicité"
        r"|реклама)"
        r"(?: ?[-–—:.] ?(?:continue|scroll|skip).{0,40})?[-–—\s]*",
        r"(?:広告|广告|광고)",
        r"(?:sponsored|promoted|paid)(?: (?:content|links?|post|stories|message))?(?: by .{2,40})?",
        r"(?:story|article|content|report) continues (?:below|after).{0,40}",
        r"continue reading(?: below| the main story)?|scroll (?:down )?to continue.{0,40}"
        r"|supported by",
    ),
    row(
        "goods",
        "ends in a price or in a call to buy, with no full stop",
        r".{0,200}(?:get it here|buy (?:it )?now|(?:shop|order) (?:it )?now|add to cart"
        r"|see deal)\s*[>»›→]*",
        r"[^.!?:]{3,120}[$€£¥]\s?\d[\d,]*\.\d\d(?: ?(?:USD|EUR|GBP|CAD|AUD))?\s*[>»›→]*",
        r"[^.!?]{0,160}[$€£¥]\s?\d[\d,]*\.\d\d\b[^.!?]{0,60}[>»›→]+",
        r"save \$\d.{0,160}(?<![.!?])",
        r".{0,160}\bmay (?:earn|receive) (?:a |an )?(?:affiliate )?commission.{0,240}",
    ),
    row(
        "one link",
        "a pointer to another article, with its headline",
        r"\[?(?:read (?:more|also|next)|also read|see (?:also|more)|also see|related(?: \w+)?"
        r"|more|must[- ]read"
        r"|watch(?: live| now)?|don['’]t miss|in case you missed it|icymi|recommended"
        r"|leia (?:também|mais)"
        r"|lee también|(?:à )?lire aussi|lesen sie auch|mehr zum thema|leggi anche|baca juga"
        r"|читайте также)"
        r"\s*[:|»›>]+\s*\S.{2,200}",
    ),
    row(
        "more of it",
        "a button; the name of a section may be glued to it",
        r"(?:load|show|view|see|read) (?:more|less|all|(?:the )?full (?:article|story))"
        r"(?-i:(?<=more)[A-Z]\w+)?(?: \w+){0,3}(?: ?\(\d+\)|\.\.\.|…)?",
        r"(?:source|original|article) (?:link|article|source)\.?",
    ),
    row(
        "tags",
        "what the article is filed under",
        r"(?:#\w+[\s,]*){1,30}",
        r"(?:tags?|topics?|filed (?:under|to)|keywords|related topics|categor(?:y|ies)"
        r"|tagged(?: (?:with|as|in))?"
        r"|etiquetas|schlagw[oö]rter|mots[- ]clés|теги)\s*[:|]\s*\S.{0,300}",
        r"(?:tags|filed (?:under|to)|keywords)\s+(?-i:[A-Z#]).{1,300}(?<![a-z][a-z][.!?])",
        r"(?:tags|filed under)\s+[^.!?]{1,300}",
    ),
    row(
        "copyright",
        "the publisher's, about the page",
        r"(?:copyright\s*(?:©|\(c\)|@)?|©|\(c\))\s*(?:by .{2,40}?\s)?(?:1[89]|20)\d\d\b.{0,400}",
        # The sign alone makes no notice. It stands first, or a year or “Copyright” follows it; and
        # the line does not end as a sentence does.
        r"(?:copyright\s*)?©.{2,200}(?<![^\W\d_]{2}[.!?])",
        r"[^.!?]{0,60}©\s*(?:copyright\b|(?:[^.!?]{2,60}\s)?(?:19|20)\d\d\b)[^.!?]{0,100}",
        r"(?:copyright|©|\(c\)).{0,160}\ball rights reserved\b.{0,400}",
        r"(?:.{0,300}[^\w“\"‘'])?(?-i:A(?:LL RIGHTS RESERVED|ll [Rr]ights [Rr]eserved))\b.{0,400}",
        r"(?:.{0,200}\W)?(?:alle rechte vorbehalten|tous droits réservés|todos los derechos"
        r" reservados|todos os direitos reservados|tutti i diritti riservati"
        r"|все права защищены)\W{0,3}",
        r"(?:this|these|material on this)(?: \w+){1,6} may not be (?:published|reproduced|copied"
        r"|redistributed|reprinted|republished)\b.{0,300}",
    ),
    row(
        "comment form",
        "the form under an article",
        r"(?:leave|post|add|write|submit) (?:a|your) (?:reply|comment)s?\b.{0,30}|cancel reply",
        r"your e-?mail address will not be.{0,160}|required fields are marked.{0,20}",
        r"save my name,? e-?mail.{0,120}|notify me (?:of|when|by).{0,80}",
        r"this site uses akismet.{0,160}|learn how your comment data.{0,40}",
        r"you must (?:be logged|log) in to.{0,60}"
        r"|comments (?:are|have been) (?:closed|disabled|moderated|turned off)\b.{0,60}"
        r"|comments powered by.{0,60}",
        r"comments (?:are subject to our|on this (?:article|story|post|page))\b.{0,120}",
        r"(?:be the first to|log ?in to|sign in to|join (?:the|in)) (?:comment|conversation"
        r"|discussion)\.?",
        r"(?:show|view|see|read|hide|load"
        r"|leave)?(?: all)? ?\(?\d{0,5}\)? ?comments?(?: ?\(\d+\))?[ *:]{0,3}",
        r"\d+ (?:responses?|replies|thoughts) (?:to|on) [“\"‘'].{0,200}",
        r"deixe uma resposta|deja (?:una respuesta|un comentario)|laisser un commentaire"
        r"|lascia un commento",
        r"schreibe einen kommentar|tinggalkan balasan|добавить комментарий",
        r"コメントを残す|发表评论|댓글 남기기",
        r"(?:first |last )?(?:name|e-?mail|website)(?: ?\(required\)| ?\*)",
    ),
    row(
        "button",
        "buttons, alone on their line",
        r"(?:(?:share(?: (?:this(?: (?:article|story|post))?|on|via))?|tweet|print|e-?mail|save"
        r"|reply|like|follow"
        r"|copy(?: link)?|subscribed?|sign (?:up|in)|log ?(?:in|out)|register|submit|search|menu"
        r"|close|video"
        r"|gallery|caption|next|prev(?:ious)?|home|back to top|listen|loading|bookmark|comments?"
        r"|name|website"
        r"|(?:learn )?more|read on|permalink|expand|play|pause|order reprints|print article"
        r"|text size)[\s:|•·…]*){1,6}",
        r"skip to (?:main )?content|post navigation|about us|contact us|advertise with us|careers",
        rf"(?:(?:{_NETWORK}|share|tweet|print|copy(?: link)?|more|save)[\s,|•·/:]*){{1,12}}",
        r"(?:click to )?(?:share|tweet|pin|post|e-?mail) (?:this |it )?(?:\w+ )?(?:on|via|by"
        r"|to a friend)\b.{0,60}",
    ),
    row(
        "follow",
        "asks to follow an account",
        rf"follow .{{2,60}} (?:on|at|via) .{{0,80}}(?:{_NETWORK}\b|@\w|https?:"
        rf"|social media).{{0,120}}",
        r"follow (?:us|@\w+|the (?:author|topics)\b.{0,60})\.?|@\w{2,30}(?:[ ,]+@\w+)*"
        r"|like us on .{2,80}",
    ),
    row(
        "newsletter",
        "asks the reader to subscribe",
        r"(?:sign up|subscribe|register (?:now|here|today|for free"
        r"|to))\b(?=.{0,200}\b(?:newsletters?|inbox"
        r"|e-?mails?|updates?|alerts|daily|weekly|podcast|channel|briefing|access|free)\b).{0,260}",
        r"subscribe(?: now| today| here| to .{2,60})[.!]?|(?:(?:our|the|daily|weekly"
        r"|morning) )?newsletters?",
        r"(?:get|receive) (?:the|our|all|breaking)\b.{0,120}\b(?:inbox|newsletter)\b.{0,80}",
        r"by (?:signing up|subscribing|submitting|clicking|registering"
        r"|providing)\b.{0,120}\byour?\b.{0,200}",
        r"already an? (?:subscriber|member)\?.{0,40}"
        r"|you(?: have|['’]ve) (?:reached|read)\b.{0,40}\bfree (?:articles?|stories)\b.{0,80}",
        r"thanks for (?:signing up|subscribing).{0,80}|keep an eye on your inbox.{0,80}",
        r"this site is protected by recaptcha.{0,120}|to read the full (?:story|article).{0,20}",
    ),
    row(
        "app or channel",
        "points to an app or a channel",
        r"click here\b.{0,120}|.{0,60} by clicking here|join (?:our|us on) .{0,40}(?:telegram"
        r"|whatsapp|channel).{0,60}",
        r"(?:download|get) (?:the|our) .{0,60}\bapp\b.{0,60}"
        r"|(?:new ?)?you can now listen to .{0,60}articles!?",
        r"listen to (?:this|the) (?:article|story)\b.{0,40}|this slideshow requires javascript\.?",
    ),
    row(
        "appeal",
        "asks for money or membership",
        r"(?:please )?support (?:our|independent|quality|free) (?:\w+ )?journalism\b.{0,160}",
        r"(?:donate (?:now|today)|become an? (?:member|subscriber|supporter|patron))\b.{0,80}",
    ),
    row(
        "disclaimer",
        "the publisher's, under every opinion piece",
        r"(?:the )?(?:views|opinions)(?: and opinions)? expressed (?:in this|here|by the author)"
        r".{0,300}",
    ),
    row(
        "cookies",
        "the consent banner",
        r"(?:we|(?:this|our) (?:web)?site)(?: and our partners)? uses? cookies.{0,400}",
        r"(?:accept|reject|manage|allow)(?: all)?(?: cookies| preferences| settings)?",
        r"cookie (?:settings|policy|preferences|notice)|by continuing to (?:use|browse) (?:this"
        r"|our).{0,200}",
        r"(?:(?:(?:privacy|cookie) policy|terms (?:of|and) (?:use|service|conditions)"
        r"|do not sell (?:or share )?my .{0,30})[\s|·•,&]*(?:and )?){1,5}",
    ),
    row(
        "reading aid",
        "counters and the buttons of galleries",
        r"(?:estimated )?(?:reading time|tempo de leitura|lesezeit|word ?count):? ?\d.{0,20}",
        r"(?:by\b)?\W*\d+[- ]min(?:ute)?s?(?: read)?|\d[\d.,]* ?k? ?(?:views|shares|likes"
        r"|reads|retweets)",
        r"\d+:\d\d(?::\d\d)? ?/ ?-?\d+:\d\d(?::\d\d)?|no media source currently available",
        r"this article is more than \d+ (?:years?|months?) old|[\W_]+|\W*end\W*",
        r"image \d+ of ?/? ?\d*|\d+ ?(?:of|/) ?\d+|back to gallery|see full gallery",
        r"(?:enlarge|hide|show|toggle|view|open) (?:image|caption|gallery|photos?|full ?screen"
        r"|slideshow)",
    ),
    row(
        "way to the page",
        "links to other pages of the site",
        r"home ?[>»›/|].{0,120}|[^.!?]{2,30} ?[>»›]\s{1,2}[^.!?]{2,60}",
        r"(?:previous|next|newer|older) (?:post|story|article|page)(?::.{0,120})?",
        r"(?:https?://|www\.)\S+|list \d+ of \d+|end of list",
    ),
    row(
        "author's links",
        "ways to reach the author",
        r"(?:view|read|see|show)?(?: ?all| ?more)+ (?:articles|posts|stories|news) (?:by"
        r"|from) .{2,60}",
        r"get author rss feed|e-?mail the author|view author archive|biography"
        r"|[\w.+-]+@[\w-]+(?:\.[\w-]+)+",
        r"(?:write to|contact|reach|e-?mail) .{2,60}\b(?:at|on)\b.{0,30}(?:@|https?:).{0,120}",
        r"\[e-?mail\W{1,3}protected\]"
        r"|(?-i:SOURCE) ?: ?[^.!?]{2,60}|source ?: ?(?:ap|afp|reuters|.{0,30}\bagenc(?:y|ies))",
        r"our standards:.{0,80}|(?:published|posted|updated)? ?\d+ (?:minute|hour|day|week)s? ago",
    ),
)

#: Headings of lists of links: what follows and is no sentence belongs to them.
BLOCKS = (
    row(
        "popular",
        "what others read",
        r"(?:the )?most (?:popular|read|viewed|shared|watched|commented)\b.{0,30}",
        r"trending(?: (?:now|in|on|stories|topics).{0,30})?|on our radar",
        r"popular(?: (?:this week|now|stories|posts|today|in).{0,20})?|top (?:stories|news"
        r"|headlines)",
        r"latest(?: (?:news|stories|headlines|articles|posts|videos))?|breaking news"
        r"|today['’]s headlines",
        r"recent (?:articles|posts|stories|news|comments)|mais lidas|lo más leído|les plus lus"
        r"|meistgelesen",
    ),
    row(
        "related",
        "what else there is",
        r"(?:related|recommended|similar|suggested|featured|more) (?:articles?|stor(?:y|ies)"
        r"|posts?|content"
        r"|coverage|news|links?|reading|topics?|videos?)(?: like this(?: one)?)?:?",
        r"related:?|recommended(?: for you)?:?|up next|explore more|read (?:these )?next:?"
        r"|see also:?|also read:?",
        r"you (?:may|might) (?:also )?(?:like|be interested in)(?: these posts)?.{0,20}"
        r"|more stories(?: \w+){0,4}",
        r"more (?:from|on|in|about)\b[^.!?]{0,60}|what to read next|editor['’]?s?['’]? (?:picks?"
        r"|choices?)",
        r"don['’]t miss:?|must reads?.{0,20}|elsewhere on .{0,40}|(?:from )?around the web"
        r"|from the web",
        r"partner (?:news|content)|in this (?:story|article):?|something to consider"
        r"|keep reading|list of \d+ items",
        r"artikel terkait|terkait|artigos relacionados|artículos relacionados"
        r"|noticias relacionadas|lire aussi",
        r"mehr zum thema|das könnte sie.{0,30}|você pode gostar.{0,10}|lee también|leggi anche"
        r"|関連記事|相关新闻",
        r"вам также может.{0,30}|читайте также:?|관련기사",
    ),
    row(
        "tag list",
        "the heading of the tags",
        r"(?:tags?|topics?|keywords|categories|filed under|in)\s*:|tags?|topics?",
    ),
    row("shop", "goods follow", r"(?:good )?deals|find your next \w+|unbeatable deals.{0,60}"),
)

#: Headings of a single link: the headline on the next line goes with them.
LINK_HEADING = re.compile(
    r"(?:read (?:more|also|next)|also read|see also|related|watch|more|don['’]t miss"
    r"|must read)\s*:",
    re.IGNORECASE,
)
