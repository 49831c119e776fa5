"""The log of a job, from CloudWatch: what is new since it was last asked for."""

from __future__ import annotations

from typing import Any, Final

from emotion_desktop.aws.errors import as_cloud_errors
from emotion_desktop.domain.errors import CloudError

GROUP: Final = "/aws/sagemaker/TrainingJobs"
#: Pages of one look: the rest comes with the next.
_PAGES: Final = 50


class JobLog:
    """Reads the log of one job, of all its machines.

    Args:
        client: boto3's client of CloudWatch Logs.
        tokens: where an earlier reader was, by stream.
    """

    def __init__(self, client: Any, job: str, tokens: dict[str, str] | None = None) -> None:
        self._client = client
        self._job = job
        self.tokens = dict(tokens or {})

    def new_lines(self) -> list[str]:
        """The lines that have come since the last call, by stream and time.

        Raises:
            CloudError: the log cannot be read.
        """
        lines: list[str] = []
        streams = self._streams()
        places = dict(self.tokens)
        for stream in streams:
            for line in self._read(stream, places):
                # Of several machines each line says which one it is from.
                machine = "-".join(stream.partition("/")[2].split("-")[:2])
                lines.append(f"{machine}: {line}" if len(streams) > 1 else line)
        # Kept only now: what was read before an error is read again, not lost.
        self.tokens = places
        return lines

    def _streams(self) -> list[str]:
        try:
            with as_cloud_errors("reading the log"):
                answer = self._client.describe_log_streams(
                    logGroupName=GROUP, logStreamNamePrefix=f"{self._job}/"
                )
        except CloudError as error:
            if error.code == "ResourceNotFoundException":  # nothing was ever logged
                return []
            raise
        return sorted(item["logStreamName"] for item in answer["logStreams"])

    def _read(self, stream: str, places: dict[str, str]) -> list[str]:
        lines = []
        for _ in range(_PAGES):
            token = places.get(stream)
            with as_cloud_errors("reading the log"):
                answer = self._client.get_log_events(
                    logGroupName=GROUP,
                    logStreamName=stream,
                    startFromHead=True,
                    **({"nextToken": token} if token else {}),
                )
            lines += [event["message"].rstrip("\n") for event in answer["events"]]
            # At the end the token repeats itself.
            if answer["nextForwardToken"] == token:
                break
            places[stream] = answer["nextForwardToken"]
        return lines
