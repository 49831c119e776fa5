"""The menu entry on Linux and its like: the freedesktop.org desktop entry, icons and file type."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path
from xml.sax.saxutils import quoteattr

from emotion_desktop.domain.errors import AppError
from emotion_desktop.domain.files.model_files import MODEL_SUFFIX
from emotion_desktop.domain.files.picture_formats import PICTURE_FORMATS
from emotion_desktop.launcher.program import (
    COMMENT,
    ICON_PNG,
    ICON_SVG,
    MODEL_TITLE,
    MODEL_TYPE,
    Program,
    run_tool,
    running_program,
)
from emotion_desktop.workspace.files.atomic import write_atomically
from emotion_desktop.workspace.paths import APP

ENTRY_ID = "emotion-desktop"
ENTRY_NAME = f"{ENTRY_ID}.desktop"
SHARED_TYPES = (*(format.media_type for format in PICTURE_FORMATS), "inode/directory")


def desktop_entry(program: Program) -> str:
    """The desktop entry (Desktop Entry Specification) that starts a program."""
    command = " ".join(_exec_argument(word) for word in program.command)
    values = {
        "Type": "Application",
        "Version": "1.1",
        "Name": APP,
        "GenericName": "Facial Expression Sorter",
        "Comment": COMMENT,
        "Keywords": "emotion;expression;face;photo;classify;",
        "Icon": ENTRY_ID,
        "TryExec": _string(program.command[0]),
        "Exec": _string(f"{command} %F"),
        "Path": _string(str(program.folder)),
        "Terminal": "false",
        "MimeType": ";".join((*SHARED_TYPES, MODEL_TYPE)) + ";",
        "Categories": "Graphics;Photography;",
        "StartupNotify": "true",
        "StartupWMClass": APP,
    }
    return "[Desktop Entry]\n" + "".join(f"{key}={value}\n" for key, value in values.items())


def _exec_argument(word: str) -> str:
    """Quotes an argument of Exec, and keeps its percent signs from being field codes."""
    word = word.replace("%", "%%")
    if re.fullmatch(r"[\w@%+=:,./-]+", word, re.ASCII):
        return word
    return '"' + re.sub(r'(["`$\\])', r"\\\1", word) + '"'


def _string(value: str) -> str:
    """Escapes a value of type string; in Exec this comes on top of the quoting."""
    for plain, escaped in (("\\", r"\\"), ("\n", r"\n"), ("\t", r"\t"), ("\r", r"\r")):
        value = value.replace(plain, escaped)
    return re.sub("^ ", r"\\s", value)


def _plain(value: str) -> str:
    """A value as it was before `_string` escaped it."""
    known = {"\\": "\\", "n": "\n", "t": "\t", "r": "\r", "s": " "}
    return re.sub(r"\\([\\ntrs])", lambda found: known[found[1]], value)


def media_type_description() -> str:
    """The shared-mime-info package that makes model bundles a file type of their own."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<mime-info xmlns="http://www.freedesktop.org/standards/shared-mime-info">\n'
        f"  <mime-type type={quoteattr(MODEL_TYPE)}>\n"
        f"    <comment>{MODEL_TITLE}</comment>\n"
        f'    <glob pattern={quoteattr("*" + MODEL_SUFFIX)} weight="80"/>\n'
        f"    <icon name={quoteattr(ENTRY_ID)}/>\n"
        "  </mime-type>\n"
        "</mime-info>\n"
    )


def install() -> Path:
    """Puts the entry, its icons and the file type in the user's data folder.

    Returns:
        The desktop entry.

    Raises:
        AppError: they cannot be written.
    """
    home = _data_home()
    handlers = _current_handlers()
    for path, content in _files(home).items():
        write_atomically(path, content)
    _refresh(home)
    _give_back(handlers)
    return _entry(home)


def mend() -> bool:
    """Brings the entry up to date where the program that it starts is gone: it was moved here.

    Returns:
        Whether there was anything to mend.

    Raises:
        AppError: the entry cannot be written.
    """
    entry = _entry(_data_home())
    try:
        text = entry.read_text("utf-8")
    except (OSError, UnicodeDecodeError):  # there is none, or it is not ours
        return False
    started = re.search(r"^TryExec=(.*)$", text, re.MULTILINE)
    if started is None or Path(_plain(started[1])).exists():
        return False
    write_atomically(entry, desktop_entry(running_program()).encode())
    return True


def remove() -> list[Path]:
    """Takes away what `install` has put.

    Returns:
        The files that were there.

    Raises:
        AppError: one of them cannot be removed.
    """
    home = _data_home()
    removed = []
    for path in _files(home):
        try:
            path.unlink()
        except FileNotFoundError:
            continue
        except OSError as error:
            raise AppError(
                f"{path} could not be removed ({error.strerror}).", "Delete it yourself."
            ) from error
        removed.append(path)
    if removed:
        _refresh(home)
    return removed


def _data_home() -> Path:
    """The user's data folder (XDG Base Directory Specification: relative paths do not count)."""
    configured = Path(os.environ.get("XDG_DATA_HOME", ""))
    return configured if configured.is_absolute() else Path.home() / ".local" / "share"


def _entry(home: Path) -> Path:
    return home / "applications" / ENTRY_NAME


def _files(home: Path) -> dict[Path, bytes]:
    icons = home / "icons" / "hicolor"
    return {
        icons / "scalable" / "apps" / f"{ENTRY_ID}.svg": ICON_SVG.read_bytes(),
        icons / "256x256" / "apps" / f"{ENTRY_ID}.png": ICON_PNG.read_bytes(),
        home / "mime" / "packages" / f"{ENTRY_ID}.xml": media_type_description().encode(),
        _entry(home): desktop_entry(running_program()).encode(),
    }


def _refresh(home: Path) -> None:
    """Brings the desktop's indexes up to date; those it does not keep need no update."""
    icons = home / "icons" / "hicolor"
    commands = [
        ["update-mime-database", str(home / "mime")],
        ["update-desktop-database", str(home / "applications")],
    ]
    if (icons / "icon-theme.cache").exists():
        commands.append(["gtk-update-icon-cache", "--force", "--ignore-theme-index", str(icons)])
    for command in commands:
        if shutil.which(command[0]):
            run_tool(command, "Updating the desktop's indexes")


def _current_handlers() -> dict[str, str]:
    """The desktop entry that opens each shared type now, where there is one."""
    if shutil.which("xdg-mime") is None:
        return {}
    found = {
        kind: run_tool(["xdg-mime", "query", "default", kind], "Asking for default programs")
        for kind in SHARED_TYPES
    }
    return {kind: entry.strip() for kind, entry in found.items() if entry.strip()}


def _give_back(handlers: dict[str, str]) -> None:
    """Keeps the user's programs for photos and folders: we are only offered under "Open with".

    Where nobody ever chose a default, desktops take the first program they find, and look at the
    user's own entries first.
    """
    for kind, entry in _current_handlers().items():
        before = handlers.get(kind, ENTRY_NAME)
        if entry == ENTRY_NAME and before != ENTRY_NAME:
            run_tool(["xdg-mime", "default", before, kind], "Keeping default programs")
