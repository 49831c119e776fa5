"""The guide: links lead somewhere, the menu is whole, and what the program says is said anew."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
DOCS = REPOSITORY / "docs"
#: Built pages, and folders that tools make.
_ELSEWHERE = {"site", ".venv", "build", "dist", "node_modules", "shared"}
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_CODE = re.compile(r"^(?: {4}|\t).*$|`[^`\n]*`", re.MULTILINE)


def markdown_files() -> list[Path]:
    """All pages of the repository."""
    found = REPOSITORY.rglob("*.md")
    return sorted(
        path
        for path in found
        if not set(path.relative_to(REPOSITORY).parts[:-1]) & _ELSEWHERE
        and not any(part.startswith(".pytest") for part in path.parts)
    )


def guide_pages() -> set[str]:
    """The pages of the guide, by their place below docs/."""
    return {p.relative_to(DOCS).as_posix() for p in markdown_files() if p.is_relative_to(DOCS)}


def anchors(page: Path) -> set[str]:
    """The headings of a page, as links name them."""
    heads = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    return {
        re.sub(r"[\s]+", "-", re.sub(r"[^\w\s-]", "", re.sub(r"[`*]", "", head)).strip().lower())
        for head in heads
    }


@pytest.mark.parametrize(
    "page", markdown_files(), ids=lambda page: page.relative_to(REPOSITORY).as_posix()
)
def test_links_lead_somewhere(page):
    text = _CODE.sub("", page.read_text("utf-8"))
    for link in _LINK.findall(text):
        if re.match(r"[a-z]+:", link):
            continue
        place, _, anchor = link.partition("#")
        target = (page.parent / place).resolve() if place else page
        assert target.exists(), f"{link} is not there"
        if anchor:
            assert anchor in anchors(target), f"{link} names no heading"


def test_every_page_is_in_the_menu():
    menu = (REPOSITORY / "mkdocs.yml").read_text("utf-8").partition("\nnav:")[2]
    listed = set(re.findall(r"(\S+\.md)$", menu, re.MULTILINE))
    records = {page for page in guide_pages() if page.startswith("decisions/0")}
    assert listed == guide_pages() - records


def test_every_decision_is_listed():
    records = sorted(path.name for path in (DOCS / "decisions").glob("0*.md"))
    assert [name[:4] for name in records] == [f"{n:04d}" for n in range(1, len(records) + 1)]
    index = (DOCS / "decisions" / "index.md").read_text("utf-8")
    assert re.findall(r"\]\((0\S+\.md)\)", index) == records


def test_every_picture_is_shown_and_they_stay_small():
    pictures = {path.name for path in (DOCS / "pictures").iterdir()}
    text = "".join((DOCS / page).read_text("utf-8") for page in guide_pages())
    assert pictures == set(re.findall(r"pictures/([\w-]+\.webp)", text))
    files = [*(DOCS / "pictures").iterdir(), DOCS / "screenshot.png"]
    assert sum(path.stat().st_size for path in files) < 1_500_000


def test_pages_made_from_the_program_are_those_it_makes_now(monkeypatch):
    """Run packaging/docs.py where this fails: a verb, a setting or an option has changed."""
    monkeypatch.syspath_prepend(str(REPOSITORY / "packaging"))
    made = importlib.import_module("reference_pages").pages()
    for name, text in made.items():
        assert (DOCS / "reference" / name).read_text("utf-8") == text, name


DEVELOPERS = [
    REPOSITORY / "CONTRIBUTING.md",
    DOCS / "development" / "architecture.md",
    DOCS / "development" / "how-to.md",
]


def _place(name: str) -> Path | None:
    """A file that a page for developers names, from the top or below the package."""
    tops = (REPOSITORY, REPOSITORY / "emotion_desktop", REPOSITORY / "tests")
    return next((top / name for top in tops if (top / name).exists()), None)


@pytest.mark.parametrize("page", DEVELOPERS, ids=lambda page: page.name)
def test_files_and_names_that_developers_are_sent_to_are_there(page):
    text = page.read_text("utf-8")
    for name in re.findall(r"`([\w./-]+\.(?:py|toml|txt|yml|sql))`", text):
        assert _place(name) is not None, f"{name} is not there"
    for word, name in re.findall(r"`(\w+)`\s+(?:of|in)\s+`([\w./-]+\.py)`", text):
        place = _place(name)
        assert place is not None
        assert re.search(rf"\b{word}\b", place.read_text("utf-8")), f"{name} has no {word}"


def test_every_key_and_column_is_explained():
    from dataclasses import fields

    from emotion_desktop.dataset.export_formats import COLUMNS
    from emotion_desktop.domain.emotions import EMOTIONS
    from emotion_desktop.domain.geometry import Box, Frame
    from emotion_desktop.domain.prediction import FacePrediction, PhotoStatus, Prediction
    from emotion_desktop.domain.scores import Scores
    from emotion_desktop.jobs.predicting.prediction_files import as_csv

    face = FacePrediction(
        Box(0, 0, 1, 1), Frame(0, 0, 1, 0), {"anger": 1.0}, calibrated=False, other={"calm": 0.0}
    )
    entry = Prediction("a.jpg", PhotoStatus.OK, (face,)).to_dict()
    columns = as_csv([], {}).splitlines()[0].split(",")
    keys = {
        *entry,
        *entry["faces"][0],
        *(set(columns) - set(EMOTIONS)),
        *COLUMNS,
        *(item.name for item in fields(Scores)),
    }
    text = (DOCS / "reference" / "formats.md").read_text("utf-8")
    assert keys <= set(re.findall(r"`([a-z_0-9]+)`", text))


def test_the_readme_is_short_and_names_the_two_commands():
    text = (REPOSITORY / "README.md").read_text("utf-8")
    assert len(text.splitlines()) <= 150
    assert "python3 packaging/run.py\n" in text
    assert "python3 packaging/test.py\n" in text


def test_every_verb_is_in_the_guide():
    from emotion_desktop.verbs import VERBS

    text = (DOCS / "reference" / "verbs.md").read_text("utf-8")
    headings = re.findall(r"^## (\S+)", text, re.MULTILINE)
    assert set(headings) == set(VERBS)
