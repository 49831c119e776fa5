"""The audit: each kind of trouble is found, said, shown and mended; what is well is said so."""

import os
import shutil

import cv2
import numpy as np
import pytest

from emotion_desktop.dataset.audit.audit import audit
from emotion_desktop.dataset.audit.cards import health
from emotion_desktop.dataset.audit.fixes import FIXES, fix_changes
from emotion_desktop.dataset.audit.shortcuts import find_shortcuts
from emotion_desktop.dataset.importing import import_source
from emotion_desktop.dataset.sources.open_source import open_source
from emotion_desktop.dataset.splitting.grouping import group
from emotion_desktop.domain.errors import CancelledError, UsageError
from emotion_desktop.domain.health import Severity
from emotion_desktop.jobs.running.context import LocalContext
from emotion_desktop.workspace.catalogue.edits import Edits
from emotion_desktop.workspace.catalogue.health_cards import PHOTO_CARDS, condition
from emotion_desktop.workspace.catalogue.moving import move_photos
from emotion_desktop.workspace.catalogue.photos import labelled_photos
from tests.faces import PORTRAITS, SAMPLES, make_data_set
from tests.unit.dataset.pictures import put_pictures


def quiet() -> LocalContext:
    return LocalContext(lambda _: None)


def bring(catalogue, source):
    import_source(catalogue, open_source(source, catalogue.root), quiet())


def cards(catalogue):
    return {card.key: card for card in audit(catalogue, quiet())}


def photos(catalogue, card):
    where, values = condition(card)
    with catalogue.reading() as connection:
        rows = connection.execute(f"SELECT name FROM photos WHERE {where} ORDER BY name", values)
        return [row["name"] for row in rows]


def mend(catalogue, card, fix, into=None):
    return Edits(catalogue).apply(*fix_changes(catalogue, card, fix, into))


@pytest.fixture
def troubled(catalogue, tmp_path):
    """One photo of every trouble, besides good ones."""
    images = tmp_path / "set" / "images"
    # With this seed no noise looks like a face to the finder.
    put_pictures(*(images / f"Good_{n}.png" for n in range(8)), seed=2)
    put_pictures(images / "Small_1.png", side=60)
    put_pictures(images / "Smaller_1.png", side=79)
    put_pictures(images / "Twice_1.png", images / "Both_1.png", images / "Odd_1.png")
    (images / "Broken_1.png").write_bytes(b"\x89PNG nothing")
    shutil.copyfile(images / "Good_0.png", images / "Copy_1.png")
    # Another size, darker, less contrast: the same picture all the same.
    near = cv2.imread(str(images / "Good_1.png"), cv2.IMREAD_GRAYSCALE)
    near = cv2.resize(near, (120, 110), interpolation=cv2.INTER_AREA) * 0.6 + 20
    cv2.imwrite(str(images / "Near_1.jpg"), near)
    rows = [f"Good_{n}.png,{'anger' if n % 2 else 'happiness'}" for n in range(8)]
    rows += ["Small_1.png,anger", "Smaller_1.png,happiness", "Broken_1.png,anger"]
    rows += ["Copy_1.png,happiness", "Near_1.jpg,fear", "Odd_1.png,bored"]
    rows += ["Twice_1.png,anger", "Twice_1.png,angry", "Both_1.png,anger", "Both_1.png,fear"]
    put_pictures(images / "Bare_1.png")
    (tmp_path / "set" / "l.csv").write_text("\n".join(["image,emotion", *rows]))
    bring(catalogue, tmp_path / "set" / "l.csv")
    (images / "Good_7.png").unlink()
    return catalogue


def test_every_trouble_is_found_with_its_photos(troubled):
    found = cards(troubled)
    assert {key: card.count for key, card in found.items() if card.count} == {
        "spellings": 5,
        "repeated": 1,
        "contradictory": 1,
        "unlabelled": 1,
        "unknown": 1,
        "missing": 1,
        "unreadable": 1,
        "small_model": 1,
        "small_rekognition": 2,
        "same_bytes": 2,
        "near_copies": 2,
        "no_face": 15,
        "tiny:anger": 5,
        "tiny:happiness": 6,
        "tiny:fear": 1,
    }
    assert photos(troubled, "repeated") == ["Twice_1.png"]
    assert photos(troubled, "contradictory") == ["Both_1.png"]
    assert photos(troubled, "unlabelled") == ["Bare_1.png"]
    assert photos(troubled, "unknown") == ["Odd_1.png"]
    assert photos(troubled, "missing") == ["Good_7.png"]
    assert photos(troubled, "unreadable") == ["Broken_1.png"]
    assert photos(troubled, "small_model") == ["Small_1.png"]
    assert photos(troubled, "same_bytes") == ["Copy_1.png", "Good_0.png"]
    assert photos(troubled, "near_copies") == ["Good_1.png", "Near_1.jpg"]
    assert photos(troubled, "tiny:fear") == ["Near_1.jpg"]
    for card in found.values():
        assert card.sentence.endswith(".")
        assert not card.stale
        assert (card.count > 0) or card.severity is Severity.FINE
        # Whatever needs mending says how.
        assert card.fixes or card.severity in (Severity.FINE, Severity.NOTE)


