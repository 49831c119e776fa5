"""Worker processes that know where a net looked on a face."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emotion_desktop.jobs import table
from emotion_desktop.jobs.running.conversation import Conversation

if TYPE_CHECKING:
    from emotion_desktop.engines.bundle import Bundle


class Explainers:
    """Worker processes that compute gradients, one per model, kept for the next face."""

    def __init__(self) -> None:
        self._open: dict[str, Conversation] = {}

    def ask(self, bundle: Bundle, question: dict[str, Any]) -> dict[str, Any]:
        """An answer of training.explain.load_explainer.

        Raises:
            AppError: the net cannot be asked for gradients.
        """
        if bundle.digest not in self._open:
            self.close()
            spec = table.HEAT.spec({"model": str(bundle.path)})
            self._open[bundle.digest] = Conversation(spec)
        return self._open[bundle.digest].ask(question)

    def close(self) -> None:
        """Ends the processes."""
        for conversation in self._open.values():
            conversation.close()
        self._open.clear()
