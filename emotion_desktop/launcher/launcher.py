"""Putting the program in the user's menu, and taking it out again, on each platform."""

from __future__ import annotations

import sys
from pathlib import Path


def install_launcher() -> Path:
    """Puts a menu entry with icon and file associations in place for the user.

    Doing it again brings the entry up to date.

    Returns:
        What was made: the desktop entry on Linux, the shortcut on Windows, the bundle on macOS.

    Raises:
        AppError: it could not be put in place.
    """
    if sys.platform == "win32":
        from emotion_desktop.launcher import windows

        return windows.install()
    if sys.platform == "darwin":
        from emotion_desktop.launcher import macos

        return macos.install()
    from emotion_desktop.launcher import freedesktop

    return freedesktop.install()


def mend_launcher() -> bool:
    """Brings the menu entry up to date where the program was moved since; on Linux.

    Returns:
        Whether it was out of date.

    Raises:
        AppError: it cannot be written.
    """
    if sys.platform != "linux":
        return False
    from emotion_desktop.launcher import freedesktop

    return freedesktop.mend()


def remove_launcher() -> list[Path]:
    """Takes away what `install_launcher` has put, and nothing else.

    Returns:
        The files and folders that were there; empty if there was no launcher.

    Raises:
        AppError: something could not be removed.
    """
    if sys.platform == "win32":
        from emotion_desktop.launcher import windows

        return windows.remove()
    if sys.platform == "darwin":
        from emotion_desktop.launcher import macos

        return macos.remove()
    from emotion_desktop.launcher import freedesktop

    return freedesktop.remove()
