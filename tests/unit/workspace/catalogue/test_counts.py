"""Counts of what is in a workspace."""

from emotion_desktop.workspace.catalogue.counts import photo_counts
from tests.unit.workspace.rows import add_photo, add_source


def test_a_listing_that_was_mended_repeats_nothing_any_more(catalogue):
    source = add_source(catalogue)
    photo = add_photo(catalogue, source, "/p/a.jpg", "Ann", "fear")
    with catalogue.writing() as connection:
        connection.execute("INSERT INTO spellings VALUES (?, 'fear', 'fear')", (source,))
        connection.executemany(
            "INSERT INTO listings (source, photo, row, written) VALUES (?, ?, ?, 'fear')",
            [(source, photo, row) for row in (2, 3, 4)],
        )
    assert photo_counts(catalogue).listed_twice == 2
    with catalogue.writing() as connection:
        connection.execute("UPDATE listings SET ignored = 1 WHERE row = 3")
    assert photo_counts(catalogue).listed_twice == 1
    assert photo_counts(catalogue, source).listed_twice == 1
