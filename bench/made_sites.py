"""Furniture of ten made news sites: what stands above, within and below each of their articles.

`{n}` is a number, `{headline}` that of another article; both differ from article to article. Half
of the sites were looked at while the rules were made.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Site:
    """The lines of a site; those within stand between two paragraphs of the article."""

    name: str
    above: tuple[str, ...]
    within: tuple[str, ...]
    below: tuple[str, ...]
    tuned: bool


def _site(name: str, above: str, within: str, below: str, tuned: bool) -> Site:
    parts = [tuple(part.strip().split("\n")) for part in (above, within, below)]
    return Site(name, parts[0], parts[1], parts[2], tuned)


SITES = (
    _site(
        "The Northern Ledger",
        """Today’s edition
Share full article
{n}
Listen to this article · {n}:{n} min""",
        """Advertisement
SKIP ADVERTISEMENT
The Morning Ledger: Make sense of the day’s news and ideas. Get it sent to your inbox.""",
        """A correction was not needed for this article. Tell us if you see a mistake.
Read {n} Comments
See more on: The North
Site Information Navigation
© {n} The Northern Ledger Company
Your Ad Choices
California Notices""",
        True,
    ),
    _site(
        "Harbour Wire",
        """HARBOUR WIRE
Live now
World
Add HW as a preferred source""",
        """Story continues below
{headline}
You’re reading a free article. Members of the Wire pay for the reporters who wrote it.""",
        """Our Standards: The Harbour Wire Trust Principles.
Suggested topics:
Purchase licensing rights
Harbour Wire, the news arm of Quay Group, reaches millions of people each day and serves them news \
through desktop terminals, the world’s media organisations and directly to you.
Browse
Information you can trust
All quotes delayed a minimum of {n} minutes. See here for a complete list of delays.
© {n} Harbour Wire. All rights reserved""",
        True,
    ),
    _site(
        "Valley Public Radio",
        """Play Live Radio
Donate
Valley Public Radio | By the news desk
LISTEN • {n}:{n}""",
        """Sponsor Message
We rely on readers like you to keep the lights on in our newsroom.""",
        """Copyright {n} Valley Public Radio
Tags: Valley
Stay Connected
Support for this station comes from our members.
{headline}
Next Up: {n}:{n} PM
Weekend Edition
See stories by the news desk""",
        True,
    ),
    _site(
        "Daily Comet",
        """By the Comet newsdesk
{n}:{n}, {n} Nov
{n} SHARES
View comments""",
        """RELATED ARTICLES
Previous
1
2
Next
{headline}
{headline}
Share this article
Share""",
        """Read more: {headline}
Share or comment on this article: {headline}
e-mail
{n} shares
Most watched News videos
Sorry we are not currently accepting comments on this article.
Do you want to automatically post your Daily Comet comments to your timeline?
DON’T MISS
Top
Back to top
Home""",
        True,
    ),
    _site(
        "Plain Dealer of Northwick",
        """Advertisement
Sports
Our journalism needs your support. Please subscribe today to northwick.example.""",
        """If you purchase a product or register for an account through a link on our site, we may \
receive compensation.""",
        """By using this site, you consent to our User Agreement and agree that your clicks and \
interactions may be collected and shared with our partners.
Cookies Settings
Community Rules apply to all content you upload or otherwise submit to this site.
About Us
Northwick Media
Jobs at Northwick""",
        True,
    ),
    _site(
        "The Standard of Portwell",
        """Edition
Accessibility statement
ES Money
{headline}""",
        """I would like to be emailed about offers, events and updates from the Standard. Read our \
privacy notice.
Sign up""",
        """More about
Join our commenting forum
Join thought-provoking conversations, follow other Standard readers and see their replies
Comments
{n}
Promoted stories
Thank you for registering
Please refresh the page or navigate to another page on the site to be automatically logged in""",
        False,
    ),
    _site(
        "Tech Orchard",
        """Topics
Latest
Search
Tech Orchard Mobility
Posted:""",
        """Image Credits: Tech Orchard
Join us at Orchard Disrupt
Save up to ${n} on your pass before the doors open.""",
        """Got a tip? Write to our reporters from a device that is not your work phone.
Every weekday and Sunday, you can get the best of Tech Orchard’s coverage.
Subscribe
By submitting your email, you agree to our Terms and Privacy Notice.
View Bio
Most Popular
{headline}
{headline}
Loading the next article
Error loading the next article""",
        False,
    ),
    _site(
        "Farmers’ Gazette",
        """Markets at a glance
Corn {n}.{n}
Soybeans {n}.{n}
Weather for your farm""",
        """Keep reading below the picture.
Photo gallery
Click any picture to see it larger.""",
        """What do you think? Tell us in a letter to the editor of no more than {n} words.
The Gazette has brought farm news to our valley since {n}, and we thank you for reading.
Classifieds
Auctions this week
{headline}
Manage your subscription
Print edition
Rate card""",
        False,
    ),
    _site(
        "Sports Terrace",
        """Scores
Fixtures
Fantasy
Tickets
Follow your team""",
        """Bet {n} get {n}: 18+ and new customers only, terms apply.
Terrace Extra
Get the inside track on your club with our free WhatsApp channel.""",
        """Have your say in the fans’ forum
Vote in our poll
Player of the week
Got a question for our writers? Send it and the best ones are answered on Friday.
Trending on the Terrace
{headline}
When the fun stops, stop.
Part of the Quay Sports Network""",
        False,
    ),
    _site(
        "Capital Monitor",
        """Print
Text size
A
A
A
Members only""",
        """Already registered? Log in here.
This page is part of the Monitor’s archive and is free for you to read.""",
        """Republish this article
You are free to republish this article online or in print under our licence, so long as you credit \
the Monitor.
The Monitor takes no money from parties or governments; it is paid for by those who read it.
Give once
Give monthly
More from the Capital
{headline}
{headline}
Registered charity no. {n}""",
        False,
    ),
)
