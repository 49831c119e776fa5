"""Help in the window: the guide's pages, as they are or built."""

from __future__ import annotations

import os

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QTextDocument
from PySide6.QtWidgets import QMessageBox

from emotion_desktop.assets import GUIDE
from emotion_desktop.ui.guide.open_guide import _PAGES, CONTENTS, Guide

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", "raise")


@pytest.fixture
def unbuilt(tmp_path):
    """The guide's pages where nobody has built them."""
    folder = tmp_path / "docs"
    folder.mkdir()
    for entry in GUIDE.iterdir():
        if entry.name != "site":
            (folder / entry.name).symlink_to(entry)
    return folder


@pytest.fixture
def guide(qtbot, unbuilt):
    made = Guide(unbuilt)
    yield made
    made.close()
    made.viewer.deleteLater()


def test_the_key_for_help_leads_to_the_page_of_the_tab(controller, qtbot, unbuilt):
    window = controller.window
    window.guide = Guide(unbuilt)
    assert [window.tabs.tabText(number) for number in range(window.tabs.count())] == list(_PAGES)
    for number, page in enumerate(_PAGES.values()):
        window.tabs.setCurrentIndex(number)
        qtbot.keyClick(window, Qt.Key.Key_F1)
        shown = window.guide.viewer.text
        assert shown.source().toLocalFile() == str(unbuilt / page)
        assert shown.toPlainText().strip()
    window.guide.viewer.deleteLater()


def test_links_are_followed_and_back_goes_back(guide, monkeypatch):
    opened = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toString()))
    guide.open()
    text = guide.viewer.text
    assert guide.viewer.focusWidget() is text
    assert "Emotion Desktop" in text.toPlainText()
    text.follow(QUrl("guide/classify.md"))
    assert "Drop photos or folders" in text.toPlainText()
    text.follow(QUrl("../reference/formats.md"))
    assert "JSON and CSV" in text.toPlainText()
    text.follow(QUrl("https://elsewhere.example/"))
    assert opened == ["https://elsewhere.example/"]
    assert "JSON and CSV" in text.toPlainText()
    text.backward()
    assert "Drop photos or folders" in text.toPlainText()
    guide.viewer._contents.click()
    assert text.source().toLocalFile().endswith(CONTENTS)


def test_a_link_to_a_heading_goes_there(guide, qtbot):
    guide.open("reference/verbs.md")
    text = guide.viewer.text
    qtbot.waitExposed(guide.viewer)
    text.follow(QUrl("#sagemaker-train"))
    assert text.textCursor().block().text() == "sagemaker train"
    assert text.verticalScrollBar().value() > 0


def test_pictures_are_there_and_no_wider_than_the_page(guide, qtbot):
    guide.open("guide/classify.md")
    text = guide.viewer.text
    qtbot.waitExposed(guide.viewer)
    kind = QTextDocument.ResourceType.ImageResource
    for width in (900, 600):
        guide.viewer.resize(width, 700)
        qtbot.wait(50)
        picture = text.document().resource(kind.value, QUrl("../pictures/gallery.webp"))
        assert 300 < picture.width() / picture.devicePixelRatio() < text.viewport().width()


def test_what_was_built_since_it_was_written_is_opened_in_the_browser(
    guide, unbuilt, tmp_path, monkeypatch
):
    opened = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()))
    site = unbuilt / "site"
    site.mkdir()
    (site / "index.html").touch()
    guide.open("guide/train.md")
    assert opened == [str(site / "guide" / "train.html")]
    os.utime(site / "index.html", (0, 0))
    guide.open("guide/train.md")
    assert len(opened) == 1
    assert guide.viewer.isVisible()


def test_the_limits_that_the_law_sets_are_in_the_menu_and_in_the_guide(controller, guide):
    controller.window.show_limits()
    box = controller.window.findChild(QMessageBox)
    assert "Article 5(1)(f) of the AI Act" in box.text()
    box.close()
    guide.open()
    assert "Article 5(1)(f) of the AI Act" in guide.viewer.text.toPlainText()
