"""What the system itself must have on Linux: libraries for Qt's window and MXNet, a font, tools for
tests.

What is missing is asked of the loader (`ldd`), never guessed. Where we may (root, or sudo without a
password) it is installed through apt; otherwise the command that installs it is printed.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path

from commands import run_logged, say
from environment import Environment

# Debian package of each library that Qt's xcb and offscreen platforms and MXNet load, newest name
# first.
LIBRARY_PACKAGES: dict[str, tuple[str, ...]] = {
    "libEGL.so.1": ("libegl1",),
    "libGL.so.1": ("libgl1",),
    "libGLX.so.0": ("libglx0",),
    "libOpenGL.so.0": ("libopengl0",),
    "libX11-xcb.so.1": ("libx11-xcb1",),
    "libX11.so.6": ("libx11-6",),
    "libdbus-1.so.3": ("libdbus-1-3",),
    "libfontconfig.so.1": ("libfontconfig1",),
    "libfreetype.so.6": ("libfreetype6",),
    "libglib-2.0.so.0": ("libglib2.0-0t64", "libglib2.0-0"),
    "libgthread-2.0.so.0": ("libglib2.0-0t64", "libglib2.0-0"),
    "libxcb-cursor.so.0": ("libxcb-cursor0",),
    "libxcb-glx.so.0": ("libxcb-glx0",),
    "libxcb-icccm.so.4": ("libxcb-icccm4",),
    "libxcb-image.so.0": ("libxcb-image0",),
    "libxcb-keysyms.so.1": ("libxcb-keysyms1",),
    "libxcb-randr.so.0": ("libxcb-randr0",),
    "libxcb-render-util.so.0": ("libxcb-render-util0",),
    "libxcb-render.so.0": ("libxcb-render0",),
    "libxcb-shape.so.0": ("libxcb-shape0",),
    "libxcb-shm.so.0": ("libxcb-shm0",),
    "libxcb-sync.so.1": ("libxcb-sync1",),
    "libxcb-util.so.1": ("libxcb-util1",),
    "libxcb-xfixes.so.0": ("libxcb-xfixes0",),
    "libxcb-xinerama.so.0": ("libxcb-xinerama0",),
    "libxcb-xkb.so.1": ("libxcb-xkb1",),
    "libxcb.so.1": ("libxcb1",),
    "libxkbcommon-x11.so.0": ("libxkbcommon-x11-0",),
    "libxkbcommon.so.0": ("libxkbcommon0",),
    "libzstd.so.1": ("libzstd1",),
    # MXNet's
    "libgomp.so.1": ("libgomp1",),
    "libquadmath.so.0": ("libquadmath0",),
}
FONT_PACKAGE = ("fonts-dejavu-core",)
# Debian package of each program that the tests of the window and its menu entry use.
TEST_TOOL_PACKAGES: dict[str, tuple[str, ...]] = {
    "Xvfb": ("xvfb",),
    "desktop-file-validate": ("desktop-file-utils",),
    "openbox": ("openbox",),
    "update-mime-database": ("shared-mime-info",),
    "xdg-mime": ("xdg-utils",),
    "xdotool": ("xdotool",),
}

_OF_MXNET = ("libgomp.so.1", "libquadmath.so.0")  # only `--engine mxnet` needs them
_QT_PARTS = (
    "plugins/platforms/libqxcb.so",
    "plugins/platforms/libqoffscreen.so",
    "plugins/xcbglintegrations/libqxcb-glx-integration.so",
    "lib/libQt6Svg.so.6",
    "lib/libQt6Widgets.so.6",
)


def ensure_libraries(environment: Environment) -> None:
    """Install what the window and MXNet lack, or say how; done once, then remembered."""
    if environment.window_ready.exists():
        return
    missing = missing_libraries(environment)
    wanted = [LIBRARY_PACKAGES[library] for library in missing if library in LIBRARY_PACKAGES]
    if not has_font():
        wanted.append(FONT_PACKAGE)
    if wanted:
        say("The program needs more from the system.")
        _install(wanted, environment, missing)
        missing = missing_libraries(environment)
    for_window = [library for library in missing if library not in _OF_MXNET]
    if for_window:
        say(f"The window may not open without {', '.join(for_window)}.")
    else:
        environment.window_ready.touch()


def ensure_test_tools(environment: Environment) -> None:
    """Install the programs that tests of the real window use, or say how."""
    wanted = [
        packages for tool, packages in TEST_TOOL_PACKAGES.items() if shutil.which(tool) is None
    ]
    if wanted:
        _install(wanted, environment, [])


def missing_libraries(environment: Environment) -> list[str]:
    """Names of the shared libraries that Qt's parts and MXNet need and the loader does not find."""
    packages = next(environment.folder.glob("lib/python*/site-packages"), None)
    if shutil.which("ldd") is None or packages is None:
        return []
    named = [*(f"PySide6/Qt/{part}" for part in _QT_PARTS), "mxnet/libmxnet.so"]
    parts = [str(packages / part) for part in named if (packages / part).exists()]
    if not parts:
        return []
    listed = subprocess.run(["ldd", *parts], check=False, capture_output=True, text=True)
    return unresolved(listed.stdout)


