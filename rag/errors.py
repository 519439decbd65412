"""What can go wrong, in the words its reader sees.

DatelineError
├── UsageError             the request itself is wrong: an empty question, an unknown engine
│   └── NotLocal           it would leave this machine, which is not allowed
├── SettingsError          a setting cannot be used
├── UnreadableFile         one file cannot become an article; the rest goes on
├── LibraryError           the library cannot be opened or is not ours
│   ├── LibraryBusy        another process is writing
│   ├── EmbedderMismatch   the library's vectors come from another embedder
│   └── DamagedIndex       a derived index is torn: it is rebuilt from the library
├── EmbedderError          the embedding model cannot be loaded
├── ExportError            a briefing cannot be written to a file, or read back from one
└── ModelError             a model failed: server, key, answer
    ├── ModelUnreachable   its server lets nobody connect, or does not answer in time
    ├── ModelBusy          its server takes no more requests, or is still loading
    └── PromptTooLong      it does not read as much as it was sent

Every error says in one line what was wrong and, in `hint`, what to do next.
"""


class DatelineError(Exception):
    """The root: fronts catch this alone and show it without a traceback."""

    def __init__(self, problem: str, hint: str = "") -> None:
        self.problem = one_line(problem)
        self.hint = one_line(hint)
        super().__init__(f"{self.problem} {self.hint}".strip())


class UsageError(DatelineError):
    pass


class NotLocal(UsageError):
    pass


class SettingsError(DatelineError):
    pass


class UnreadableFile(DatelineError):
    pass


class LibraryError(DatelineError):
    pass


class LibraryBusy(LibraryError):
    pass


class EmbedderMismatch(LibraryError):
    pass


class DamagedIndex(LibraryError):
    #: What to do where it does not mend itself.
    MEND = "See that the disk has room; `dateline index --rebuild` makes the indexes anew."


class EmbedderError(DatelineError):
    pass


class ExportError(DatelineError):
    pass


class ModelError(DatelineError):
    pass


class ModelUnreachable(ModelError):
    pass


class ModelBusy(ModelError):
    pass


class PromptTooLong(ModelError):
    """`window` is what the model reads, in tokens, where its server tells."""

    def __init__(self, problem: str, hint: str = "", *, window: int | None = None) -> None:
        self.window = window
        super().__init__(problem, hint)


def one_line(message: str) -> str:
    """The message with every run of white space, line breaks included, made one space."""
    return " ".join(message.split())
