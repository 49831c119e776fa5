"""The report: all figures, no request, no markup from names."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.evaluation.comparison import ModelPredictions, compare
from emotion_desktop.evaluation.groups import PhotoAttributes
from emotion_desktop.evaluation.report.background import Background
from emotion_desktop.evaluation.report.compose import compose
from emotion_desktop.evaluation.report.html import to_html
from emotion_desktop.evaluation.report.markdown import to_markdown
from emotion_desktop.evaluation.report.notebook import to_notebook
from tests.unit.evaluation.test_comparison import SEVEN, make_model, make_samples

EVIL = '<script src="http://x.example/a.js">'


class Page(HTMLParser):
    """Elements, attributes and text of a page; notices what is not closed."""

    VOID = ("meta",)

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict]] = []
        self.words: list[str] = []
        self.open: list[str] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)


@pytest.fixture(scope="module")
def comparison():
    samples = make_samples(400)
    attributes = [
        PhotoAttributes(s.person, None, (60 + n, 90 + n), n % 4 == 0) for n, s in enumerate(samples)
    ]
    models = [
        make_model("Keras", EMOTIONS, samples, 3.0, 1),
        make_model(EVIL, SEVEN, samples, 1.0, 2),
    ]
    cloud = make_model("Rekognition", SEVEN, samples, 2.0, 3)
    models.append(
        ModelPredictions(
            "Rekognition",
            "rekognition",
            cloud.labels,
            cloud.predictions,
            False,
            speed=9.5,
            cost=0.4,
        )
    )
    return compare(
        models, samples, data=EVIL, left_out={"trained_on": 7}, attributes=attributes, draws=100
    )


@pytest.fixture(scope="module")
def document(comparison, builtin):
    background = Background(
        created="2026-01-01 10:00",
        program="Emotion Desktop 9.9",
        versions={"numpy": "1.26.4"},
        faces="cut out where the face finder found them.",
        cards={"Keras": builtin.card},
    )
    return compose(comparison, background)


def test_it_is_well_formed_and_asks_nothing_of_the_network(document):
    text = to_html(document)
    page = Page(text)
    names = {tag for tag, _ in page.tags}
    assert not names & {"script", "img", "link", "iframe", "object", "a", "form", "image", "use"}
    for _, attributes in page.tags:
        assert not attributes.keys() & {"src", "href", "srcset", "action", "onload", "onclick"}
        for value in attributes.values():
            assert "url(" not in (value or "").replace("url(#hatch)", "")
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)[1]
    assert "url(" not in style
    assert "@import" not in style
    policy = [a["content"] for t, a in page.tags if t == "meta" and "http-equiv" in a]
    assert policy == ["default-src 'none'; style-src 'unsafe-inline'"]
    assert "prefers-color-scheme: dark" in style
    assert "@media print" in style


def test_no_photo_and_no_path_is_in_it(document, comparison):
    text = to_html(document)
    assert not any(sample.path.name in text for sample in comparison.samples)


@pytest.mark.parametrize("form", [to_html, to_markdown])
def test_all_figures_are_in_it(document, comparison, form):
    text = form(document)
    words = " ".join(Page(text).words) if form is to_html else text.replace("\\", "")
    scores = comparison.scores
    for model in scores.models:
        assert f"{model.scores.accuracy * 100:.1f} %" in words
        assert f"{model.scores.mean_recall * 100:.1f} %" in words
        assert f"{model.scores.macro_f1 * 100:.1f} %" in words
        assert f"{model.scores.calibration_error:.3f}" in words
    for pair in scores.pairs:
        assert f"{pair.only_first:,} / {pair.only_second:,}" in words
        assert f"{pair.chance:.2g}" in words
    for needed in (
        "about $0.40",
        "not on contempt",
        "7 a model was trained on, or copies of such",
        "McNemar",
        "numpy 1.26.4",
        "too few to judge",
        "reads expressions, not feelings",
        "its own",
        "that every model gets",
        "200–499 px",
        "grey",
        "By person",
    ):
        assert needed in words, needed
    for place in range(3):
        for row in comparison.matrix(None, place).tolist():
            for count in row:
                assert not count or f"{count:,}" in words


def test_a_service_is_hatched_and_ours_is_not(document):
    text = to_html(document)
    assert text.count('stroke-dasharray="5 3"') == 1
    # In each plot of bars, the service's bars and no others.
    plots = re.findall(r'<svg[^>]*aria-label="([^"]+)"[^>]*>(.*?)</svg>', text, re.DOTALL)
    bars = [(title, plot) for title, plot in plots if 'class="bar' in plot]
    assert len(bars) == 3
    for title, plot in bars:
        drawn = re.findall(r'<text class="name[^>]*>([^<]+)</text><rect[^>]*?(style|/>)', plot)
        assert drawn, title
        for name, end in drawn:
            assert (end == "style") == ("Rekognition" in name), (title, name)


def test_names_are_text_in_markdown_too(document):
    text = to_markdown(document)
    assert "<script" not in text.replace("\\<script", "")
    assert text.startswith("# Keras · ")


def test_the_notebook_has_its_form():
    text = to_notebook(
        "A ”title”",
        version="9.9",
        workspace=str(Path("C:\\it's")),
        data={"path": "/a 'b'", "split": "", "part": "test"},
        models=[("M", "/m.emodel")],
        faces="find",
        include_trained_on=False,
    )
    notebook = json.loads(text)
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    identities = [cell["id"] for cell in notebook["cells"]]
    assert len(set(identities)) == len(identities)
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            assert cell["outputs"] == []
            compile("".join(cell["source"]), cell["id"], "exec")
