from __future__ import annotations

import importlib
import importlib.util
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
PACKAGING = REPOSITORY / "packaging"
SCRIPTS = ("all_pythons", "commands", "environment", "run", "system_packages")
posix_only = pytest.mark.skipif(os.name == "nt", reason="uses a shell script as the Python")

LDD_OUTPUT = """\
/env/PySide6/Qt/plugins/platforms/libqxcb.so:
\tlinux-vdso.so.1 (0x00007ffd0b7f2000)
\tlibxcb-cursor.so.0 => not found
\tlibEGL.so.1 => not found
\tlibQt6Core.so.6 => /env/PySide6/Qt/lib/libQt6Core.so.6 (0x00007f0000000000)
/env/PySide6/Qt/lib/libQt6Widgets.so.6:
\tlibEGL.so.1 => not found
"""


class Scripts:
    """The modules of packaging/, which is no package and is imported as its scripts do it."""

    all_pythons: ModuleType
    commands: ModuleType
    environment: ModuleType
    run: ModuleType
    system_packages: ModuleType


@pytest.fixture
def scripts(monkeypatch: pytest.MonkeyPatch) -> Iterator[Scripts]:
    monkeypatch.syspath_prepend(str(PACKAGING))
    loaded = Scripts()
    for name in SCRIPTS:
        setattr(loaded, name, importlib.import_module(name))
    yield loaded
    for name in SCRIPTS:
        del sys.modules[name]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A project of one empty module that needs nothing, with our scripts."""
    root = tmp_path / "check out"
    (root / "packaging").mkdir(parents=True)
    for script in PACKAGING.glob("*.py"):
        shutil.copy(script, root / "packaging")
    (root / "packaging" / "constraints.txt").write_text("")
    (root / "pyproject.toml").write_text('[project]\nname = "tiny"\nversion = "1"\n')
    return root


def counting_environment(scripts: Scripts, root: Path) -> tuple[object, list[frozenset[str]]]:
    """An environment whose installations are noted in a list instead of made."""
    environment = scripts.environment.Environment(root)
    installed: list[frozenset[str]] = []
    environment.install = installed.append
    return environment, installed


def test_made_once_then_trusted(scripts: Scripts, checkout: Path) -> None:
    environment, installed = counting_environment(scripts, checkout)
    python = environment.ensure()  # type: ignore[attr-defined]
    assert python.exists()
    assert environment.ensure() == python  # type: ignore[attr-defined]
    assert installed == [frozenset()]


def test_extras_are_added_and_then_kept(scripts: Scripts, checkout: Path) -> None:
    environment, installed = counting_environment(scripts, checkout)
    environment.ensure(frozenset({"test"}))  # type: ignore[attr-defined]
    environment.ensure()  # type: ignore[attr-defined]
    environment.ensure(frozenset({"other"}))  # type: ignore[attr-defined]
    assert installed == [frozenset({"test"}), frozenset({"test", "other"})]


@pytest.mark.parametrize("changed", ["pyproject.toml", "packaging/constraints.txt"])
def test_a_changed_requirement_updates_in_place(
    scripts: Scripts, checkout: Path, changed: str
) -> None:
    environment, installed = counting_environment(scripts, checkout)
    environment.ensure()  # type: ignore[attr-defined]
    kept = checkout / ".venv" / "kept"
    kept.touch()
    with (checkout / changed).open("a") as file:
        file.write("# more\n")
    environment.ensure()  # type: ignore[attr-defined]
    assert len(installed) == 2
    assert kept.exists()


def test_a_failed_update_is_tried_again_and_loses_nothing(scripts: Scripts, checkout: Path) -> None:
    environment, installed = counting_environment(scripts, checkout)
    environment.ensure()  # type: ignore[attr-defined]
    kept = checkout / ".venv" / "kept"
    kept.touch()
    (checkout / "packaging" / "constraints.txt").write_text("# newer\n")

    def fail(extras: frozenset[str]) -> None:
        raise scripts.commands.SetupError("Offline.", "Go online.")

    environment.install = fail  # type: ignore[attr-defined]
    with pytest.raises(scripts.commands.SetupError):
        environment.ensure()  # type: ignore[attr-defined]
    environment.install = installed.append  # type: ignore[attr-defined]
    environment.ensure()  # type: ignore[attr-defined]
    assert kept.exists()
    assert len(installed) == 2


def test_a_moved_checkout_gets_a_new_environment(
    scripts: Scripts, checkout: Path, tmp_path: Path
) -> None:
    counting_environment(scripts, checkout)[0].ensure()  # type: ignore[attr-defined]
    moved = checkout.rename(tmp_path / "moved")
    (moved / ".venv" / "old").touch()
    environment, installed = counting_environment(scripts, moved)
    environment.ensure()  # type: ignore[attr-defined]
    assert len(installed) == 1
    assert not (moved / ".venv" / "old").exists()


@posix_only
def test_killed_while_installing_is_repaired(scripts: Scripts, checkout: Path) -> None:
    hang = (
        "import sys, time; sys.path.insert(0, sys.argv[1])\n"
        "from pathlib import Path\n"
        "from environment import Environment\n"
        "e = Environment(Path(sys.argv[2]))\n"
        "e.install = lambda extras: ((e.folder / 'half').touch(), time.sleep(60))\n"
        "e.ensure()\n"
    )
    half = checkout / ".venv" / "half"
    with subprocess.Popen([sys.executable, "-c", hang, PACKAGING, checkout]) as process:
        deadline = time.monotonic() + 20
        while not half.exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
    assert half.exists()

    environment, installed = counting_environment(scripts, checkout)
    environment.ensure()  # type: ignore[attr-defined]
    assert not half.exists()
    assert len(installed) == 1


def test_two_starts_at_once_install_once(checkout: Path) -> None:
    slow = (
        "import sys, time; sys.path.insert(0, sys.argv[1])\n"
        "from pathlib import Path\n"
        "from environment import Environment\n"
        "e = Environment(Path(sys.argv[2]))\n"
        "e.install = lambda extras: (print('installed', flush=True), time.sleep(1))\n"
        "e.ensure()\n"
    )
    command = [sys.executable, "-c", slow, str(PACKAGING), str(checkout)]
    starts = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    outputs = [start.communicate(timeout=60)[0] for start in starts]
    assert [start.returncode for start in starts] == [0, 0, 0]
    assert "".join(outputs).count("installed") == 1


def test_an_environment_of_the_users_own_is_left_alone(scripts: Scripts, checkout: Path) -> None:
    own = checkout / ".venv" / "pyvenv.cfg"
    own.parent.mkdir()
    own.write_text("mine")
    with pytest.raises(scripts.commands.SetupError, match="has not made"):
        scripts.environment.Environment(checkout).ensure()
    assert own.read_text() == "mine"


def start(checkout: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, checkout / "packaging" / "run.py", *arguments],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, **variables},
        timeout=120,
    )


def test_a_failing_installation_is_a_sentence_and_a_log(checkout: Path) -> None:
    nowhere = {"PIP_CONFIG_FILE": os.devnull, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": ""}
    done = start(checkout, "--version", **nowhere)
    assert done.returncode == 1
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert "The program's parts could not be installed." in done.stderr
    (log,) = re.findall(r"What pip said is in (.+)\.$", done.stderr, re.MULTILINE)
    assert "No matching distribution" in Path(log).read_text("utf-8")
    assert not (checkout / ".venv" / "setup.json").exists()


def pretend_made(checkout: Path, scripts: Scripts, python: str) -> None:
    """A finished environment whose Python is a shell script."""
    environment, _ = counting_environment(scripts, checkout)
    environment.ensure(scripts.environment.USUAL)  # type: ignore[attr-defined]
    executable: Path = environment.python  # type: ignore[attr-defined]
    executable.unlink()
    executable.write_text(f"#!/bin/sh\n{python}\n")
    executable.chmod(0o755)


@posix_only
def test_the_program_takes_over_with_its_arguments_and_status(
    scripts: Scripts, checkout: Path
) -> None:
    pretend_made(checkout, scripts, "printf '%s|' \"$@\"; exit 7")
    done = start(checkout, "classify", "it's a photo.jpg", "")
    assert done.stdout == "-m|emotion_desktop|classify|it's a photo.jpg||"
    assert (done.returncode, done.stderr) == (7, "")


@posix_only
def test_a_second_start_adds_less_than_three_tenths_of_a_second(
    scripts: Scripts, checkout: Path
) -> None:
    pretend_made(checkout, scripts, "exit 0")

    def best_seconds(*command: str | Path) -> float:
        seconds = []
        for _ in range(5):
            begun = time.perf_counter()
            subprocess.run(command, check=True)
            seconds.append(time.perf_counter() - begun)
        return min(seconds)

    python = checkout / ".venv" / "bin" / "python"
    added = best_seconds(sys.executable, checkout / "packaging" / "run.py", "classify")
    assert added - best_seconds(python, "-m", "emotion_desktop", "classify") < 0.3


@pytest.mark.parametrize(
    ("version", "fits"), [((3, 9), False), ((3, 10), True), ((3, 14), True), ((3, 15), False)]
)
def test_only_pythons_we_serve_are_accepted(
    scripts: Scripts, monkeypatch: pytest.MonkeyPatch, version: tuple[int, int], fits: bool
) -> None:
    monkeypatch.setattr(sys, "version_info", (*version, 0, "final", 0))
    complaint = scripts.run.unsupported_python()
    assert (complaint == "") == fits
    if not fits:
        assert "was started by {}.{}".format(*version) in complaint


def test_what_opens_the_window(scripts: Scripts, tmp_path: Path) -> None:
    photo = tmp_path / "photo.jpg"
    photo.touch()
    assert scripts.run.opens_window([])
    assert scripts.run.opens_window([str(photo)])
    assert scripts.run.opens_window([str(tmp_path)])
    assert not scripts.run.opens_window(["classify", str(photo)])
    assert not scripts.run.opens_window(["--help"])


def test_missing_libraries_are_read_from_the_loader(scripts: Scripts) -> None:
    assert scripts.system_packages.unresolved(LDD_OUTPUT) == ["libEGL.so.1", "libxcb-cursor.so.0"]


@pytest.mark.skipif(sys.platform != "linux", reason="shared libraries of Linux")
def test_every_library_that_qt_takes_from_the_system_has_a_package(scripts: Scripts) -> None:
    pyside = pytest.importorskip("PySide6")
    qt = Path(pyside.__file__).parent / "Qt"
    parts = [str(qt / part) for part in scripts.system_packages._QT_PARTS]
    assert all(Path(part).exists() for part in parts)
    # Only what the parts and Qt's own libraries name: the rest comes with the packages.
    named: set[str] = set()
    for part in (*parts, *(str(path) for path in (qt / "lib").glob("libQt6XcbQpa.so.6"))):
        dynamic = Path(part).read_bytes()
        named |= {found.decode() for found in re.findall(rb"lib(?:xcb|xkb|EGL|GL)[\w.-]*", dynamic)}
    wanted = {name for name in named if re.search(r"\.so\.\d+$", name)}
    assert wanted
    assert wanted <= set(scripts.system_packages.LIBRARY_PACKAGES)


def test_a_font_is_found_by_its_file(scripts: Scripts, tmp_path: Path) -> None:
    assert not scripts.system_packages.has_font([tmp_path, tmp_path / "missing"])
    (tmp_path / "truetype").mkdir()
    (tmp_path / "truetype" / "Some.TTF").touch()
    assert scripts.system_packages.has_font([tmp_path])


def test_systems_without_apt_are_told_the_libraries(
    scripts: Scripts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scripts.system_packages.shutil, "which", lambda name: None)
    command = scripts.system_packages.other_command(
        [("libegl1",), scripts.system_packages.FONT_PACKAGE, ("xdotool",)], ["libEGL.so.1"]
    )
    assert command == ("sudo dnf install 'libEGL.so.1()(64bit)' dejavu-sans-fonts /usr/bin/xdotool")


def test_constraints_are_exact_versions_of_all_that_is_declared() -> None:
    lines = (PACKAGING / "constraints.txt").read_text("utf-8").splitlines()
    pins = [line for line in lines if not line.startswith("#")]
    form = re.compile(r"([a-z0-9-]+)==[\w.]+( ; \w+ (==|!=|>=|<) '[\w.*]+'( (and|or) .+)?)?")
    names = set()
    for pin in pins:
        found = form.fullmatch(pin)
        assert found, pin
        names.add(found[1])
    project = (REPOSITORY / "pyproject.toml").read_text("utf-8")
    lists = re.findall(
        r"^(?:dependencies|mxnet|test|docs|setup) = \[\n(.*?)^\]", project, re.MULTILINE | re.DOTALL
    )
    declared = set(re.findall(r'^ +"([\w-]+)', "\n".join(lists), re.MULTILINE))
    assert len(lists) == 5
    assert declared <= names


def test_constraints_name_no_place_that_packages_come_from() -> None:
    assert "://" not in (PACKAGING / "constraints.txt").read_text("utf-8")


def test_mxnet_is_installed_without_what_it_says_it_needs(
    scripts: Scripts, checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = scripts.environment.Environment(checkout)
    environment.folder.mkdir()
    commands: list[list[str]] = []
    monkeypatch.setattr(environment, "_run", commands.append)
    environment.install(frozenset({"mxnet"}))
    (alone,) = [command for command in commands if command[-1] == "mxnet"]
    assert "--no-deps" in alone
    assert any(command[-1] == ".[mxnet]" for command in commands)
    commands.clear()
    environment.install(frozenset({"test"}))
    assert not [command for command in commands if command[-1] == "mxnet"]


def test_missing_libraries_of_mxnet_are_asked_of_the_loader(
    scripts: Scripts, checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = scripts.environment.Environment(checkout)
    library = environment.folder / "lib/python3.13/site-packages/mxnet/libmxnet.so"
    library.parent.mkdir(parents=True)
    library.touch()
    asked: list[list[str]] = []

    def ldd(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        asked.append(command)
        return subprocess.CompletedProcess(command, 0, "\tlibquadmath.so.0 => not found\n", "")

    monkeypatch.setattr(scripts.system_packages.subprocess, "run", ldd)
    monkeypatch.setattr(scripts.system_packages.shutil, "which", lambda name: name)
    assert scripts.system_packages.missing_libraries(environment) == ["libquadmath.so.0"]
    assert asked == [["ldd", str(library)]]


@posix_only
def test_a_python_that_can_install_nothing_is_told_before_anything_is_made(
    scripts: Scripts, checkout: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(scripts.system_packages, "may_install", lambda: False)
    environment, installed = counting_environment(scripts, checkout)
    with pytest.raises(scripts.commands.SetupError, match=r"no pip.*\n.*python3\.\d+-venv"):
        environment.ensure()  # type: ignore[attr-defined]
    assert installed == []
    assert not (checkout / ".venv").exists()
    assert "Making" not in capsys.readouterr().err


@pytest.mark.skipif(sys.platform != "linux", reason="apt")
def test_where_it_may_it_gets_the_missing_venv_itself(
    scripts: Scripts, checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[str]] = []
    real = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: real(name) if asked else None)
    monkeypatch.setattr(scripts.system_packages, "may_install", lambda: True)
    monkeypatch.setattr(
        scripts.system_packages, "try_to_install", lambda names: asked.append(names) or True
    )
    environment, installed = counting_environment(scripts, checkout)
    environment.ensure()  # type: ignore[attr-defined]
    assert asked == [["python{}.{}-venv".format(*sys.version_info[:2])]]
    assert len(installed) == 1


def test_the_log_of_the_start_before_is_kept(
    scripts: Scripts, checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = scripts.environment.Environment(checkout)

    def fail(command: list[str]) -> None:
        environment.log.write_text(f"attempt {len(attempts)}")
        attempts.append(command)
        raise scripts.commands.SetupError("No.", "Again.")

    attempts: list[list[str]] = []
    monkeypatch.setattr(environment, "_run", fail)
    for _ in range(2):
        with pytest.raises(scripts.commands.SetupError):
            environment.ensure()
    assert environment.log.read_text() == "attempt 1"
    assert environment.log.with_name("setup-before.log").read_text() == "attempt 0"


@posix_only
@pytest.mark.parametrize(
    ("said", "hint"),
    [
        ("SSLError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed')", "PIP_CERT"),
        ("ProxyError('407 Proxy Authentication Required')", "HTTPS_PROXY"),
        ("Failed to establish a new connection", "Connect to the internet"),
    ],
)
def test_what_pip_could_not_do_has_its_hint(
    scripts: Scripts, checkout: Path, said: str, hint: str
) -> None:
    environment = scripts.environment.Environment(checkout)
    environment.folder.mkdir()
    with pytest.raises(scripts.commands.SetupError, match=hint):
        environment._run([sys.executable, "-c", f"print({said!r}); raise SystemExit(1)"])


@pytest.mark.parametrize(
    ("missing", "variables", "opens"),
    [
        ([], {}, True),
        (["libgomp.so.1", "libquadmath.so.0"], {}, True),
        (["libxcb-cursor.so.0"], {}, False),
        (["libxcb-cursor.so.0"], {"QT_QPA_PLATFORM": "xcb"}, False),
        (["libxcb-cursor.so.0"], {"WAYLAND_DISPLAY": "wayland-0"}, True),
        (["libxcb-cursor.so.0"], {"QT_QPA_PLATFORM": "offscreen"}, True),
        (["libglib-2.0.so.0"], {"WAYLAND_DISPLAY": "wayland-0"}, False),
    ],
)
def test_a_window_that_cannot_open_is_a_sentence(
    scripts: Scripts,
    monkeypatch: pytest.MonkeyPatch,
    missing: list[str],
    variables: dict[str, str],
    opens: bool,
) -> None:
    for name in ("QT_QPA_PLATFORM", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    if opens:
        scripts.system_packages.require_window_libraries(missing)
    else:
        with pytest.raises(scripts.commands.SetupError, match=re.escape(missing[0])):
            scripts.system_packages.require_window_libraries(missing)


@pytest.mark.parametrize(
    ("statuses", "unfinished"),
    [("ii \nii \nrc \n", False), ("ii \niU \n", True), ("iF \n", True), ("", False)],
)
def test_packages_left_half_configured_are_seen(
    scripts: Scripts, statuses: str, unfinished: bool
) -> None:
    assert scripts.system_packages.unfinished(statuses) == unfinished


@pytest.mark.skipif(sys.platform != "linux", reason="dpkg")
def test_an_interrupted_installation_is_finished_where_that_may_be(
    scripts: Scripts, checkout: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    packages = scripts.system_packages
    environment = scripts.environment.Environment(checkout)
    environment.folder.mkdir()
    ran: list[list[str]] = []
    monkeypatch.setattr(packages.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(
        packages.subprocess,
        "run",
        lambda command, **_: subprocess.CompletedProcess(command, 0, "ii \niU \n", ""),
    )
    monkeypatch.setattr(packages, "run_logged", lambda command, *_: ran.append(command) or 0)
    monkeypatch.setattr(packages, "_privilege", lambda: ["sudo", "-n"])
    packages._finish_interrupted(environment)
    assert ran[0][-3:] == ["dpkg", "--configure", "-a"]
    monkeypatch.setattr(packages, "_privilege", lambda: None)
    packages._finish_interrupted(environment)
    assert len(ran) == 1
    assert "sudo dpkg --configure -a" in capsys.readouterr().err


def stub_python(folder: Path, name: str, fits: bool) -> None:
    """An interpreter that only says whether it fits, and what it is started with."""
    folder.mkdir(exist_ok=True)
    stub = folder / name
    stub.write_text(
        f'#!/bin/sh\n[ "$1" = -c ] && exit {int(not fits)}\nprintf \'%s|\' {name} "$@"; pwd\n'
    )
    stub.chmod(0o755)


def double_clicked(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [PACKAGING / "Start (macOS).command", *arguments],
        check=False,
        capture_output=True,
        text=True,
        cwd="/",
        env={"PATH": f"{folder}:/nowhere", "HOME": "/"},
    )


@posix_only
@pytest.mark.parametrize(
    ("pythons", "taken"),
    [
        ({"python3.13": True, "python3.12": True}, "python3.13"),
        ({"python3.13": False, "python3.12": True}, "python3.12"),
        ({"python3": True}, "python3"),
    ],
)
def test_a_double_click_on_macos_finds_a_python_that_fits(
    tmp_path: Path, pythons: dict[str, bool], taken: str
) -> None:
    tools = tmp_path / "bin"
    for name, fits in pythons.items():
        stub_python(tools, name, fits)
    (tools / "dirname").symlink_to(shutil.which("dirname") or "")
    done = double_clicked(tools, "a photo.jpg")
    assert done.stdout == f"{taken}|packaging/run.py|a photo.jpg|{REPOSITORY}\n", done.stderr


@posix_only
def test_a_double_click_on_macos_without_python_says_where_to_get_it(tmp_path: Path) -> None:
    tools = tmp_path / "bin"
    tools.mkdir()
    (tools / "dirname").symlink_to(shutil.which("dirname") or "")
    done = double_clicked(tools)
    if done.returncode == 0:
        pytest.skip("there is a Python in /usr/local/bin")
    assert "python.org/downloads" in done.stdout


def test_the_start_script_of_windows_is_one_that_its_shell_reads() -> None:
    content = (PACKAGING / "Start (Windows).bat").read_bytes()
    assert content.count(b"\r\n") == content.count(b"\n")
    content.decode("ascii")


@pytest.mark.parametrize("script", ["Start (Windows).bat", "Start (macOS).command"])
def test_start_scripts_try_every_python_we_serve(script: str) -> None:
    text = (PACKAGING / script).read_text("ascii")
    project = (REPOSITORY / "pyproject.toml").read_text("utf-8")
    least, below = re.findall(r'requires-python = ">=3\.(\d+),<3\.(\d+)"', project)[0]
    assert {int(n) for n in re.findall(r"3\.(\d\d)\b", text.partition("needs Python")[0])} == set(
        range(int(least), int(below))
    )
    assert f"(3, {least}) <= sys.version_info[:2] <= (3, {int(below) - 1})" in text


@posix_only
def test_each_python_that_works_is_found_once(scripts: Scripts, tmp_path: Path) -> None:
    def python(name: str, says: str) -> Path:
        stub = tmp_path / name
        stub.write_text(f"#!/bin/sh\necho {says}\n")
        stub.chmod(0o755)
        return stub

    first, second, old = python("a", "3 13"), python("b", "3 13"), python("c", "3 9")
    oldest = python("d", "3 10")
    shim = tmp_path / "shim"
    shim.write_text("#!/bin/sh\necho 'pyenv: python3.12: command not found' >&2; exit 127\n")
    shim.chmod(0o755)
    found = scripts.all_pythons.installed_pythons([first, second, old, shim, oldest])
    assert found == {"3.10": oldest, "3.13": first}


@pytest.mark.parametrize(
    ("second", "gap"),
    [
        ([{"emotion": "joy", "p": 0.5, "none": None}], 0.0),
        ([{"emotion": "joy", "p": 0.25, "none": None}], 0.25),
        ([{"emotion": "fear", "p": 0.5, "none": None}], None),
        ([{"emotion": "joy", "p": 0.5}], None),
        ([], None),
    ],
)
def test_answers_are_compared_number_by_number(
    scripts: Scripts, second: object, gap: float | None
) -> None:
    first = [{"emotion": "joy", "p": 0.5, "none": None}]
    assert scripts.all_pythons.difference(first, second) == gap


@posix_only
@pytest.mark.parametrize(("odd", "status"), [("0.5", 0), ("0.6", 1)])
def test_pythons_that_answer_otherwise_are_a_failure(
    scripts: Scripts,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    odd: str,
    status: int,
) -> None:
    runs = scripts.all_pythons
    pythons = {"3.10": Path("old"), "3.13": Path("new")}
    asked: list[tuple[str, str]] = []

    def call(command: list[str], env: dict[str, str], **_: object) -> int:
        asked.append((command[0], env["EMOTION_DESKTOP_VENV"]))
        return 0

    monkeypatch.setattr(sys, "version_info", (3, 13, 0, "final", 0))
    monkeypatch.delenv("EMOTION_DESKTOP_VENV", raising=False)
    monkeypatch.setattr(runs, "installed_pythons", lambda _: pythons)
    monkeypatch.setattr(runs.subprocess, "call", call)
    monkeypatch.setattr(
        runs, "_answers", lambda python: [float(odd) if ".venv-3.10" in str(python) else 0.5]
    )
    assert runs.run_all([]) == status
    assert asked == [("old", ".venv-3.10"), ("new", ".venv")]
    assert "Python 3.13: passed" in capsys.readouterr().err


def test_the_stamp_is_readable(scripts: Scripts, checkout: Path) -> None:
    counting_environment(scripts, checkout)[0].ensure()  # type: ignore[attr-defined]
    stamp = json.loads((checkout / ".venv" / "setup.json").read_text("utf-8"))
    assert stamp["contents"]["place"] == str(checkout)
