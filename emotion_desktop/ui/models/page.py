"""The model store on screen: what there is, how good it is, where it comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

if TYPE_CHECKING:  # not before the window is shown
    from emotion_desktop.domain.model import Provenance
    from emotion_desktop.domain.scores import Scores
    from emotion_desktop.jobs.models.store import StoredModel
from emotion_desktop.domain.external_model import SCALINGS
from emotion_desktop.ui.describe import model_title, percent
from emotion_desktop.ui.theme import GAP
from emotion_desktop.workspace.model_store import PROGRAMS


def about(model: StoredModel) -> str:
    """What a model says of itself, in sentences."""
    card = model.card
    if card is None:
        return f"This model cannot be used. {model.problem}"
    origin = card.provenance
    lines = []
    if card.scores is not None:
        lines.append(_scores(card.scores))
    else:
        lines.append("It brings no scores: evaluate it on photos of your own before you trust it.")
    need = card.preprocessing
    colour = "grey" if need.channels == 1 else "colour"
    lines.append(f"It tells apart {', '.join(card.labels[:-1])} and {card.labels[-1]}.")
    scaling = SCALINGS.get(str(origin.recipe.get("scaling")))
    scaled = f", with pixels scaled to {scaling}" if scaling else ""
    lines.append(f"It looks at faces of {need.size} × {need.size} pixels in {colour}{scaled}.")
    lines.append(_origin(origin))
    parity = origin.recipe.get("parity")
    if isinstance(parity, dict) and parity.get("photos"):
        gap = float(parity.get("gap", 0.0))
        words = f"at most {gap:.4f}" if gap >= 0.0001 else "less than 0.0001"
        lines.append(
            f"Two engines run it, MXNet and ONNX Runtime. On {parity['photos']} of your photos "
            f"their probabilities differed by {words}."
        )
    if origin.notes:
        lines.append(origin.notes)
    if not card.calibration.is_fitted:
        lines.append("Its confidence was never fitted on labelled photos: its bars are hatched.")
    return "\n\n".join(lines)


def _origin(origin: Provenance) -> str:
    recipe = str(origin.recipe.get("name", "unknown"))
    day = origin.created[:10]
    if recipe.endswith("elsewhere"):
        return f"It was trained elsewhere, on photos that are not known here, and came in on {day}."
    source = origin.data.get("source", "unknown")
    photos = origin.data.get("photos")
    total = sum(photos.values()) if isinstance(photos, dict) else 0
    count = f" ({total:,} labelled photos)" if total else ""
    return f"Trained with the recipe “{recipe}” on {source}{count}, {day}."


def _scores(scores: Scores) -> str:
    where = f"On {scores.photos:,} photos of {scores.persons:,} people it had never seen:\n"
    common = f"always saying the commonest emotion: {percent(scores.baseline)}"
    accuracy = f"accuracy {percent(scores.accuracy)} ({common})"
    few = [item.emotion for item in scores.per_emotion if item.too_few]
    caveat = f"\nToo few photos to judge: {', '.join(few)}." if few else ""
    if scores.mean_recall is None or scores.mean_recall_interval is None:
        return f"{where}{accuracy}.{caveat}"
    low, high = scores.mean_recall_interval
    return (
        f"{where}mean recall {percent(scores.mean_recall)} (95 % interval {percent(low)} – "
        f"{percent(high)}) over {', '.join(scores.mean_recall_over)}; {accuracy}.{caveat}"
    )


class ModelsPage(QWidget):
    """A list, a description, and what can be done."""

    use_wanted = Signal(str)
    import_wanted = Signal()
    export_wanted = Signal(str)
    remove_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._models: dict[str, StoredModel] = {}
        self._in_use = ""
        self.list = QListWidget()
        self.list.setAccessibleName("Models")
        self.list.setFixedWidth(260)
        self._title = QLabel()
        self._title.setProperty("role", "title")
        self._text = QLabel()
        self._text.setWordWrap(True)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._text.setMaximumWidth(680)
        self._use = QPushButton("Use in the gallery")
        self._use.setProperty("role", "primary")
        self._export = QPushButton("Export…")
        self._remove = QPushButton("Remove…")
        import_button = QPushButton("Import a model…")
        buttons = QHBoxLayout()
        for button in (self._use, self._export, self._remove):
            buttons.addWidget(button)
        buttons.addStretch(1)
        buttons.setSpacing(8)
        left = QVBoxLayout()
        left.setSpacing(GAP)
        left.addWidget(self.list, 1)
        left.addWidget(import_button)
        right = QVBoxLayout()
        right.setSpacing(8)
        right.addWidget(self._title)
        right.addWidget(self._text)
        right.addSpacing(8)
        right.addLayout(buttons)
        right.addStretch(1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 16)
        layout.setSpacing(28)
        layout.addLayout(left)
        layout.addLayout(right, 1)
        self.list.currentItemChanged.connect(self._show)
        import_button.clicked.connect(self.import_wanted)
        self._use.clicked.connect(lambda: self.use_wanted.emit(self._current()))
        self._export.clicked.connect(lambda: self.export_wanted.emit(self._current()))
        self._remove.clicked.connect(lambda: self.remove_wanted.emit(self._current()))

    def show_models(self, models: list[StoredModel], in_use: str) -> None:
        """Shows the store's content; the model in use is marked and chosen."""
        self._models = {model.reference: model for model in models}
        self._in_use = in_use
        self.list.blockSignals(True)
        self.list.clear()
        for model in models:
            mark = "  (in use)" if model.reference == in_use else ""
            item = QListWidgetItem(model_title(model.reference) + mark)
            item.setData(Qt.ItemDataRole.UserRole, model.reference)
            self.list.addItem(item)
            if model.reference == in_use:
                self.list.setCurrentItem(item)
        self.list.blockSignals(False)
        self._show()

    def choose(self, reference: str) -> None:
        """Shows one of the models."""
        for row in range(self.list.count()):
            if self.list.item(row).data(Qt.ItemDataRole.UserRole) == reference:
                self.list.setCurrentRow(row)

    def _current(self) -> str:
        item = self.list.currentItem()
        return "" if item is None else str(item.data(Qt.ItemDataRole.UserRole))

    @Slot()
    def _show(self) -> None:
        model = self._models.get(self._current())
        if model is None:
            return
        self._title.setText(model_title(model.reference))
        self._text.setText(about(model))
        self._use.setEnabled(model.card is not None and model.reference != self._in_use)
        self._export.setEnabled(model.card is not None)
        self._remove.setEnabled(model.reference not in PROGRAMS)
