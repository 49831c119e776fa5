"""How the window was left: size, page, sort, folders, photos; kept beside the settings."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from emotion_desktop.domain.errors import AppError
from emotion_desktop.workspace.files.atomic import write_atomically

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class WindowState:
    """What the next start takes up again; empty where the window decides.

    Attributes:
        geometry: of the window, as Qt writes it, in base 64.
        page: the title of the tab at the front.
        splitters: sizes of the parts of views, pixels, by the view's name.
        order: how the gallery was sorted.
        tile_size: how wide its pictures were at least, pixels; 0 for the default.
        folders: where file dialogs begin, by what they are for.
        opened: files and folders in the gallery, in the order they came; each with how faces are
            found (imaging.prepare.FaceMode), empty for the setting.
        removed: photos of those that were taken out again.
    """

    geometry: str = ""
    page: str = ""
    splitters: Mapping[str, list[int]] = field(default_factory=dict)
    order: str = ""
    tile_size: int = 0
    folders: Mapping[str, str] = field(default_factory=dict)
    opened: Mapping[str, str] = field(default_factory=dict)
    removed: list[str] = field(default_factory=list)


def load_window_state(path: Path) -> WindowState:
    """Reads the state; what is missing or of the wrong form is as if never kept."""
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return WindowState()
    except (OSError, ValueError, RecursionError) as error:
        _log.warning("how the window was left could not be read (%s)", error)
        return WindowState()
    if not isinstance(stored, dict):
        return WindowState()
    valid: dict[str, Any] = {}
    for item in fields(WindowState):
        value = stored.get(item.name)
        if _is_like(value, item.name, getattr(WindowState(), item.name)):
            valid[item.name] = value
    return WindowState(**valid)


def save_window_state(path: Path, state: WindowState) -> None:
    """Keeps the state; where that cannot be, the next start begins afresh: only the log says so."""
    try:
        write_atomically(path, (json.dumps(asdict(state), indent=1) + "\n").encode())
    except (AppError, UnicodeEncodeError) as error:
        _log.warning("how the window was left could not be kept (%s)", error)


def _is_like(value: Any, name: str, default: Any) -> bool:
    """Whether a stored value has the form of a field."""
    if isinstance(default, dict):
        if not isinstance(value, dict):
            return False
        if name == "splitters":
            return all(_is_list_of(sizes, int) for sizes in value.values())
        return all(isinstance(part, str) for part in value.values())
    if isinstance(default, list):
        return _is_list_of(value, str)
    return type(value) is type(default)


def _is_list_of(value: Any, kind: type) -> bool:
    return isinstance(value, list) and all(type(part) is kind for part in value)
