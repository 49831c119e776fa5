"""What models have in common that were made elsewhere and that TensorFlow calls. Worker process
only."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar, Final

import numpy as np
import numpy.typing as npt

from emotion_desktop.domain.external_model import ExternalInput, ExternalModel, Output
from emotion_desktop.training.external.pixels import in_chunks, scaled
from emotion_desktop.training.external.to_litert import litert_files


class TensorFlowModel(ABC):
    """A model that is called on scaled pixels. A subclass loads it, and says what it is."""

    exact: Final = True
    about: ExternalModel
    output: Output
    #: What kind of model it is, in words.
    title: ClassVar[str]
    #: What TensorFlow loaded: it holds the variables.
    _model: Any

    @abstractmethod
    def _call(self, pixels: Any) -> Any:
        """What it says of pictures, (n, height, width, channels), as its files want them."""

    def outputs(
        self, faces: npt.NDArray[np.uint8], external_input: ExternalInput
    ) -> npt.NDArray[np.float32]:
        """What it says of faces, as it says it: logits or probabilities.

        Raises:
            BundleError: it cannot be run on pictures of that size.
        """
        return in_chunks(lambda x: self._call(scaled(x, external_input)), faces)

    def files(self, external_input: ExternalInput, probabilities: bool) -> dict[str, bytes]:
        """The files of a bundle: its LiteRT form alone, so it cannot be trained further.

        Raises:
            BundleError: it cannot be converted.
        """
        return litert_files(self._call, external_input, probabilities, self._model, self.title)
