"""Sending photos to S3: one RecordIO object for all, against one PUT per photo.

    python -m tests.benchmarks.upload [--photos 500] [--rounds 3] [--latency 20] [--json -]

Both go over HTTP to the stand-in on this machine, with so many milliseconds added to each request:
a real bucket is not next door. Both use as many connections at once.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2

from emotion_desktop.aws.s3.bucket import Bucket
from emotion_desktop.aws.s3.transfers import upload
from emotion_desktop.aws.session import open_session
from emotion_desktop.dataset.recordio import Record, write_records
from emotion_desktop.imaging.crop import frame_whole, prepare
from emotion_desktop.imaging.decode import decode
from emotion_desktop.jobs.sagemaker.records import preprocessing_of
from tests.benchmarks.measure import Figure, in_turn, parser, photos_in, report, timed
from tests.stand_ins.aws.server import StandIn

_SIDE = 50
_THREADS = 8


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures and reports; returns the exit status."""
    options = parser(str(__doc__), photos=500, rounds=3)
    options.add_argument("--latency", type=float, default=20, help="ms added to each request")
    chosen = options.parse_args(arguments)
    photos = photos_in(chosen.data, chosen.photos)
    if photos:
        figures = measure([encode(photo) for photo in photos], chosen.rounds, chosen.latency)
        report(f"Sending {len(photos):,} faces", figures, chosen.json)
    return 0


def encode(photo: Path) -> bytes:
    """A face as it is sent."""
    picture = decode(photo)
    pixels = prepare(picture, frame_whole(picture), preprocessing_of(_SIDE, True))
    return bytes(cv2.imencode(".png", pixels)[1].tobytes())


def measure(pictures: list[bytes], rounds: int, latency_ms: float) -> list[Figure]:
    """The figures: the ratio first, then seconds and requests of each way."""
    server = StandIn()
    server.start()
    server.latency_s = latency_ms / 1000
    os.environ.update(server.environment)
    try:
        client = open_session().client("s3")
        client.create_bucket(Bucket="faces")
        bucket = Bucket(client, "faces")
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "train.rec")

            def at_once() -> None:
                write_records(path, (Record(0, n, data) for n, data in enumerate(pictures)))
                upload(bucket, path, "data/train.rec")

            def one_by_one() -> None:
                with ThreadPoolExecutor(_THREADS) as pool:
                    keys = (f"photos/{n}.png" for n in range(len(pictures)))
                    for _ in pool.map(bucket.write, keys, pictures):
                        pass

            at_once()  # the first connection
            requests = {}
            for name, way in (("one object", at_once), ("a PUT each", one_by_one)):
                server.wire.clear()
                way()
                requests[name] = len(server.wire.calls)
            result = in_turn(
                {"one object": timed(at_once), "a PUT each": timed(one_by_one)}, rounds
            )
    finally:
        server.stop()
    return [
        Figure(
            "one object against a PUT per photo",
            result.ratio("a PUT each", "one object"),
            at_least=1.0,
        ),
        Figure("one object", result.median("one object"), "s"),
        Figure("a PUT per photo", result.median("a PUT each"), "s"),
        Figure("requests, one object", requests["one object"], "requests"),
        Figure("requests, a PUT per photo", requests["a PUT each"], "requests"),
    ]


if __name__ == "__main__":
    sys.exit(main())
