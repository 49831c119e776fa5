"""A classifier in a worker process: prepared faces go down its pipe, logits come up.

One JSON line each way: {"faces": [n, size, size, channels], "data": base64 of the bytes}, then
{"logits": [n, labels], "data": …} or {"message": …, "hint": …}. The first answer comes once the
model is loaded.
"""

from __future__ import annotations

import base64
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emotion_desktop.jobs import table
from emotion_desktop.jobs.running.conversation import Answerer, Conversation

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from emotion_desktop.domain.model import ModelCard


class RemoteClassifier:
    """A classifier for everybody here, that answers in a process of its own.

    The process ends with close, and with this program, however that ends. If it dies, the next
    question starts another one.
    """

    def __init__(self, path: Path, card: ModelCard, engine: str) -> None:
        self._card = card
        self._conversation = Conversation(table.LOGITS.spec({"model": str(path), "engine": engine}))

    @property
    def card(self) -> ModelCard:
        """Labels, preprocessing and calibration to use it with."""
        return self._card

    def logits(self, faces: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
        """(n, size, size, channels) uint8 in, (n, labels) out.

        Raises:
            AppError: the model cannot be loaded there, or the process died.
        """
        import numpy as np

        if not len(faces):
            return np.empty((0, len(self._card.labels)), np.float32)
        question = {"faces": faces.shape, "data": base64.b64encode(faces.tobytes()).decode()}
        answer = self._conversation.ask(question)
        data = np.frombuffer(base64.b64decode(answer["data"]), np.float32)
        return data.reshape(answer["logits"])

    def close(self) -> None:
        """Ends the process."""
        self._conversation.close()


def load_answerer(*, model: str, engine: str) -> Answerer:
    """Loads a model, then answers with its logits for prepared faces.

    Raises:
        AppError: it cannot be loaded.
    """
    import numpy as np

    from emotion_desktop.engines.bundle import read_bundle
    from emotion_desktop.engines.loading import load_classifier

    classifier = load_classifier(read_bundle(Path(model)), engine)

    def answer(question: dict[str, Any]) -> dict[str, Any]:
        faces = np.frombuffer(base64.b64decode(question["data"]), np.uint8)
        logits = classifier.logits(faces.reshape(question["faces"]))
        data = base64.b64encode(logits.astype(np.float32).tobytes()).decode()
        return {"logits": logits.shape, "data": data}

    return answer
