"""A message over the page: what happened, what to do next, and a button to close it.

It lies over the lower edge of the page and moves nothing: whoever is about to click something hits
it, whatever is said meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Final

from PySide6.QtCore import QEvent, QObject, QPoint, QRectF, Qt, QTimer, Slot
from PySide6.QtGui import QEnterEvent, QPainter
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from emotion_desktop.ui.icons import paint_sign, pixmap
from emotion_desktop.ui.theme import LIGHT, Theme
from emotion_desktop.ui.widgets.basics import wrapping_label

#: How long a message stays that nobody needs to act on, milliseconds.
_SUCCESS_MS: Final = 8_000
_NOTICE_MS: Final = 20_000
_WIDEST: Final = 640
_EDGE: Final = 14
_ICON: Final = 20


class MessageKind(str, Enum):
    """What a message is; the style sheet has a colour for each."""

    SUCCESS = "success"
    NOTICE = "notice"
    ERROR = "error"


_SIGNS: Final = {
    MessageKind.SUCCESS: "fine",
    MessageKind.NOTICE: "notice",
    MessageKind.ERROR: "unreadable",
}
#: What a screen reader says before the message.
_SPOKEN: Final = {
    MessageKind.SUCCESS: "Done",
    MessageKind.NOTICE: "Notice",
    MessageKind.ERROR: "Error",
}


@dataclass(frozen=True, slots=True)
class MessageAction:
    """The one thing that a message offers to do."""

    text: str
    do: Callable[[], object]


class Banner(QFrame):
    """Hidden until there is something to say; the latest message wins.

    Successes go by themselves, errors stay until they are closed or something else is said.

    Args:
        parent: the widget whose lower edge it lies over.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "banner")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.kind = MessageKind.NOTICE
        self._theme = LIGHT
        self._goes_by_itself = False
        self._do: Callable[[], object] | None = None
        self._icon = QLabel()
        self._text = wrapping_label(selectable=True)
        self.action = QPushButton()
        self.action.setProperty("role", "primary")
        self.action.clicked.connect(self._act)
        self.close_button = QPushButton("Close")
        self.close_button.setAccessibleName("Close the message")
        self.close_button.clicked.connect(self.hide)
        buttons = QVBoxLayout()
        buttons.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.action)
        row.addWidget(self.close_button)
        buttons.addLayout(row)
        buttons.addStretch(1)
        layout = self._layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 10, 10, 10)
        layout.setSpacing(10)
        layout.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self._text, 1)
        layout.addLayout(buttons)
        self._hide_later = QTimer(self)
        self._hide_later.setSingleShot(True)
        self._hide_later.timeout.connect(self.hide)
        if parent is not None:
            parent.installEventFilter(self)
        self.hide()

    # -- saying something ----------------------------------------------------------------------

    def show_success(self, message: str, action: MessageAction | None = None) -> None:
        """Says that something was done; it goes by itself."""
        self._show(MessageKind.SUCCESS, message, action, goes_after=_SUCCESS_MS)

    def show_notice(
        self, message: str, hint: str = "", action: MessageAction | None = None
    ) -> None:
        """Says something that went neither well nor wrong; with an action it stays."""
        text = f"{message} {hint}".strip()
        self._show(MessageKind.NOTICE, text, action, goes_after=0 if action else _NOTICE_MS)

    def show_error(self, message: str, hint: str = "", action: MessageAction | None = None) -> None:
        """Says what went wrong and what to do; it stays until it is closed."""
        self._show(MessageKind.ERROR, f"{message} {hint}".strip(), action)

    @property
    def text(self) -> str:
        """What is shown, or was last."""
        return self._text.text()

    def set_theme(self, theme: Theme) -> None:
        """Paints in other colours."""
        self._theme = theme
        self._paint_icon()

    def _show(
        self, kind: MessageKind, text: str, action: MessageAction | None, goes_after: int = 0
    ) -> None:
        """Shows a message.

        Args:
            goes_after: milliseconds; 0 for one that stays.
        """
        self._hide_later.stop()
        self._goes_by_itself = goes_after > 0
        if goes_after:
            self._hide_later.start(goes_after)
        self.kind = kind
        self.setProperty("kind", kind.value)
        self.style().polish(self)
        self._text.setText(text)
        self.setAccessibleName(f"{_SPOKEN[kind]}: {text}")
        self._do = action.do if action is not None else None
        self.action.setText(action.text if action is not None else "")
        self.action.setVisible(action is not None)
        self._paint_icon()
        self.show()
        self.raise_()
        self._place()

    def _paint_icon(self) -> None:
        colours = {
            MessageKind.SUCCESS: self._theme.success,
            MessageKind.NOTICE: self._theme.accent,
            MessageKind.ERROR: self._theme.danger,
        }

        def paint(painter: QPainter, rect: QRectF) -> None:
            paint_sign(painter, rect, _SIGNS[self.kind], colours[self.kind])

        self._icon.setPixmap(pixmap(_ICON, self.devicePixelRatioF(), paint))

    @Slot()
    def _act(self) -> None:
        do = self._do
        self.hide()
        if do is not None:
            do()

    # -- where it is ---------------------------------------------------------------------------

    def _place(self) -> None:
        """At the lower edge in the middle, as wide as its words need."""
        parent = self.parentWidget()
        if parent is None:
            return
        self._layout.activate()
        width = max(120, min(_WIDEST, parent.width() - 2 * _EDGE))
        height = max(
            self._layout.totalHeightForWidth(width), self._layout.totalMinimumSize().height()
        )
        place = QPoint((parent.width() - width) // 2, parent.height() - height - _EDGE)
        self.setGeometry(place.x(), max(_EDGE, place.y()), width, height)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follows the page's size."""
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Its time begins anew once the pointer comes: somebody reads, or is about to click."""
        if self._goes_by_itself:
            self._hide_later.start(_SUCCESS_MS)
