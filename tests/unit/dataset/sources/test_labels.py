from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from emotion_desktop.dataset.sources import table_listing as listing_module
from emotion_desktop.dataset.sources.labels import LabelledData, read_labelled
from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.domain.errors import DataError

SHARED = Path(__file__).parents[5] / "shared" / "data" / "facial_expressions"


def put(*paths: Path) -> None:
    """Reading labels looks at names alone: empty files do."""
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def table(path: Path, *rows: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(("image,emotion", *rows)), encoding="utf-8")
    return path


def labels_of(data: LabelledData) -> dict[str, str | None]:
    return {sample.path.name: sample.emotion for sample in data.samples}


def test_every_row_ends_as_a_sample_or_is_counted(tmp_path: Path) -> None:
    names = ["a_1", "a_2", "b_1", "c_1", "d_1", "e_1", "f_1"]
    put(*(tmp_path / "set" / f"{name}.jpg" for name in names))
    source = table(
        tmp_path / "set" / "labels.csv",
        "b_1.jpg,HAPPINESS",
        "a_1.jpg,anger",
        "a_2.jpg,anger",
        "a_2.jpg,Angry",  # listed again
        "c_1.jpg,fear",
        "c_1.jpg,disgust",  # contradicts
        "d_1.jpg,bored",  # none of the emotions
        "e_1.jpg,",  # no label
        "z_1.jpg,fear",  # not there
        ",fear",  # no photo
    )
    data = read_labelled(source)
    assert labels_of(data) == {"a_1.jpg": "anger", "a_2.jpg": "anger", "b_1.jpg": "happiness"}
    assert [sample.person for sample in data.samples] == ["a_1", "a_2", "b_1"]
    assert [path.name for path in data.unlabelled] == ["e_1.jpg", "f_1.jpg"]
    assert data.left_out == {
        "listed_twice": 1,
        "contradictory_labels": 1,
        "unknown_label": 1,
        "missing_file": 1,
        "unreadable_row": 1,
    }
    assert data.source == str(source)


@pytest.mark.parametrize(
    "photo",
    [
        "set/labels/anna_1.jpg",
        "set/anna_1.jpg",
        "set/images/anna_1.jpg",
        "set/labels/images/anna_1.jpg",
        "set/labels/deep/er/ANNA_1.JPG",
        "set/photos/anna_1.jpg",
    ],
)
def test_photos_are_found_around_the_table(tmp_path: Path, photo: str) -> None:
    put(tmp_path / photo)
    data = read_labelled(table(tmp_path / "set" / "labels" / "l.csv", "anna_1.jpg,fear"))
    assert [sample.path for sample in data.samples] == [tmp_path / photo]


def test_one_photo_written_in_several_ways_is_one_photo(tmp_path: Path) -> None:
    photo = tmp_path / "images" / "anna_1.jpg"
    put(photo)
    source = table(
        tmp_path / "data" / "l.csv",
        "anna_1.jpg,fear",
        "../images/anna_1.jpg,fear",
        "images\\anna_1.jpg,fear",
        "./images/anna_1.jpg,fear",
        f"{photo},fear",
        "C:\\somewhere\\anna_1.jpg,fear",
    )
    data = read_labelled(source)
    assert [sample.path for sample in data.samples] == [photo]
    assert data.left_out == {"listed_twice": 5}


def test_a_bare_name_that_two_photos_have_is_not_guessed(tmp_path: Path) -> None:
    put(tmp_path / "x" / "1.jpg", tmp_path / "y" / "1.jpg", tmp_path / "2.jpg")
    data = read_labelled(table(tmp_path / "l.csv", "1.jpg,fear", "2.jpg,fear"))
    assert labels_of(data) == {"2.jpg": "fear"}
    assert data.left_out == {"missing_file": 1}


def test_spellings_of_one_name_are_one_person(tmp_path: Path) -> None:
    put(tmp_path / "KatrinaKaif_1.jpg", tmp_path / "Katrinakaif_2.jpg")
    source = table(tmp_path / "l.csv", "KatrinaKaif_1.jpg,fear", "Katrinakaif_2.jpg,fear")
    assert {sample.person for sample in read_labelled(source).samples} == {"KatrinaKaif"}


def test_a_folder_per_emotion(tmp_path: Path) -> None:
    put(
        tmp_path / "Happy" / "Anna_1.jpg",
        tmp_path / "happiness" / "more" / "Anna_2.PNG",
        tmp_path / "FEAR" / "Ben_1.webp",
        tmp_path / "FEAR" / "notes.txt",
        tmp_path / "bored" / "Cleo_1.jpg",
        tmp_path / "Dan_1.jpg",
    )
    data = read_labelled(tmp_path)
    assert labels_of(data) == {
        "Anna_1.jpg": "happiness",
        "Anna_2.PNG": "happiness",
        "Ben_1.webp": "fear",
    }
    assert data.unlabelled == (tmp_path / "Dan_1.jpg",)
    assert data.left_out == {"unknown_label": 1}
    assert data.source == str(tmp_path)


def test_links_that_go_round_in_circles_are_not_followed(tmp_path: Path) -> None:
    put(tmp_path / "fear" / "Ben_1.jpg")
    (tmp_path / "fear" / "again").symlink_to(tmp_path, target_is_directory=True)
    assert len(read_labelled(tmp_path).samples) == 1