def unresolved(ldd_output: str) -> list[str]:
    """The libraries that `ldd` did not find, sorted, each once."""
    return sorted(
        {line.split()[0] for line in ldd_output.splitlines() if line.endswith("=> not found")}
    )


def has_font(
    folders: Iterable[Path] = (
        Path("/usr/share/fonts"),
        Path("/usr/local/share/fonts"),
        Path.home() / ".local/share/fonts",
        Path.home() / ".fonts",
    ),
) -> bool:
    """Whether any outline font is installed."""
    kinds = (".ttf", ".otf", ".ttc")
    return any(
        name.lower().endswith(kinds)
        for folder in folders
        for _, _, names in os.walk(folder)
        for name in names
    )


def _install(
    wanted: Sequence[tuple[str, ...]], environment: Environment, libraries: Sequence[str]
) -> None:
    """Install one package of each tuple of alternative names through apt, or say how."""
    if shutil.which("apt-get") is None:
        say(f"Install them: {other_command(wanted, libraries)}")
        return
    privilege = _privilege()
    if privilege is None:
        names = dict.fromkeys(_available(packages) for packages in wanted)
        say(f"Install them: sudo apt-get install {' '.join(names)}")
        return
    apt = [*privilege, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]
    run_logged([*apt, "update"], environment.log, environment.root, {})
    names = dict.fromkeys(_available(packages) for packages in wanted)
    say(f"Installing {', '.join(names)} …")
    command = [*apt, "install", "-y", "--no-install-recommends", *names]
    if run_logged(command, environment.log, environment.root, {}) != 0:
        say(
            f"They could not be installed; what apt said is in {environment.log}.\n"
            f"Install them: sudo apt-get install {' '.join(names)}"
        )


def _privilege() -> list[str] | None:
    """What to put before a command so that it runs as root; None where that takes a password."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") is None:
        return None
    asked = subprocess.run(["sudo", "-n", "true"], check=False, capture_output=True)
    return ["sudo", "-n"] if asked.returncode == 0 else None


def _available(packages: tuple[str, ...]) -> str:
    """The first of these names that this release of Debian or Ubuntu has."""
    for package in packages[:-1]:
        shown = subprocess.run(
            ["apt-cache", "show", "--no-all-versions", package], check=False, capture_output=True
        )
        if shown.returncode == 0:
            return package
    return packages[-1]


def other_command(wanted: Sequence[tuple[str, ...]], libraries: Sequence[str]) -> str:
    """The command for a system without apt: dnf and zypper find packages by library name."""
    names = [f"{library}()(64bit)" for library in libraries]
    if FONT_PACKAGE in wanted:
        names.append("dejavu-sans-fonts")
    tools = [tool for tool, packages in TEST_TOOL_PACKAGES.items() if packages in wanted]
    names += [f"/usr/bin/{tool}" for tool in tools]
    manager = "zypper" if shutil.which("zypper") else "dnf"
    return f"sudo {manager} install {shlex.join(names)}"
