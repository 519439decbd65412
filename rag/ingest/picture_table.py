"""What stands around the pictures of an article: credits and captions. See `noise_table`."""

from __future__ import annotations

import re

from rag.ingest.noise_table import row

_AGENCY = (
    r"(?:AP|AFP|A[Pp] Photo|REUTERS|Reuters|(?:The )?Associated Press"
    r"|Agence France[- ]Presse|PA(?: Wire"
    r"| Media)?"
    r"|Getty(?: Images)?|GETTY|EPA(?:-EFE)?|EFE|Shutterstock|Alamy(?: Stock Photo)?"
    r"|iStock(?:photo)?"
    r"|Bloomberg|Xinhua|Yonhap|KCNA|Kyodo(?: News)?|Jiji|ANSA|TASS|Sputnik|Anadolu|NurPhoto|UPI"
    r"|PTI|ANI"
    r"|Zuma(?: Press)?|DPA|dpa|Imago|Newscom|WireImage|FilmMagic|Rex|Unsplash|Pexels|Pixabay"
    r"|Handout"
    r"|Pool|NASA|USA T(?:oday|ODAY)(?: Sports)?)"
)
_NAME = r"[A-Z][\w.'’&-]*(?: [A-Z][\w.'’&-]*){0,4}"
_HOUSE = (
    r"(?:[A-Z]\w+ ){0,3}(?:News|Press|Times|Post|Images?|Agency|Media|Pool|Ministry|Government"
    r"|Office"
    r"|Navy|Army|Air Force|Wire|TV|Studios?|Herald|Tribune|Journal|Guardian|Gazette|Magazine|File)"
)
_LABEL = (
    r"(?i:(?:(?:file |cover |main |lead )?(?:photo(?:graph)?s?|image|picture|illustration|graphic)"
    r"(?: (?:credit|source|by|courtesy(?: of)?|via))?|credits?|courtesy(?: of)?|foto|bild"
    r"|crédito?))"
)
#: Lines that do nothing but say who made a picture.
CREDITS = (
    row(
        "agency and name",
        "a name and an agency, with a stroke or a comma between them",
        rf"(?:{_NAME} ?/ ?)*{_AGENCY}(?: (?:file|photo|pool))?(?: ?/ ?{_NAME})*",
        rf"{_NAME}(?: ?/ ?{_NAME})* ?(?:/|,| via ) ?{_AGENCY}(?: (?:file|photo|pool))?",
        rf"{_NAME} ?/ ?{_HOUSE}(?: ?/ ?{_NAME})?|{_HOUSE} ?/ ?{_NAME}|/ ?{_NAME}",
        rf"{_AGENCY}[-–]{_AGENCY}(?: file)?|[Gg]etty ?[Ii]mages ?[Bb]ank",
        case=True,
    ),
    row(
        "labelled",
        "begins with the word for a credit",
        rf"{_LABEL} ?(?:[:|©/]|\.\.\.| by | courtesy of | via ).{{2,100}}(?<![a-z][a-z][.!?])",
        r"[Ii]mage (?:source|caption),.{2,300}|[Cc]ourtesy of [^.!?]{2,60}",
        case=True,
    ),
    row(
        "in brackets",
        "a credit in brackets and nothing else",
        rf"[(\[] ?(?:(?:{_LABEL}|©).{{0,100}}|.{{0,60}}\b{_AGENCY}\b.{{0,40}}) ?[)\]]",
        case=True,
    ),
    row(
        "bare",
        "the kind of a picture",
        r"(?:.{2,40} )?(?:submitted|file|courtesy|contributed|handout|stock) (?:photo|image)",
        r"(?:photo|image|picture) not available",
    ),
)

_STOP = r"[.!?”’\"')]"

