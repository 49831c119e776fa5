"""Which columns of a table hold what, found out from its header and its cells."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Final

from emotion_desktop.dataset.sources.files.photo_lookup import written_forms
from emotion_desktop.dataset.sources.tables.label_spellings import labels_in, plain_label
from emotion_desktop.dataset.sources.tables.rows import Row
from emotion_desktop.domain.emotions import EMOTIONS, parse_emotion
from emotion_desktop.domain.files.photo_files import has_picture_suffix
from emotion_desktop.domain.votes import NOT_A_FACE, UNKNOWN

PHOTO_HEADERS: Final = (
    *("file", "filename", "filepath", "fname", "path", "pth"),
    *("image", "imagefile", "imageid", "imagename", "imagepath", "img", "imgname", "imgpath"),
    *("photo", "photoid", "photoname", "picture", "sourceref", "subdirectoryfilepath"),
)
LABEL_HEADERS: Final = (
    *("class", "classid", "classname", "choice", "emotion", "emotionid", "emotionlabel"),
    *("emotions", "expression", "label", "labelid", "labelname", "labels", "sentiment", "target"),
)
PERSON_HEADERS: Final = (
    *("actor", "identity", "participant", "person", "subject"),
    *("actorid", "participantid", "personid", "subjectid"),
)
ANNOTATOR_HEADERS: Final = (
    *("annotator", "coder", "labeler", "labeller", "rater", "user", "worker"),
    *("annotatorid", "raterid", "userid", "workerid"),
)
#: No other table than this program's own has these (see dataset.export_formats.COLUMNS).
_OWN_HEADERS: Final = frozenset(("digest", "madefrom", "edits"))
USAGE_HEADERS: Final = ("fold", "part", "set", "split", "subset", "usage")

#: Columns of votes that are for none of the emotions.
_OTHER_VOTES: Final = {
    **dict.fromkeys(("nf", "notaface", "notface", "noface", "nonface"), NOT_A_FACE),
    **dict.fromkeys(("unknown", "uncertain", "none", "other", "unlabeled"), UNKNOWN),
}
#: The columns of FER+ (Barsoum et al. 2016), whose tables need not have a header.
_FER_PLUS: Final = (
    *("neutral", "happiness", "surprise", "sadness", "anger", "disgust", "fear", "contempt"),
    *(UNKNOWN, NOT_A_FACE),
)
#: A table of votes has a column for each of at least so many emotions.
_FEWEST_VOTED: Final = 2
#: So many columns are looked at, and so many cells in all.
_MOST_COLUMNS: Final = 256
_MOST_CELLS: Final = 50_000
#: Numbers of classes are no higher.
_MOST_CLASSES: Final = 11
#: The lists of ExpW (Zhang et al. 2018): name, number of the face, its box, confidence, class.
_EXPW_WIDTH: Final = 8
_NUMBER: Final = re.compile(r"\d{1,9}(?:\.\d*)?|\.\d+")
_BOX: Final = re.compile(r"[(\[]?\s*-?\d+(?:\s*,\s*-?\d+){3}\s*[)\]]?")


@dataclass(frozen=True, slots=True)
class VoteColumn:
    """A column that counts the votes for an emotion, “unknown” or “not a face”."""

    column: int
    emotion: str


@dataclass(frozen=True, slots=True)
class Columns:
    """The numbers, from 0, of the columns that mean something.

    Attributes:
        label: the column of labels; in a table that has votes alone, the first of theirs.
        votes: empty where nothing is counted.
    """

    photo: int
    label: int
    person: int | None = None
    annotator: int | None = None
    usage: int | None = None
    votes: tuple[VoteColumn, ...] = ()

    @property
    def labels_are_votes(self) -> bool:
        """Whether no column holds the label itself."""
        return any(vote.column == self.label for vote in self.votes)


def find_columns(rows: Sequence[Row]) -> Columns | None:
    """The columns of photos and labels, and others that mean something; None if these two are not
    found.

    Args:
        rows: the beginning of the table, its header too if it has one.
    """
    rows = _sample(rows)
    if not rows:
        return None
    photo = _find_column(rows, PHOTO_HEADERS, is_picture_cell, taken=None)
    if photo is None:
        return None
    header = not is_picture_cell(cell_of(rows[0], photo))
    label = _find_column(rows, LABEL_HEADERS, is_emotion_cell, taken=photo)
    words = label is not None and any(
        is_emotion_cell(cell_of(row, label)) for row in rows[int(header) :]
    )
    votes = _vote_columns(rows, photo, has_header=header) if header or not words else ()
    if words:
        # Beside labels, what a model answered may stand as well: people are counted.
        own = header and {header_key(cell) for cell in rows[0].cells} >= _OWN_HEADERS
        votes = votes if own or _are_counts(rows[int(header) :], votes) else ()
    elif votes:
        label = votes[0].column
    elif label is None and not header:
        label = _number_column(rows, photo)
    if label is None:
        return None
    taken = {photo, label, *(vote.column for vote in votes)}
    others = (
        next(
            (
                column
                for column, cell in enumerate(rows[0].cells)
                if header_key(cell) in headers and column not in taken
            ),
            None,
        )
        for headers in (PERSON_HEADERS, ANNOTATOR_HEADERS, USAGE_HEADERS)
    )
    person, annotator, usage = others
    return Columns(photo, label, person, annotator, usage, votes)


def column_fitness(rows: Sequence[Row]) -> tuple[int, int]:
    """How well a separator fits that gives these rows: those with a picture's name and a label
    beside it, then those with two cells."""
    rows = _sample(rows)
    usable = sum(_is_usable(row.cells[:_MOST_COLUMNS]) for row in rows)
    return usable, sum(len(row.cells) > 1 for row in rows)


def has_header(rows: Sequence[Row], columns: Columns) -> bool:
    """Whether the first row is none of the data."""
    first, second = rows[0], rows[1] if len(rows) > 1 else None
    photo, label = cell_of(first, columns.photo), cell_of(first, columns.label)
    if is_picture_cell(photo):
        return False
    if columns.labels_are_votes:
        return not _is_number(label)
    if is_emotion_cell(label):
        return False
    named = header_key(photo) in PHOTO_HEADERS or header_key(label) in LABEL_HEADERS
    return (
        named
        or second is None
        or is_picture_cell(cell_of(second, columns.photo))
        or is_emotion_cell(cell_of(second, columns.label))
    )


def cell_of(row: Row, column: int) -> str:
    """A cell without the space around it; empty where the row has none."""
    return row.cells[column].strip() if column < len(row.cells) else ""


def header_key(cell: str) -> str:
    """A header's letters and digits alone: “Image name” is imagename."""
    return re.sub(r"[\W_]+", "", cell[:80]).casefold()


