"""Rekognition behind the jobs: who asks, what would be sent, and the user's consent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from emotion_desktop.domain.job import Progress
from emotion_desktop.domain.rekognition import MAPPINGS, REFERENCE, cost
from emotion_desktop.workspace.paths import Workspace

if TYPE_CHECKING:
    from emotion_desktop.aws.rekognition.predictor import RekognitionPredictor
    from emotion_desktop.dataset.copies import TrainingPhotos
    from emotion_desktop.jobs.predicting.labelled_set import LabelledSource
    from emotion_desktop.jobs.running.context import Context

#: DetectFaces a second, by AWS's default quotas; ours stays below.
_FAST_REGIONS: Final = ("us-east-1", "us-west-2", "eu-west-1")
_FAST: Final = 80.0
_SLOW: Final = 20.0


@dataclass(frozen=True, slots=True)
class Quote:
    """What would be sent, before anything is.

    Attributes:
        photos: that were asked for.
        known: that have been answered already; they cost nothing.
        small: under 80 pixels, among those to be sent or, as chosen, to be left out.
        unreadable: that cannot be sent at all.
        to_send: that would be sent.
        unanswered: that were sent before without an answer coming; not sent again unasked.
        dollars: an estimate.
        region, profile: where they would go, and by whose account.
        consented: whether the user has agreed to sending photos in this workspace before.
    """

    photos: int
    known: int
    small: int
    unreadable: int
    to_send: int
    unanswered: int
    dollars: float
    region: str
    profile: str
    consented: bool

    def to_dict(self) -> dict[str, Any]:
        """JSON values."""
        return asdict(self)


def make_predictor(workspace: Path) -> RekognitionPredictor:
    """Rekognition for a workspace, by its settings. No connection is made yet.

    Raises:
        AppError: the workspace cannot be written: what was paid for must be kept.
    """
    from emotion_desktop.aws.rate_limit import RateLimit
    from emotion_desktop.aws.rekognition.predictor import RekognitionPredictor
    from emotion_desktop.workspace.catalogue.catalogue import Catalogue
    from emotion_desktop.workspace.catalogue.consents import Consents
    from emotion_desktop.workspace.catalogue.sources import places_in_s3
    from emotion_desktop.workspace.predictions.paid_answers import PaidAnswers
    from emotion_desktop.workspace.settings import load_settings

    place = Workspace(workspace)
    settings = load_settings(place.settings)
    catalogue = Catalogue(place.catalogue)
    in_s3 = places_in_s3(catalogue)
    made: list[Any] = []
    lock = Lock()

    def client() -> Any:
        from emotion_desktop.aws.rekognition.regions import check_region
        from emotion_desktop.aws.session import open_session

        with lock:
            if not made:
                session = open_session(settings.aws_profile, settings.aws_region)
                check_region(session.region)
                made.append(session.client("rekognition"))
            return made[0]

    return RekognitionPredictor(
        client=client,
        consents=Consents(catalogue),
        answers=PaidAnswers(catalogue, REFERENCE, place.paid_answers),
        limit=RateLimit(_FAST if settings.aws_region in _FAST_REGIONS else _SLOW),
        mapping=MAPPINGS[settings.rekognition_mapping],
        mapping_name=settings.rekognition_mapping,
        leave_small=settings.rekognition_small == "leave-out",
        place_in_s3=in_s3.get,
    )


def quote(
    context: Context,
    *,
    paths: Sequence[str],
    data: Mapping[str, Any] | None,
    judged_with: Sequence[str],
) -> dict[str, Any]:
    """Finds out which photos would be sent to Amazon Rekognition; nothing is sent."""
    from emotion_desktop.jobs.predicting.labelled_set import LabelledSource

    source = None if data is None else LabelledSource.from_dict(data)
    photos = _photos(context.workspace, [Path(path) for path in paths], source)
    return _quote(context.workspace.root, photos, _trained_on(judged_with), context).to_dict()


def approve(workspace: Path, photos: int, *, again: bool = False) -> None:
    """The user agrees that so many photos be sent. Quick; not for the window's thread.

    Args:
        again: those, too, that were sent before without an answer coming.
    """
    from emotion_desktop.workspace.catalogue.catalogue import Catalogue
    from emotion_desktop.workspace.catalogue.consents import Consents
    from emotion_desktop.workspace.predictions.paid_answers import PaidAnswers

    place = Workspace(workspace)
    with Catalogue(place.catalogue) as catalogue:
        Consents(catalogue).approve(REFERENCE, photos)
        if again:
            PaidAnswers(catalogue, REFERENCE, place.paid_answers).drop_requests()


def save_approval(context: Context, *, photos: int, again: bool) -> None:
    """Saves the user's agreement to sending so many photos."""
    approve(context.workspace.root, photos, again=again)


