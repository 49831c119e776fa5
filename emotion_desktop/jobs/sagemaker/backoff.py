"""Asking AWS again and again, and waiting where it cannot be asked: a state, not a failure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emotion_desktop.domain.errors import CloudError, NetworkError, SignInError

if TYPE_CHECKING:
    from emotion_desktop.domain.job import JobContext
    from emotion_desktop.jobs.sagemaker.cloud_services import CloudServices


class Backoff:
    """How long to wait until AWS is asked the next time."""

    def __init__(self, cloud: CloudServices) -> None:
        self._cloud = cloud
        self._failures = 0

    def succeeded(self) -> None:
        """AWS answered."""
        self._failures = 0

    def failed(self) -> None:
        """AWS could not be asked."""
        self._failures += 1

    @property
    def seconds(self) -> float:
        """The pause; it doubles with every failure in a row."""
        longest = max(self._cloud.longest_s, self._cloud.poll_s)
        return min(self._cloud.poll_s * float(2**self._failures), longest)

    def wait(self, context: JobContext) -> None:
        """Waits; a wish to stop early ends it, too.

        Raises:
            CancelledError: the user cancelled, or the program ends.
        """
        left = self.seconds
        early = context.finish_early
        while left > 0 and not context.wait(min(left, 0.5)):
            left -= 0.5
            if context.finish_early and not early:
                break
        context.check_cancelled()


def is_transient(error: CloudError) -> bool:
    """Whether trying again later may help without anything being changed here."""
    return isinstance(error, NetworkError | SignInError)
