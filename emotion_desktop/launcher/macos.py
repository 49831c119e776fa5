"""The application bundle on macOS: a folder that Finder and Spotlight take for a program."""

from __future__ import annotations

import io
import plistlib
import shlex
import shutil
from pathlib import Path

from emotion_desktop import __version__
from emotion_desktop.domain.errors import AppError
from emotion_desktop.domain.files.model_files import MODEL_SUFFIX
from emotion_desktop.launcher.program import (
    ICON_PNG,
    MODEL_TITLE,
    Program,
    running_program,
)
from emotion_desktop.workspace.files.atomic import write_atomically
from emotion_desktop.workspace.paths import APP

IDENTIFIER = "org.emotion-desktop.launcher"
MODEL_IDENTIFIER = "org.emotion-desktop.model"
EXECUTABLE = "emotion-desktop"


def info_plist() -> bytes:
    """The bundle's description: names, icon, and the documents it opens.

    Photos and folders are opened as an alternate, so Preview and Finder stay the default.
    """
    return plistlib.dumps(
        {
            "CFBundleName": APP,
            "CFBundleDisplayName": APP,
            "CFBundleIdentifier": IDENTIFIER,
            "CFBundleExecutable": EXECUTABLE,
            "CFBundleIconFile": "app.icns",
            "CFBundlePackageType": "APPL",
            "CFBundleShortVersionString": __version__,
            "CFBundleVersion": __version__,
            "NSHighResolutionCapable": True,
            "CFBundleDocumentTypes": [
                {
                    "CFBundleTypeName": MODEL_TITLE,
                    "CFBundleTypeRole": "Viewer",
                    "LSHandlerRank": "Owner",
                    "LSItemContentTypes": [MODEL_IDENTIFIER],
                },
                {
                    "CFBundleTypeName": "Photo or folder",
                    "CFBundleTypeRole": "Viewer",
                    "LSHandlerRank": "Alternate",
                    "LSItemContentTypes": ["public.image", "public.folder"],
                },
            ],
            "UTExportedTypeDeclarations": [
                {
                    "UTTypeIdentifier": MODEL_IDENTIFIER,
                    "UTTypeDescription": MODEL_TITLE,
                    "UTTypeConformsTo": ["public.data"],
                    "UTTypeTagSpecification": {
                        "public.filename-extension": [MODEL_SUFFIX.removeprefix(".")]
                    },
                }
            ],
        }
    )


def start_script(program: Program) -> str:
    """The bundle's executable: a shell script that becomes the program."""
    return (
        "#!/bin/sh\n"
        f"cd {shlex.quote(str(program.folder))} || exit 1\n"
        f'exec {shlex.join(program.command)} "$@"\n'
    )


def install(applications: Path | None = None) -> Path:
    """Makes the bundle in the user's Applications folder.

    Args:
        applications: another folder to make it in.

    Returns:
        The bundle.

    Raises:
        AppError: it cannot be written.
    """
    from PIL import Image

    bundle = _bundle(applications)
    icon = io.BytesIO()
    with Image.open(ICON_PNG) as picture:
        picture.save(icon, "ICNS")
    contents = bundle / "Contents"
    executable = contents / "MacOS" / EXECUTABLE
    write_atomically(contents / "Resources" / "app.icns", icon.getvalue())
    write_atomically(executable, start_script(running_program()).encode())
    executable.chmod(0o755)
    write_atomically(contents / "Info.plist", info_plist())
    return bundle


def remove(applications: Path | None = None) -> list[Path]:
    """Takes the bundle away.

    Args:
        applications: the folder it was made in, if not the user's Applications.

    Returns:
        The bundle, if it was there.

    Raises:
        AppError: it cannot be removed.
    """
    bundle = _bundle(applications)
    if not bundle.exists():
        return []
    try:
        shutil.rmtree(bundle)
    except OSError as error:
        raise AppError(
            f"{bundle} could not be removed ({error.strerror}).", "Put it in the bin yourself."
        ) from error
    return [bundle]


def _bundle(applications: Path | None) -> Path:
    return (applications or Path.home() / "Applications") / f"{APP}.app"
