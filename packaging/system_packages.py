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
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from commands import SetupError, run_logged, say
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

_X11 = ("libxcb", "libX11", "libxkbcommon-x11")
_OF_MXNET = ("libgomp.so.1", "libquadmath.so.0")  # only `--engine mxnet` needs them
_QT_PARTS = (
    "plugins/platforms/libqxcb.so",
    "plugins/platforms/libqoffscreen.so",
    "plugins/xcbglintegrations/libqxcb-glx-integration.so",
    "lib/libQt6Svg.so.6",
    "lib/libQt6Widgets.so.6",
)


def ensure_libraries(environment: Environment) -> list[str]:
    """Install what the window and MXNet lack, or say how; done once, then remembered.

    Returns:
        The libraries that are missing afterwards.
    """
    if environment.window_ready.exists():
        return []
    _finish_interrupted(environment)
    missing = missing_libraries(environment)
    wanted = [LIBRARY_PACKAGES[library] for library in missing if library in LIBRARY_PACKAGES]
    if not has_font():
        wanted.append(FONT_PACKAGE)
    if wanted:
        say("The program needs more from the system.")
        _install(wanted, environment, missing)
        missing = missing_libraries(environment)
    if not set(missing) - set(_OF_MXNET):
        environment.window_ready.touch()
    return missing


def require_window_libraries(missing: Sequence[str]) -> None:
    """Check that the window can open.

    Args:
        missing: libraries that the loader does not find.

    Raises:
        SetupError: Qt would end the program without one of them.
    """
    without = [library for library in missing if library not in _OF_MXNET]
    if _without_x11(os.environ):  # the libraries of X11 are not asked for then
        without = [library for library in without if not library.startswith(_X11)]
    if without:
        raise SetupError(
            f"The window cannot open without {', '.join(without)}.",
            "Have an administrator install what is named above, and start again. Verbs work "
            "without a window: packaging/run.py --help lists them.",
        )


def _without_x11(variables: Mapping[str, str]) -> bool:
    """Whether Qt shows windows by another system than X11: Wayland, or none at all."""
    platform = variables.get("QT_QPA_PLATFORM", "")
    if platform:
        return not platform.startswith("xcb")
    return bool(variables.get("WAYLAND_DISPLAY"))


def _finish_interrupted(environment: Environment) -> None:
    """Let dpkg finish what was killed half-way: the loader finds such files, apt stays blocked."""
    if shutil.which("dpkg-query") is None:
        return
    listed = subprocess.run(
        ["dpkg-query", "-W", "-f", "${db:Status-Abbrev}\\n"],
        check=False,
        capture_output=True,
        text=True,
    )
    if not unfinished(listed.stdout):
        return
    privilege = _privilege()
    say("An installation of system packages was interrupted.")
    if privilege is None:
        say(f"Have an administrator finish it: {_as_root('dpkg --configure -a')}")
        return
    command = [*privilege, "env", "DEBIAN_FRONTEND=noninteractive", "dpkg", "--configure", "-a"]
    say("Finishing it …")
    if run_logged(command, environment.log, environment.root, {}) != 0:
        say(f"That did not work; what dpkg said is in {environment.log}.")


def unfinished(statuses: str) -> bool:
    """Whether a package is unpacked or half configured, by the status abbreviations of dpkg."""
    return any(line[:2] in ("iU", "iF") for line in statuses.splitlines())


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
        say(f"Have an administrator install them: {_as_root('apt-get install', *names)}")
        return
    apt = [*privilege, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]
    run_logged([*apt, "update"], environment.log, environment.root, {})
    names = dict.fromkeys(_available(packages) for packages in wanted)
    say(f"Installing {', '.join(names)} …")
    command = [*apt, "install", "-y", "--no-install-recommends", *names]
    if run_logged(command, environment.log, environment.root, {}) != 0:
        say(
            f"They could not be installed; what apt said is in {environment.log}.\n"
            f"Install them: {_as_root('apt-get install', *names)}"
        )


def may_install() -> bool:
    """Whether packages of the system can be installed without asking for a password."""
    return shutil.which("apt-get") is not None and _privilege() is not None


def try_to_install(names: Sequence[str]) -> bool:
    """Install packages through apt where that may be; False where it did not work."""
    apt = [*(_privilege() or []), "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
    say(f"Installing {', '.join(names)} …")
    return all(
        subprocess.run(
            command, check=False, stdin=subprocess.DEVNULL, capture_output=True
        ).returncode
        == 0
        for command in (
            [*apt, "update"],
            [*apt, "install", "-y", "--no-install-recommends", *names],
        )
    )


def _as_root(*words: str) -> str:
    """A command for an administrator to type."""
    return " ".join((*(("sudo",) if shutil.which("sudo") else ()), *words))


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
