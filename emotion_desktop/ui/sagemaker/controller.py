"""Behind everything of Amazon SageMaker on screen: puts its parts together, and shows the runs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from emotion_desktop.domain.errors import AppError
from emotion_desktop.jobs.sagemaker.specs import run_log_job
from emotion_desktop.ui.sagemaker.account_controller import AccountController
from emotion_desktop.ui.sagemaker.leftovers_controller import LeftoversController
from emotion_desktop.ui.sagemaker.run_registry import CloudRunRegistry
from emotion_desktop.ui.sagemaker.transform_controller import TransformController
from emotion_desktop.ui.theme import Theme
from emotion_desktop.ui.widgets.lazy_page import LazyPage

if TYPE_CHECKING:
    from emotion_desktop.ui.sagemaker.card import SageMakerCard
    from emotion_desktop.ui.sagemaker.runs_view import RunsView
    from emotion_desktop.ui.services import Services
    from emotion_desktop.ui.training.page import TrainingPage

#: Times and cost that run on are shown anew as often as this, milliseconds.
_TICK_MS: Final = 5000


class SageMakerController(QObject):
    """Puts the card, the account, the runs and their view together."""

    #: A model, by its name in the store, to read new photos with.
    model_wanted = Signal(str)

    def __init__(self, services: Services, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._theme = theme
        self._page: TrainingPage | None = None
        self._card: SageMakerCard | None = None
        self._lazy_page: LazyPage[RunsView] | None = None
        #: A run that was just started: it comes to the front as soon as there is something of it.
        self._started = ""
        self.account = AccountController(services, self)
        self.account.machine_wanted.connect(self._choose_machine)
        self.registry = CloudRunRegistry(services, self)
        self.registry.changed.connect(self._show_runs)
        self.registry.started.connect(self._show_started)
        self.registry.logged.connect(self._add_line)
        self._leftovers = LeftoversController(services, self)
        self._leftovers.account_wanted.connect(self.account.show)
        self._transforms = TransformController(services, self.account, self.registry, self)
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._show_runs)
        services.settings.changed.connect(self._check_prices)

    @property
    def card(self) -> SageMakerCard | None:
        """The card; there is none before the training page is made."""
        return self._card

    @property
    def view(self) -> RunsView:
        """The runs and the one that is chosen, on the training page; made when first asked for."""
        assert self._lazy_page is not None
        return self._lazy_page.page

    @Slot(object)
    def furnish(self, page: TrainingPage) -> None:
        """Puts the card, and the view of the runs, into the training page."""
        from emotion_desktop.ui.sagemaker.card import SageMakerCard
        from emotion_desktop.ui.sagemaker.card_controller import CardController

        self._page = page
        card = self._card = SageMakerCard()
        behind = CardController(
            self._services,
            self.account,
            self.registry,
            setup=page.setup,
            card=card,
            parent=self,
        )
        card.jobs_wanted.connect(self.show_jobs)
        card.clean_wanted.connect(self._leftovers.show)
        card.transform_wanted.connect(self._choose_transform)
        page.setup.add_card(card)
        self._lazy_page = LazyPage(self._make_view, self._services.plots.want)
        page.add_view(self._lazy_page)
        behind.show_facts()
        self._show_runs()
        self.account.serve(card)

    def set_theme(self, theme: Theme) -> None:
        """Paints in other colours."""
        self._theme = theme
        if self._is_view_made:
            self.view.set_theme(theme)

    def load_runs(self) -> None:
        """Finds the runs of earlier times, and resumes those that AWS works on or has finished."""
        self.registry.load()

    @Slot()
    def show_jobs(self) -> None:
        """Brings the runs to the front."""
        if self._page is not None and self._lazy_page is not None:
            self._page.show_view(self._lazy_page)
            self._show_runs()

    # -- what is shown -------------------------------------------------------------------------

    @property
    def _is_view_made(self) -> bool:
        return self._lazy_page is not None and self._lazy_page.is_made

    def _make_view(self) -> RunsView:
        from emotion_desktop.ui.sagemaker.runs_view import RunsView

        view, registry, account = RunsView(self._theme), self.registry, self.account
        view.back_wanted.connect(self._back)
        view.chosen.connect(self._read_log)
        view.stop_wanted.connect(registry.stop)
        view.cancel_wanted.connect(self._ask_to_cancel)
        view.resume_wanted.connect(registry.resume)
        view.use_wanted.connect(self._use)
        view.forget_wanted.connect(self._ask_to_forget)
        view.sign_in_wanted.connect(account.sign_in)
        view.account_wanted.connect(account.show)
        view.policy_wanted.connect(account.copy_policy)
        view.machine_wanted.connect(self._choose_machine)
        self._show_in(view)
        return view

    @Slot()
    def _show_runs(self) -> None:
        under_way = self.registry.under_way
        if self._card is not None:
            self._card.show_jobs(len(list(self.registry)), len(under_way))
            self._card.offer_earlier(self.registry.trained)
        if self._is_view_made:
            self._show_in(self.view)
        self._timer.start() if under_way else self._timer.stop()

    def _show_in(self, view: RunsView) -> None:
        runs = sorted(self.registry, key=lambda run: -run.created)
        view.show_runs(runs, self.registry.active, self._services.settings.now.machine_prices)
        if self._started in self.registry:
            view.choose(self._started)
            self._started = ""

    @Slot(str)
    def _show_started(self, run: str) -> None:
        self._started = run
        self.show_jobs()

    @Slot(str)
    def _read_log(self, run: str) -> None:
        if run:
            self._services.jobs.run(run_log_job(run), done=self._show_log)

    def _show_log(self, found: dict[str, Any]) -> None:
        if self._is_view_made:
            self.view.show_log(found["run"], found["lines"])

    @Slot(str, str)
    def _add_line(self, run: str, line: str) -> None:
        if self._is_view_made:
            self.view.add_line(run, line)

    # -- what is wanted ------------------------------------------------------------------------

    @Slot()
    def _back(self) -> None:
        if self._page is not None:
            self._page.show_view(self._page.setup)

    @Slot()
    def _choose_machine(self) -> None:
        """Leads to the choice of machines on the card; the account is looked at anew for it."""
        if self._card is not None:
            self._back()
            self._card.kind.setFocus()
            self._card.kind.showPopup()

    @Slot()
    def _choose_transform(self) -> None:
        if self._card is not None:
            self._transforms.choose(self._card.machines)

    @Slot(str)
    def _ask_to_cancel(self, run: str) -> None:
        self._services.window.confirm(
            "Cancel this job?",
            "Its machine is stopped and costs no more. What it has found so far is not kept.",
            "Cancel the job",
            lambda: self.registry.cancel(run),
            careful=True,
        )

    @Slot(str)
    def _ask_to_forget(self, run: str) -> None:
        self._services.window.confirm(
            f"Forget the job “{run}”?",
            "Its figures and log are deleted here. What lies in the bucket stays until you clean "
            "up; a model that was brought back stays, too.",
            "Forget it",
            lambda: self.registry.forget(run),
            careful=True,
        )

    @Slot(str)
    def _use(self, run: str) -> None:
        known = self.registry[run]
        if known.kind == "training":
            self.model_wanted.emit(known.result)
            return
        # What the cloud said is known by now: the gallery only has to show it.
        self.model_wanted.emit(known.request["model"])
        self._services.window.open_paths([Path(path) for path in known.request["paths"]])

    @Slot()
    def _check_prices(self) -> None:
        """Says at once what is wrong with prices that were just typed."""
        from emotion_desktop.domain.machine_prices import parse_prices

        try:
            parse_prices(self._services.settings.now.aws_prices)
        except AppError as error:
            self._services.show_error(error)
