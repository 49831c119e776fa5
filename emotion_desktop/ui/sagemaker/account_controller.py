"""Behind the AWS account: looking at it, choosing what it consists of, mending what is missing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication

from emotion_desktop.domain.errors import AppError
from emotion_desktop.domain.job import JobState
from emotion_desktop.jobs.sagemaker.specs import examine_account_job, make_bucket_job, sign_in_job

if TYPE_CHECKING:
    from emotion_desktop.domain.sagemaker import AwsChoice, Machines
    from emotion_desktop.ui.sagemaker.account_dialog import AccountDialog
    from emotion_desktop.ui.sagemaker.card import SageMakerCard
    from emotion_desktop.ui.services import Services

#: Machines are chosen in several clicks: AWS is asked about them once, after the last one.
_CHOSEN_MS: Final = 600


class AccountController(QObject):
    """Knows the latest report of the account, and shows it on the card and in its dialog."""

    #: The account may not use the machine that is chosen: another kind, please.
    machine_wanted = Signal()

    def __init__(self, services: Services, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._card: SageMakerCard | None = None
        self._dialog: AccountDialog | None = None
        self._report: dict[str, Any] | None = None
        #: The machines whose quota the report is about.
        self._examined: Machines | None = None
        #: The job that looks, or looked, at the account last.
        self._examination = ""
        self._examine_soon = QTimer(self)
        self._examine_soon.setSingleShot(True)
        self._examine_soon.setInterval(_CHOSEN_MS)
        self._examine_soon.timeout.connect(self.examine)

    def serve(self, card: SageMakerCard) -> None:
        """Keeps the card up to date; AWS is asked at once if an account was set up before."""
        self._card = card
        card.account_wanted.connect(self.show)
        card.machines_changed.connect(self._machines_changed)
        now = self._services.settings.now
        if now.aws_role or now.aws_bucket or now.aws_profile:
            self.examine()

    @property
    def is_ready(self) -> bool:
        """Whether, at the latest look, nothing was missing for a job to be started."""
        return self._report is not None and bool(self._report["good"])

    @property
    def number(self) -> str:
        """The account's number; empty while it is not known."""
        return str(self._report["account"]) if self._report is not None else ""

    @property
    def choice(self) -> AwsChoice:
        """The profile, and the region that was looked at: what is set may name none."""
        from emotion_desktop.domain.sagemaker import AwsChoice

        region = str(self._report["region"]) if self._report is not None else ""
        return AwsChoice(self._services.settings.now.aws_profile, region)

    @property
    def arn(self) -> str:
        """The user's identity at AWS; empty while it is not known."""
        return str(self._report["arn"]) if self._report is not None else ""

    @Slot()
    def show(self) -> None:
        """Opens the dialog, and checks the account again."""
        from emotion_desktop.ui.sagemaker.account_dialog import AccountDialog

        if self._dialog is None:
            dialog = self._dialog = AccountDialog(self._services.window)
            dialog.chosen.connect(self._choose)
            dialog.look_wanted.connect(self.examine)
            dialog.sign_in_wanted.connect(self.sign_in)
            dialog.bucket_wanted.connect(self._ask_to_make_bucket)
            dialog.policy_wanted.connect(self.copy_policy)
            dialog.machine_wanted.connect(self.machine_wanted)
        self._dialog.open()
        if self._report is not None:
            self._show_report(self._report)
        self.examine()

    @Slot()
    def examine(self) -> None:
        """Asks AWS about the account, and what it may do with the machines on the card."""
        if self._card is None:
            return
        now = self._services.settings.now
        machines = self._examined = self._card.machines
        if self._dialog is not None:
            self._dialog.show_busy()
        self._card.show_account(None, busy=True)
        self._examination = self._services.jobs.run(
            examine_account_job(now.aws_choice, now.aws_role, now.aws_bucket, machines),
            done=self._show_report,
            ended=self._examined_or_not,
            # An answer to an earlier question may come after that to the latest one.
            instead_of=self._examination,
        )

    @Slot()
    def sign_in(self) -> None:
        """Lets AWS's own program sign the user in; the account is looked at anew after it."""
        command = (self._report or {}).get("sign_in") or []
        if not command:
            self._services.window.banner.show_error(
                "This profile has no sign-in of its own.",
                "Set it up again with “aws configure”, or choose another one.",
            )
            return
        self._services.jobs.run(sign_in_job(command), done=lambda _: self.examine(), owner=self)

    @Slot()
    def copy_policy(self) -> None:
        """Puts what the user and the role must be allowed into the clipboard."""
        if self._report is None:
            self.show()
            return
        QGuiApplication.clipboard().setText(self._report["policies"])
        self._services.window.banner.show_success(
            "The policies are in the clipboard. Send them to whoever looks after AWS."
        )

    def _show_report(self, report: dict[str, Any]) -> None:
        self._report = report
        now = self._services.settings.now
        if not now.aws_role and len(report["roles"]) == 1:
            # Where there is one role only, there is nothing to choose.
            self._choose({"role": report["roles"][0]})
            return
        if self._card is not None:
            self._card.show_account(report)
        if self._dialog is not None:
            set_now = {
                "profile": now.aws_profile,
                "region": now.aws_region,
                "role": now.aws_role,
                "bucket": now.aws_bucket,
            }
            self._dialog.show_report(report, set_now)

    def _examined_or_not(self, state: JobState) -> None:
        if state is not JobState.SUCCEEDED and self._card is not None and self._report is None:
            self._card.show_account(None)

    @Slot()
    def _machines_changed(self) -> None:
        """Other machines have a quota of their own."""
        if self._card is None or self._report is None or self._examined is None:
            return
        now, then = self._card.machines, self._examined
        if (now.kind, now.count, now.spot) != (then.kind, then.count, then.spot):
            self._examine_soon.start()

    @Slot(dict)
    def _choose(self, choices: dict[str, str]) -> None:
        settings = self._services.settings
        changes = {f"aws_{name}": value for name, value in choices.items()}
        try:
            settings.save(replace(settings.now, **changes))
        except AppError as error:
            self._services.show_error(error)
        self.examine()

    @Slot(str)
    def _ask_to_make_bucket(self, name: str) -> None:
        self._services.window.confirm(
            f"Make the bucket {name}?",
            "It is private and encrypted. An empty bucket costs nothing.",
            "Make it",
            lambda: self._make_bucket(name),
        )

    def _make_bucket(self, name: str) -> None:
        self._services.jobs.run(
            make_bucket_job(self._services.settings.now.aws_choice, name),
            done=lambda made: self._choose({"bucket": made}),
            owner=self,
        )
