"""The chat engine: a language model answers from numbered passages, each sentence is checked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from rag.answer.budget import choose_counter, fit
from rag.answer.citing import Citations
from rag.answer.condense import condense
from rag.answer.leaks import Leak, Leaks
from rag.answer.matching import fold
from rag.answer.model import QUOTES_INSTEAD, Endpoint, Stream, find_endpoint
from rag.answer.prompts import ANSWER, Prompt, fill_answer, load_prompt
from rag.answer.reading import Claim, drop_thoughts, read_claims
from rag.answer.support import Verdict, check_sentence
from rag.errors import ModelError
from rag.index.embedders import Embedder
from rag.index.generations import Generation
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


@dataclass(frozen=True, slots=True)
class ChatEngine:
    """Answers by any chat model that LangChain opens."""

    endpoint: Endpoint
    settings: Settings
    embedder: Embedder | None

    @classmethod
    def open(cls, settings: Settings, model: str | None, embedder: Embedder | None) -> ChatEngine:
        return cls(find_endpoint(settings, model), settings, embedder)

    @property
    def name(self) -> str:
        return f"openai:{self.endpoint.model}"

    @property
    def where(self) -> str:
        return self.endpoint.where

    def condense(self, typed: str, earlier: Sequence[Answer]) -> str:
        """What a follow-up is searched for as, by the model. Raises ModelUnreachable."""
        return condense(self.endpoint, self.settings, typed, earlier)

    def answer(
        self, question: Question, hits: Sequence[Hit], generation: Generation
    ) -> Iterator[Answer]:
        """The answer as it grows, each sentence checked before it is shown; the last one is whole.

        A later answer may have lost sentences of an earlier one that turned out to be the model's
        reasoning. Raises ModelError where the model fails before it has said anything.
        """
        del generation  # what the quotes engine looks terms up in
        answer = Answer(question.text, self.name, hits=tuple(hits))
        worth = [hit for hit in hits if is_worth_showing(hit)]
        if not worth:
            yield answer.with_notes("No passage comes near the question: the model was not asked.")
            return
        prompt = load_prompt(ANSWER)
        kept, notes = self._fit(prompt, question, worth)
        system, user = fill_answer(prompt, question.text, kept)
        stream = Stream(self.endpoint, self.settings, system, user)
        answer = replace(answer, prompt=(system, user))
        # What a model may say of its prompt is what came from the articles and the reader.
        leaks = partial(Leaks, system, f"{user}\n{REFUSAL}", self.endpoint.api_key)
        reading = _Reading(answer.with_notes(*notes), kept, self.embedder, leaks)
        yield from reading.follow(stream)

    def _fit(
        self, prompt: Prompt, question: Question, hits: Sequence[Hit]
    ) -> tuple[list[Hit], list[str]]:
        count, exact = choose_counter(self.embedder, remote=not self.endpoint.is_local)

        def write(some: Sequence[Hit]) -> str:
            return "\n".join(fill_answer(prompt, question.text, some))

        kept = fit(hits, write, count, self.settings.window)
        if not kept:
            raise ModelError(
                f"Not one passage fits the model's window of {self.settings.window:,} tokens.",
                f"Set DATELINE_WINDOW to what the model reads. {QUOTES_INSTEAD}",
            )
        if len(kept) == len(hits):
            return kept, []
        how = "by tiktoken" if exact else "by the embedder's tokenizer and a margin"
        return kept, [
            f"The model read {len(kept)} of {len(hits)} passages: more do not fit its window of"
            f" {self.settings.window:,} tokens (counted {how})."
        ]


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

    def follow(self, stream: Stream) -> Iterator[Answer]:
        try:
            for claim in read_claims(drop_thoughts(stream)):
                if self._take(claim):
                    yield self._answer
        except ModelError as error:
            self._release()
            if not self._answer.sentences:
                raise
            yield self._note_leaks().with_notes(f"The answer is incomplete: {error.problem}")
            return
        self._release()
        yield self._finish(stream)

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

    def _finish(self, stream: Stream) -> Answer:
        answer = self._note_leaks()
        if not answer.sentences and not self._refused:
            silence = " ".join(answer.notes[len(self._start.notes) :]) or _describe_silence(stream)
            raise ModelError(silence, f"Ask again. {QUOTES_INSTEAD}")
        if answer.sentences and self._refused:
            answer = answer.with_notes(
                "The model also said that the articles do not say all of it."
            )
        if stream.finish == "length":
            answer = answer.with_notes("The answer is incomplete: it was cut at the model's limit.")
        elif stream.finish is None:
            answer = answer.with_notes("The answer may be incomplete: the server did not end it.")
        return answer


def is_worth_showing(hit: Hit) -> bool:
    """Whether a passage shares a term with the question, or at least its subject."""
    return hit.bm25 is not None or (hit.cosine or 0.0) >= RELATED


def is_refusal(text: str) -> bool:
    """Whether a sentence is the fixed phrase of a refusal, whatever its case and punctuation."""
    return fold(text, str.isalnum)[0] == fold(REFUSAL, str.isalnum)[0]


def _describe_silence(stream: Stream) -> str:
    if stream.finish == "length":
        return "The model reached its limit before it had answered anything."
    if stream.received:
        return "The model sent its reasoning and no answer."
    return "The model sent an empty answer."
