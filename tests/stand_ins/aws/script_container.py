"""AWS's TensorFlow container in script mode, played by a process of its own.

As the public training toolkit does it: ``sourcedir.tar.gz`` is unpacked, its requirements.txt
installed, and the program in it run with SM_ variables and folders of its own. What is installed
there comes from the archive alone: there is no index, and nothing of the checkout on the path.
"""

from __future__ import annotations

import io
import json
import os
import re
import signal
import subprocess
import sys
import tarfile
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from tests.stand_ins.aws.container import JobError

_ROOT: Final = "/opt/ml"
_OWN: Final = "sagemaker_"
_NEEDED: Final = ("program", "submit_directory", "region", "job_name")
_EPOCH: Final = re.compile(r"epoch \d+: \{")
#: How long a machine that is taken away goes on after the signal, at most, seconds.
_LAST_S: Final = 120.0


@dataclass
class ScriptContainer:
    """One attempt: a container on one machine.

    Attributes:
        root: what the program sees as /opt/ml.
        channels: names and bytes of the files of each channel.
        source: the content of ``sourcedir.tar.gz``.
        gpus: that the machine says it has.
        log: takes a line.
    """

    root: Path
    hyperparameters: Mapping[str, str]
    channels: Mapping[str, Mapping[str, bytes]]
    source: bytes
    log: Callable[[str], None]
    gpus: int = 0
    python: str = sys.executable
    lines: list[str] = field(default_factory=list)
    process: subprocess.Popen[str] | None = None

    @property
    def model(self) -> Path:
        return self.root / "model"

    @property
    def checkpoints(self) -> Path:
        return self.root / "checkpoints"

    def run(self, after_epoch: Callable[[], None]) -> int:
        """Runs the program to its end; returns its exit status."""
        told = told_to(self.hyperparameters)
        self._lay_out()
        self._install()
        process = self.process = subprocess.Popen(
            [self.python, told["sagemaker_program"]],
            cwd=self.root / "code",
            env=self._environment(told),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert process.stdout is not None
        for line in process.stdout:
            self.lines.append(line.rstrip("\n"))
            self.log(line.rstrip("\n"))
            if _EPOCH.search(line):
                after_epoch()
        return process.wait()

    def terminate(self) -> None:
        """Asks the program to end, as StopTrainingJob does."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)

    def take_away(self) -> None:
        """What becomes of a spare machine that somebody pays more for: a signal, then the end.

        There are two minutes between them, in which a checkpoint can be written: no longer is
        waited for one.
        """
        self.terminate()
        threading.Thread(target=self._end_soon, daemon=True).start()

    def _end_soon(self) -> None:
        assert self.process is not None
        end = time.monotonic() + _LAST_S
        while time.monotonic() < end and not any(self.checkpoints.glob("*.npz")):
            time.sleep(0.01)
        self.process.kill()

    def archive(self) -> bytes | None:
        """``model.tar.gz`` of what lies in the folder for models; None for nothing."""
        files = [path for path in self.model.rglob("*") if path.is_file()]
        if not files:
            return None
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
            for path in files:
                tar.add(path, str(path.relative_to(self.model)))
        return buffer.getvalue()

    def failure(self) -> str:
        """The reason the toolkit gives for a program that failed."""
        words = next((line for line in reversed(self.lines) if line.strip()), "")
        return (
            f'AlgorithmError: ExecuteUserScriptError:\nExitCode 1\nErrorMessage "{words}"\n'
            'Command "/opt/venv/bin/python train.py", exit code: 1'
        )

    def _lay_out(self) -> None:
        for name in ("model", "checkpoints", "output/data", "code", "site"):
            (self.root / name).mkdir(parents=True, exist_ok=True)
        for channel, files in self.channels.items():
            folder = self.root / "input" / "data" / channel
            folder.mkdir(parents=True)
            for name, data in files.items():
                (folder / name).write_bytes(data)
        try:
            with tarfile.open(fileobj=io.BytesIO(self.source), mode="r:gz") as tar:
                tar.extractall(self.root / "code", filter="data")
        except tarfile.TarError as error:
            raise JobError(f"AlgorithmError: {error}") from None

    def _install(self) -> None:
        if not (self.root / "code" / "requirements.txt").exists():
            return
        command = [self.python, "-m", "pip", "install", "--quiet", "--no-index"]
        command += ["--target", str(self.root / "site"), "--no-deps", "-r", "requirements.txt"]
        done = subprocess.run(
            command, cwd=self.root / "code", capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise JobError(f"AlgorithmError: InstallRequirementsError: {done.stderr}")

    def _environment(self, told: Mapping[str, Any]) -> dict[str, str]:
        data = self.root / "input" / "data"
        own = {name: value for name, value in told.items() if not name.startswith(_OWN)}
        hyperparameters = json.dumps(own).replace(_ROOT, str(self.root))
        return {
            # Nothing else of the environment these tests run in.
            **{name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ},
            "HOME": str(self.root),
            "PYTHONPATH": str(self.root / "site"),
            "PYTHONUNBUFFERED": "1",
            "SM_MODEL_DIR": str(self.model),
            "SM_OUTPUT_DATA_DIR": str(self.root / "output" / "data"),
            "SM_CHANNELS": json.dumps(list(self.channels)),
            **{f"SM_CHANNEL_{name.upper()}": str(data / name) for name in self.channels},
            "SM_HPS": hyperparameters,
            "SM_NUM_GPUS": str(self.gpus),
            "SM_HOSTS": '["algo-1"]',
            "SM_CURRENT_HOST": "algo-1",
        }


def told_to(hyperparameters: Mapping[str, str]) -> dict[str, Any]:
    """Hyperparameters as the toolkit reads them: each is JSON."""
    told = {name: json.loads(value) for name, value in hyperparameters.items()}
    for name in _NEEDED:
        if f"{_OWN}{name}" not in told:
            raise JobError(f"AlgorithmError: {_OWN}{name} is missing")
    return told
