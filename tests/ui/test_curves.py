"""Plots of curves follow the colours of the window."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QMainWindow

from emotion_desktop.ui.theme import apply_theme
from emotion_desktop.ui.widgets.basics import DecimalBox, WholeBox

# The offscreen platform's own complaint.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


@pytest.fixture
def window(qapp, qtbot):
    made = QMainWindow()
    made.resize(400, 300)
    qtbot.addWidget(made)
    yield made
    apply_theme(qapp, "light")


def test_the_ground_of_a_plot_changes_with_the_theme(qapp, qtbot, window):
    from emotion_desktop.ui.training.curves import Curve, CurvesView

    theme = apply_theme(qapp, "light")
    view = CurvesView("Accuracy", theme, percent=True)
    window.setCentralWidget(view)
    window.show()
    qtbot.waitExposed(window)
    view.show_curves([Curve("training", [(1, 20), (2, 40)], theme.accent)])

    def ground() -> int:
        """How light the plot is where neither a curve nor the legend is."""
        return window.grab().toImage().pixelColor(380, 200).lightness()

    assert ground() > 200
    view.set_theme(apply_theme(qapp, "dark"))
    assert ground() < 60
    view.set_theme(apply_theme(qapp, "light"))
    assert ground() > 200


@pytest.mark.parametrize("kind", [WholeBox, DecimalBox])
def test_numbers_do_not_stand_on_the_edge_of_their_box(qapp, qtbot, window, kind):
    theme = apply_theme(qapp, "light")
    box = kind()
    window.setCentralWidget(box)
    window.show()
    qtbot.waitExposed(window)
    window.setFocus()
    picture = box.grab().toImage()
    middle = [
        (x, y)
        for x in range(3, 60)
        for y in range(8, picture.height() - 8)
        if abs(picture.pixelColor(x, y).lightness() - theme.raised.lightness()) > 60
    ]
    assert min(x for x, _ in middle) >= 6
