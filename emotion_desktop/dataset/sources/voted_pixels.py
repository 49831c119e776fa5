"""Votes in a table beside one of pixels, row by row: fer2013new.csv of FER+ beside fer2013.csv."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from emotion_desktop.dataset.sources.files.photo_lookup import PhotoLookup
from emotion_desktop.dataset.sources.import_plan import ImportPlan
from emotion_desktop.dataset.sources.listing import Listing, cannot_read
from emotion_desktop.dataset.sources.pixels import is_pixel_table, read_pixels
from emotion_desktop.dataset.sources.tables.table import parse_table, preview_table
from emotion_desktop.domain.errors import DataError
from emotion_desktop.domain.files.data_files import TABLE_SUFFIXES
from emotion_desktop.domain.votes import NOT_A_FACE

#: Enough of a table to tell what its columns are.
_HEAD_BYTES = 1 << 20
#: A larger file is no table of votes: those of FER2013's 35,887 photos have 2 MB.
_MOST_BYTES = 64 << 20


def pixels_beside(table: Path) -> Path | None:
    """The table of pixels in the folder of a table of votes; None where it is none of votes, or its
    photos are there as files."""
    try:
        if not table.is_file() or is_pixel_table(table) or table.stat().st_size > _MOST_BYTES:
            return None
        others = sorted(
            path
            for path in table.parent.iterdir()
            if path.suffix.casefold() in TABLE_SUFFIXES and path != table and is_pixel_table(path)
        )
        if len(others) != 1:
            return None
        with table.open("rb") as file:
            guess = preview_table(file.read(_HEAD_BYTES)).guess
        if guess is None or not guess.labels_are_votes:
            return None
        rows = parse_table(table.read_bytes()).rows[:1]
        found = PhotoLookup(table.parent).find_all(row.photo for row in rows)
    except (OSError, DataError):
        return None
    return None if any(isinstance(place, Path) for place in found.values()) else others[0]


def read_voted_pixels(table: Path, pixels: Path, workspace: Path) -> ImportPlan:
    """The pictures of a table of pixels with the votes of the table beside it, line by line.

    A row of votes that names no photo is of a picture without a face, as FER+ has it.

    Raises:
        DataError: one of them cannot be read, or they do not have the same rows.
    """
    plan = read_pixels(pixels, workspace)
    try:
        votes = parse_table(table.read_bytes())
    except OSError as error:
        raise cannot_read(table, error) from None
    usage = {item.photo: item.usage for item in plan.listed.listings}
    places = {int(photo.stem): photo for photo in (*usage, *plan.listed.unlisted)}
    named = {row.number: row for row in votes.rows}
    lines = {*named, *(row.number for row in votes.bad)}
    if lines != {*places, *(row.number for row in plan.listed.bad)}:
        raise DataError(
            f"{table.name} and {pixels.name} do not have the same rows.",
            "Put the table of votes beside the table of pixels that it was made for.",
        )
    listings = []
    for number, photo in sorted(places.items()):
        row = named.get(number)
        part = usage.get(photo, "")
        listings.append(
            Listing(photo, NOT_A_FACE, number, usage=part)
            if row is None
            else Listing(photo, row.label, number, usage=part or row.usage, votes=row.votes)
        )
    listed = replace(
        plan.listed,
        location=table,
        listings=tuple(listings),
        unlisted=(),
        columns=votes.columns,
        known=votes.known,
        notes=(f"The pictures are those of {pixels.name}, row by row.",),
    )
    return replace(plan, location=str(table), title=table.name, listed=listed)
