"""The gallery as a workplace: find, filter, zoom, look closely, correct, remove; with real keys."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QAccessible, QDropEvent, QGuiApplication, QImage, QWheelEvent
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.domain.geometry import Box, Frame
from emotion_desktop.domain.prediction import FacePrediction, PhotoStatus, Prediction
from emotion_desktop.ui.gallery.filter import GalleryFilter
from emotion_desktop.ui.gallery.view import GalleryView
from emotion_desktop.ui.theme import DARK, LIGHT, apply_theme

# The offscreen platform warns of what it cannot do when a view or a panel is shown by itself.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

SIZES = [(1280, 700), (1004, 540), (960, 400)]


def face(emotion: str, confidence: float, left: int = 0) -> FacePrediction:
    rest = (1 - confidence) / (len(EMOTIONS) - 1)
    values = {name: confidence if name == emotion else rest for name in EMOTIONS}
    return FacePrediction(Box(left, 0, 30, 30), Frame(left + 15, 15, 30, 30), values)


def photo(name: str, *faces: FacePrediction, model: str = "builtin") -> Prediction:
    status = PhotoStatus.OK if faces else PhotoStatus.NO_FACE
    digest = name.encode()
    return Prediction(f"/photos/{name}", status, faces, None, (100, 100), digest, model)


def predictions() -> list[Prediction]:
    made = [
        photo(f"{emotion}_{number:02}.jpg", face(emotion, 0.6 + number / 100))
        for emotion in ("anger", "fear", "happiness")
        for number in range(30)
    ]
    return [
        *made,
        photo("group.jpg", face("anger", 0.9), face("sadness", 0.8, left=50)),
        photo("Nobody.JPG"),
        photo("other.jpg", face("surprise", 0.95), model="/models/Mine.emodel"),
    ]


@pytest.fixture
def view(qapp, qtbot) -> Iterator[GalleryView]:
    apply_theme(qapp, "light")
    made = GalleryView(LIGHT)
    qtbot.addWidget(made)
    made.resize(1280, 700)
    made.add(predictions())
    made.show()
    qtbot.waitExposed(made)
    yield made
    made.stop()
    qapp.setStyleSheet("")


def shown(view: GalleryView) -> list[str]:
    order = view.grid.order
    return [view.model.entries[order.at(n)].path.name for n in range(len(order))]


def current(view: GalleryView) -> str:
    return view.model.entries[view.grid.currentIndex().row()].path.name


def select(view: GalleryView, name: str) -> None:
    row = next(n for n, entry in enumerate(view.model.entries) if entry.path.name == name)
    view.grid.setCurrentIndex(view.model.index(row, 0))


def turn_wheel(widget: QWidget, notches: int) -> None:
    centre = QPointF(widget.rect().center())
    event = QWheelEvent(
        centre,
        widget.mapToGlobal(centre),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.ControlModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)


def inside(part: QWidget, whole: QWidget) -> bool:
    place = QRect(part.mapTo(whole, QPoint()), part.size())
    return whole.rect().contains(place) and part.width() >= part.minimumSizeHint().width()


# -- find and filter ---------------------------------------------------------------------------


def test_typing_a_name_shows_the_photos_that_have_it(view, qtbot):
    view.start_search()
    assert view.focusWidget() is view.side.search
    qtbot.keyClicks(view.side.search, "FEAR_0")
    qtbot.waitUntil(lambda: len(shown(view)) == 10)
    assert all(name.startswith("fear_0") for name in shown(view))
    assert view.side.summary.text().startswith("10 shown of 93 photos")
    (chip,) = view.toolbar.chips.buttons
    assert chip.text() == "Name has “FEAR_0”  ×"
    # Enter leads to what was found, and keys correct that alone.
    qtbot.keyClick(view.side.search, Qt.Key.Key_Return)
    assert view.focusWidget() is view.grid
    assert current(view).startswith("fear_0")
    qtbot.keyClick(view.grid, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert len(view.selected_entries()) == 10
    view.start_search()
    qtbot.keyClick(view.side.search, Qt.Key.Key_Escape)
    assert len(shown(view)) == 94
    assert not view.toolbar.chips.isVisible()


def test_what_a_filter_hides_is_not_selected(view, qtbot):
    view.grid.selectAll()
    assert len(view.selected_entries()) == 94
    view.set_filter(GalleryFilter(text="group"))
    assert {entry.path.name for entry in view.selected_entries()} == {"group.jpg"}
    assert len(view.selected_entries()) == 2
    view.set_filter(GalleryFilter(text="none of them"))
    assert view.selected_entries() == []
    sent = []
    view.correction_wanted.connect(lambda _: sent.extend(view.selected_entries()))
    qtbot.keyClick(view.grid, Qt.Key.Key_3)
    assert sent == []


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ({"confidence": (88, 100)}, {f"{e}_{n}.jpg" for e in ("anger", "fear", "happiness")
                                     for n in (28, 29)} | {"group.jpg", "other.jpg"}),
        ({"sections": frozenset({"no_face"})}, {"Nobody.JPG"}),
        ({"models": frozenset({"Mine"})}, {"other.jpg"}),
        ({"several": True}, {"group.jpg"}),
        ({"corrected": True}, {"fear_03.jpg"}),
        ({"differs": True}, {"fear_04.jpg"}),
    ],
)  # fmt: skip
def test_filters(view, wanted, names):
    view.show_corrections({(b"fear_03.jpg", Box(0, 0, 30, 30)): "anger"})
    view.add_opinions(
        "Other", [photo("fear_04.jpg", face("anger", 0.7)), photo("fear_05.jpg", face("fear", 1))]
    )
    view.set_filter(replace(GalleryFilter(), **wanted))
    assert set(shown(view)) == names
    (chip,) = view.toolbar.chips.buttons
    chip.click()
    assert len(shown(view)) == 94


def test_a_photo_that_is_corrected_leaves_the_filter_that_it_does_not_pass(view):
    view.set_filter(GalleryFilter(sections=frozenset({"fear"})))
    select(view, "fear_10.jpg")
    view.show_corrections({(b"fear_10.jpg", Box(0, 0, 30, 30)): "anger"})
    assert len(shown(view)) == 29
    assert current(view).startswith("fear")


def test_the_panel_filters_by_keyboard_and_all_of_it_has_names(view, qtbot):
    qtbot.mouseClick(view.toolbar.filter, Qt.MouseButton.LeftButton)
    panel = view.filter_panel
    assert panel.isVisible()
    track = panel.confidence.track
    assert track.hasFocus()
    qtbot.keyClick(track, Qt.Key.Key_PageUp)
    assert view.shown.wanted.confidence == (10, 100)
    qtbot.keyClick(track, Qt.Key.Key_Space)  # the other handle
    for _ in range(3):
        qtbot.keyClick(track, Qt.Key.Key_PageDown)
    assert view.shown.wanted.confidence == (10, 70)
    assert [box.value() for box in panel.confidence.boxes] == [10, 70]
    qtbot.keyClick(panel.sections["anger"], Qt.Key.Key_Space)
    assert view.shown.wanted.sections == {"anger"}
    assert {name.split("_")[0] for name in shown(view)} == {"anger"}
    assert [chip.text() for chip in view.toolbar.chips.buttons] == [
        "Sure by 10 to 70 %  ×",
        "Anger  ×",
        "Show all",
    ]
    assert not panel.differs.isEnabled()  # nobody else was asked
    for field in (track, *panel.confidence.boxes, panel.model, panel.corrected):
        assert QAccessible.queryAccessibleInterface(field).text(QAccessible.Text.Name) or (
            field.accessibleName()
        )
    view.toolbar.chips.buttons[-1].click()
    assert not view.shown.wanted
    panel.hide()


def test_the_two_handles_are_dragged_and_never_pass_each_other(view, qtbot):
    track = view.filter_panel.confidence.track
    track.resize(220, 26)

    def at(value: int) -> QPoint:
        return QPoint(round(track._x(value)), 13)

    qtbot.mousePress(track, Qt.MouseButton.LeftButton, pos=at(0))
    qtbot.mouseMove(track, at(40))
    qtbot.mouseRelease(track, Qt.MouseButton.LeftButton, pos=at(40))
    qtbot.mousePress(track, Qt.MouseButton.LeftButton, pos=at(100))
    qtbot.mouseMove(track, at(20))
    low, high = view.shown.wanted.confidence
    assert low == high
    assert 38 <= low <= 42


@pytest.mark.parametrize("size", SIZES)
def test_nothing_of_the_page_is_cut(view, qtbot, size):
    view.resize(*size)
    view.set_filter(GalleryFilter(text="a" * 60, sections=frozenset(EMOTIONS[:5])))
    qtbot.wait(50)
    assert view.size().width() == size[0]
    for part in (view.side.summary, view.order,
                 view.second, view.toolbar.filter, view.save, view._clear,
                 view.side.search, view.side.tile_size, *view.toolbar.chips.buttons):  # fmt: skip
        assert inside(part, view), part.accessibleName()
    assert view.detail.horizontalScrollBar().maximum() == 0


@pytest.mark.parametrize("size", SIZES)
def test_a_name_of_250_letters_makes_nothing_wider(view, qtbot, size):
    view.resize(*size)
    name = "IMG_20231104_" + "x" * 237 + ".jpg"
    view.add([photo(name, face("neutral", 0.99))])
    qtbot.wait(200)
    select(view, name)
    qtbot.wait(50)
    assert view.detail.horizontalScrollBar().maximum() == 0
    for part in (view.detail.bars, *view.detail.findChildren(QPushButton)):
        if part.isVisible():
            left = part.mapTo(view.detail.viewport(), QPoint()).x()
            assert left + part.width() <= view.detail.viewport().width()
    view.large_photos.open()
    assert inside(view.large.later, view)


# -- sections ----------------------------------------------------------------------------------


def test_a_click_on_a_header_folds_its_section(view, qtbot):
    select(view, "anger_05.jpg")
    header = QPoint(60, 20)
    qtbot.mouseClick(view.grid.viewport(), Qt.MouseButton.LeftButton, pos=header)
    assert not [name for name in shown(view) if name.startswith("anger")]
    assert not current(view).startswith("anger")
    assert all(not e.path.name.startswith("anger") for e in view.selected_entries())
    assert view.grid._layout.blocks[0].count == 31
    qtbot.mouseClick(view.grid.viewport(), Qt.MouseButton.LeftButton, pos=header)
    assert len(shown(view)) == 94
    view.grid.fold({"anger", "fear"})
    view.sections.chosen.emit("fear")  # whoever goes there wants to see it
    assert current(view).startswith("fear")


def test_after_a_correction_the_tiles_stay_where_they_are(view, qtbot):
    view.resize(1280, 500)
    view.grid.show_section("fear")
    bar = view.grid.verticalScrollBar()
    bar.setValue(bar.value() + 30)
    top = next(iter(view.grid._layout.rows_between(bar.value() + 44, bar.value() + 45)))
    name = view.model.entries[top].path.name
    assert name.startswith("fear")
    view.grid.setCurrentIndex(view.model.index(top, 0))
    before = bar.value()
    view.show_corrections({(name.encode(), Box(0, 0, 30, 30)): "surprise"})
    assert current(view).startswith("fear")
    assert abs(bar.value() - before) < view.grid._delegate.tile_size().height()


# -- size and large view -----------------------------------------------------------------------


def test_tiles_grow_by_wheel_and_slider(view, qtbot):
    before = view.grid._delegate.tile_size().width()
    turn_wheel(view.grid.viewport(), 3)
    assert view.grid._delegate.tile_size().width() > before
    assert view.side.tile_size.value() == view.grid._delegate.least_side
    view.side.tile_size.setValue(72)
    assert view.grid._delegate.tile_size().width() < before
    view.grid.viewport().grab()  # small tiles show the best answer alone
    turn_wheel(view.grid.viewport(), -3)
    assert view.grid._delegate.least_side == 72


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Space])
@pytest.mark.parametrize("size", SIZES)
def test_a_photo_is_looked_at_closely_and_esc_leads_back(view, qtbot, key, size):
    view.resize(*size)
    select(view, "anger_05.jpg")
    view.grid.setFocus()
    qtbot.keyClick(view.grid, key)
    large = view.large
    assert large.isVisible()
    assert not view.side.isVisible()
    assert large.photo.height() > 0.6 * view.height()
    assert view.focusWidget() is large
    place = view.grid.order.position(view.grid.currentIndex().row())
    qtbot.keyClick(large, Qt.Key.Key_Right)
    assert view.grid.order.position(view.grid.currentIndex().row()) == place + 1
    assert view.detail.entry is view.model.entries[view.grid.currentIndex().row()]
    qtbot.keyClick(large, Qt.Key.Key_End)
    assert current(view) == shown(view)[-1]
    qtbot.keyClick(large, Qt.Key.Key_Left)
    assert current(view) == shown(view)[-2]
    labels = []
    view.correction_wanted.connect(
        lambda emotion: labels.append((emotion, [e.path.name for e in view.selected_entries()]))
    )
    qtbot.keyClick(large, Qt.Key.Key_4)
    assert labels == [("fear", [current(view)])]
    qtbot.keyClick(large, Qt.Key.Key_Escape)
    assert view.grid.isVisible()
    assert view.side.isVisible()
    assert view.focusWidget() is view.grid


def test_a_double_click_opens_it_and_the_wheel_enlarges_it(view, qtbot):
    select(view, "anger_05.jpg")
    view.grid.scrollTo(view.grid.currentIndex())
    middle = view.grid.visualRect(view.grid.currentIndex()).center()
    qtbot.mouseClick(view.grid.viewport(), Qt.MouseButton.LeftButton, pos=middle)
    qtbot.mouseDClick(view.grid.viewport(), Qt.MouseButton.LeftButton, pos=middle)
    assert view.large.isVisible()
    # What cannot be read is said; a picture is enlarged about the pointer.
    pixmap = view.grab()
    view.large.photo.show_picture(pixmap, (100, 100), None, [])
    turn_wheel(view.large.photo, 4)
    assert view.large.photo.zoom == pytest.approx(1.25**4)
    assert view.large.zoom.value() > 0
    view.large.zoom.setValue(0)
    assert view.large.photo.zoom == 1.0


def test_another_face_of_the_photo_is_clicked(view, qtbot):
    select(view, "group.jpg")
    entry = view.model.entries[view.grid.currentIndex().row()]
    others = [f.box for f in entry.prediction.faces if f is not entry.face]
    photo_view = view.detail.photo
    photo_view.show_picture(view.grab(), (100, 100), entry.face.box, others)
    middle = photo_view._place(others[0]).center().toPoint()
    qtbot.mouseClick(photo_view, Qt.MouseButton.LeftButton, pos=middle)
    now = view.model.entries[view.grid.currentIndex().row()]
    assert now.prediction is entry.prediction
    assert now.face.box == others[0]


# -- dragging ----------------------------------------------------------------------------------


class Drop(QDropEvent):
    """A drop of tiles; where they come from Qt knows of real drags alone."""

    def __init__(self, view: GalleryView, source: object, place: QPoint) -> None:
        data = view.model.mimeData(view.grid.selectionModel().selectedIndexes())
        super().__init__(
            QPointF(place),
            Qt.DropAction.CopyAction,
            data,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
        self._source = source
        self._data = data  # Qt does not keep it

    def source(self) -> object:
        return self._source


def test_tiles_that_are_dropped_on_a_section_get_its_label(view):
    select(view, "fear_05.jpg")
    labels = []
    view.correction_wanted.connect(
        lambda emotion: labels.append((emotion, [e.path.name for e in view.selected_entries()]))
    )
    view.grid.verticalScrollBar().setValue(0)
    header_of_anger = QPoint(60, 20)
    view.grid.dropEvent(Drop(view, view.grid, header_of_anger))
    assert labels == [("anger", ["fear_05.jpg"])]
    view.grid.dropEvent(Drop(view, None, header_of_anger))  # from another program
    view.grid.show_section("no_face")
    last = view.grid.viewport().rect().bottomLeft() - QPoint(-60, 10)
    assert view.grid.section_at(last) == "no_face"
    view.grid.dropEvent(Drop(view, view.grid, last))  # that is no emotion
    assert len(labels) == 1


def test_tiles_leave_the_window_as_files(view):
    view.grid.selectAll()
    data = view.model.mimeData(view.grid.selectionModel().selectedIndexes())
    paths = [url.toLocalFile() for url in data.urls()]
    assert len(paths) == len(set(paths)) == 93
    assert "/photos/group.jpg" in paths


# -- menu --------------------------------------------------------------------------------------


def test_several_that_are_selected_are_said_to_be_several(view):
    view.grid.selectAll()
    assert view.detail._selected.text() == "94 selected; this one:"
    select(view, "anger_05.jpg")
    assert not view.detail._selected.isVisible()


def test_photos_are_removed_with_delete(view, qtbot):
    asked = []
    view.remove_wanted.connect(asked.append)
    select(view, "group.jpg")
    qtbot.keyClick(view.grid, Qt.Key.Key_Delete)
    assert asked == [["/photos/group.jpg"]]
    view.remove(asked[0])
    assert "group.jpg" not in shown(view)
    assert len(shown(view)) == 92
    assert view.grid.currentIndex().isValid()


def test_paths_and_pictures_go_into_the_clipboard(view, qtbot, tmp_path):
    path = tmp_path / "real.png"
    QImage(8, 8, QImage.Format.Format_RGB32).save(str(path))
    real = replace(photo("x", face("neutral", 0.9)), path=str(path))
    view.add([real])
    qtbot.wait(200)
    select(view, "real.png")
    clipboard = QGuiApplication.clipboard()
    view.tile_actions.menu.copy_path_wanted.emit()
    assert clipboard.text() == str(path)
    qtbot.keyClick(view.grid, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    data = clipboard.mimeData()
    assert [url.toLocalFile() for url in data.urls()] == [str(path)]
    assert data.hasImage()
    clipboard.clear()


def test_tiles_of_another_model_are_told_and_offered_to_be_read_again(view, qtbot):
    view.show_model("builtin")
    assert view.toolbar.stale.isVisible()
    assert view.toolbar.stale.text() == "1 tile of another model: read again with “Built-in”"
    asked = []
    view.read_again_wanted.connect(asked.append)
    qtbot.mouseClick(view.toolbar.stale, Qt.MouseButton.LeftButton)
    assert [path.name for path in asked[0]] == ["other.jpg"]
    # It is read in its place: what is selected and where the tiles stand stays.
    select(view, "fear_05.jpg")
    view.add([photo("other.jpg", face("fear", 0.7))])
    qtbot.waitUntil(lambda: not view.toolbar.stale.isVisible())
    assert current(view) == "fear_05.jpg"


def test_the_page_paints_in_both_schemes(view):
    view.show_corrections({(b"anger_03.jpg", Box(0, 0, 30, 30)): "fear"})
    view.add_opinions("Other", [photo("anger_04.jpg", face("fear", 0.7))])
    for theme in (DARK, LIGHT):
        view.set_theme(theme)
        image = view.grid.viewport().grab().toImage()
        assert image.pixelColor(3, image.height() - 3) == theme.window
