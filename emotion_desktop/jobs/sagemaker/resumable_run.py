"""Working on one run of the cloud, stage by stage, whatever comes between.

What is known of a run is on disk before AWS is asked for anything, so that nothing is lost and
nothing paid for twice, whenever the program, the machine or the network goes away. One program
works on a run at a time; others show what it records.
"""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from emotion_desktop.aws.account.quotas import check_quota, sagemaker_quotas
from emotion_desktop.aws.errors import is_missing
from emotion_desktop.aws.s3.bucket import Bucket
from emotion_desktop.aws.s3.buckets import bucket_region, check_bucket
from emotion_desktop.aws.session import AwsSession, open_session
from emotion_desktop.domain.errors import CancelledError, CloudError, Remedy, SignInError
from emotion_desktop.domain.job import Batch, Log, Progress
from emotion_desktop.domain.sagemaker import CloudRun, Machines, Problem, Stage
from emotion_desktop.jobs.sagemaker.backoff import Backoff, is_transient

if TYPE_CHECKING:
    from emotion_desktop.domain.job import JobContext
    from emotion_desktop.jobs.sagemaker.cloud_services import CloudServices

_log = logging.getLogger(__name__)

#: A program that only watches looks at the record as often as this, seconds.
_WATCH_S: Final = 2.0
#: From then on there may be a job at AWS.
_AT_AWS: Final = (Stage.LAUNCHING, Stage.RUNNING, Stage.FETCHING)
#: From here AWS can be asked where a bucket is.
_ANY_REGION: Final = "us-east-1"


