"""The ways to treat rare emotions, side by side: what each does to an epoch of training."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHeaderView, QWidget

from emotion_desktop.domain.balance import Balance, Method, ShownCounts, shown_counts
from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.ui.dataset.split.figures_table import FiguresTable

METHOD_TITLES: Final = {
    Method.NONE: "As they come",
    Method.WEIGHTS: "Class weights",
    Method.SAMPLING: "Balanced sampling",
    Method.SYNTHESIS: "Synthesised copies",
}
_METHODS: Final = tuple(METHOD_TITLES)


class WaysTable(FiguresTable):
    """A column per way; a click on its header chooses it."""

    #: A Method.
    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(
            ["emotion", *METHOD_TITLES.values()],
            "Pictures of each emotion in an epoch, by what is done about rare ones",
            parent,
        )
        header = self.horizontalHeader()
        # The ways share the width: the mark of the one that is chosen must not be cut off.
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionsClickable(True)
        header.setCursor(Qt.CursorShape.PointingHandCursor)
        header.sectionClicked.connect(self._clicked)

    def show_ways(
        self, counts: Mapping[str, int], ways: Mapping[Method, Balance], now: Method
    ) -> None:
        """Shows what every way does.

        Args:
            counts: training photos by emotion.
            ways: each as it would be with what is chosen.
            now: the one that is chosen.
        """
        shown = [shown_counts(counts, ways[method]) for method in _METHODS]
        present = [emotion for emotion in EMOTIONS if counts.get(emotion)]
        rows = [[emotion, *(_words(way[emotion]) for way in shown)] for emotion in present]
        for column, (method, title) in enumerate(METHOD_TITLES.items(), start=1):
            self.set_title(column, f"✓ {title}" if method is now else title)
        self.show_rows(rows, strong=1 + _METHODS.index(now))

    @Slot(int)
    def _clicked(self, column: int) -> None:
        if column:
            self.chosen.emit(_METHODS[column - 1])


def _words(effect: ShownCounts) -> str:
    shown = f"{effect.shown:,.0f}"
    if effect.copies:
        return f"{shown} (+{effect.copies:,})"
    return shown if effect.weight == 1 else f"{shown} × {effect.weight:.2f}"
