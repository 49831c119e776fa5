"""The report in a real browser: nothing is asked of the network, it is dark where that is wished,
and it prints on whole pages."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import cv2
import pytest

from emotion_desktop.evaluation.report.background import Background
from emotion_desktop.evaluation.report.compose import compose
from emotion_desktop.evaluation.report.html import to_html
from tests.unit.evaluation.test_comparison import SEVEN, compare, make_model, make_samples

_BROWSER = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(_BROWSER is None, reason="needs Chromium")

_FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--hide-scrollbars"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--disable-quic", "--window-size=1000,1400"),
)


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    samples = make_samples(300)
    entrants = [make_model(name, SEVEN, samples, 2.0, n) for n, name in enumerate("AB")]
    comparison = compare(entrants, samples, data="data", left_out={}, draws=50)
    background = Background("today", "Emotion Desktop", {}, "cut out.")
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(to_html(compose(comparison, background)), "utf-8")
    return path


def browse(report: Path, folder: Path, *flags: str) -> None:
    assert _BROWSER is not None
    command = [_BROWSER, *_FLAGS, f"--user-data-dir={folder / 'profile'}", *flags, report.as_uri()]
    subprocess.run(command, check=True, capture_output=True, timeout=60)


def asked(page: Path, folder: Path) -> set[str]:
    """Hosts that a page asks something of; what the browser asks for itself is left out."""
    log = folder / "net.json"
    browse(page, folder, f"--log-net-log={log}", f"--screenshot={folder / 'page.png'}")
    found = re.findall(r'"url":"(?:https?|wss?|ftp)://([^/"]+)', log.read_text("utf-8"))
    return {host for host in found if not host.endswith((".google.com", ".googleapis.com"))}


def test_nothing_is_asked_of_the_network(report: Path, tmp_path: Path) -> None:
    assert asked(report, tmp_path) == set()
    curious = tmp_path / "curious.html"
    curious.write_text('<img src="http://127.0.0.1:9/x.png">')
    assert asked(curious, tmp_path) == {"127.0.0.1:9"}


def test_it_is_light_or_dark_as_the_reader_wishes(report: Path, tmp_path: Path) -> None:
    means = []
    for scheme in ("1", "0"):
        picture = tmp_path / f"{scheme}.png"
        setting = f"--blink-settings=preferredColorScheme={scheme}"
        browse(report, tmp_path, setting, f"--screenshot={picture}")
        means.append(cv2.imread(str(picture)).mean())
    assert means[0] > 200
    assert means[1] < 90


def test_it_prints(report: Path, tmp_path: Path) -> None:
    paper = tmp_path / "report.pdf"
    browse(report, tmp_path, "--no-pdf-header-footer", f"--print-to-pdf={paper}")
    pages = len(re.findall(rb"/Type\s*/Page\b", paper.read_bytes()))
    assert 2 <= pages <= 12
