from dataclasses import replace

import pytest

from emotion_desktop.engines.model_card import card_facts, card_markdown


def test_it_says_what_the_model_is_and_how_good(builtin):
    text = card_markdown(builtin.card)
    scores = builtin.card.scores
    assert f"{scores.mean_recall:.1%}" in text
    assert f"always naming the commonest emotion gives {scores.baseline:.1%}" in text
    for row in scores.per_emotion:
        (line,) = [line for line in text.splitlines() if line.startswith(f"| {row.emotion} |")]
        assert f"| {row.count:,} |" in line
        assert ("too few to judge" in line) == row.too_few
    facts = dict(card_facts(builtin.card))
    assert facts["Emotions"] == ", ".join(builtin.card.labels)
    assert builtin.card.provenance.data["fingerprint"] in facts["Trained on"]
    assert "seed" in facts["Split"]
    assert "## Limits" in text
    assert "AI Act" in text


def test_a_name_cannot_become_markup_and_missing_scores_are_said(builtin):
    origin = replace(builtin.card.provenance, notes="# not\na *heading* | <b>", split={}, data={})
    card = replace(builtin.card, name="<script>_x_", scores=None, provenance=origin)
    text = card_markdown(card)
    assert text.startswith("# \\<script\\>\\_x\\_\n")
    assert "\\# not a \\*heading\\* \\| \\<b\\>" in text
    assert "not scored" in text


@pytest.mark.parametrize("odd", [None, "many", [1], {"a": 1}, True, -3, 1.5, 10**400])
def test_figures_of_another_kind_are_left_out(builtin, odd):
    """A bundle from elsewhere may say anything about where it comes from."""
    origin = replace(
        builtin.card.provenance,
        data={"source": "faces", "photos": {"anger": odd}, "persons": odd, "fingerprint": odd},
        split={"by": odd, "parts": {"test": odd, "training": {"photos": odd}}},
    )
    facts = dict(card_facts(replace(builtin.card, provenance=origin)))
    assert "labelled photos" not in facts["Trained on"]
    assert "training 0" in facts["Split"]