@pytest.mark.parametrize(
    ("card", "fix", "gone"),
    [
        ("repeated", "ignore_repeats", []),
        ("contradictory", "exclude", ["Both_1.png"]),
        ("unlabelled", "exclude", ["Bare_1.png"]),
        ("unknown", "exclude", ["Odd_1.png"]),
        ("missing", "exclude", ["Good_7.png"]),
        ("unreadable", "exclude", ["Broken_1.png"]),
        ("small_model", "exclude", ["Small_1.png"]),
        ("small_rekognition", "exclude", ["Small_1.png", "Smaller_1.png"]),
        ("same_bytes", "keep_one", ["Good_0.png"]),
        # The two copies are labelled differently: neither can be trusted.
        ("near_copies", "keep_one", ["Good_1.png", "Near_1.jpg"]),
    ],
)
def test_each_fix_mends_its_card_and_is_undone(troubled, card, fix, gone):
    before = cards(troubled)
    assert fix in {f.key for f in before[card].fixes}
    mend(troubled, card, fix)
    with troubled.reading() as connection:
        rows = connection.execute("SELECT name FROM photos WHERE excluded IS NOT NULL")
        assert sorted(row["name"] for row in rows) == gone
    assert cards(troubled)[card].count == 0
    Edits(troubled).undo()
    assert cards(troubled) == before


def test_copies_are_known_though_mirrored_turned_or_cropped(catalogue, tmp_path):
    folder = tmp_path / "data"
    (folder / "anger").mkdir(parents=True)
    (folder / "fear").mkdir()
    first, second = (cv2.imread(str(SAMPLES / name)) for name in PORTRAITS[:2])
    height, width = first.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), 4, 1)
    edited = {
        "mirrored": first[:, ::-1],
        "turned": cv2.warpAffine(first, turn, (width, height), borderMode=cv2.BORDER_REPLICATE),
        "halved": cv2.resize(first, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA),
    }
    cv2.imwrite(str(folder / "anger" / "one.png"), first)
    cv2.imwrite(str(folder / "anger" / "another.png"), second)
    for name, picture in edited.items():
        cv2.imwrite(str(folder / "fear" / f"{name}.png"), picture)
    bring(catalogue, folder)
    assert cards(catalogue)["near_copies"].count == 4
    assert photos(catalogue, "near_copies") == [
        "halved.png",
        "mirrored.png",
        "one.png",
        "turned.png",
    ]


def test_tiny_emotions_are_kept_merged_or_left_out(troubled):
    cards(troubled)
    before = labelled_photos(troubled)
    mend(troubled, "tiny:fear", "merge", "happiness")
    assert cards(troubled)["tiny:fear"].severity is Severity.FINE
    merged = labelled_photos(troubled)
    assert sorted(s.emotion for s in merged.samples).count("happiness") == 7
    with pytest.raises(UsageError, match="cannot be merged"):
        mend(troubled, "tiny:anger", "merge", "fear")
    with pytest.raises(UsageError, match="cannot be merged"):
        mend(troubled, "tiny:anger", "merge", "anger")
    mend(troubled, "tiny:anger", "exclude_class")
    assert {s.emotion for s in labelled_photos(troubled).samples} == {"happiness"}
    Edits(troubled).undo()
    Edits(troubled).undo()
    assert labelled_photos(troubled) == before
    mend(troubled, "tiny:fear", "keep")
    assert labelled_photos(troubled) == before
    assert "too few to judge" in cards(troubled)["tiny:fear"].sentence


def test_unknown_cards_and_fixes_are_refused(troubled):
    for card, fix in (("nothing", "exclude"), ("missing", "paint"), ("tiny:bored", "keep")):
        with pytest.raises(UsageError):
            mend(troubled, card, fix)