def is_picture_cell(cell: str) -> bool:
    """Whether a cell is the name, path or address of a picture."""
    text = cell.strip()
    return len(text) < _MOST_CELLS and any(map(has_picture_suffix, written_forms(text)))


def is_emotion_cell(cell: str) -> bool:
    """Whether a cell names an emotion."""
    return any(parse_emotion(label) for label in labels_in(cell))


def _sample(rows: Sequence[Row]) -> Sequence[Row]:
    """So many of the first rows that looking at all their cells is soon done."""
    width = min(_MOST_COLUMNS, max((len(row.cells) for row in rows), default=1))
    return rows[: max(10, _MOST_CELLS // max(1, width))]


def _is_usable(cells: Sequence[str]) -> bool:
    if any(map(is_picture_cell, cells)):
        return any(map(is_emotion_cell, cells)) or any(
            plain_label(cell).isdigit() for cell in cells
        )
    return _names(cells, PHOTO_HEADERS) and _names(cells, LABEL_HEADERS)


def _names(cells: Sequence[str], headers: Collection[str]) -> bool:
    return any(header_key(cell) in headers for cell in cells)


def _find_column(
    rows: Sequence[Row],
    headers: Collection[str],
    fits: Callable[[str], bool],
    taken: int | None,
) -> int | None:
    """The column whose header says so and whose cells agree; else the one with most such cells."""
    ranks: dict[int, tuple[bool, bool, int]] = {}
    for column in range(_width(rows)):
        named = header_key(cell_of(rows[0], column)) in headers
        fitting = sum(fits(cell_of(row, column)) for row in rows)
        if column != taken and (named or fitting):
            ranks[column] = (fitting > 0, named, fitting)
    return max(ranks, key=ranks.__getitem__, default=None)


def _vote_columns(rows: Sequence[Row], photo: int, *, has_header: bool) -> tuple[VoteColumn, ...]:
    """The columns of votes, or of a 1 for the class; none where the table has no such columns."""
    if not has_header:
        first = len(rows[0].cells) - len(_FER_PLUS)
        columns = [VoteColumn(first + place, name) for place, name in enumerate(_FER_PLUS)]
        if first <= photo or not all(_has_box(row, photo, first) for row in rows):
            return ()
    else:
        names = [_voted(cell) for cell in rows[0].cells[:_MOST_COLUMNS]]
        columns = [VoteColumn(n, name) for n, name in enumerate(names) if name and n != photo]
        emotions = [vote.emotion for vote in columns if vote.emotion in EMOTIONS]
        if len(emotions) < _FEWEST_VOTED or len(set(emotions)) < len(emotions):
            return ()
    body = rows[int(has_header) :]
    filled = [row for row in body if cell_of(row, photo)]
    counted = all(_is_number(cell_of(row, vote.column)) for row in filled for vote in columns)
    return tuple(columns) if filled and counted else ()


def _are_counts(rows: Sequence[Row], votes: Sequence[VoteColumn]) -> bool:
    """Whether columns hold whole numbers, and not merely a 1 for the class."""
    cells = [plain_label(cell_of(row, vote.column)) for row in rows for vote in votes]
    return all(map(str.isdigit, cells)) and any(cell not in ("0", "1") for cell in cells)


def _voted(header: str) -> str:
    return parse_emotion(header) or _OTHER_VOTES.get(header_key(header), "")


def _has_box(row: Row, photo: int, first: int) -> bool:
    """Whether a row without header is one of FER+: between name and votes at most the face's
    box."""
    between = [cell.strip() for cell in row.cells[photo + 1 : first]]
    as_wide = len(row.cells) == first + len(_FER_PLUS)
    return as_wide and all(not cell or _BOX.fullmatch(cell) for cell in between)


def _number_column(rows: Sequence[Row], photo: int) -> int | None:
    """The column of the classes' numbers in a list without header."""
    width = _width(rows)
    numbers = [
        column
        for column in range(width)
        if column != photo and all(_is_number(cell_of(row, column)) for row in rows)
    ]
    if len(numbers) == 1:
        return numbers[0]
    if photo == width - 1 and photo - 1 in numbers:  # im2rec: number, class, path
        return photo - 1
    if photo == 0 and width == _EXPW_WIDTH and len(numbers) == width - 1:
        return width - 1
    small = [n for n in numbers if all(_is_class(cell_of(row, n)) for row in rows)]
    return small[0] if len(small) == 1 else None


def _is_class(cell: str) -> bool:
    number = plain_label(cell)
    return number.isdigit() and int(number) < _MOST_CLASSES


def _is_number(cell: str) -> bool:
    return bool(_NUMBER.fullmatch(cell))


def _width(rows: Sequence[Row]) -> int:
    return min(_MOST_COLUMNS, max(len(row.cells) for row in rows))
