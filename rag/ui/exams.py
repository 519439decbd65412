"""Exams of models that pages ask for: made in a thread, watched from any page."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rag.errors import DatelineError
from rag.llm.halt import Halt
from rag.ui.surprise import describe_surprise

if TYPE_CHECKING:
    from rag.assistant import Assistant

LOG = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class ExamJob:
    """One exam: `done` of so many cases, and what stood in its way."""

    engine: str
    done: int = 0
    of: int = 0
    problem: DatelineError | None = None
    halt: Halt = field(default_factory=Halt)
    is_over: threading.Event = field(default_factory=threading.Event)


class Exams:
    """The last exam of each engine; one engine is examined once at a time."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self._lock = threading.Lock()
        self._jobs: dict[str, ExamJob] = {}

    def find(self, engine: str) -> ExamJob | None:
        return self._jobs.get(engine)

    def start(self, engine: str) -> ExamJob:
        """Begin to examine an engine; the exam that runs already, where one does."""
        with self._lock:
            job = self._jobs.get(engine)
            if job is not None and not job.is_over.is_set():
                return job
            job = self._jobs[engine] = ExamJob(engine)
        threading.Thread(target=self._run, args=(job,), name="exam", daemon=True).start()
        return job

    def _run(self, job: ExamJob) -> None:
        def watch(done: int, of: int) -> None:
            job.done, job.of = done, of

        try:
            self._assistant.examine(job.engine, on_progress=watch, halt=job.halt)
        except DatelineError as error:
            job.problem = None if job.halt.is_pulled else error
        except Exception as error:
            # The thread's end: what is not told here would leave the page waiting for ever.
            LOG.exception("an exam broke")
            job.problem = describe_surprise(error)
        finally:
            job.is_over.set()
