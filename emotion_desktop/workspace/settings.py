"""Settings: a typed schema with defaults; only what the user changed is stored."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emotion_desktop.domain.errors import UsageError
from emotion_desktop.domain.machine_prices import parse_prices
from emotion_desktop.workspace.files.atomic import write_atomically

if TYPE_CHECKING:
    from emotion_desktop.domain.sagemaker import AwsChoice

_log = logging.getLogger(__name__)


def _setting(
    default: Any,
    title: str,
    help_text: str,
    choices: dict[Any, str],
    typed: Callable[[str], Any] | None = None,
) -> Any:
    """A setting; one without choices is in the dialog if it is ``typed``.

    Args:
        typed: reads what was typed; an AppError says what is wrong with it.
    """
    return field(
        default=default,
        metadata={"title": title, "help": help_text, "choices": choices, "typed": typed},
    )


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings. Titles, explanations and choices are the fields' metadata: the dialog is
    drawn from them."""

    theme: str = _setting(
        "system",
        "Appearance",
        "Light or dark colours.",
        {"system": "As the system", "light": "Light", "dark": "Dark"},
    )
    faces: str = _setting(
        "find",
        "Photos without a face",
        "What to do when no face is found in a photo.",
        {
            "find": "Put them in “No face”",
            "find-or-whole": "Classify the whole photo",
            "whole": "Never look for faces: every photo is a face",
        },
    )
    model: str = _setting("builtin", "Model", "The model that new photos are read with.", {})
    rekognition_small: str = _setting(
        "enlarge",
        "Photos under 80 pixels",
        "Amazon Rekognition takes none that small.",
        {"enlarge": "Enlarge them, with a margin", "leave-out": "Do not send them"},
    )
    rekognition_mapping: str = _setting(
        "plain",
        "Rekognition's CONFUSED",
        "It is puzzlement; the original notebooks took it for contempt.",
        {"plain": "None of the emotions", "notebooks": "Contempt, as in the notebooks"},
    )
    aws_profile: str = _setting("", "AWS profile", "Of this computer's AWS configuration.", {})
    aws_region: str = _setting("", "AWS region", "Where buckets and jobs are.", {})
    aws_role: str = _setting("", "SageMaker's role", "The ARN of the role it takes on.", {})
    aws_bucket: str = _setting("", "Bucket", "What photos and models go through.", {})
    aws_prices: str = _setting(
        "",
        "AWS prices",
        "Your own, in dollars an hour: ml.g4dn.xlarge=0.74, ml.g5.xlarge=1.41.",
        {},
        typed=parse_prices,
    )

    @property
    def aws_choice(self) -> AwsChoice:
        """The profile and the region."""
        from emotion_desktop.domain.sagemaker import AwsChoice

        return AwsChoice(self.aws_profile, self.aws_region)

    @property
    def machine_prices(self) -> dict[str, float]:
        """The user's own prices, US dollars an hour by kind of machine; none if they are no use."""
        try:
            return parse_prices(self.aws_prices)
        except UsageError as error:
            _log.warning("the prices in the settings are not used: %s", error)
            return {}


def load_settings(path: Path) -> Settings:
    """Reads the settings. What is missing, unknown or of the wrong form falls to its default."""
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Settings()
    except (OSError, ValueError, RecursionError) as error:
        _log.warning("settings were not read (%s); defaults are used", error)
        return Settings()
    if not isinstance(stored, dict):
        return Settings()
    valid: dict[str, Any] = {}
    for item in fields(Settings):
        value: Any = stored.get(item.name, item.default)
        choices = item.metadata["choices"]
        if type(value) is type(item.default) and (not choices or value in choices):
            valid[item.name] = value
    return replace(Settings(), **valid)


def save_settings(path: Path, settings: Settings) -> None:
    """Stores what differs from the defaults.

    Raises:
        AppError: the file cannot be written.
    """
    defaults = asdict(Settings())
    changed = {k: v for k, v in asdict(settings).items() if v != defaults[k]}
    write_atomically(path, (json.dumps(changed, indent=2) + "\n").encode())
