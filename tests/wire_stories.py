"""A wire story with what outlets make of it, and stories that only look like copies."""

from __future__ import annotations

PARAGRAPHS = (
    "The harbour authority of Port Ellery closed the northern lock on Monday after divers found a"
    " crack in its lower gate, and told the owners of 40 barges to wait upstream.",
    "Engineers will need three weeks to weld the gate, said Mina Calder, who heads the authority."
    " She added that the crack was 2 metres long and had grown since the spring.",
    "The lock carries a fifth of the grain that leaves the valley, and farmers fear that silos"
    " will be full before the harvest ends.",
    "Jonas Weir, the transport minister, promised to pay for lorries in the meantime. He put the"
    " cost at 6 million crowns, and said that the treasury had agreed.",
    "A similar crack shut the southern lock for a month in 2019. An inquiry blamed poor steel then"
    " and recommended that every gate be replaced by 2024.",
    "Opposition members asked why that had not been done. The minister said that two gates were"
    " still on order and that the yard was late.",
)
STORY = "\n\n".join(PARAGRAPHS)
EDITED = STORY.replace("closed the northern lock", "shut the northern lock").replace(
    "in the meantime", "for now"
)
SHORTENED = "\n\n".join(PARAGRAPHS[:4])
LENGTHENED = (
    f"{STORY}\n\nThe yard at Orm, which makes the gates, employs 90 people of this town. Its"
    " manager, Ida Holm, said that steel had come late."
)
#: The same event, by somebody else.
APART = (
    "Shipping through Port Ellery came to a halt this week when a damaged gate forced the closure"
    " of the northern lock.\n\nForty barges lie upstream. Mina Calder of the harbour authority"
    " told this newspaper that welding would take three weeks. Divers had discovered a crack some"
    " two metres in length.\n\nFor the valley's farmers the timing could hardly be worse: a fifth"
    " of their grain goes by water.\n\nMinister Jonas Weir has offered 6 million crowns for"
    " lorries. In 2019 the southern lock was out of use for a month, for much the same reason."
)


def write_weather(day: str, date: str, *figures: int) -> str:
    """A report by a template, of which nothing but days and figures is new."""
    low, high, wind, rain, sea = figures
    return (
        f"The weather office of Port Ellery expects a bright start on {day}, {date}, with cloud"
        f" spreading from the west in the afternoon. Temperatures will rise from {low} degrees in"
        f" the morning to {high} degrees inland, and stay lower along the coast. The wind will"
        f" blow from the south-west at {wind} kilometres an hour, with gusts on the headlands."
        f" Up to {rain} millimetres of rain may fall before midnight in the hills. The sea is"
        f" {sea} degrees warm. Small craft should keep to the harbour after dark, the office said,"
        " and walkers should stay away from the cliffs. The outlook for the days after that is"
        " unsettled, with showers and sunny spells in turn, and light winds at first."
    )