@pytest.mark.parametrize("place", ["", "data"])
def test_a_folder_with_a_table(tmp_path: Path, place: str) -> None:
    put(tmp_path / "images" / "Ben_1.jpg", tmp_path / "images" / "Ben_2.jpg")
    source = table(tmp_path / place / "legend.CSV", "Ben_1.jpg,fear")
    data = read_labelled(tmp_path)
    assert labels_of(data) == {"Ben_1.jpg": "fear"}
    assert data.unlabelled == (tmp_path / "images" / "Ben_2.jpg",)
    assert data.source == str(source)


def test_a_relative_source_gives_absolute_paths(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path / "Ben_1.jpg")
    table(tmp_path / "l.csv", "Ben_1.jpg,fear")
    monkeypatch.chdir(tmp_path)
    assert read_labelled(Path("l.csv")).samples[0].path == tmp_path / "Ben_1.jpg"


def _empty(folder: Path) -> Path:
    return folder


def _no_such(folder: Path) -> Path:
    return folder / "nowhere.csv"


def _nul(folder: Path) -> Path:
    return folder / "a\0b"


def _empty_emotions(folder: Path) -> Path:
    (folder / "fear").mkdir()
    (folder / "anger").mkdir()
    return folder


def _two_tables(folder: Path) -> Path:
    table(folder / "a.csv")
    table(folder / "b.csv")
    return folder


def _photos_missing(folder: Path) -> Path:
    return table(folder / "sub" / "a.csv", "x.jpg,fear")


def _labels_unknown(folder: Path) -> Path:
    put(folder / "x.jpg")
    return table(folder / "a.csv", "x.jpg,3")


def _contradiction_alone(folder: Path) -> Path:
    put(folder / "x.jpg")
    return table(folder / "a.csv", "x.jpg,fear", "x.jpg,anger")


def _binary(folder: Path) -> Path:
    path = folder / "a.csv"
    path.write_bytes(b"\x89PNG\r\n\0\0")
    return path


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (_empty, "no labels in the folder"),
        (_no_such, "no file or folder"),
        (_nul, "no file or folder"),
        (_empty_emotions, "no pictures in the emotions' folders"),
        (_two_tables, r"several tables in .*: a\.csv, b\.csv"),
        (_photos_missing, "None of the 1 photos"),
        (_labels_unknown, "has a label that can be used"),
        (_contradiction_alone, "has a label that can be used"),
        (_binary, "not a text file"),
    ],
)
def test_nothing_usable_is_said_with_what_to_do(tmp_path: Path, make, message: str) -> None:
    with pytest.raises(DataError, match=message) as caught:
        read_labelled(make(tmp_path))
    assert caught.value.message.endswith(".")
    assert caught.value.hint.endswith(".")


def test_a_folder_that_cannot_be_read_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path / "fear" / "Ben_1.jpg")

    def refuse(folder: Path) -> Iterator[Path]:
        raise PermissionError(13, "Permission denied", str(folder))

    monkeypatch.setattr(Path, "iterdir", refuse)
    with pytest.raises(DataError, match="Permission denied"):
        read_labelled(tmp_path)


def test_a_huge_file_is_refused_before_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path / "Ben_1.jpg")
    source = table(tmp_path / "l.csv", "Ben_1.jpg,fear")
    monkeypatch.setattr(listing_module, "_MAX_TABLE_BYTES", 10)
    with pytest.raises(DataError, match="too large"):
        read_labelled(source)


CELLS = st.one_of(
    st.sampled_from(["a.jpg", "b.jpg", "./a.jpg", "../a.jpg", "anger", "Fear", "image", "label"]),
    st.text(max_size=6),
)
TABLES = st.builds(
    lambda rows, sep, end: end.join(sep.join(row) for row in rows).encode("utf-8", "replace"),
    st.lists(st.lists(CELLS, max_size=4), max_size=8),
    st.sampled_from([",", ";", "\t", "|", '","', ', "']),
    st.sampled_from(["\n", "\r", "\r\n", "\n\n", '"\n']),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.one_of(TABLES, st.binary(max_size=200)))
def test_any_bytes_are_labels_or_a_sentence(tmp_path: Path, data: bytes) -> None:
    source = tmp_path / "set" / "labels" / "l.csv"
    put(tmp_path / "set" / "a.jpg", tmp_path / "set" / "labels" / "b.jpg", source)
    source.write_bytes(data)
    try:
        result = read_labelled(source)
    except DataError as error:
        assert error.message
        assert error.hint
    else:
        assert result.samples
        assert {sample.path.name for sample in result.samples} <= {"a.jpg", "b.jpg"}
        assert all(sample.emotion in EMOTIONS for sample in result.samples)
        assert all(result.left_out.values())


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared data set is not there")
def test_the_shared_data_set() -> None:
    data = read_labelled(SHARED)
    assert data.left_out == {"listed_twice": 6, "contradictory_labels": 1}
    assert len(data.unlabelled) == 36
    assert Counter(sample.emotion for sample in data.samples) == {
        "neutral": 4855,
        "happiness": 3923,
        "surprise": 244,
        "anger": 178,
        "sadness": 175,
        "disgust": 156,
        "fear": 14,
        "contempt": 6,
    }
    persons = Counter(sample.person for sample in data.samples)
    assert persons["George_W_Bush"] == 520
    assert data == read_labelled(SHARED / "data" / "legend.csv")
