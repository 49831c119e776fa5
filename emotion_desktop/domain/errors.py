"""The errors a person may see: a sentence saying what happened, and one saying what to do."""

from __future__ import annotations

from enum import Enum
from typing import Final

#: The hint where only the log knows more; read in the window and in a terminal.
SEE_LOG: Final = "The log says more (Help menu, or the folder logs of the workspace)."


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

    def __reduce__(self) -> tuple[type[AppError], tuple[object, ...]]:
        return type(self), (self.message, self.hint)


class UnreadablePictureError(AppError):
    """A file that cannot be decoded as a picture."""


class MissingPictureError(UnreadablePictureError):
    """A picture's file that is not there; it may come back, or lie elsewhere."""

    def __init__(self, message: str = "There is no such file.", hint: str = "") -> None:
        super().__init__(message, hint)


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


class Remedy(str, Enum):
    """The one thing that mends a trouble with AWS: a button on screen."""

    NONE = ""
    CHOOSE_PROFILE = "choose-profile"
    CHOOSE_REGION = "choose-region"
    SIGN_IN = "sign-in"
    CHOOSE_ROLE = "choose-role"
    COPY_POLICY = "copy-policy"
    CHOOSE_BUCKET = "choose-bucket"
    CHOOSE_INSTANCE = "choose-instance"
    TRY_AGAIN = "try-again"


class CloudError(AppError):
    """Something AWS refused or could not do.

    Attributes:
        remedy: what the user can do about it with one click.
        code: AWS's or boto3's own name for it, for deciding, not for showing.
    """

    def __init__(
        self, message: str, hint: str = "", remedy: Remedy = Remedy.NONE, code: str = ""
    ) -> None:
        super().__init__(message, hint)
        self.remedy = remedy
        self.code = code

    def __reduce__(self) -> tuple[type[CloudError], tuple[object, ...]]:
        return type(self), (self.message, self.hint, self.remedy, self.code)


class NetworkError(CloudError):
    """AWS cannot be reached just now; what was begun there goes on."""


class SignInError(CloudError):
    """Who the user is to AWS is not known, or not any more."""


class PausedError(AppError):
    """Raised inside a job that keeps its state, to go on later, when the user paused it."""
