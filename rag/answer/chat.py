"""The chat engine: a language model answers from numbered passages, each sentence is checked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from rag.answer.budget import Budget, fit, is_cut_short, plan_budget
from rag.answer.citing import Citations
from rag.answer.condense import condense
from rag.answer.ending import (
    ENLARGE,
    Loss,
    describe_end,
    describe_loss,
    describe_silence,
    is_mute,
)
from rag.answer.leaks import Leak, Leaks
from rag.answer.matching import fold
from rag.answer.prompts import ANSWER, Prompt, fill_answer, load_prompt
from rag.answer.reading import Claim, drop_thoughts, read_claims
from rag.answer.study import study
from rag.answer.support import Verdict, check_sentence
from rag.errors import ModelError, PromptTooLong
from rag.index.embedders import Embedder
from rag.index.generations import Generation
from rag.llm.halt import Halt
from rag.llm.patience import Patience
from rag.llm.server import QUOTES_INSTEAD, ServedModel
from rag.llm.stream import MAX_CHARACTERS, Stream
from rag.reader.reader import Reader
from rag.retrieve.question import Question
from rag.settings import Settings
from rag.types import REFUSAL, Answer, Hit, Sentence

#: Cosine below which all-MiniLM-L6-v2 sees no common subject in a question and a passage.
RELATED = 0.2
#: What is said where a sentence was left out.
REPEATED: dict[Leak, str] = {
    "instructions": "The model repeated its instructions: that was left out.",
    "key": "The model repeated the key that it was called with: that was left out.",
}


#: A prompt that the server finds too long is made shorter so often.
SHRINKINGS = 3
#: Sentences of an answer; the prompt asks for four at most.
MAX_SENTENCES = 300
NOTHING_HOLDS = f"Nothing of this is borne out by the passages. {QUOTES_INSTEAD}"


@dataclass(frozen=True, slots=True)
class ChatEngine:
    """Answers by any chat model, under the `name` that it was chosen by.

    `warning` is said with each answer: what an exam has found. Pulling `halt` ends what it does.
    `patience` is what a busy server is given within one question, its condensing and its answer.
    By `reader` the passages are ordered.
    """

    name: str
    model: ServedModel
    settings: Settings
    embedder: Embedder | None
    halt: Halt = field(default_factory=Halt)
    warning: str | None = None
    patience: Patience = field(default_factory=Patience)
    reader: Reader | None = None

    @property
    def where(self) -> str:
        return self.model.where

    def condense(self, typed: str, earlier: Sequence[Answer]) -> str:
        """What a follow-up is searched for as, by the model. Raises what `condense` raises."""

        def ask(system: str, user: str, limit: int) -> Stream:
            budget = self._plan()
            return self._open(system, user, budget, limit=limit)

        self.patience.renew()
        return condense(ask, typed, earlier)

    def answer(
        self, question: Question, hits: Sequence[Hit], generation: Generation
    ) -> Iterator[Answer]:
        """The answer as it grows, each sentence checked before it is shown; the last one is whole.

        A later answer may have lost sentences of an earlier one that turned out to be the model's
        reasoning. Raises ModelError where the model fails before it has said anything.
        """
        if self.reader is not None:
            hits = study(question, hits, generation, self.embedder, self.reader).hits
        answer = Answer(question.text, self.name, hits=tuple(hits))
        worth = [hit for hit in hits if is_worth_showing(hit)]
        if not worth:
            yield answer.with_notes("No passage comes near the question: the model was not asked.")
            return
        budget = self._plan()
        try:
            for _ in range(SHRINKINGS):
                try:
                    yield from self._answer(answer, worth, budget)
                    return
                except PromptTooLong as error:
                    # Said before the first word of an answer: nothing of it has been shown.
                    budget = budget.shrink(error.window)
            yield from self._answer(answer, worth, budget)
        finally:
            self.patience.renew()

    def _plan(self) -> Budget:
        return plan_budget(self.model, self.settings, self.embedder, self.halt)

    def _answer(self, answer: Answer, hits: Sequence[Hit], budget: Budget) -> Iterator[Answer]:
        prompt = load_prompt(ANSWER)
        kept, tokens, notes = self._fit(prompt, answer.question, hits, budget)
        system, user = fill_answer(prompt, answer.question, kept)
        stream = self._open(system, user, budget, tokens=tokens)
        answer = replace(answer, prompt=(system, user))
        # What a model may say of its prompt is what came from the articles and the reader.
        leaks = partial(Leaks, system, f"{user}\n{REFUSAL}", self.model.server.api_key)
        warnings = [self.warning] if self.warning else []
        reading = _Reading(answer.with_notes(*notes, *warnings), kept, self.embedder, leaks)
        yield from reading.follow(stream, lambda: self._find_loss(stream, tokens, budget))

    def _open(
        self,
        system: str,
        user: str,
        budget: Budget,
        *,
        tokens: int | None = None,
        limit: int = MAX_CHARACTERS,
    ) -> Stream:
        tokens = budget.count(f"{system}\n{user}") if tokens is None else tokens
        return Stream(
            self.model,
            self.settings,
            system,
            user,
            window=budget.window,
            room=budget.room(tokens),
            limit=limit,
            patience=self.patience,
            halt=self.halt,
        )

    def _find_loss(self, stream: Stream, tokens: int, budget: Budget) -> Loss:
        """What of the prompt the server did not read, by its own account."""
        sent = f"{stream.system}\n{stream.user}"
        if stream.read is None:
            return Loss(unknown=True)
        if not is_cut_short(stream.read, sent, tokens, exact=budget.exact):
            return Loss()
        return Loss(
            f"The server read {stream.read:,} tokens of some {tokens:,}: passages were dropped"
            " before the model saw them."
        )

    def _fit(
        self, prompt: Prompt, question: str, hits: Sequence[Hit], budget: Budget
    ) -> tuple[list[Hit], int, list[str]]:
        def write(some: Sequence[Hit]) -> str:
            return "\n".join(fill_answer(prompt, question, some))

        kept, tokens = fit(hits, write, budget)
        if not kept:
            raise ModelError(
                f"Not one passage fits the model's window of {budget.window:,} tokens.",
                "Give it a larger one where it is served (and in DATELINE_WINDOW, if that is set)."
                f" {QUOTES_INSTEAD}",
            )
        if len(kept) == len(hits):
            return kept, tokens, []
        why = f"more do not fit its window of {budget.window:,} tokens (counted {budget.how})"
        if budget.caution > 1:
            why = "its server refused a longer prompt"
        return kept, tokens, [f"The model read {len(kept)} of {len(hits)} passages: {why}."]


class _Reading:
    """One answer in the making."""

    def __init__(
        self,
        answer: Answer,
        hits: Sequence[Hit],
        embedder: Embedder | None,
        watch: Callable[[], Leaks],
    ) -> None:
        self._start = answer
        self._hits = hits
        self._embedder = embedder
        self._watch = watch
        self._begin()

    def _begin(self) -> None:
        self._answer, self._citations, self._refused = self._start, Citations(), False
        self._leaks = self._watch()
        #: What came of the sentences that may be shown, by number, and how many have been.
        self._verdicts: dict[int, Verdict] = {}
        self._shown = 0

    def follow(self, stream: Stream, find_loss: Callable[[], Loss]) -> Iterator[Answer]:
        claims = read_claims(drop_thoughts(stream))
        for number, claim in enumerate(claims):
            if number >= MAX_SENTENCES:
                stream.finish = "length"
                break
            if self._take(claim):
                yield self._answer
        claims.close()
        self._release()
        yield self._finish(stream, find_loss())

    def _take(self, claim: Claim | None) -> bool:
        """Whether there is anything new to show."""
        if claim is None:
            self._begin()
            return True
        if is_refusal(claim.text):
            self._refused = True
            return False
        if not re.search(r"\w", claim.text):
            return False
        return self._weigh(claim)

    def _weigh(self, claim: Claim) -> bool:
        """Show a sentence, leave it out, or hold it back while a leak may begin in it."""
        leaking = self._leaks.add(claim.text)
        shown = [n for n in leaking & self._verdicts.keys() if n < self._shown]
        for number in leaking:
            self._verdicts.pop(number, None)
        if self._leaks.last not in leaking:
            self._verdicts[self._leaks.last] = self._check(claim)
        if shown:
            self._shown, self._citations = 0, Citations()
            self._answer = self._start
        released = False if self._leaks.is_begun else self._release()
        return released or bool(shown)

    def _check(self, claim: Claim) -> Verdict:
        cited = [self._hits[n - 1] for n in claim.markers if 1 <= n <= len(self._hits)]
        return check_sentence(claim.text, cited, self._embedder)

    def _release(self) -> bool:
        """Show what has not been shown; whether there was anything."""
        numbers = range(self._shown, self._leaks.last + 1)
        fresh = [self._verdicts[number] for number in numbers if number in self._verdicts]
        self._shown = self._leaks.last + 1
        sentences = (*self._answer.sentences, *map(self._write, fresh))
        citations = self._citations.list()
        self._answer = replace(self._answer, sentences=sentences, citations=citations)
        return bool(fresh)

    def _write(self, verdict: Verdict) -> Sentence:
        numbers = [self._citations.cite(hit.article, span) for hit, span in verdict.places]
        distinct = tuple(dict.fromkeys(numbers))
        return Sentence(verdict.text, distinct, verdict.check, verdict.why)

    def _note_leaks(self) -> Answer:
        said = [REPEATED[leak] for leak in sorted(self._leaks.found)]
        return self._answer.with_notes(*said)

    def _finish(self, stream: Stream, loss: Loss) -> Answer:
        answer = self._note_leaks()
        if not answer.sentences and stream.failure is not None:
            raise stream.failure
        if not answer.sentences and loss.words:
            # “The articles do not say” is no answer of one that has not read them.
            raise ModelError(loss.words, f"{ENLARGE} {QUOTES_INSTEAD}")
        if is_mute(stream):
            # So answers llama-cpp-python, for one, what is longer than it reads.
            raise PromptTooLong(*describe_silence(stream))
        if not answer.sentences and not self._refused:
            leaked = " ".join(answer.notes[len(self._start.notes) :])
            silence, hint = (leaked, "Ask again.") if leaked else describe_silence(stream)
            raise ModelError(silence, f"{hint} {QUOTES_INSTEAD}")
        if answer.sentences and self._refused:
            answer = answer.with_notes(
                "The model also said that the articles do not say all of it."
            )
        if answer.sentences and all(s.check == "unsupported" for s in answer.sentences):
            answer = answer.with_notes(NOTHING_HOLDS)
        return answer.with_notes(*describe_end(stream), *describe_loss(loss))


def is_worth_showing(hit: Hit) -> bool:
    """Whether a passage shares a term with the question, or at least its subject."""
    return hit.bm25 is not None or (hit.cosine or 0.0) >= RELATED


def is_refusal(text: str) -> bool:
    """Whether a sentence is the fixed phrase of a refusal, whatever its case and punctuation."""
    return fold(text, str.isalnum)[0] == fold(REFUSAL, str.isalnum)[0]