class ResumableRun(ABC):
    """Works on one run."""

    def __init__(self, cloud: CloudServices, run: CloudRun, context: JobContext) -> None:
        self._cloud = cloud
        self._run = run
        self._context = context
        self._backoff = Backoff(cloud)
        self._session: AwsSession | None = None

    # -- stages: each begins wherever it was left, and records the next one ---------------------

    @abstractmethod
    def prepare(self) -> None:
        """Makes files of photos; nothing leaves this computer."""

    @abstractmethod
    def upload(self) -> None:
        """Sends them, once the account is known to be fit for the job."""

    @abstractmethod
    def launch(self) -> None:
        """Has AWS start the job; one of this name that is there already is this very one."""

    @abstractmethod
    def watch(self) -> None:
        """Polls the job until it is over."""

    @abstractmethod
    def fetch(self) -> None:
        """Downloads its result."""

    @abstractmethod
    def stop_at_aws(self) -> None:
        """Stops the machines, so that they cost no more.

        Raises:
            CloudError: that could not be done.
        """

    @property
    def bucket_name(self) -> str:
        """The bucket everything goes through."""
        return str(self._run.request["bucket"])

    def run_to_end(self) -> str:
        """Does what is left; returns the run's result, or nothing for none."""
        steps = {
            Stage.PREPARING: self.prepare,
            Stage.UPLOADING: self.upload,
            Stage.LAUNCHING: self.launch,
            Stage.RUNNING: self.watch,
            Stage.FETCHING: self.fetch,
        }
        self._update(problem=None, waiting=None)
        while not self._run.stage.is_over:
            step = steps[self._run.stage]
            try:
                step()
            except CloudError as error:
                if not is_transient(error):
                    self._update(problem=problem_of(error), waiting=None)
                    raise
                self._wait_for_aws(error)
            except CancelledError:
                self._cancelled()
                raise
        if self._run.stage is Stage.FAILED:
            problem = self._run.problem or Problem("The job failed.")
            raise CloudError(problem.message, problem.hint, Remedy(problem.remedy))
        return self._run.result

    # -- the record ----------------------------------------------------------------------------

    def _update(self, **changes: Any) -> None:
        """Changes the record, on disk first, then for whoever listens."""
        if any(getattr(self._run, name) != value for name, value in changes.items()):
            self._run = replace(self._run, **changes)
            self._cloud.runs.save(self._run)
        self._context.emit(Batch((self._run.to_dict(),)))

    def _wait_for_aws(self, error: CloudError) -> None:
        """A lost network, or a sign-in that is over, is waited for."""
        self._backoff.failed()
        self._session = None
        self._update(waiting=problem_of(error))
        seconds = self._backoff.seconds
        self._context.emit(Progress(0, 0, f"{error.message} Trying again in {seconds:.0f} s."))
        _log.info("%s waits: %s", self._run.name, error.message)
        self._backoff.wait(self._context)

    def _aws(self) -> AwsSession:
        """The session; the account it leads to must be the one that was confirmed."""
        if self._session is None:
            session = self._open_session()
            identity = session.identity()
            if identity.account != self._run.account:
                raise CloudError(
                    f"This job belongs to the account {self._run.account}, and the profile "
                    f"{session.profile} now leads to {identity.account}.",
                    "Choose the profile of that account.",
                    Remedy.CHOOSE_PROFILE,
                )
            self._session = session
        return self._session

    def _open_session(self) -> AwsSession:
        """A session in the region the run was begun in, whatever is set now."""
        choice = self._run.choice
        if not choice.region and self._run.stage in _AT_AWS:
            # Version 0.1.0 did not write the region down. A job runs where its bucket is.
            try:
                session = open_session(choice.profile)
            except SignInError as error:
                if error.remedy is not Remedy.CHOOSE_REGION:
                    raise
                session = open_session(choice.profile, _ANY_REGION)
            region = bucket_region(session, self.bucket_name, self._run.account)
            choice = replace(choice, region=region)
            self._update(choice=choice)
        return open_session(choice.profile, choice.region)

    def _check_account(self, machines: Machines, use: str) -> None:
        """Whether bucket and quota allow the job, before anything is sent.

        Args:
            use: a value of aws.account.quotas.

        Raises:
            CloudError: they do not.
        """
        session = self._aws()
        self._context.emit(Progress(0, 0, "checking the account"))
        check_bucket(session, self.bucket_name, self._run.account)
        try:
            quotas = sagemaker_quotas(session)
        except CloudError as error:
            if is_transient(error):
                raise
            return  # then the launch itself says what the quotas allow
        check_quota(quotas, machines, use)

    def _bucket(self) -> Bucket:
        return Bucket(self._aws().client("s3"), self.bucket_name, self._run.account)

    @property
    def _folder(self) -> Path:
        return self._cloud.runs.folder(self._run.name)

    def _cancelled(self) -> None:
        """The user cancelled: the machine is stopped, so that it costs no more."""
        if self._context.pause_wanted or not self._run.stage.paid:
            return
        try:
            self.stop_at_aws()
        except CloudError as error:
            if is_missing(error):
                self._update(stage=Stage.STOPPED, waiting=None)
                return
            self._update(
                problem=Problem(
                    f"The job could not be stopped and may go on, and cost. {error.message}",
                    "Try again, or stop it in AWS's console.",
                    Remedy.TRY_AGAIN.value,
                )
            )
            raise CloudError(
                f"The job could not be stopped and may go on, and cost. {error.message}",
                "Try again, or stop it in AWS's console.",
                Remedy.TRY_AGAIN,
            ) from None
        self._update(stage=Stage.STOPPED, waiting=None)


def problem_of(error: CloudError) -> Problem:
    """An error as a run's record has it."""
    return Problem(error.message, error.hint, error.remedy.value)


RunMaker = Callable[["CloudServices", CloudRun, "JobContext"], ResumableRun]


def work_exclusively(cloud: CloudServices, name: str, context: JobContext, make: RunMaker) -> str:
    """Works on a run, or watches another program do so; returns the run's result."""
    with cloud.runs.owned(name) as mine:
        if mine:
            return make(cloud, cloud.runs.load(name), context).run_to_end()
    return _watch_record(cloud, name, context, make)


def _watch_record(cloud: CloudServices, name: str, context: JobContext, make: RunMaker) -> str:
    """Shows what another program records of a run; takes it up if that one ends."""
    context.emit(Log("Another window works on this job; it is only shown here."))
    while True:
        run = cloud.runs.load(name)
        context.emit(Batch((run.to_dict(),)))
        context.emit(Progress(0, 0, "another window works on it"))
        if run.stage.is_over:
            return run.result
        with cloud.runs.owned(name) as mine:
            if mine:
                return make(cloud, cloud.runs.load(name), context).run_to_end()
        context.wait(min(_WATCH_S, cloud.poll_s))
        context.check_cancelled()
