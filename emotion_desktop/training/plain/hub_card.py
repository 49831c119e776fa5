"""A model's card with the head that model hubs read.

The head is YAML between two lines of dashes, as Hugging Face's hub defines it ("Model cards",
metadata). Values are written as JSON, which YAML holds.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from emotion_desktop.domain.model import DEFAULT_CROP, ModelCard
from emotion_desktop.engines.model_card import card_markdown

_LIBRARIES: Final[Mapping[str, str]] = MappingProxyType(
    {"keras": "keras", "savedmodel": "tf-keras", "tflite": "tflite", "onnx": "onnx"}
)
#: How the answer is asked for; ``faces`` are pixels as the text before says.
_CODE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "keras": 'import keras\n\nmodel = keras.saving.load_model("model.keras")\n'
        "probabilities = model(faces)",
        "savedmodel": 'import tensorflow as tf\n\nmodel = tf.saved_model.load("saved_model")\n'
        "probabilities = model.serve(faces)",
        "tflite": "from ai_edge_litert.interpreter import Interpreter\n\n"
        'model = Interpreter("model.tflite")\n'
        "given, answer = (model.get_input_details()[0], model.get_output_details()[0])\n"
        'model.resize_tensor_input(given["index"], faces.shape)\n'
        "model.allocate_tensors()\n"
        'model.set_tensor(given["index"], faces)\n'
        "model.invoke()\n"
        'probabilities = model.get_tensor(answer["index"])',
        "onnx": 'import onnxruntime\n\nmodel = onnxruntime.InferenceSession("model.onnx")\n'
        "(probabilities,) = model.run(None, {model.get_inputs()[0].name: faces})",
    }
)


def hub_card(card: ModelCard, form: str) -> str:
    """The whole card; ends with a line break.

    Args:
        form: one of domain.model.PLAIN_FORMS.
    """
    head = "\n".join(f"{name}: {json.dumps(value)}" for name, value in _head(card, form).items())
    return f"---\n{head}\n---\n\n{card_markdown(card)}\n{_use(card, form)}"


def _head(card: ModelCard, form: str) -> dict[str, Any]:
    head: dict[str, Any] = {
        "library_name": _LIBRARIES[form],
        "pipeline_tag": "image-classification",
        "tags": ["facial-expression-recognition", "emotion"],
        # Of the photos it learnt from nobody but its maker knows the licence.
        "license": "other",
    }
    scores = card.scores
    if scores is not None:
        metrics = [{"type": "accuracy", "value": round(scores.accuracy, 4)}]
        if scores.mean_recall is not None:
            name = f"mean recall of {len(scores.mean_recall_over)} emotions"
            metrics.insert(
                0, {"type": "recall", "name": name, "value": round(scores.mean_recall, 4)}
            )
        source = str(card.provenance.data.get("source") or "photos of its maker")
        result = {
            "task": {"type": "image-classification"},
            "dataset": {"name": source, "type": "image-folder"},
            "metrics": metrics,
        }
        head["model-index"] = [{"name": card.name, "results": [result]}]
    return head


def _use(card: ModelCard, form: str) -> str:
    need = card.preprocessing
    colour = "grey" if need.channels == 1 else "RGB"
    laid = "turned so that the eyes are level" if need.crop == DEFAULT_CROP else "upright"
    return (
        "## Use\n\n"
        f"The model takes faces, ({', '.join(['n', *map(str, (need.size, need.size))])}, "
        f"{need.channels}) of whole numbers 0–255 in {colour}. Scaling and calibration are inside. "
        f"A face is a square {laid}, its side {need.extent:g} times the face. The answer is a "
        f"probability for each of: {', '.join(card.labels)}.\n\n"
        f"```python\n{_CODE[form]}\n```\n"
    )