def test_photos_that_moved_are_found_again(troubled, tmp_path):
    cards(troubled)
    before = labelled_photos(troubled)
    shutil.move(tmp_path / "set", tmp_path / "elsewhere")
    (tmp_path / "elsewhere").rename(tmp_path / "new set")
    assert cards(troubled)["missing"].count == 17
    with pytest.raises(UsageError, match="None of the missing photos"):
        move_photos(troubled, tmp_path / "workspace")
    moved = move_photos(troubled, tmp_path / "new set")
    assert (moved.found, moved.missing) == (16, 1)
    assert cards(troubled)["missing"].count == 1
    after = labelled_photos(troubled)
    assert [s.digest for s in after.samples] == [s.digest for s in before.samples]
    assert all(s.path.parent == tmp_path / "new set" / "images" for s in after.samples[:6])
    # The table moved, too: importing it again is importing the same source.
    bring(troubled, tmp_path / "new set" / "l.csv")
    with troubled.reading() as connection:
        assert connection.execute("SELECT count(*) FROM sources").fetchone()[0] == 1
        assert connection.execute("SELECT count(*) FROM photos").fetchone()[0] == 17


def test_a_file_that_is_another_one_now_is_read_again(troubled, tmp_path):
    cards(troubled)
    place = tmp_path / "set" / "images" / "Good_2.png"
    shutil.copyfile(tmp_path / "set" / "images" / "Good_3.png", place)
    os.utime(place, ns=(5, 5))
    assert photos(troubled, "same_bytes") == ["Copy_1.png", "Good_0.png"]
    assert cards(troubled)["same_bytes"].count == 4
    place.write_bytes(b"spoilt")
    assert photos(troubled, "unreadable") == ["Broken_1.png"]
    assert cards(troubled)["unreadable"].count == 2


def test_faces_are_looked_for_once(catalogue, tmp_path, monkeypatch):
    data = make_data_set(tmp_path / "data", 1, 1, emotions=("anger", "fear"), faceless=1)
    two = cv2.imread(str(data / "images" / "Subject_01_0001.jpg"))
    cv2.imwrite(str(data / "images" / "Pair_1.jpg"), np.hstack([two, two]))
    bring(catalogue, data)
    assert health(catalogue)[0].stale or any(card.stale for card in health(catalogue))
    found = cards(catalogue)
    assert photos(catalogue, "no_face") == ["Subject_03_0001.jpg"]
    assert photos(catalogue, "several_faces") == ["Pair_1.jpg"]
    assert found["no_face"].count == found["several_faces"].count == 1
    from emotion_desktop.dataset.audit import faces

    monkeypatch.setattr(faces, "_look", lambda *_: pytest.fail("looked at again"))
    assert cards(catalogue) == found


def test_cancelling_keeps_what_was_seen(catalogue, tmp_path, monkeypatch):
    from emotion_desktop.dataset.audit import faces

    put_pictures(*(tmp_path / "set" / "fear" / f"{n}.png" for n in range(6)))
    bring(catalogue, tmp_path / "set")
    monkeypatch.setattr(faces, "_CHUNK", 2)

    def listen(event):
        if event.text.startswith("looking for faces") and event.done >= 4:
            context.cancel()

    context = LocalContext(listen)
    with pytest.raises(CancelledError):
        audit(catalogue, context)
    with catalogue.reading() as connection:
        assert connection.execute("SELECT count(*) FROM faces").fetchone()[0] == 4


def test_an_empty_workspace_is_well(catalogue):
    assert {card.severity for card in audit(catalogue, quiet())} == {Severity.FINE}


def test_pairs_of_pairs_are_one_group():
    pairs = [(b"a", b"b"), (b"c", b"d"), (b"b", b"c"), (b"x", b"y")]
    groups = group([b"a", b"b", b"c", b"d", b"e", b"x"], pairs)
    assert {groups[d] for d in (b"a", b"b", b"c", b"d")} == {b"a"}
    assert groups[b"e"] == b"e"
    assert groups[b"x"] == b"x"


# -- the shortcut alarm ----------------------------------------------------------------------------


def persons_of(emotions, size=3):
    return [f"p{number // size}" for number in range(len(emotions))]


