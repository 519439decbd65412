"""Prompt files: versioned by name, filled with `$variables`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from string import Template

from rag.answer.dates import write_date
from rag.errors import SettingsError
from rag.shipped import find_shipped
from rag.types import REFUSAL, Hit

ANSWER = "answer.v1"
_SEPARATOR = "\n---\n"


@dataclass(frozen=True, slots=True)
class Prompt:
    """A system and a user message, still with their variables."""

    name: str
    system: str
    user: str

    def fill(self, **variables: str) -> tuple[str, str]:
        """Both messages, filled. Raises SettingsError, naming a variable that is missing."""
        try:
            return (
                Template(self.system).substitute(variables),
                Template(self.user).substitute(variables),
            )
        except KeyError as error:
            raise SettingsError(
                f"The prompt {self.name} asks for ${error.args[0]}, which is not given.",
                "Correct the prompt file.",
            ) from error


def load_prompt(name: str) -> Prompt:
    """The prompt in `prompts/NAME.md`: system message, a line of three dashes, user message."""
    text = find_shipped(f"prompts/{name}.md").read_text(encoding="utf-8")
    if _SEPARATOR not in text:
        raise SettingsError(f"The prompt {name} has no line “---”.", "Correct the prompt file.")
    system, user = text.split(_SEPARATOR, 1)
    return Prompt(name, system.strip(), user.strip())


def fill_answer(prompt: Prompt, question: str, hits: Sequence[Hit]) -> tuple[str, str]:
    """System and user message of the answer prompt over numbered passages."""
    passages = "\n\n".join(write_passage(n, hit) for n, hit in enumerate(hits, start=1))
    return prompt.fill(passages=passages, question=question, refusal=REFUSAL)


def write_passage(number: int, hit: Hit) -> str:
    """A passage between delimiters that its own text cannot close."""
    article = hit.article
    head = f"outlet: {article.outlet or 'unknown'} | date: {write_date(article.published)}"
    lines = [head, f"headline: {article.title}", hit.passage.text]
    inside = re.sub(r"<(?=\s*/?\s*passage)", "‹", "\n".join(lines), flags=re.IGNORECASE)
    return f'<passage number="{number}">\n{inside}\n</passage>'
