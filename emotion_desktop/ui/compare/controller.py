"""Compares models, looks for doubtful labels, and writes reports; shows what comes of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Slot

from emotion_desktop.domain.rekognition import REFERENCE
from emotion_desktop.jobs.comparing.specs import (
    decide_job,
    decisions_job,
    evaluate_job,
    label_issues_job,
    labelled_sources_job,
    report_job,
)
from emotion_desktop.ui.describe import model_title
from emotion_desktop.ui.rekognition_gate import RekognitionGate
from emotion_desktop.ui.widgets.lazy_page import LazyPage

if TYPE_CHECKING:
    from emotion_desktop.domain.labels import LabelIssue, LabelIssues
    from emotion_desktop.evaluation.comparison import Comparison
    from emotion_desktop.jobs.predicting.labelled_set import LabelledSource
    from emotion_desktop.jobs.predicting.model_choice import ModelChoice
    from emotion_desktop.ui.compare.page import ComparePage
    from emotion_desktop.ui.services import Services
    from emotion_desktop.ui.theme import Theme

_REPORTS = (
    "Report (*.html);;Report as text (*.md);;Figures and answers (*.json);;Notebook (*.ipynb)"
)


class CompareController(QObject):
    """Behind the page where models are compared."""

    def __init__(self, services: Services, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._theme = theme
        self._gate = RekognitionGate(services, self)
        self._lazy_page = LazyPage(self._make_page, services.plots.want)
        self._opened: list[LabelledSource] = []
        #: The jobs that are waited for: an older one's result is not wanted any more.
        self._evaluation = self._label_issues = ""
        #: The evaluation that is shown, and what it was made on.
        self._shown: tuple[str, LabelledSource] | None = None
        window = services.window
        window.add_page(self._lazy_page, "Compare")
        window.tabs.currentChanged.connect(self._tab_changed)
        services.undo.changed.connect(self._data_changed)

    @property
    def page(self) -> ComparePage:
        """The page, made when it is first asked for."""
        return self._lazy_page.page

    @Slot(object)
    def open(self, data: Path) -> None:
        """Scores the model in use on a labelled folder or table."""
        from emotion_desktop.jobs.predicting.labelled_set import LabelledSource
        from emotion_desktop.jobs.predicting.model_choice import ModelChoice

        services = self._services
        source = LabelledSource(path=str(data))
        if source not in self._opened:
            self._opened.insert(0, source)
        services.window.show_page(self._lazy_page)
        self.refresh()
        self.page.setup.choose_source(source)
        model = services.model_in_use()
        if model is not None:
            name = model_title(services.settings.now.model)
            self.compare(source, self.page.setup.chosen_models or [ModelChoice(name, str(model))])

    @Slot(str)
    def offer(self, reference: str) -> None:
        """Brings the page to the front, with a model ticked besides those that are."""
        self._services.window.show_page(self._lazy_page)
        self.refresh()
        self.page.setup.tick(model_title(reference))

    @Slot(object, object)
    def compare(self, source: LabelledSource, models: list[ModelChoice]) -> None:
        """Scores models on labelled photos; asks before anything leaves this computer."""
        if any(model.reference == REFERENCE for model in models):
            others = [model.reference for model in models if model.reference != REFERENCE]
            self._gate.request_agreement(
                lambda: self._compare(source, models), data=source, judged_with=others
            )
        else:
            self._compare(source, models)

    def _compare(self, source: LabelledSource, models: list[ModelChoice]) -> None:
        services = self._services

        def show(comparison: Comparison) -> None:
            self._shown = (self._evaluation, source)
            self.page.show_comparison(comparison, editable=not source.path)

        self._evaluation = services.jobs.run(
            evaluate_job(models, source, services.settings.now.faces),
            done=show,
            owner=self,
            instead_of=self._evaluation,
        )

    @Slot(object, object)
    def find_label_issues(self, source: LabelledSource, models: list[ModelChoice]) -> None:
        """Looks for labels that are doubted; asks before anything leaves this computer."""
        if any(model.reference == REFERENCE for model in models):
            self._gate.request_agreement(lambda: self._start_search(source, models), data=source)
        else:
            self._start_search(source, models)

    def _start_search(self, source: LabelledSource, models: list[ModelChoice]) -> None:
        def show(found: LabelIssues) -> None:
            self.page.show_label_issues(source.title, found, editable=not source.path)

        self._label_issues = self._services.jobs.run(
            label_issues_job(models, source),
            done=show,
            owner=self,
            instead_of=self._label_issues,
        )

    def refresh(self) -> None:
        """Offers the models and labelled sets that there are now."""
        from emotion_desktop.jobs.predicting.model_choice import choose_models

        services = self._services
        chosen = choose_models(services.workspace, [*services.store.names(), REFERENCE])
        setup = self.page.setup
        setup.show_models(chosen, [model_title(services.settings.now.model)])
        setup.show_sources(self._opened)
        services.jobs.run(labelled_sources_job(), done=self._show_sources)

    def set_theme(self, theme: Theme) -> None:
        """Paints in other colours."""
        self._theme = theme
        if self._lazy_page.is_made:
            self.page.set_theme(theme)

    def stop(self) -> None:
        """Ends what runs in the background."""
        if self._lazy_page.is_made:
            self.page.stop()

    def _make_page(self) -> ComparePage:
        from emotion_desktop.ui.compare.page import ComparePage

        page = ComparePage(self._theme)
        setup = page.setup
        setup.open_wanted.connect(self._choose)
        setup.compare_wanted.connect(self.compare)
        setup.label_issues_wanted.connect(self.find_label_issues)
        setup.export_wanted.connect(self._export)
        page.label_wanted.connect(self._relabel)
        page.label_issues.decided.connect(self._decide)
        page.label_issues.undo_wanted.connect(self._undo)
        stack = self._services.undo.stack
        stack.canUndoChanged.connect(page.label_issues.undo.setEnabled)
        page.label_issues.undo.setEnabled(stack.canUndo())
        return page

    @Slot()
    def _choose(self) -> None:
        """Asks which labelled photos models are to be scored on."""
        from PySide6.QtWidgets import QMenu

        window = self._services.window
        menu = QMenu(self.page)
        title = "Score models on"
        folder = menu.addAction("A folder (one folder per emotion)…")
        folder.triggered.connect(lambda: self._open_chosen(window.ask_for_folder(title)))
        table = menu.addAction("A label file (CSV)…")
        table.triggered.connect(lambda: self._open_chosen(window.ask_for_label_file(title)))
        menu.popup(window.cursor().pos())

    def _open_chosen(self, data: Path | None) -> None:
        if data is not None:
            self.open(data)

    @Slot(int)
    def _tab_changed(self, _: int) -> None:
        if self._services.window.is_shown(self._lazy_page):
            self.refresh()

    @Slot()
    def _export(self) -> None:
        services, comparison = self._services, self.page.comparison
        if comparison is None or self._shown is None:
            return
        evaluation, source = self._shown
        target = services.window.ask_for_new_place(
            "Export a report", f"{comparison.scores.data}.html", _REPORTS
        )
        if target is None:
            return
        services.jobs.run(
            report_job(evaluation, target, source, services.settings.now.faces),
            done=self._show_where_report_is,
        )

    def _show_where_report_is(self, target: str) -> None:
        self._services.show_written(f"The report is in {target}.", Path(target), "Open the report")

    @Slot(object, str)
    def _decide(self, doubt: LabelIssue, emotion: str) -> None:
        # By the window's one stack of changes: Ctrl+Z anywhere takes the latest one back.
        self._services.undo.make(decide_job(doubt.sample.path, emotion))

    @Slot(object, str)
    def _relabel(self, photo: Path, emotion: str) -> None:
        self._services.undo.make(decide_job(photo, emotion))

    @Slot()
    def _undo(self) -> None:
        self._services.undo.stack.undo()

    @Slot()
    def _data_changed(self) -> None:
        """A label was given, here or on the data set's page, or taken back."""
        if self._lazy_page.is_made and (photos := self.page.label_issues.photos):
            self._services.jobs.run(decisions_job(photos), done=self._show_decisions)

    def _show_sources(self, sources: list[dict[str, Any]]) -> None:
        from emotion_desktop.jobs.predicting.labelled_set import LabelledSource

        if self._lazy_page.is_made:
            found = [LabelledSource.from_dict(source) for source in sources]
            self.page.setup.show_sources([*self._opened, *found])

    def _show_decisions(self, decisions: list[list[str]]) -> None:
        self.page.label_issues.show_decisions({Path(path): emotion for path, emotion in decisions})
