"""Why ONNX Runtime will not run a model, in words."""

from __future__ import annotations

import re
from typing import Any, Final

from emotion_desktop.domain.errors import BundleError

#: ONNX Runtime's log level “fatal”: the errors it would print are raised as well.
_QUIET: Final = 4
#: The largest nets for pictures have about five thousand, in 8 bits.
_MAX_NODES: Final = 20_000
#: How ONNX Runtime says that a value is larger than any memory.
_TOO_LARGE: Final = re.compile("allocate|bad_alloc|bad allocation", re.IGNORECASE)
#: How ONNX Runtime names an operator that it has not got.
_UNKNOWN: Final = (
    re.compile(r"No Op registered for (\w+)"),
    re.compile(r"[\w.]*:(\w+)\(-?\d+\) is not a registered function/op"),
)
#: … and one that it has, but not for such numbers.
_OTHER_NUMBERS: Final = re.compile(r"Could not find an implementation for (\w+)")


def check_runs(model: Any) -> None:
    """Finds out before anything else is done with it whether a model can be run.

    Args:
        model: an ``onnx.ModelProto``.

    Raises:
        BundleError: it cannot, and why.
    """
    import onnx
    import onnxruntime

    if len(model.graph.node) + sum(len(item.node) for item in model.functions) > _MAX_NODES:
        raise BundleError(
            f"The model has more than {_MAX_NODES:,} steps.",
            "No net that reads pictures of faces needs as many.",
        )
    newest = onnx.defs.onnx_opset_version()
    wanted = next((item.version for item in model.opset_import if not item.domain), newest)
    if wanted > newest:
        raise BundleError(
            f"The model is written for a newer ONNX (opset {wanted}) than is known here.",
            f"Export it with opset {newest} or an older one.",
        )
    options = onnxruntime.SessionOptions()
    options.log_severity_level = _QUIET
    try:
        onnxruntime.InferenceSession(
            model.SerializeToString(), options, providers=["CPUExecutionProvider"]
        )
    except Exception as error:
        # ONNX Runtime's errors have no common class.
        raise (too_large(error) or _in_words(str(error))) from error


def too_large(error: BaseException | None) -> BundleError | None:
    """The error of a model for which there was not enough memory; None for another trouble."""
    while error is not None:
        if isinstance(error, MemoryError) or _TOO_LARGE.search(str(error)):
            return BundleError(
                "The model needs more memory than there is.",
                "Its file is damaged or made to do harm, or it was made for a larger computer.",
            )
        error = error.__cause__ or error.__context__
    return None


def wrong_size(size: int) -> BundleError:
    """The error of a model that was given pictures of this side in pixels, and needs others."""
    return BundleError(
        f"The model cannot be run on pictures of {size} × {size} pixels.",
        "Give the side that its pictures had when it was trained.",
    )


def _in_words(message: str) -> BundleError:
    for pattern in _UNKNOWN:
        found = pattern.search(message)
        if found is not None:
            return BundleError(
                f"The model uses “{found[1]}”, which ONNX Runtime does not know.",
                "Export it with the standard operators of ONNX alone.",
            )
    found = _OTHER_NUMBERS.search(message)
    if found is not None:
        return BundleError(
            f"The model uses “{found[1]}” on a kind of numbers that ONNX Runtime has it not for.",
            "Export it in float32.",
        )
    return BundleError(
        "The model in this ONNX file cannot be run.", "Export it again, or choose another file."
    )