#: What in a line, wherever in it, tells that it is the caption of a picture, credit included.
CAPTIONS = (
    row(
        "source in brackets",
        "in a report the full stop would come after the brackets",
        rf"(?:{_STOP} ?[(\[](?=[^()\[\]]{{2,120}}[)\]]\.$)|[(\[](?=[^()\[\]]{{2,120}}[)\]]$))"
        rf"(?:{_AGENCY}(?: ?/| (?:file|photo|pool)\b|, [Ff]ile)|[^()\[\]]*?(?:/| via ){_AGENCY}\b"
        rf"|{_NAME}(?: ?/ ?{_NAME})+[)\]]$)",
        case=True,
    ),
    row(
        "labelled in brackets",
        "the label tells it from other brackets",
        r"[(\[] ?(?:AP |[Ff]ile )?(?:[Pp]hoto(?:graph)?s?|[Ii]mage|[Pp]icture|[Cc]redit"
        r"|[Ii]llustration)"
        r"(?: (?:by|credit|courtesy|from|via)\b|:|/)[^()\[\]]{2,120}[)\]]\.?$",
        r"[(\[] ?[Cc]ourtesy (?:of )?[^()\[\]]{2,80}[)\]]\.?$",
        case=True,
    ),
    row(
        "labelled at the end",
        "after the full stop, or glued to the last word, begins the word for a credit",
        rf"(?:{_STOP}|[a-z0-9])[ |]*(?:(?:Photo(?:graph)?|Image|Picture"
        rf"|Illustration)s? ?(?:[Cc]redit|[Ss]ource)?"
        r"(?: by | courtesy of |: ?|/)|Credit(?:\.\.\."
        r"|: ?))(?=[A-Z©@])(?:(?![a-z]{2}\. [A-Z]).){2,80}$",
        case=True,
    ),
    row(
        "agency at the end",
        "after the full stop comes an agency with a stroke, or one that sells pictures only",
        rf"{_STOP} ?{_AGENCY}(?: (?:file|photo))?(?: ?/ ?{_NAME})+\.?$",
        rf"{_STOP} ?(?!With ){_NAME} ?/ ?{_AGENCY}(?: (?:file|photo))?\.?$",
        rf"{_STOP} ?(?:Getty(?: Images)?|Shutterstock|AP Photo|Handout|File [Pp]hoto|iStock"
        rf"|EPA-EFE)\.?$",
        case=True,
    ),
    row(
        "label in front",
        "how agencies begin a caption",
        r"^(?:FILE PHOTO|File [Pp]hoto|FILE|FILE PICTURE|PHOTO|Photo|Pictured|PICTURED|CAPTION"
        r"|Caption)"
        r" ?(?:[:–—]|- )|^\(FILES?\)",
        r"^This (?:[a-z]+ )?(?:photo|image|picture)(?:,| (?:taken|provided|released|captured"
        r"|shows)\b)",
        r"^In this (?:[\w.,’'-]+ ){0,6}(?:photo|image|picture|frame grab)"
        r"(?: (?:taken|provided|released|made|distributed|from)\b|,)",
        case=True,
    ),
)

#: What captions have and reports seldom: somebody seen doing something now, on which side, on what
#: weekday of what year. Only together with a credit do they make a caption.
CAPTION_SIGNS = re.compile(
    r"\b(?:file photo|(?:is|are) (?:seen|pictured|shown)|seen here|poses? (?:for|with)"
    r"|shakes? hands|looks? on"
    r"|gestures|walks (?:past|through)|speaks (?:at|to|with|during|after)|attends an?|watches an?"
    r"|from (?:left|right))\b"
    r"|\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, [A-Z][a-z]+\.? \d{1,2}, (?:19|20)\d\d\b"
    r"|, \(?(?:left|right|center|centre|[LRC])\)?,|\((?:left|right|center|centre|background|top"
    r"|bottom|[LRC])\)"
)

#: An agency alone after the full stop: a caption where `CAPTION_SIGNS` say so, else whence the
#: report is.
AGENCY_ASIDE = re.compile(rf"[(\[]{_AGENCY}[)\]]\.?$|{_STOP} ?{_AGENCY}$")
