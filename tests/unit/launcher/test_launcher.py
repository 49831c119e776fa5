from __future__ import annotations

import plistlib
import shutil
import subprocess
import sys
from configparser import RawConfigParser
from pathlib import Path, PureWindowsPath
from xml.etree import ElementTree

import pytest

from emotion_desktop.domain.errors import AppError
from emotion_desktop.launcher import freedesktop, macos, windows
from emotion_desktop.launcher.launcher import install_launcher, mend_launcher, remove_launcher
from emotion_desktop.launcher.program import Program, run_tool, running_program

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="the launcher of Linux")
PLAIN = Program(("/opt/env/bin/python", "-m", "emotion_desktop"), Path("/opt/env/bin"))
AWKWARD = "/tmp/a b'c\"d$e`f\\g%h;i/python"


def entry_values(text: str) -> dict[str, str]:
    parser = RawConfigParser(delimiters=("=",), interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(text)
    return dict(parser["Desktop Entry"])


def exec_words(value: str) -> list[str]:
    """The command of Exec, read as the specification says: string, then quoting, then codes.

    Its double quotes are the shell's, so a shell takes them apart.
    """
    string = value.replace("\\\\", "\\")
    split = subprocess.run(
        ["sh", "-c", f"printf '%s\\0' {string}"], check=True, capture_output=True, text=True
    )
    words = split.stdout.split("\0")[:-1]
    assert words[-1] == "%F"
    return [word.replace("%%", "%") for word in words[:-1]]


@pytest.fixture
def data_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = tmp_path / "data 'of' mine"
    monkeypatch.setenv("XDG_DATA_HOME", str(home))
    monkeypatch.setenv("XDG_DATA_DIRS", str(tmp_path / "system"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return home


def test_desktop_entry_offers_photos_folders_and_models() -> None:
    values = entry_values(freedesktop.desktop_entry(PLAIN))
    assert values["Exec"] == "/opt/env/bin/python -m emotion_desktop %F"
    kinds = values["MimeType"].split(";")
    assert {"image/jpeg", "image/avif", "inode/directory"} <= set(kinds)
    assert "application/x-emotion-desktop-model" in kinds
    assert values["Path"] == "/opt/env/bin"


@linux_only
@pytest.mark.parametrize("path", [AWKWARD, "/home/é 笑/python", "/tmp/100%/python", "/a\\/p"])
def test_exec_gives_back_the_very_path(path: str) -> None:
    program = Program((path, "-m", "emotion_desktop"), Path(path).parent)
    values = entry_values(freedesktop.desktop_entry(program))
    assert exec_words(values["Exec"]) == [path, "-m", "emotion_desktop"]


def test_exec_quotes_as_the_specification_shows() -> None:
    # Its own example: a literal dollar sign in quotes is written with two backslashes,
    # a literal backslash with four.
    program = Program(("/a$b\\c d",), Path("/"))
    values = entry_values(freedesktop.desktop_entry(program))
    assert values["Exec"] == '"/a\\\\$b\\\\\\\\c d" %F'


@pytest.mark.skipif(shutil.which("desktop-file-validate") is None, reason="needs the validator")
@pytest.mark.parametrize("command", [PLAIN.command[0], AWKWARD])
def test_desktop_entry_is_valid(tmp_path: Path, command: str) -> None:
    file = tmp_path / "emotion-desktop.desktop"
    program = Program((command, "-m", "emotion_desktop"), Path(command).parent)
    file.write_text(freedesktop.desktop_entry(program), "utf-8")
    checked = subprocess.run(
        ["desktop-file-validate", file], check=False, capture_output=True, text=True
    )
    assert (checked.returncode, checked.stdout + checked.stderr) == (0, "")


def test_media_type_description_names_the_bundle_files() -> None:
    root = ElementTree.fromstring(freedesktop.media_type_description())
    name = "{http://www.freedesktop.org/standards/shared-mime-info}"
    kind = root.find(f"{name}mime-type")
    assert kind is not None
    assert kind.attrib["type"] == "application/x-emotion-desktop-model"
    assert [glob.attrib["pattern"] for glob in kind.iter(f"{name}glob")] == ["*.emodel"]


@linux_only
def test_install_then_remove_leaves_what_was_there(data_home: Path) -> None:
    other = data_home / "applications" / "other.desktop"
    other.parent.mkdir(parents=True)
    other.write_text("[Desktop Entry]\nType=Application\nName=Other\nExec=true\n")

    entry = install_launcher()
    installed = sorted(path for path in data_home.rglob("*emotion-desktop.*") if path.is_file())
    assert entry in installed
    assert {path.suffix for path in installed} == {".desktop", ".svg", ".png", ".xml"}
    assert exec_words(entry_values(entry.read_text("utf-8"))["Exec"])[0] == sys.executable

    removed = remove_launcher()
    assert sorted(removed) == installed
    assert not any(path.exists() for path in installed)
    assert other.exists()
    assert remove_launcher() == []


@linux_only
@pytest.mark.parametrize("folder", ["plain", "with space", 'odd \\ "name"'])
def test_the_entry_of_a_moved_program_is_mended(
    data_home: Path, tmp_path: Path, folder: str
) -> None:
    entry = install_launcher()
    right = entry.read_bytes()
    assert not mend_launcher()  # nothing was moved
    old = tmp_path / folder / "bin" / "python"
    old.parent.mkdir(parents=True)
    old.touch()
    elsewhere = freedesktop.desktop_entry(Program((str(old), "-m", "emotion_desktop"), old.parent))
    entry.write_text(elsewhere, "utf-8")
    assert not mend_launcher()  # another copy of the program, which is there
    old.unlink()
    assert mend_launcher()
    assert entry.read_bytes() == right


@linux_only
def test_without_an_entry_none_is_made(data_home: Path) -> None:
    assert not mend_launcher()
    assert not list(data_home.rglob("*.desktop"))


@linux_only
def test_installing_again_changes_nothing(data_home: Path) -> None:
    first = install_launcher().read_bytes()
    files = sorted(data_home.rglob("*"))
    assert install_launcher().read_bytes() == first
    assert sorted(data_home.rglob("*")) == files


@linux_only
@pytest.mark.skipif(
    shutil.which("xdg-mime") is None or shutil.which("update-desktop-database") is None,
    reason="needs xdg-utils and desktop-file-utils",
)
def test_the_programs_that_open_photos_and_folders_stay(data_home: Path, tmp_path: Path) -> None:
    applications = tmp_path / "system" / "applications"
    applications.mkdir(parents=True)
    (applications / "viewer.desktop").write_text(
        "[Desktop Entry]\nType=Application\nName=Viewer\nExec=true %f\nMimeType=image/png;\n"
    )
    subprocess.run(["update-desktop-database", applications], check=True)

    def handler() -> str:
        query = ["xdg-mime", "query", "default", "image/png"]
        return subprocess.run(query, check=True, capture_output=True, text=True).stdout.strip()

    assert handler() == "viewer.desktop"
    install_launcher()
    assert handler() == "viewer.desktop"


@linux_only
def test_a_folder_that_cannot_be_made_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("")
    monkeypatch.setenv("XDG_DATA_HOME", str(in_the_way))
    with pytest.raises(AppError) as caught:
        install_launcher()
    assert caught.value.message.endswith(".")
    assert caught.value.hint


def test_a_relative_data_home_does_not_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", "somewhere")
    assert freedesktop.remove() == []
    assert freedesktop._data_home() == tmp_path / ".local" / "share"


def test_a_tool_that_fails_is_a_sentence_with_its_reason() -> None:
    failing = [sys.executable, "-c", "raise SystemExit('no such key')"]
    with pytest.raises(AppError, match=r"Changing the menu did not work: no such key\."):
        run_tool(failing, "Changing the menu")


def test_the_running_program_is_this_python() -> None:
    program = running_program()
    assert program.command == (sys.executable, "-m", "emotion_desktop")
    assert program.folder == Path(sys.executable).parent


def test_a_frozen_program_is_started_without_python(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert running_program().command == (sys.executable,)


def test_macos_bundle_opens_models_and_leaves_photos_to_others(tmp_path: Path) -> None:
    bundle = macos.install(tmp_path)
    info = plistlib.loads((bundle / "Contents" / "Info.plist").read_bytes())
    ranks = {
        kind: document["LSHandlerRank"]
        for document in info["CFBundleDocumentTypes"]
        for kind in document["LSItemContentTypes"]
    }
    assert ranks["public.image"] == "Alternate"
    exported = info["UTExportedTypeDeclarations"][0]
    assert ranks[exported["UTTypeIdentifier"]] == "Owner"
    assert exported["UTTypeTagSpecification"]["public.filename-extension"] == ["emodel"]
    assert (bundle / "Contents" / "Resources" / info["CFBundleIconFile"]).stat().st_size > 0
    assert (bundle / "Contents" / "MacOS" / info["CFBundleExecutable"]).stat().st_mode & 0o100
    assert macos.remove(tmp_path) == [bundle]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="needs a shell")
def test_macos_script_hands_on_its_arguments(tmp_path: Path) -> None:
    folder = tmp_path / "a 'b' $HOME"
    folder.mkdir()
    show = "import os, sys; print([os.getcwd(), *sys.argv[1:]])"
    script = tmp_path / "start"
    script.write_text(macos.start_script(Program((sys.executable, "-c", show), folder)))
    photo = '/x/it\'s a "photo".jpg'
    shown = subprocess.run(["sh", script, photo], check=True, capture_output=True, text=True)
    assert shown.stdout.strip() == str([str(folder), photo])


def windows_script() -> str:
    folder = PureWindowsPath(r"C:\Users\O'Hara $x\env\Scripts")
    command = (str(folder / "pythonw.exe"), "-m", "emotion_desktop")
    return windows.powershell_script(
        Program(command, folder),  # type: ignore[arg-type]  # Windows' paths, on any system
        folder / "Emotion Desktop.lnk",  # type: ignore[arg-type]
        folder / "app.ico",  # type: ignore[arg-type]
    )


def test_windows_script_quotes_paths_for_powershell_and_for_windows() -> None:
    script = windows_script()
    assert r"$link.TargetPath = 'C:\Users\O''Hara $x\env\Scripts\pythonw.exe'" in script
    assert "$link.Arguments = '-m emotion_desktop'" in script
    command = r"""'"C:\Users\O''Hara $x\env\Scripts\pythonw.exe" -m emotion_desktop "%1"'"""
    assert script.count(command) == 2


def test_windows_offers_photos_without_taking_them() -> None:
    lines = windows_script().splitlines()
    of_jpeg = [line for line in lines if r"\.jpg" in line]
    assert len(of_jpeg) == 1
    assert r"\.jpg\OpenWithProgids', 'EmotionDesktop.Photo'" in of_jpeg[0]


def test_windows_removal_touches_nothing_of_others() -> None:
    script = windows.removal_script(Path("Emotion Desktop.lnk"))
    removed = [line for line in script.splitlines() if line.startswith("Remove-Item ")]
    assert len(removed) == 4
    assert not any(".jpg" in line for line in removed)
    assert script.count("-Name EmotionDesktop.Photo ") == len(windows._PHOTOS)
