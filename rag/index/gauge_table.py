"""Questions, each with the passage that answers it, by which an embedder's cosines are gauged.

Twelve subjects that have nothing to do with one another: each passage is near to its own question
and a stranger to the eleven others.
"""

from __future__ import annotations

PAIRS: tuple[tuple[str, str], ...] = (
    (
        "Why was the harbour ferry taken out of service?",
        "The ferry Aurora stopped sailing between Skell and the islands on Monday after divers"
        " found a crack in her hull. The harbour company said that the ship would go into dry dock"
        " for at least six weeks. Until then a smaller boat carries passengers twice a day, and"
        " cars have to go round by the northern bridge.",
    ),
    (
        "How many seats did the Farmers' Party win in the election?",
        "With all votes counted, the Farmers' Party has 41 seats in the new parliament, eleven more"
        " than before, and is the largest group for the first time. Its leader, Ada Lindqvist, said"
        " she would open talks about a coalition this week. Turnout was 71 per cent, the highest"
        " since 1998.",
    ),
    (
        "What caused the fire in the warehouse?",
        "Investigators believe that a faulty battery charger started the blaze which destroyed the"
        " furniture warehouse in the Tolm industrial estate. About ninety firefighters fought the"
        " flames until dawn. Nobody was hurt, but residents were told to keep their windows shut"
        " because of the smoke.",
    ),
    (
        "Who will coach the national football team next season?",
        "The football association has named Rui Fonte as the new coach of the national side. The"
        " former midfielder, who led Harbour United to two cups, signs for three years and takes"
        " over in August. His first match is the qualifier against the champions in September.",
    ),
    (
        "By how much did the central bank raise interest rates?",
        "The central bank raised its key rate by half a percentage point to 3.25 per cent on"
        " Thursday, more than most economists had expected. Inflation reached 7.8 per cent in"
        " February, driven by energy and food. The governor said that further steps would depend on"
        " wages.",
    ),
    (
        "Which vaccine did the health ministry approve for children?",
        "Children from the age of five can be vaccinated against measles with a nasal spray from"
        " next month, after the health ministry approved the product on Friday. Doctors welcomed"
        " the decision: in trials with 4,000 pupils the spray protected as well as the injection,"
        " and side effects were mild.",
    ),
    (
        "What did the telescope discover about the distant planet?",
        "Astronomers using the mountain observatory have found water vapour in the atmosphere of a"
        " planet that circles a dim red star 120 light years away. The planet is eight times as"
        " heavy as the Earth and too hot for life as we know it. The discovery was published in a"
        " journal of astrophysics.",
    ),
    (
        "When does the museum show the stolen paintings again?",
        "Two still lifes that were stolen from the city museum eleven years ago can be seen there"
        " again from 14 June. The police had found them behind a wall in a garage. A restorer"
        " worked for two years to mend the canvases, which had been rolled up by the thieves.",
    ),
    (
        "Why are the teachers on strike?",
        "Schools across the province stayed closed for a third day as teachers demanded smaller"
        " classes and higher pay. The union says that a class of 34 pupils cannot be taught well."
        " The minister of education offered four per cent and called on the union to return to the"
        " negotiating table.",
    ),
    (
        "How did the drought affect the wheat harvest?",
        "Farmers expect to bring in a third less wheat than last year, because hardly any rain fell"
        " between March and June. In the south many fields were ploughed up. Mills are buying grain"
        " abroad, and the price of bread has gone up by twelve per cent since spring.",
    ),
    (
        "What was the mayor accused of at the trial?",
        "The former mayor of Port Ellery went on trial on Tuesday, charged with taking bribes of"
        " 200,000 crowns from a building company. Prosecutors say that he handed it the contract"
        " for the new town hall. He denies everything; his lawyer spoke of a campaign by rivals.",
    ),
    (
        "Which company bought the maker of electric bicycles?",
        "The engine builder Corvin has bought the electric bicycle maker Velora for 310 million"
        " crowns, the two companies announced. Velora's factory and its 450 jobs are to stay where"
        " they are. Corvin wants to sell the bicycles through its dealers in Asia.",
    ),
)
