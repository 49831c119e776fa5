"""The table of what errors mean: whole sentences, and no row that can never apply."""

import pytest

from emotion_desktop.aws.error_meanings import CODES, EXCEPTIONS


@pytest.mark.parametrize("meaning", [*CODES, *EXCEPTIONS], ids=lambda meaning: meaning.names[0])
def test_each_says_what_happened_and_what_to_do(meaning):
    said = "User is not authorized to perform: s3:ListBucket; iam:PassRole; expired."
    error = meaning.error("TheCode", said, "reading the bucket")
    assert type(error) is meaning.kind
    assert error.message.endswith(".")
    assert error.hint.endswith(".")
    assert not set("{}") & set(error.message)
    assert (error.remedy, error.code) == (meaning.remedy, "TheCode")


def test_a_name_is_taken_up_again_only_where_more_must_be_said():
    for table in (CODES, EXCEPTIONS):
        settled: set[str] = set()
        for meaning in table:
            assert settled.isdisjoint(meaning.names)
            if meaning.if_said is None:
                settled.update(meaning.names)
