"""The guide's pages in a window of their own, for those who have not built them for a browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QSize, Qt, QUrl, Slot
from PySide6.QtGui import (
    QDesktopServices,
    QImage,
    QKeySequence,
    QResizeEvent,
    QShortcut,
    QTextBlock,
    QTextCursor,
    QTextDocument,
    QTextFrameFormat,
    QTextTable,
)
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QTextBrowser, QVBoxLayout, QWidget

from emotion_desktop.ui.icons import app_icon

_SIZE: Final = QSize(900, 760)
#: Around the text, pixels.
_MARGIN: Final = 24
_CELL_PADDING: Final = 5
_ABOVE_HEADING: Final = 18
_BELOW_HEADING: Final = 6


class GuideViewer(QWidget):
    """A window with a page, and the ways back and to the contents.

    Args:
        folder: where the pages are.
        contents: the page that leads to all others.
    """

    def __init__(self, folder: Path, contents: str) -> None:
        super().__init__()
        self.setWindowTitle("Guide")
        self.setWindowIcon(app_icon())
        self.resize(_SIZE)
        self._folder = folder
        self._first = contents
        self.text = _Page()
        self._back = QPushButton("Back")
        self._contents = QPushButton("Contents")
        self._back.setEnabled(False)
        self._back.clicked.connect(self.text.backward)
        self._contents.clicked.connect(self._show_contents)
        self.text.backwardAvailable.connect(self._back.setEnabled)
        QShortcut(QKeySequence.StandardKey.Close, self, self.close)
        QShortcut(QKeySequence(Qt.Key.Key_Escape), self, self.close)
        QShortcut(QKeySequence.StandardKey.Back, self, self.text.backward)
        buttons = QHBoxLayout()
        buttons.addWidget(self._back)
        buttons.addWidget(self._contents)
        buttons.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 12, 12, 12)
        layout.addLayout(buttons)
        layout.addWidget(self.text, 1)

    def show_page(self, page: str) -> None:
        """Shows a page, in front of other windows."""
        self.text.follow(QUrl.fromLocalFile(str(self._folder / page)))
        self.text.setFocus()  # keys scroll
        self.show()
        self.raise_()
        self.activateWindow()

    @Slot()
    def _show_contents(self) -> None:
        self.show_page(self._first)


class _Page(QTextBrowser):
    """A page of Markdown whose pictures are as wide as it is, at most."""

    def __init__(self) -> None:
        super().__init__()
        self.setOpenLinks(False)
        self.anchorClicked.connect(self.follow)
        self.setAccessibleName("Page of the guide")
        self.document().setDocumentMargin(_MARGIN)
        # Pictures keep their width when it comes and goes.
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.sourceChanged.connect(self._dress)

    @Slot(QUrl)
    def follow(self, link: QUrl) -> None:
        """Opens another page, or what lies elsewhere in the program that is meant for it."""
        place = self.source().resolved(link)
        if place.isLocalFile():
            self.setSource(place, QTextDocument.ResourceType.MarkdownResource)
        else:
            QDesktopServices.openUrl(place)

    def loadResource(self, kind: int, name: QUrl | str) -> Any:
        """A picture no wider than the page; other resources unchanged."""
        if kind != QTextDocument.ResourceType.ImageResource.value:
            return super().loadResource(kind, name)
        image = QImage(self.source().resolved(QUrl(name)).toLocalFile())
        ratio = self.devicePixelRatioF()
        width = round((self.viewport().width() - 2 * _MARGIN) * ratio)
        if image.width() > width > 0:
            image = image.scaledToWidth(width, Qt.TransformationMode.SmoothTransformation)
        image.setDevicePixelRatio(ratio)
        return image

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Pictures follow the width."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width() and not self.source().isEmpty():
            place = self.verticalScrollBar().value()
            self.reload()
            self.verticalScrollBar().setValue(place)

    @Slot(QUrl)
    def _dress(self, source: QUrl) -> None:
        """Gives headings and tables room, and goes to the heading that a link named."""
        for block in self._headings():
            look = block.blockFormat()
            look.setTopMargin(_ABOVE_HEADING)
            look.setBottomMargin(_BELOW_HEADING)
            QTextCursor(block).setBlockFormat(look)
        for frame in self.document().rootFrame().childFrames():
            if isinstance(frame, QTextTable):
                lines = frame.format().toTableFormat()
                lines.setBorderCollapse(True)
                lines.setBorder(1)
                lines.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
                lines.setBorderBrush(self.palette().mid())
                lines.setCellPadding(_CELL_PADDING)
                lines.setBottomMargin(_BELOW_HEADING)
                frame.setFormat(lines)
        if source.hasFragment():
            self._go_to(source.fragment())

    def _headings(self) -> Iterator[QTextBlock]:
        block = self.document().begin()
        while block.isValid():
            if block.blockFormat().headingLevel():
                yield block
            block = block.next()

    def _go_to(self, anchor: str) -> None:
        for block in self._headings():
            if _anchor(block.text()) == anchor:
                self.setTextCursor(QTextCursor(block))
                rect = self.document().documentLayout().blockBoundingRect(block)
                self.verticalScrollBar().setValue(int(rect.top()) - _BELOW_HEADING)
                return


def _anchor(heading: str) -> str:
    """What links call a heading."""
    return re.sub(r"\s+", "-", re.sub(r"[^\w\s-]", "", heading).strip().lower())
