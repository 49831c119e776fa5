"""The health cards on screen: a sentence, the photos behind it at a click, and a fix."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from PySide6.QtCore import QRectF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QPainter, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.ui.icons import paint_sign, pixmap
from emotion_desktop.ui.theme import Theme
from emotion_desktop.ui.widgets.basics import fill_scroll_area, wrapping_label
from emotion_desktop.ui.widgets.flow_layout import FlowLayout

_SIGNS: Final = {"alarm": "unreadable", "warning": "unreadable", "note": "unsure", "fine": "fine"}
#: So many cards are made between two events.
_AT_ONCE: Final = 3
_WORDS: Final = {"alarm": "Alarm", "warning": "Warning", "note": "Note", "fine": "All well"}


class CardFrame(QFrame):
    """One card."""

    #: The card's key and title.
    photos_wanted = Signal(str, str)
    #: The card's and the fix's keys, and the emotion to merge into or nothing.
    fix_wanted = Signal(str, str, str)

    def __init__(
        self, card: Mapping[str, Any], theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.card = card
        severity = card["severity"]
        self._icon = QLabel()
        self._icon.setAccessibleName(_WORDS[severity])
        self._icon.setToolTip(_WORDS[severity])
        self.set_theme(theme)
        title = QLabel(card["title"])
        title.setProperty("role", "headline")
        text = QLabel(card["sentence"])
        for label in (title, text):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
        if severity == "fine":
            text.setProperty("role", "muted")
        words = QVBoxLayout()
        words.setSpacing(3)
        words.addWidget(title)
        words.addWidget(text)
        actions = self._actions()
        if actions is not None:
            words.addSpacing(4)
            words.addLayout(actions)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 12)
        layout.setSpacing(14)
        layout.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(words, 1)

    def set_theme(self, theme: Theme) -> None:
        """Paints in other colours."""
        severity = self.card["severity"]
        colours = {"alarm": theme.danger, "warning": theme.accent}

        def paint(painter: QPainter, rect: QRectF) -> None:
            paint_sign(painter, rect, _SIGNS[severity], colours.get(severity, theme.muted))

        self._icon.setPixmap(pixmap(22, self.devicePixelRatioF(), paint))

    def _actions(self) -> FlowLayout | None:
        card = self.card
        row = FlowLayout()
        if card["count"] and card["key"] != "spellings":
            count = card["count"]
            show = QPushButton(f"Show {count:,} photo{'s' * (count != 1)}")
            show.clicked.connect(lambda: self.photos_wanted.emit(card["key"], card["title"]))
            row.addWidget(show)
        for number, fix in enumerate(card["fixes"]):
            button = QPushButton(fix["label"])
            if number == 0 and card["severity"] == "alarm":
                button.setProperty("role", "primary")
            if fix["key"] == "merge":
                button.setProperty("role", "menu")
                button.setMenu(self._merge_menu(card["key"].partition(":")[2], button))
            else:
                button.clicked.connect(
                    lambda _=False, key=fix["key"]: self.fix_wanted.emit(card["key"], key, "")
                )
            row.addWidget(button)
        return row if row.count() else None

    def _merge_menu(self, emotion: str, parent: QWidget) -> QMenu:
        menu = QMenu(parent)
        for other in EMOTIONS:
            if other != emotion:
                action = menu.addAction(other)
                action.triggered.connect(
                    lambda _=False, into=other: self.fix_wanted.emit(
                        self.card["key"], "merge", into
                    )
                )
        return menu


class DoneFrame(QFrame):
    """What stands in a card's place once it was mended: what was done, and the way back.

    It stays until the page is shown anew, so that no other card's button comes under the pointer.
    """

    undo_wanted = Signal(str)

    def __init__(self, title: str, height: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.setMinimumHeight(height)
        text = wrapping_label(f"Done: {title}.")
        undo = QPushButton("Undo")
        undo.setAccessibleName(f"Undo: {title}")
        undo.clicked.connect(lambda: self.undo_wanted.emit(title))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 12)
        layout.addWidget(text, 1)
        layout.addWidget(undo, 0, Qt.AlignmentFlag.AlignVCenter)


class HealthView(QWidget):
    """All cards, those that matter most on top."""

    audit_wanted = Signal()
    photos_wanted = Signal(str, str)
    fix_wanted = Signal(str, str, str)
    #: The title of a change that a fix made.
    undo_wanted = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._done: list[tuple[int, DoneFrame]] = []
        self.frames: dict[str, CardFrame] = {}
        self._coming: list[Mapping[str, Any]] = []
        self._lazy_page = 0
        self._next = QTimer(self)
        self._next.setSingleShot(True)
        self._next.setInterval(0)
        self._next.timeout.connect(self._make_some)
        self._state = QLabel()
        self._state.setProperty("role", "muted")
        self._state.setWordWrap(True)
        self.check = QPushButton("Check the photos")
        self.check.setToolTip("Looks at every photo that was not looked at yet.")
        self.check.clicked.connect(self.audit_wanted)
        head = QHBoxLayout()
        head.setContentsMargins(20, 14, 20, 6)
        head.addWidget(self._state, 1)
        head.addWidget(self.check)
        self._inside = QWidget()
        self._list = QVBoxLayout(self._inside)
        self._list.setContentsMargins(20, 4, 20, 16)
        self._list.setSpacing(8)
        self._list.addStretch(1)
        scroll = QScrollArea()
        fill_scroll_area(scroll, self._inside)
        scroll.setAccessibleName("Health of the data set")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addWidget(scroll, 1)

    def set_theme(self, theme: Theme) -> None:
        """Paints in other colours."""
        self._theme = theme
        for frame in self.frames.values():
            frame.set_theme(theme)

    def show_cards(self, cards: Sequence[Mapping[str, Any]]) -> None:
        """Shows cards (Card.to_dict()), in their order.

        Those that are shown already stay; new ones are made a few at a time, for all at once would
        stall the window.
        """
        wanted = {card["key"]: card for card in cards}
        for key, frame in list(self.frames.items()):
            if wanted.get(key) != frame.card:
                self._list.removeWidget(frame)
                frame.hide()
                frame.deleteLater()
                del self.frames[key]
        self._coming = list(cards)
        self._lazy_page = 0
        self._show_state(cards)
        self._next.start()

    def show_done(self, card: str, title: str) -> None:
        """Puts what a fix has done into the place of its card.

        Args:
            title: of the change.
        """
        frame = self.frames.pop(card, None)
        if frame is None:
            return
        place = self._list.indexOf(frame)
        done = DoneFrame(title, frame.height())
        done.undo_wanted.connect(self._take_back)
        self._done.append((place, done))
        self._list.insertWidget(place, done)
        self._list.removeWidget(frame)
        frame.hide()
        frame.deleteLater()

    @Slot(str)
    def _take_back(self, title: str) -> None:
        self.forget_done()
        self.undo_wanted.emit(title)

    def forget_done(self) -> None:
        """Shows the cards alone."""
        for _, frame in self._done:
            self._list.removeWidget(frame)
            frame.hide()
            frame.deleteLater()
        self._done = []

    def showEvent(self, event: QShowEvent) -> None:
        """Whoever comes back knows what was done."""
        super().showEvent(event)
        self.forget_done()

    @Slot()
    def _make_some(self) -> None:
        made = 0
        while self._coming and made < _AT_ONCE:
            card = self._coming.pop(0)
            frame = self.frames.get(card["key"])
            if frame is None:
                frame = self.frames[card["key"]] = CardFrame(card, self._theme)
                frame.photos_wanted.connect(self.photos_wanted)
                frame.fix_wanted.connect(self.fix_wanted)
                made += 1
            if self._list.indexOf(frame) != self._lazy_page:
                self._list.removeWidget(frame)
                self._list.insertWidget(self._lazy_page, frame)
            self._lazy_page += 1
        for place, done in self._done:
            self._list.removeWidget(done)
            self._list.insertWidget(min(place, self._list.count() - 1), done)
        if self._coming:
            self._next.start()

    def _show_state(self, cards: Sequence[Mapping[str, Any]]) -> None:
        # Other labels alone make shortcuts out of date, and no photo is looked at again for those.
        stale = any(card["stale"] for card in cards if not card["key"].startswith("shortcut"))
        old = any(card["stale"] for card in cards) and not stale
        open_ones = sum(card["severity"] in ("alarm", "warning") for card in cards)
        found = (
            f"{open_ones} thing{'s' * (open_ones != 1)} to look at. Every fix can be undone."
            if open_ones
            else "Nothing is wrong that was looked for."
        )
        more = " Some photos were not looked at yet." if stale else ""
        if old:
            more = " Labels were changed since shortcuts were looked for: check again to be exact."
        self._state.setText(found + more)
        self.check.setProperty("role", "primary" if stale else "")
        self.check.style().polish(self.check)
