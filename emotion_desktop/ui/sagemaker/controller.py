"""Behind everything of Amazon SageMaker on screen: account, confirmation, jobs, cleaning up."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication

from emotion_desktop.domain.cloud import (
    AwsChoice,
    CloudRun,
    Machines,
    Stage,
    TrainingOrder,
    TransformOrder,
)
from emotion_desktop.domain.errors import AppError
from emotion_desktop.domain.job import (
    Batch,
    JobEvent,
    JobFunction,
    JobSpec,
    JobState,
    Log,
    StateChanged,
)
from emotion_desktop.ui.theme import Theme
from emotion_desktop.ui.widgets.deferred import Deferred

if TYPE_CHECKING:
    from emotion_desktop.jobs.sagemaker.desk import Desk
    from emotion_desktop.ui.sagemaker.account_dialog import AccountDialog
    from emotion_desktop.ui.sagemaker.card import SageMakerCard
    from emotion_desktop.ui.sagemaker.clean_dialog import CleanDialog
    from emotion_desktop.ui.sagemaker.runs_view import RunsView
    from emotion_desktop.ui.sagemaker.transform_dialog import TransformChoice
    from emotion_desktop.ui.services import Services
    from emotion_desktop.ui.training.page import TrainingPage

_log = logging.getLogger(__name__)

_KINDS: Final = ("sagemaker-train", "sagemaker-transform")
#: Times and cost that run on are shown anew as often as this, milliseconds.
_TICK_MS: Final = 5000
#: Machines are chosen in several clicks: AWS is asked about them once, after the last one.
_CHOSEN_MS: Final = 600
#: The training tab's presets, and what comes nearest to them there.
_PRESETS: Final = {"notebook": "notebook", "quick": "quick", "best": "pretrained"}


class SageMakerController(QObject):
    """Starts what the user agreed to, and shows how it goes."""

    model_wanted = Signal(str)
    """A model, by its name in the store, to read new photos with."""

    def __init__(self, services: Services, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._theme = theme
        self._page: TrainingPage | None = None
        self._card: SageMakerCard | None = None
        self._view: Deferred[RunsView] | None = None
        self._dialog: AccountDialog | None = None
        self._clean: CleanDialog | None = None
        self._report: dict[str, Any] | None = None
        self._runs: dict[str, CloudRun] = {}
        #: The jobs of this program by run, and what is done with the result of a short job.
        self._jobs: dict[str, str] = {}
        #: A run that was just begun: it comes to the front as soon as there is something of it.
        self._begun = ""
        self._then: dict[str, Callable[[Any], None]] = {}
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._show_runs)
        self._examine_soon = QTimer(self)
        self._examine_soon.setSingleShot(True)
        self._examine_soon.setInterval(_CHOSEN_MS)
        self._examine_soon.timeout.connect(self._examine)
        #: The machines whose quota the report is about.
        self._examined: Machines | None = None
        self._looked = ""
        services.bridge.happened.connect(self._told)
        services.settings.changed.connect(self._settings_changed)

    # -- what is shown -------------------------------------------------------------------------

    @Slot(object)
    def furnish(self, page: TrainingPage) -> None:
        """Puts the card, and the view of the jobs, into the training page."""
        from emotion_desktop.cloud.prices import INSTANCES
        from emotion_desktop.ui.sagemaker.card import SageMakerCard

        self._page = page
        card = self._card = SageMakerCard()
        card.offer_kinds({kind: item.note for kind, item in INSTANCES.items()})
        card.train_wanted.connect(self._train)
        card.machines_changed.connect(self._machines_changed)
        card.account_wanted.connect(self._show_account)
        card.jobs_wanted.connect(self.show_jobs)
        card.clean_wanted.connect(self._show_leftovers)
        card.transform_wanted.connect(self._choose_transform)
        page.setup.changed.connect(self._show_facts)
        page.setup.add_card(card)
        self._view = Deferred(self._make_view, self._services.plots.want)
        page.add_view(self._view)
        self._show_facts()
        self._show_runs()
        if self._account_is_known():
            self._examine()

    def set_theme(self, theme: Theme) -> None:
        """Paints in other colours."""
        self._theme = theme
        if self._view is not None and self._view.is_made:
            self._view.page.set_theme(theme)

    def take_up(self) -> None:
        """Finds the jobs of former times, and takes those up that AWS works on or has finished."""
        if self._services.workspace.cloud_runs.exists():
            from emotion_desktop.jobs.sagemaker.overview import overview_job

            self._ask(overview_job(self._desk()), self._found)

    @Slot()
    def show_jobs(self) -> None:
        """Brings the jobs to the front."""
        if self._page is not None and self._view is not None:
            self._page.bring(self._view)
            self._show_runs()

    def _found(self, found: dict[str, Any]) -> None:
        for record in found["runs"]:
            run = CloudRun.from_dict(record)
            self._runs.setdefault(run.name, run)
        for name in found["waiting"]:
            if name not in self._jobs:
                self._work_on(name)
        self._show_runs()

    def _make_view(self) -> RunsView:
        from emotion_desktop.ui.sagemaker.runs_view import RunsView

        view = RunsView(self._theme)
        view.back_wanted.connect(self._back)
        view.chosen.connect(self._read_log)
        view.stop_wanted.connect(self._stop)
        view.cancel_wanted.connect(self._ask_to_cancel)
        view.go_on_wanted.connect(self._go_on)
        view.use_wanted.connect(self._use)
        view.forget_wanted.connect(self._ask_to_forget)
        view.sign_in_wanted.connect(self._sign_in)
        view.account_wanted.connect(self._show_account)
        view.policy_wanted.connect(self._copy_policy)
        view.machine_wanted.connect(self._choose_machine)
        self._show_in(view)
        return view

    @Slot()
    def _back(self) -> None:
        if self._page is not None:
            self._page.bring(self._page.setup)

    @Slot()
    def _show_runs(self) -> None:
        under_way = [
            run for run in self._runs.values() if not run.stage.final and run.problem is None
        ]
        if self._card is not None:
            self._card.show_jobs(len(self._runs), len(under_way))
            self._card.offer_earlier(self._trained_there())
        if self._view is not None and self._view.is_made:
            self._show_in(self._view.page)
        self._timer.start() if under_way else self._timer.stop()

    def _trained_there(self) -> list[tuple[str, str]]:
        """The models that were trained there, and where their archives lie."""
        return [
            (run.result, run.job.artefact)
            for run in self._runs.values()
            if run.stage is Stage.DONE and run.kind == "training" and run.job and run.job.artefact
        ]

    def _show_in(self, view: RunsView) -> None:
        runs = sorted(self._runs.values(), key=lambda run: -run.created)
        view.show_runs(runs, frozenset(self._jobs), self._prices())
        if self._begun in self._runs:
            view.choose(self._begun)
            self._begun = ""

    @Slot()
    def _show_facts(self) -> None:
        """Time and cost on the card: arithmetic alone, nothing is asked of AWS."""
        from emotion_desktop.cloud.hyperparameters import PRESETS, default_layers
        from emotion_desktop.cloud.prices import INSTANCES, dollars, estimate_training

        card, page = self._card, self._page
        if card is None or page is None:
            return
        split = page.setup.split
        preset = PRESETS[self._preset()]
        if split is None:
            card.show_facts(
                [("Time", "–"), ("Cost", "–"), ("Leaves this computer", "Nothing yet")]
            )
            card.allow("Choose a split first: what is sent must be fixed before it goes.")
            return
        parts = split.report["parts"]
        photos = int(parts["training"]["photos"])
        estimate = estimate_training(
            card.machines,
            samples=photos,
            epochs=int(preset.values["epochs"]),
            side=preset.side,
            layers=int(preset.values.get("num_layers", default_layers(preset.side))),
            stored_bytes=0,
            own=self._prices(),
        )
        time, price = "not known", "no price is known for this machine"
        known = INSTANCES.get(card.machines.kind)
        about_machine = known.note if known is not None else card.machines.kind
        if estimate is not None:
            minutes = max(1, round(estimate.expected_s / 60))
            time = f"about {minutes} min, preset “{preset.title}”"
            price = f"about {dollars(estimate.expected)}, at most {dollars(estimate.at_most)}"
        sent = photos + int(parts["validation"]["photos"])
        card.show_facts(
            [
                ("Time", time),
                ("Cost", price),
                ("Leaves this computer", f"The faces on {sent:,} photos, once you agree"),
                ("Runs on", _each(card.machines.count, about_machine)),
            ]
        )
        card.allow("")

    @Slot()
    def _machines_changed(self) -> None:
        """Other machines cost something else, and have a quota of their own."""
        self._show_facts()
        if self._card is None or self._report is None or self._examined is None:
            return
        now, then = self._card.machines, self._examined
        if (now.kind, now.count, now.spot) != (then.kind, then.count, then.spot):
            self._examine_soon.start()

    # -- the account ---------------------------------------------------------------------------

    def _account_is_known(self) -> bool:
        """Whether the user has set an account up: before, AWS is not asked unasked."""
        now = self._services.settings.now
        return bool(now.aws_role or now.aws_bucket or now.aws_profile)

    @Slot()
    def _show_account(self) -> None:
        from emotion_desktop.ui.sagemaker.account_dialog import AccountDialog

        if self._dialog is None:
            dialog = self._dialog = AccountDialog(self._services.window)
            dialog.chosen.connect(self._account_chosen)
            dialog.look_wanted.connect(self._examine)
            dialog.sign_in_wanted.connect(self._sign_in)
            dialog.bucket_wanted.connect(self._make_bucket)
            dialog.policy_wanted.connect(self._copy_policy)
            dialog.machine_wanted.connect(self._choose_machine)
        self._dialog.open()
        if self._report is not None:
            self._show_report(self._report)
        self._examine()

    @Slot()
    def _examine(self) -> None:
        from emotion_desktop.jobs.aws_account import examine_account_job

        now = self._services.settings.now
        machines = self._card.machines if self._card is not None else None
        if machines is None:
            return
        self._examined = machines
        if self._dialog is not None:
            self._dialog.show_busy()
        if self._card is not None:
            self._card.show_account(None, busy=True)
        job = examine_account_job(self._choice(), now.aws_role, now.aws_bucket, machines)
        looked = self._looked = job[0].id

        def show(report: dict[str, Any]) -> None:
            # An answer to an earlier question may come after that to the latest one.
            if self._looked == looked:
                self._show_report(report)

        self._ask(job, show)

    def _show_report(self, report: dict[str, Any]) -> None:
        self._report = report
        now = self._services.settings.now
        if not now.aws_role and len(report["roles"]) == 1:
            # Where there is one role only, there is nothing to choose.
            self._account_chosen({"role": report["roles"][0]})
            return
        if self._card is not None:
            self._card.show_account(report)
        if self._dialog is not None:
            set_now = {
                "profile": now.aws_profile, "region": now.aws_region, "role": now.aws_role,
                "bucket": now.aws_bucket,
            }
            self._dialog.show_report(report, set_now)

    @Slot(dict)
    def _account_chosen(self, choices: dict[str, str]) -> None:
        settings = self._services.settings
        changes = {f"aws_{name}": value for name, value in choices.items()}
        try:
            settings.keep(replace(settings.now, **changes))
        except AppError as error:
            self._services.say(error)
        self._examine()

    @Slot()
    def _sign_in(self) -> None:
        from emotion_desktop.jobs.aws_account import sign_in_job

        command = (self._report or {}).get("sign_in") or []
        if not command:
            self._services.window.banner.say(
                "This profile has no sign-in of its own.",
                "Set it up again with “aws configure”, or choose another one.",
            )
            return
        self._ask(sign_in_job(command), lambda _: self._examine())

    @Slot(str)
    def _make_bucket(self, name: str) -> None:
        from emotion_desktop.jobs.aws_account import make_bucket_job

        self._services.window.ask(
            f"Make the bucket {name}?",
            "It is private and encrypted. An empty bucket costs nothing.",
            "Make it",
            lambda: self._ask(
                make_bucket_job(self._choice(), name),
                lambda made: self._account_chosen({"bucket": made}),
            ),
        )

    @Slot()
    def _copy_policy(self) -> None:
        if self._report is None:
            self._show_account()
            return
        QGuiApplication.clipboard().setText(self._report["policies"])
        self._services.window.banner.say(
            "The policies are in the clipboard.", "Send them to whoever looks after AWS."
        )

    @Slot()
    def _choose_machine(self) -> None:
        """Leads to the choice of machines on the card; the account is looked at anew for it."""
        if self._card is not None:
            self._back()
            self._card.kind.setFocus()
            self._card.kind.showPopup()

    # -- launching -----------------------------------------------------------------------------

    @Slot()
    def _train(self) -> None:
        """Works the offer out; nothing goes before it is agreed to."""
        from emotion_desktop.jobs.sagemaker.overview import offer_job

        if self._report is None or not self._report["good"]:
            self._show_account()
            return
        order = self._order()
        if order is not None:
            self._ask(offer_job(self._desk(), order), lambda offer: self._confirm(order, offer))

    def _order(self) -> TrainingOrder | None:
        from emotion_desktop.cloud.hyperparameters import PRESETS

        card, page, now = self._card, self._page, self._services.settings.now
        if card is None or page is None or page.setup.split is None:
            return None
        setup, preset = page.setup, PRESETS[self._preset()]
        split = page.setup.split
        earlier = str(card.earlier.currentData() or "")
        values, side, grey = dict(preset.values), preset.side, setup.recipe.channels == 1
        for run in self._runs.values():
            if earlier and run.job is not None and run.job.artefact == earlier:
                before = TrainingOrder.from_dict(run.order)
                # The same kind of net, or it cannot be gone on with.
                side, grey = before.side, before.grey
                values = {**before.hyperparameters, "use_pretrained_model": "0"}
        return TrainingOrder(
            model=setup.name or f"SageMaker {split.name}",
            split=split.name,
            side=side,
            grey=grey or split.grey,
            hyperparameters=values,
            machines=card.machines,
            role=now.aws_role,
            bucket=now.aws_bucket,
            earlier=earlier,
        )

    def _preset(self) -> str:
        assert self._page is not None
        return _PRESETS.get(self._page.setup.recipe.name, "notebook")

    def _confirm(self, order: TrainingOrder, offer: dict[str, Any]) -> None:
        from emotion_desktop.ui.sagemaker.confirm_dialog import ConfirmDialog

        report = self._report or {"account": "", "arn": ""}
        dialog = ConfirmDialog(offer, report["account"], report["arn"], self._services.window)
        dialog.accepted.connect(lambda: self._launch(order, report["account"]))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _launch(self, order: TrainingOrder, account: str) -> None:
        from emotion_desktop.jobs.sagemaker.train import train_on_sagemaker_job

        self._begun = self._start(
            lambda: train_on_sagemaker_job(self._desk(), order, self._choice(), account)
        )
        self.show_jobs()

    def _start(self, make: Callable[[], tuple[JobSpec, JobFunction]]) -> str:
        """Starts work on a run; returns the run's name, or nothing if that cannot be done."""
        try:
            spec, function = make()
        except AppError as error:
            self._services.say(error)
            return ""
        name: str = spec.parameters["run"]
        self._jobs[name] = spec.id
        self._services.manager.submit(spec, function)
        return name

    @Slot()
    def _choose_transform(self) -> None:
        from emotion_desktop.ui.sagemaker.transform_dialog import TransformDialog

        if self._report is None or not self._report["good"]:
            self._show_account()
            return
        assert self._card is not None
        dialog = TransformDialog(
            self._trained_there(), self._card.machines, self._services.window
        )
        dialog.chosen.connect(self._offer_transform)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot(object)
    def _offer_transform(self, choice: TransformChoice) -> None:
        from emotion_desktop.jobs.sagemaker.transform import transform_offer_job

        now = self._services.settings.now
        in_s3 = choice.source.startswith("s3://")
        order = TransformOrder(
            model=choice.model,
            artefact=choice.artefact,
            machines=choice.machines,
            role=now.aws_role,
            bucket=now.aws_bucket,
            source=choice.source if in_s3 else "",
            paths=() if in_s3 else (choice.source,),
            faces=now.faces,
        )
        job = transform_offer_job(self._desk(), order, self._choice())
        self._ask(job, lambda lines: self._confirm_transform(order, lines))

    def _confirm_transform(self, order: TransformOrder, lines: list[str]) -> None:
        account = (self._report or {}).get("account", "")
        self._services.window.ask(
            "Classify these photos on SageMaker?",
            "\n\n".join([*lines, f"Account: {account}"]),
            "Send and classify",
            lambda: self._transform(order, account),
        )

    def _transform(self, order: TransformOrder, account: str) -> None:
        from emotion_desktop.jobs.sagemaker.transform import transform_job

        self._begun = self._start(
            lambda: transform_job(self._desk(), order, self._choice(), account)
        )
        self.show_jobs()

    # -- jobs under way ------------------------------------------------------------------------

    @Slot(str)
    def _stop(self, run: str) -> None:
        if run in self._jobs:
            self._services.manager.finish_early(self._jobs[run])
            self._services.window.banner.say("Stopping; the best so far comes back.")

    @Slot(str)
    def _ask_to_cancel(self, run: str) -> None:
        self._services.window.ask(
            "Cancel this job?",
            "Its machine is stopped and costs no more. What it has found so far is not kept.",
            "Cancel the job",
            lambda: self._cancel(run),
        )

    def _cancel(self, run: str) -> None:
        if run in self._jobs:
            self._services.manager.cancel(self._jobs[run])

    @Slot(str)
    def _go_on(self, run: str) -> None:
        # What was said of its trouble is over.
        self._services.window.banner.hide()
        self._work_on(run)

    def _work_on(self, run: str) -> None:
        from emotion_desktop.jobs.sagemaker.train import go_on_job
        from emotion_desktop.jobs.sagemaker.transform import go_on_transform_job

        known = self._runs[run]
        make = go_on_job if known.kind == "training" else go_on_transform_job
        self._start(lambda: make(self._desk(), run))
        self._show_runs()

    @Slot(str)
    def _use(self, run: str) -> None:
        known = self._runs[run]
        if known.kind == "training":
            self.model_wanted.emit(known.result)
            return
        # What the cloud said is known by now: the gallery only has to show it.
        self.model_wanted.emit(known.order["model"])
        self._services.window.give([Path(path) for path in known.order["paths"]])

    @Slot(str)
    def _ask_to_forget(self, run: str) -> None:
        self._services.window.ask(
            f"Forget the job “{run}”?",
            "Its figures and log are deleted here. What lies in the bucket stays until you clean "
            "up; a model that was brought back stays, too.",
            "Forget it",
            lambda: self._forget(run),
        )

    def _forget(self, run: str) -> None:
        from emotion_desktop.jobs.sagemaker.overview import forget_run_job

        self._runs.pop(run, None)
        self._ask(forget_run_job(self._desk(), run), lambda _: None)
        self._show_runs()

    @Slot(str)
    def _read_log(self, run: str) -> None:
        from emotion_desktop.jobs.sagemaker.overview import run_log_job

        if run:
            self._ask(run_log_job(self._desk(), run), self._show_log)

    def _show_log(self, found: dict[str, Any]) -> None:
        if self._view is not None and self._view.is_made:
            self._view.page.show_log(found["run"], found["lines"])

    # -- cleaning up ---------------------------------------------------------------------------

    @Slot()
    def _show_leftovers(self) -> None:
        from emotion_desktop.ui.sagemaker.clean_dialog import CleanDialog

        bucket = self._services.settings.now.aws_bucket
        if not bucket:
            self._show_account()
            return
        dialog = self._clean = CleanDialog(bucket, self._services.window)
        dialog.delete_wanted.connect(self._ask_to_delete)
        dialog.finished.connect(self._clean_closed)
        dialog.open()
        self._list_leftovers()

    @Slot()
    def _clean_closed(self) -> None:
        if self._clean is not None:
            self._clean.deleteLater()
            self._clean = None

    def _list_leftovers(self) -> None:
        from emotion_desktop.jobs.sagemaker.clean import list_leftovers_job

        bucket = self._services.settings.now.aws_bucket
        self._ask(list_leftovers_job(self._choice(), bucket), self._show_found_leftovers)

    def _show_found_leftovers(self, items: list[dict[str, Any]]) -> None:
        if self._clean is not None:
            self._clean.show_items(self._services.settings.now.aws_bucket, items)

    @Slot(list)
    def _ask_to_delete(self, titles: list[str]) -> None:
        from emotion_desktop.jobs.sagemaker.clean import clean_job

        bucket = self._services.settings.now.aws_bucket
        self._services.window.ask(
            f"Delete {len(titles)} of these from {bucket}?",
            "They cannot be brought back.",
            "Delete",
            lambda: self._ask(
                clean_job(self._desk(), self._choice(), bucket, titles),
                lambda _: self._list_leftovers(),
            ),
        )

    # -- what is told --------------------------------------------------------------------------

    def _ask(self, job: tuple[JobSpec, JobFunction], then: Callable[[Any], None]) -> None:
        """Starts a short job; ``then`` gets its result on this thread."""
        spec, function = job
        self._then[spec.id] = then
        self._services.manager.submit(spec, function)

    @Slot(object, object)
    def _told(self, spec: JobSpec, event: JobEvent) -> None:
        if spec.kind in _KINDS:
            self._told_of_run(spec, event)
        elif (
            spec.id in self._then and isinstance(event, StateChanged) and event.state.final
        ):
            then = self._then.pop(spec.id)
            if event.state is JobState.SUCCEEDED and event.outcome is not None:
                then(event.outcome.result)
            elif self._card is not None and self._report is None:
                self._card.show_account(None)

    def _told_of_run(self, spec: JobSpec, event: JobEvent) -> None:
        name = spec.parameters["run"]
        if isinstance(event, Batch):
            for item in event.items:
                if isinstance(item, dict):
                    run = CloudRun.from_dict(item)
                    self._runs[run.name] = run
            self._show_runs()
        elif isinstance(event, Log) and self._view is not None and self._view.is_made:
            self._view.page.add_line(name, event.line)
        elif isinstance(event, StateChanged) and event.state.final:
            self._jobs.pop(name, None)
            self._show_runs()

    # -- helpers -------------------------------------------------------------------------------

    @Slot()
    def _settings_changed(self) -> None:
        from emotion_desktop.cloud.prices import parse_prices

        try:
            parse_prices(self._services.settings.now.aws_prices)
        except AppError as error:
            self._services.say(error)
        self._show_facts()

    def _choice(self) -> AwsChoice:
        now = self._services.settings.now
        return AwsChoice(now.aws_profile, now.aws_region)

    def _prices(self) -> dict[str, float]:
        from emotion_desktop.cloud.prices import parse_prices

        try:
            return parse_prices(self._services.settings.now.aws_prices)
        except AppError as error:
            _log.warning("the prices in the settings are not used: %s", error)
            return {}

    def _desk(self) -> Desk:
        from emotion_desktop.jobs.sagemaker.desk import Desk

        services = self._services
        return Desk(services.workspace, services.room, self._prices())


def _each(count: int, what: str) -> str:
    return what if count == 1 else f"{count} machines, each {what}"
