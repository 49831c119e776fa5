"""The Start menu shortcut and file associations on Windows, made through PowerShell.

Everything is the current user's: a shortcut, and keys under HKEY_CURRENT_USER\\Software\\Classes.
"""

from __future__ import annotations

import base64
import io
import os
import subprocess
from pathlib import Path

from emotion_desktop.domain.errors import AppError
from emotion_desktop.domain.files.model_files import MODEL_SUFFIX
from emotion_desktop.domain.files.picture_formats import PICTURE_SUFFIXES
from emotion_desktop.launcher.program import (
    COMMENT,
    ICON_PNG,
    MODEL_TITLE,
    Program,
    run_tool,
    running_program,
)
from emotion_desktop.workspace.files.atomic import write_atomically
from emotion_desktop.workspace.paths import APP

MODEL_CLASS = "EmotionDesktop.Model"
PHOTO_CLASS = "EmotionDesktop.Photo"
_CLASSES = r"HKEY_CURRENT_USER\Software\Classes"
_PHOTOS = sorted(PICTURE_SUFFIXES)


def powershell_script(program: Program, shortcut: Path, icon: Path) -> str:
    """The script that makes the shortcut and the associations.

    Photos get the program under "Open with" alone; bundles open with it.
    """
    executable, *arguments = program.command
    opening = f'{subprocess.list2cmdline(program.command)} "%1"'
    lines = [
        "$ErrorActionPreference = 'Stop'",
        f"$link = (New-Object -ComObject WScript.Shell).CreateShortcut({_quoted(str(shortcut))})",
        f"$link.TargetPath = {_quoted(executable)}",
        f"$link.Arguments = {_quoted(subprocess.list2cmdline(arguments))}",
        f"$link.WorkingDirectory = {_quoted(str(program.folder))}",
        f"$link.IconLocation = {_quoted(str(icon))}",
        f"$link.Description = {_quoted(COMMENT)}",
        "$link.Save()",
        _set_value(MODEL_SUFFIX, "", MODEL_CLASS),
    ]
    for name, title in ((MODEL_CLASS, MODEL_TITLE), (PHOTO_CLASS, APP)):
        lines += [
            _set_value(name, "", title),
            _set_value(rf"{name}\DefaultIcon", "", str(icon)),
            _set_value(rf"{name}\shell\open\command", "", opening),
        ]
    lines += [_set_value(rf"{suffix}\OpenWithProgids", PHOTO_CLASS, "") for suffix in _PHOTOS]
    return "\n".join(lines) + "\n"


def removal_script(shortcut: Path) -> str:
    """The script that takes away what `powershell_script` makes, and nothing else."""
    owned = [rf"Registry::{_CLASSES}\{name}" for name in (MODEL_CLASS, PHOTO_CLASS, MODEL_SUFFIX)]
    silently = "-ErrorAction SilentlyContinue"
    lines = [
        f"Remove-Item -LiteralPath {_quoted(path)} -Recurse {silently}"
        for path in (str(shortcut), *owned)
    ]
    for suffix in _PHOTOS:
        key = _quoted(rf"Registry::{_CLASSES}\{suffix}\OpenWithProgids")
        lines.append(f"Remove-ItemProperty -LiteralPath {key} -Name {PHOTO_CLASS} {silently}")
    return "\n".join(lines) + "\nexit 0\n"


def _quoted(text: str) -> str:
    """A PowerShell string literal, in which nothing is expanded.

    PowerShell ends such a string at typographic single quotes too: all are doubled.
    """
    for quote in "'\u2018\u2019\u201a\u201b":
        text = text.replace(quote, quote * 2)
    return f"'{text}'"


def _set_value(key: str, name: str, value: str) -> str:
    # Unlike New-Item -Force, this keeps what other programs have put under the same key.
    path = _quoted(rf"{_CLASSES}\{key}")
    return f"[Microsoft.Win32.Registry]::SetValue({path}, {_quoted(name)}, {_quoted(value)})"


def install() -> Path:
    """Makes the shortcut and the associations.

    Returns:
        The shortcut.

    Raises:
        AppError: Windows refuses.
    """
    from PIL import Image

    icon = io.BytesIO()
    with Image.open(ICON_PNG) as picture:
        picture.save(icon, "ICO")
    write_atomically(_icon(), icon.getvalue())
    _run(powershell_script(running_program(windowed=True), _shortcut(), _icon()))
    return _shortcut()


def remove() -> list[Path]:
    """Takes the shortcut, its icon and the associations away.

    Returns:
        The files that were there.

    Raises:
        AppError: Windows refuses.
    """
    present = [path for path in (_shortcut(), _icon()) if path.exists()]
    _run(removal_script(_shortcut()))
    try:
        _icon().unlink(missing_ok=True)
    except OSError as error:
        raise AppError(
            f"{_icon()} could not be removed ({error.strerror}).", "Delete it yourself."
        ) from error
    return present


def _run(script: str) -> None:
    encoded = base64.b64encode(script.encode("utf-16-le")).decode("ascii")
    options = ["-NoProfile", "-NonInteractive", "-ExecutionPolicy", "Bypass"]
    run_tool(["powershell", *options, "-EncodedCommand", encoded], "Changing the Start menu")


def _shortcut() -> Path:
    return _variable("APPDATA") / "Microsoft" / "Windows" / "Start Menu" / "Programs" / f"{APP}.lnk"


def _icon() -> Path:
    return _variable("LOCALAPPDATA") / APP / "app.ico"


def _variable(name: str) -> Path:
    value = os.environ.get(name)
    if not value:
        raise AppError(f"Windows does not say where {name} is.", "Sign in again and try once more.")
    return Path(value)
