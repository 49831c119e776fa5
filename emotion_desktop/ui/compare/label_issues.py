"""Labels that are doubted, one large photo at a time: one key keeps or corrects them."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QIcon, QKeyEvent, QPixmap
from PySide6.QtWidgets import (
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from emotion_desktop.domain.emotions import KEYS, emotion_of_key
from emotion_desktop.evaluation.describe import whole_percent
from emotion_desktop.ui.compare.tables import label
from emotion_desktop.ui.gallery.photo_view import PhotoView
from emotion_desktop.ui.image_loader import ImageLoader
from emotion_desktop.ui.widgets.basics import fill_scroll_area
from emotion_desktop.ui.widgets.flow_layout import FlowLayout

if TYPE_CHECKING:
    from emotion_desktop.domain.labels import LabelIssue, LabelIssues
    from emotion_desktop.ui.theme import Theme

#: Of the picture that is loaded, pixels: sharp on a screen of many pixels, too.
_PICTURE: Final = 900
#: The photo's height: it gives way to the question, and does not grow beyond need, pixels.
_LEAST, _LARGEST = 110, 520
#: A row's picture, pixels.
_THUMBNAIL: Final = 34
#: More than anybody looks through at one go; the list stays quick.
_MOST: Final = 1000


def _load(path: Path) -> Any:
    from emotion_desktop.imaging.thumbnails import fit

    return fit(path, _PICTURE)[0]


def _load_thumbnail(path: Path, side: int) -> Any:
    from emotion_desktop.imaging.thumbnails import thumbnail

    return thumbnail(path, side)


class _Thumbnails(QStyledItemDelegate):
    """Puts the photo before a row's words; only rows in sight ask for theirs."""

    def __init__(self, view: LabelIssuesView) -> None:
        super().__init__(view)
        self._view = view

    def initStyleOption(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Adds the picture, once it is there."""
        super().initStyleOption(option, index)
        option.decorationSize = QSize(_THUMBNAIL, _THUMBNAIL)
        option.features |= QStyleOptionViewItem.ViewItemFeature.HasDecoration
        pixmap = self._view.thumbnail(index.row())
        if pixmap is not None:
            option.icon = QIcon(pixmap)


class LabelIssuesView(QWidget):
    """The ranked list at the left, the photo with its label and what is doubted at the right."""

    #: The LabelIssue, and the emotion that the user gives the photo: perhaps the same.
    decided = Signal(object, str)
    undo_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: list[LabelIssue] = []
        self._decisions: dict[Path, str] = {}
        self._editable = False
        self._loader = ImageLoader(threads=1, cache_bytes=32 << 20, parent=self)
        self.summary = label(
            "“Find doubtful labels” ranks the labels that models disbelieve who never saw the "
            "person."
        )
        self.shares = label("", "muted")
        self.list = QListWidget()
        self.list.setAccessibleName("Doubtful labels, the most doubtful first")
        self.list.setItemDelegate(_Thumbnails(self))
        self.list.setUniformItemSizes(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.photo = PhotoView(theme)
        self.photo.setMinimumHeight(_LEAST)
        # As high as there is room for: only the least height counts when that is scarce.
        self.photo.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        self.photo.setMaximumHeight(_LARGEST)
        self.photo.setAccessibleName("Photo")
        self.question = label("", "headline")
        self.details = label("", "muted")
        self.keep, self.correct = QPushButton(), QPushButton()
        self.correct.setProperty("role", "primary")
        self.undo = QPushButton("Undo (Ctrl+Z)")
        self.keys = label(
            "Enter corrects, K keeps, digits give another emotion ("
            + ", ".join(f"{key} {emotion}" for emotion, key in KEYS.items())
            + "), Ctrl+Z takes the last decision back.",
            "muted",
        )
        self._lay_out()
        # The list would take a letter for the beginning of a row's text.
        self.list.installEventFilter(self)
        self.list.currentRowChanged.connect(self._show_row)
        self.keep.clicked.connect(self._keep_label)
        self.correct.clicked.connect(self._correct)
        self.undo.clicked.connect(self.undo_wanted)
        self._loader.loaded.connect(self._on_image_loaded)
        self._show_row(-1)

    def _lay_out(self) -> None:
        buttons = FlowLayout()
        for button in (self.correct, self.keep, self.undo):
            buttons.addWidget(button)
        inside = QWidget()
        right = QVBoxLayout(inside)
        right.setContentsMargins(0, 0, 0, 0)
        right.addWidget(self.photo, 1)
        right.addWidget(self.question)
        right.addWidget(self.details)
        right.addLayout(buttons)
        right.addWidget(self.keys)
        right.addStretch(0)
        # In a very low window it scrolls: nothing lies over anything else.
        scroll = QScrollArea()
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        fill_scroll_area(scroll, inside)
        both = QHBoxLayout()
        both.setSpacing(18)
        both.addWidget(self.list, 2)
        both.addWidget(scroll, 3)
        self.list.setMinimumWidth(200)
        self.list.setMaximumWidth(420)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 12, 16, 12)
        layout.setSpacing(8)
        layout.addWidget(self.summary)
        layout.addWidget(self.shares)
        layout.addLayout(both, 1)

    def set_theme(self, theme: Theme) -> None:
        """Paints in other colours."""
        self.photo.theme = theme
        self.photo.update()

    def show_label_issues(self, label_issues: LabelIssues, editable: bool) -> None:
        """Shows a ranking.

        Args:
            editable: the photos are in the workspace, so that labels can be corrected.
        """
        self._editable = editable
        self._decisions = {}
        self._rows = list(label_issues.labels[:_MOST])
        self.summary.setText(
            f"{label_issues.suspects:,} of {len(label_issues.labels):,} labels are suspects: "
            "another emotion fits the photo as well as it usually fits. Judged by "
            + "; ".join(label_issues.models)
            + ("." if editable else ". Import the photos into the workspace to correct labels.")
        )
        self.shares.setText(_shares(label_issues))
        self.list.clear()
        self.list.addItems([self._line(row) for row in self._rows])
        self.list.setCurrentRow(0 if self._rows else -1)
        self.list.setFocus()

    def show_decisions(self, decisions: Mapping[Path, str]) -> None:
        """What the user has decided by now, by photo."""
        self._decisions = dict(decisions)
        for number, row in enumerate(self._rows):
            item: QListWidgetItem | None = self.list.item(number)
            if item is not None:
                item.setText(self._line(row))
        self._show_row(self.list.currentRow())

    def stop(self) -> None:
        """Ends what runs in the background."""
        self._loader.stop()

    def _line(self, row: LabelIssue) -> str:
        decision = self._decisions.get(row.sample.path)
        if decision is None:
            mark = "" if row.suspect else "  (less doubtful)"
            return f"{row.sample.emotion} → {row.suggestion}?{mark}   {row.sample.path.name}"
        if decision == row.sample.emotion:
            return f"✓ {decision} kept   {row.sample.path.name}"
        return f"✓ {row.sample.emotion} → {decision}   {row.sample.path.name}"

    @property
    def photos(self) -> list[Path]:
        """The photos of the list, where labels can be corrected."""
        return [row.sample.path for row in self._rows] if self._editable else []

    @property
    def current(self) -> LabelIssue | None:
        """The label that is looked at."""
        number = self.list.currentRow()
        return self._rows[number] if 0 <= number < len(self._rows) else None

    @Slot(int)
    def _show_row(self, _: int) -> None:
        row = self.current
        shown: tuple[QWidget, ...] = (self.photo, self.question, self.details, self.list)
        for widget in shown:
            widget.setVisible(row is not None)
        decisions: tuple[QWidget, ...] = (self.keep, self.correct, self.undo, self.keys)
        for widget in decisions:
            widget.setVisible(row is not None and self._editable)
        if row is None:
            return
        decision = self._decisions.get(row.sample.path)
        self.question.setText(
            f"Labelled {row.sample.emotion}. Rather {row.suggestion}?"
            if decision is None
            else f"Decided: {decision}."
        )
        self.details.setText(
            f"{row.sample.path.name}, {row.sample.person}. The judges say {row.suggestion} "
            f"{whole_percent(row.suggestion_probability)}, {row.sample.emotion} "
            f"{whole_percent(row.label_probability)}."
        )
        self.keep.setText(f"Keep {row.sample.emotion} (K)")
        self.correct.setText(f"Correct to {row.suggestion} (Enter)")
        self._fill_photo()

    def _fill_photo(self) -> None:
        row = self.current
        if row is None:
            return
        path = row.sample.path
        key = ("doubt", path)
        pixmap = self._loader.get(key, lambda: _load(path))
        if pixmap is None:
            self.photo.show_message(self._loader.problem(key) or "")
        else:
            self.photo.show_picture(pixmap, (pixmap.width(), pixmap.height()), None, [])

    def thumbnail(self, number: int) -> QPixmap | None:
        """A row's picture; None while it is being made."""
        if not 0 <= number < len(self._rows):
            return None
        path = self._rows[number].sample.path
        side = round(_THUMBNAIL * self.devicePixelRatioF())
        return self._loader.get(
            ("doubt's thumbnail", path, side), lambda: _load_thumbnail(path, side)
        )

    @Slot(object)
    def _on_image_loaded(self, key: Hashable) -> None:
        row = self.current
        if row is not None and key == ("doubt", row.sample.path):
            self._fill_photo()
        else:
            self.list.viewport().update()

    @Slot()
    def _keep_label(self) -> None:
        row = self.current
        if row is not None and row.sample.emotion is not None:
            self._decide(row.sample.emotion)

    @Slot()
    def _correct(self) -> None:
        row = self.current
        if row is not None:
            self._decide(row.suggestion)

    def _decide(self, emotion: str) -> None:
        row = self.current
        if row is None or not self._editable:
            return
        self.decided.emit(row, emotion)
        number = self.list.currentRow()
        if number + 1 < len(self._rows):
            self.list.setCurrentRow(number + 1)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Takes the keys that decide from the list, which has the focus."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._decide_by_key(event)
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """One key decides, wherever the focus is."""
        if not self._decide_by_key(event):
            super().keyPressEvent(event)

    def _decide_by_key(self, event: QKeyEvent) -> bool:
        """Whether a key was one that decides. Undoing is the window's, by its menu."""
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier or self.current is None:
            return False
        text = event.text()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._correct()
        elif text.casefold() == "k":
            self._keep_label()
        elif (emotion := emotion_of_key(text)) is not None:
            self._decide(emotion)
        else:
            return False
        return True


def _shares(label_issues: LabelIssues) -> str:
    """The estimated shares of wrong labels, in a sentence."""
    estimated, unknown = [], []
    for emotion, share in label_issues.wrong_rates.items():
        if share is None:
            unknown.append(emotion)
        else:
            estimated.append(f"{emotion} at least about {whole_percent(share)}")
    if unknown:
        estimated.append(f"cannot be told for {', '.join(unknown)}")
    return f"Estimated share of wrong labels: {'; '.join(estimated)}."
