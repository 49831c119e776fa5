"""The errors a person may see: a sentence saying what happened, and one saying what to do."""

from __future__ import annotations


class AppError(Exception):
    """Something that is not a bug: shown as a message and a hint, never as a traceback.

    Args:
        message: what happened, one sentence.
        hint: what the user can do next; may be empty.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()

    def __reduce__(self) -> tuple[type[AppError], tuple[str, str]]:
        return type(self), (self.message, self.hint)


class UnreadablePictureError(AppError):
    """A file that cannot be decoded as a picture."""


class BundleError(AppError):
    """A model bundle that is damaged, unsafe or does not fit this program."""


class DataError(AppError):
    """Labelled photos that cannot be read, or are not enough for what was asked."""


class UsageError(AppError):
    """A request that cannot be carried out as given (a name that does not exist, say)."""


class CancelledError(AppError):
    """Raised inside a job when the user cancelled it."""

    def __init__(self, message: str = "Cancelled.", hint: str = "") -> None:
        super().__init__(message, hint)
