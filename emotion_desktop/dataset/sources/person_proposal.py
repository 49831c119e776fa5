"""Which rule for persons explains the names and folders of a source's photos best."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from emotion_desktop.dataset.sources.person_rule import PersonRule, PhotoPlace, Way
from emotion_desktop.dataset.sources.persons import is_general
from emotion_desktop.domain.emotions import parse_emotion

#: Folders of these names, perhaps numbered, hold a part or a take, not a person.
_NO_PERSONS: Final = frozenset(
    (
        *(
            "angle",
            "batch",
            "cam",
            "clip",
            "dark",
            "day",
            "fold",
            "level",
            "ni",
            "original",
            "part",
        ),
        *("s3", "seq", "sequence", "session", "set", "strong", "take", "version", "vl", "weak"),
    )
)
_DIGITS: Final = re.compile(r"[\W\d_]+")
#: A folder that names a person by a code: P001, S005, 12, subject_3.
_CODED: Final = re.compile(r"[^\W\d]{0,12}[\W_]*\d{1,6}")
_NAME: Final = re.compile(r"[A-Z][^\W\d_]{2,}")
_IN_NAMES: Final = "Persons are read from the photos' names."
_NOBODY: Final = "No two photos' names have a person in common: each counts as one of its own."
#: So large a share of the photos must lie in folders of persons.
_MOST: Final = 0.9
#: Fewer photos say nothing of how names are made.
_ENOUGH: Final = 3


@dataclass(frozen=True, slots=True)
class Proposal:
    """A rule, and why it is proposed: a sentence."""

    rule: PersonRule
    reason: str


def propose(photos: Collection[PhotoPlace]) -> Proposal:
    """The rule that explains the most; in doubt the one that holds more photos together."""
    if any(photo.column for photo in photos):
        return Proposal(PersonRule(Way.COLUMN), "Persons are those of the table's column.")
    level, has_classes_below = _folder_of_persons(photos)
    by_folder = Proposal(
        PersonRule(Way.PATTERN, "{folder}/" * max(level, 0) + "{person}/*"),
        "Persons are those that folders are named after.",
    )
    if level >= 0 and has_classes_below:
        return by_folder
    named = [(photo.named, photo) for photo in photos if photo.named]
    problem = _why_names_say_nothing(named, len(photos))
    if not problem:
        persons = {person.casefold() for person, _ in named}
        return Proposal(PersonRule(Way.NAMES), _IN_NAMES if len(persons) < len(named) else _NOBODY)
    if level >= 0:
        return by_folder
    return Proposal(PersonRule(Way.EACH), f"{problem}: each photo counts as a person of its own.")


def _why_names_say_nothing(named: Sequence[tuple[str, PhotoPlace]], photos: int) -> str:
    """Why the photos' names do not tell persons apart; empty where they do.

    Args:
        named: the photos whose names say a person, with that person.
        photos: how many there are in all.
    """
    if not named:
        return "The photos' names say nothing of persons"
    labels_of: dict[str, set[str]] = defaultdict(set)
    persons_of: dict[str, set[str]] = defaultdict(set)
    for person, photo in named:
        labels_of[person.casefold()].add(photo.label)
        persons_of[photo.label].add(person.casefold())
    if photos < _ENOUGH:
        return ""
    if len(labels_of) == 1 and len(named) >= _MOST * photos and not _tells(named[0][0]):
        return f"All names begin alike ({named[0][0]})"
    one_to_one = all(len(found) == 1 for found in (*labels_of.values(), *persons_of.values()))
    if one_to_one and len(labels_of) >= _ENOUGH and len(named) >= 2 * len(labels_of):
        abbreviated = all(
            _abbreviates(person, label) for person, labels in labels_of.items() for label in labels
        )
        if abbreviated or not any(_NAME.search(person) for person, _ in named):
            return "The photos' names say the class and nobody's name"
    return ""


def _tells(person: str) -> bool:
    """Whether a name is somebody's by itself: Ann_Lee, S005."""
    return bool(_NAME.search(person)) or any(sign.isdigit() for sign in person)


def _abbreviates(person: str, label: str) -> bool:
    words = (label.casefold(), parse_emotion(label) or "")
    return any(word.startswith(person[:2]) for word in words if word)


def _folder_of_persons(photos: Collection[PhotoPlace]) -> tuple[int, bool]:
    """The level of the folders that are named after persons, from 0; -1 for none. And whether the
    folders of classes lie below them, as only those of persons would have them."""
    folders_of = [(photo.place.split("/")[:-1], photo.label) for photo in photos]
    deepest = max((len(folders) for folders, _ in folders_of), default=0)
    found: list[tuple[bool, int, bool]] = []
    for level in range(deepest):
        there = [(folders, label) for folders, label in folders_of if len(folders) > level]
        names = {folders[level] for folders, _ in there}
        if len(there) < _MOST * len(photos) or not 2 <= len(names) <= len(there) / 2:
            continue
        if not all(_may_be_person(name) for name in names):
            continue
        labels = {label for _, label in there if label}
        coded = all(map(_CODED.fullmatch, names))
        if names & labels and (not coded or any(name.isdigit() for name in names)):
            continue
        below = all(
            any(folder == label or parse_emotion(folder) for folder in folders[level + 1 :])
            for folders, label in there
        )
        if not below and all(name.isdigit() for name in names):  # as AffectNet piles its photos
            continue
        found.append((coded, level, below))
    if not found:
        return -1, False
    _, level, below = next((item for item in found if item[0]), found[0])
    return level, below


def _may_be_person(folder: str) -> bool:
    words = _DIGITS.sub(" ", folder).casefold().split()
    if parse_emotion(folder) or any(word in _NO_PERSONS for word in words):
        return False
    return not words or not is_general(" ".join(words)) or all(len(word) == 1 for word in words)