def test_a_cue_that_gives_an_emotion_away_is_found():
    rng = np.random.default_rng(0)
    emotions = ["disgust"] * 60 + ["neutral"] * 300 + ["anger"] * 150
    telling = rng.normal(0, 1, (510, 2))
    telling[:54, 0] += 8
    other = rng.normal(0, 1, (510, 3))
    same = np.ones((510, 1))
    found = find_shortcuts(
        {"colour": telling, "size": other, "source": same}, emotions, persons_of(emotions)
    )
    by_cue = {shortcut.cue: shortcut for shortcut in found}
    assert set(by_cue) == {"colour", "size"}
    assert [leak.emotion for leak in by_cue["colour"].alarms] == ["disgust"]
    assert by_cue["colour"].alarms[0].recall == pytest.approx(0.9, abs=0.05)
    assert by_cue["size"].alarms == []
    assert by_cue["size"].score == pytest.approx(by_cue["size"].chance, abs=0.08)


@pytest.mark.parametrize("seed", range(5))
def test_chance_raises_no_alarm(seed):
    rng = np.random.default_rng(seed)
    emotions = ["neutral"] * 400 + ["fear"] * 18 + ["contempt"] * 6
    found = find_shortcuts({"size": rng.normal(0, 1, (424, 4))}, emotions, persons_of(emotions, 1))
    assert found[0].alarms == []


def test_a_person_known_by_the_cue_is_no_evidence():
    """The cue tells persons apart, not emotions: on unseen people it is worth nothing."""
    number = np.random.default_rng(0).permutation(200)
    persons = [f"p{n // 4}" for n in range(800)]
    emotions = [("anger", "fear")[n // 4 % 2] for n in range(800)]
    figures = np.array([[number[n // 4] + n % 4 / 100] for n in range(800)])
    assert find_shortcuts({"source": figures}, emotions, persons)[0].alarms == []


def test_too_few_persons_are_not_judged():
    emotions = ["fear"] * 40 + ["anger"] * 40 + ["contempt"] * 20
    persons = persons_of(emotions[:80], 4) + ["one"] * 20
    (found,) = find_shortcuts({"size": np.arange(100.0)[:, None]}, emotions, persons)
    assert found.too_few == ("contempt",)
    assert {leak.emotion for leak in found.leaks} == {"anger", "fear"}
    assert find_shortcuts({"size": np.ones((20, 1))}, ["fear"] * 20, persons_of("x" * 20)) == []


def test_the_alarm_is_said_and_mended(catalogue, tmp_path):
    folder = tmp_path / "set"
    for number in range(40):
        put_pictures(folder / "anger" / f"A{number}x_1.png", side=90 + number % 3)
        put_pictures(folder / "happy" / f"H{number}x_1.png", side=90 + number % 3, colour=True)
    bring(catalogue, folder)
    found = cards(catalogue)
    colour = next(card for key, card in found.items() if key.startswith("shortcut:colour"))
    assert colour.severity is Severity.ALARM
    assert colour.sentence.startswith("Colour alone")
    assert [fix.key for fix in colour.fixes] == ["grey"]
    assert found["shortcut:source"].severity is Severity.FINE
    mend(catalogue, colour.key, "grey")
    after = cards(catalogue)[colour.key]
    assert after.severity is Severity.NOTE
    assert "in grey" in after.sentence
    Edits(catalogue).undo()
    assert cards(catalogue)[colour.key] == colour


#: Fixes that are not an edit of labels or photos: the window and the command line do them.
_NO_EDIT = {"move", "split_again"}


@pytest.mark.parametrize("row", PHOTO_CARDS.values(), ids=lambda row: row.key)
def test_every_card_about_photos_is_complete(row, catalogue):
    assert PHOTO_CARDS[row.key] is row
    assert row.title
    assert row.fine.endswith(".")
    assert len(row.found) == 2
    for sentence in row.found:
        assert sentence.startswith("{photos} ")
        assert sentence.endswith(".")
        assert sentence.format(photos="1 photo", examples="")
        assert ("{examples}" in sentence) == bool(row.examples)
    assert row.severity is not Severity.FINE
    assert row.fixes
    assert {fix.key for fix in row.fixes} <= FIXES.keys() | _NO_EDIT
    assert row.audit in ("", "copies", "faces")
    assert photos(catalogue, row.key) == []
    with catalogue.reading() as connection:
        if row.examples:
            assert connection.execute(row.examples).fetchall() == []


def test_every_fix_is_offered_by_a_card(troubled):
    found = cards(troubled).values()
    shortcuts = {"grey", "score_by_source"}  # these need many photos, see the shortcut alarm
    rows = {fix.key for row in PHOTO_CARDS.values() for fix in row.fixes}
    assert FIXES.keys() - shortcuts <= rows | {fix.key for card in found for fix in card.fixes}