def withdraw(workspace: Path) -> bool:
    """The user takes his agreement back; False if there was none."""
    from emotion_desktop.workspace.catalogue.catalogue import Catalogue
    from emotion_desktop.workspace.catalogue.consents import Consents

    with Catalogue(Workspace(workspace).catalogue) as catalogue:
        return Consents(catalogue).withdraw(REFERENCE)


def in_words(quote: Mapping[str, Any]) -> tuple[str, str]:
    """A question and what it rests on, for the dialog and the terminal."""
    from emotion_desktop.domain.rekognition import PRICE, PRICE_DATE
    from emotion_desktop.domain.text import counted

    count = quote["to_send"]
    where = quote["region"] or "the region of your AWS configuration"
    whose = f"by the profile “{quote['profile']}”" if quote["profile"] else "by your AWS account"
    lines = [
        f"Upright copies without metadata, {whose}, to {where}. About ${quote['dollars']:.2f} "
        f"(${PRICE:.3f} a photo, {PRICE_DATE}; AWS decides what it costs)."
    ]
    if quote["known"]:
        lines.append(f"{counted(quote['known'], 'photo')} answered before are not sent again.")
    if quote["unanswered"]:
        lines.append(
            f"{counted(quote['unanswered'], 'photo')} more were sent before, and the answers were "
            "lost: AWS may charge for them again. They are left out unless you want them, too."
        )
    if quote["small"]:
        lines.append(f"{counted(quote['small'], 'photo')} under 80 pixels among them all.")
    if quote["unreadable"]:
        lines.append(f"{counted(quote['unreadable'], 'photo')} cannot be read.")
    if not quote["consented"]:
        lines.append(
            "The faces leave this computer. Amazon may use what it gets to improve its services "
            "unless your organisation opted out; it reads expressions, not feelings."
        )
    again = "" if count else " again"
    sent = counted(count or quote["unanswered"], "photo")
    return f"Send {sent} to Amazon Rekognition{again}?", "\n\n".join(lines)


def _trained_on(bundles: Sequence[str]) -> TrainingPhotos:
    from emotion_desktop.dataset.copies import TrainingPhotos
    from emotion_desktop.engines.bundle import read_bundle

    known = TrainingPhotos()
    for path in bundles:
        known |= read_bundle(Path(path)).training_photos
    return known


def _quote(
    workspace: Path, photos: Sequence[Path], trained_on: TrainingPhotos, context: Context
) -> Quote:
    from emotion_desktop.aws.rekognition.regions import check_region
    from emotion_desktop.aws.rekognition.request import too_small
    from emotion_desktop.domain.errors import UnreadablePictureError
    from emotion_desktop.imaging.decode import decode
    from emotion_desktop.imaging.faces import make_face_finder
    from emotion_desktop.jobs.predicting.copies import codes_for
    from emotion_desktop.jobs.predicting.digests import known_digests
    from emotion_desktop.workspace.predictions.cache import PredictionCache
    from emotion_desktop.workspace.settings import load_settings

    settings = load_settings(Workspace(workspace).settings)
    if settings.aws_region:
        check_region(settings.aws_region)
    predictor = make_predictor(workspace)
    every = known_digests(photos, PredictionCache(None), lambda: context.cancelled)
    unreadable = len(photos) - len(every)
    with PredictionCache(Workspace(workspace).predictions) as cache:
        codes = codes_for(trained_on, every, make_face_finder(), cache, context)
    seen = trained_on.among(list(every.values()), codes)
    digests = {path: every[path] for path, copy in zip(every, seen, strict=True) if not copy}
    known = predictor.known(digests.values())
    new = {digest: path for path, digest in digests.items() if digest not in known}
    unanswered = predictor.answers.unanswered(new)
    new = {digest: path for digest, path in new.items() if digest not in unanswered}
    small = undecodable = 0
    for number, path in enumerate(new.values()):
        context.check_cancelled()
        if number % 64 == 0:
            context.emit(Progress(number, len(new), f"{number:,} of {len(new):,} photos"))
        try:
            picture = decode(path, at_least=1)
        except UnreadablePictureError:
            undecodable += 1
            continue
        small += too_small((picture.width, picture.height))
    to_send = len(new) - undecodable - (small if predictor.leave_small else 0)
    return Quote(
        photos=unreadable + len(digests),
        known=len(known),
        small=small,
        unreadable=unreadable + undecodable,
        to_send=to_send,
        unanswered=len(unanswered),
        dollars=cost(to_send),
        region=settings.aws_region,
        profile=settings.aws_profile,
        consented=predictor.consents.agreed_at(REFERENCE) is not None,
    )


def _photos(place: Workspace, paths: Sequence[Path], data: LabelledSource | None) -> list[Path]:
    if data is not None:
        from emotion_desktop.jobs.predicting.labelled_set import load_labelled, open_catalogue

        with open_catalogue(place) as catalogue:
            return [sample.path for sample in load_labelled(data, catalogue).samples]
    from emotion_desktop.jobs.predicting.photos import find_photos

    return find_photos(paths).photos
