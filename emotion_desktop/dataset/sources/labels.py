"""Labelled photos as samples, straight from a source, without an import."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from emotion_desktop.dataset.sources.files.photo_lookup import AMBIGUOUS, NOT_THERE
from emotion_desktop.dataset.sources.import_plan import ImportPlan
from emotion_desktop.dataset.sources.listing import Kind, Listed
from emotion_desktop.dataset.sources.open_source import open_source
from emotion_desktop.dataset.sources.person_proposal import propose
from emotion_desktop.dataset.sources.person_rule import PersonRule, PhotoPlace
from emotion_desktop.dataset.sources.reading_options import ReadingOptions
from emotion_desktop.dataset.sources.votes import labels_of_photos, votes_of_photos
from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.domain.errors import DataError, UnreadablePictureError
from emotion_desktop.domain.labels import LabelStatus, label_status_of
from emotion_desktop.domain.sample import Sample
from emotion_desktop.domain.votes import VoteRule, protocol_words


@dataclass(frozen=True, slots=True)
class LabelledData:
    """The photos of a source, and what became of those that cannot be used.

    Attributes:
        samples: photos with a label, each once, sorted by path. Paths are absolute.
        unlabelled: photos of the source without a label, sorted.
        left_out: how often each reason occurred. ``contradictory_labels``: photos listed with
            different labels. ``listed_twice``: surplus listings of a photo with the same label
            (the photo is kept once). ``unknown_label``: rows or photos whose label is none of the
            emotions. ``missing_file``: rows whose photo is not there. ``unreadable_row``: rows
            that name no photo or cannot be read.
        source: the table or folder the labels come from.
        protocol: how labels were made of votes, in words; empty where nobody voted.
    """

    samples: tuple[Sample, ...]
    unlabelled: tuple[Path, ...]
    left_out: Mapping[str, int]
    source: str
    protocol: str = ""


def read_labelled(
    source: Path,
    options: ReadingOptions | None = None,
    *,
    workspace: Path | None = None,
) -> LabelledData:
    """Reads labelled photos, just as an import reads them.

    Args:
        source: see open_source.
        options: what the user says of it.
        workspace: the folder that photos within a file (an archive, a table of pixels) are
            unpacked into; without it such a file is refused.

    Raises:
        DataError: there is no such thing, it cannot be read, or no labelled photo is in it.
        AppError: photos cannot be unpacked, for the disk is full, say.
    """
    options = options or ReadingOptions()
    plan = open_source(source, workspace, options, without_labels=False)
    listed = plan.listed
    meaning = options.emotions(listed)
    rule = plan.rule or VoteRule.WRITTEN
    left_out = Counter(
        "missing_file" if row.reason in (NOT_THERE, AMBIGUOUS) else "unreadable_row"
        for row in listed.bad
    )
    left_out["unknown_label"] = sum(
        bool(listing.written) and meaning[listing.written] is None for listing in listed.listings
    )
    labels: dict[Path, str] = {}
    unlabelled = set(listed.unlisted)
    for path, labels_of_it in labels_of_photos(listed, meaning, rule).items():
        standing, emotion = label_status_of(labels_of_it)
        if emotion is not None and _brought(plan, path):
            labels[path] = emotion
            left_out["listed_twice"] += sum(meant == emotion for _, meant in labels_of_it) - 1
        elif emotion is not None:
            left_out["missing_file"] += 1
        elif standing is LabelStatus.CONTRADICTORY:
            left_out["contradictory_labels"] += 1
        elif standing is LabelStatus.UNLABELLED:
            unlabelled.add(path)
    if not labels:
        raise _nothing_usable(listed, left_out)
    places = photo_places(listed)
    persons = dict(listed_persons(places, _person_rule(places, options)))
    votes = votes_of_photos(listed, meaning)
    samples = tuple(
        Sample(path, labels[path], persons[path], votes=votes.get(path, ()))
        for path in sorted(labels)
    )
    protocol = protocol_words({plan.title: rule})
    return LabelledData(
        samples, tuple(sorted(unlabelled)), dict(+left_out), plan.location, protocol
    )


def _brought(plan: ImportPlan, photo: Path) -> bool:
    """Whether a photo lies where it should; those within a file are unpacked."""
    if plan.put_photo is None:
        return True
    try:
        plan.put_photo(photo)
    except UnreadablePictureError:
        return False
    return True


def _person_rule(places: Mapping[Path, PhotoPlace], options: ReadingOptions) -> PersonRule:
    """The user's rule for persons, or the one that explains the names best."""
    return PersonRule.parse(options.persons) if options.persons else propose(places.values()).rule


def photo_places(listed: Listed) -> dict[Path, PhotoPlace]:
    """The photos of a source with what is said first of each, sorted by path."""
    said_first = {item.photo: (item.person, item.written) for item in reversed(listed.listings)}
    return {
        photo: PhotoPlace(listed.place_of(photo), *said_first.get(photo, ()))
        # From the source's order, not from a set's: as a rule that is sorted already.
        for photo in sorted(dict.fromkeys([*said_first, *listed.unlisted]))
    }


def listed_persons(places: Mapping[Path, PhotoPlace], rule: PersonRule) -> list[tuple[Path, str]]:
    """Who is in each photo of a source, in their order.

    KatrinaKaif and Katrinakaif are one person; the first spelling stands for both.
    """
    spelling: dict[str, str] = {}
    found = []
    for path, place in places.items():
        person = rule.person(place)
        found.append((path, spelling.setdefault(person.casefold(), person)))
    return found


def _nothing_usable(listed: Listed, left_out: Mapping[str, int]) -> DataError:
    name = listed.location.name
    if listed.kind is Kind.TABLE and left_out.get("missing_file"):
        rows = len(listed.listings) + left_out["missing_file"]
        return DataError(
            f"None of the {rows} photos listed in {name} was found.",
            "Put the photos beside the table or into a folder named images, then try again.",
        )
    if any(item.written.isdigit() for item in listed.listings):
        return DataError(
            f"No photo in {name} has a label that can be used: labels are numbers.",
            "Say what they mean: --numbers fer2013 (or raf-db, affectnet, ck+), or --label "
            "3=happiness.",
        )
    return DataError(
        f"No photo in {name} has a label that can be used.",
        f"Write emotions as words: {', '.join(EMOTIONS[:-1])} or {EMOTIONS[-1]}.",
    )
