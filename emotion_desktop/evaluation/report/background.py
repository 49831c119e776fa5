"""What a report says beside the figures: data, procedure, models, limits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from emotion_desktop.domain.comparison import ComparisonScores
from emotion_desktop.domain.model import ModelCard
from emotion_desktop.domain.text import counted
from emotion_desktop.engines.model_card import card_facts, limits
from emotion_desktop.evaluation.comparison import Comparison
from emotion_desktop.evaluation.comparison_words import EARLIER_HEAD, earlier_rows
from emotion_desktop.evaluation.describe import reason_words
from emotion_desktop.evaluation.report.document import (
    Block,
    Bullets,
    Facts,
    Section,
    Table,
    Text,
)


@dataclass(frozen=True)
class Background:
    """What a report says beside the figures.

    Attributes:
        created: a time for people.
        program: name and version.
        versions: of what was computed with.
        faces: how faces were taken from the photos, in words.
        cards: the description of each model that has one, by its name in the comparison.
        remarks: more sentences on how far the figures reach.
    """

    created: str
    program: str
    versions: Mapping[str, str]
    faces: str
    cards: Mapping[str, ModelCard] = field(default_factory=dict)
    remarks: Sequence[str] = ()


def data_section(comparison: Comparison) -> Section:
    """The labelled set: how many, of whom, what was left out."""
    scores = comparison.scores
    counts = dict.fromkeys(scores.emotions, 0)
    persons: dict[str, set[str]] = {emotion: set() for emotion in scores.emotions}
    for sample in comparison.samples:
        if sample.emotion is not None:
            counts[sample.emotion] += 1
            persons[sample.emotion].add(sample.person)
    rows = tuple((e, f"{counts[e]:,}", f"{len(persons[e]):,}") for e in scores.emotions)
    facts = [
        ("Labelled set", scores.data),
        ("Photos scored", f"{scores.photos:,} of {counted(scores.persons, 'person')}"),
        *(
            ("Left out", f"{count:,} {reason_words(reason)}")
            for reason, count in scores.left_out.items()
        ),
        *comparison.facts,
    ]
    blocks: list[Block] = [
        Facts(tuple(facts)),
        Table("", ("emotion", "photos", "persons"), rows),
    ]
    before, faint = earlier_rows(comparison.earlier, scores.version)
    if before:
        title = "Scored earlier on the same labelled set"
        blocks.append(Table(title, EARLIER_HEAD, tuple(before), faint, folded=True))
    return Section("Data", tuple(blocks))


def procedure_section(scores: ComparisonScores, background: Background) -> Section:
    """How the figures were come by."""
    by = scores.models[0].scores.interval_by
    items = [
        "All models answered the same photos. Photos that any of them was trained on, known by "
        "their content, were left out.",
        f"Faces: {background.faces} Of several faces in a photo the largest counts; a photo "
        "without an answer counts as missed.",
        "Balanced score: the recall of every emotion with at least 5 photos, averaged. Macro F1 is "
        "averaged over the same emotions.",
        f"95 % intervals: percentile bootstrap drawn by {by}, 2,000 draws, the same draws for all "
        "models; Wilson's interval for single emotions and for persons.",
        "Calibration error: expected calibration error, 15 bins of equal width.",
    ]
    if scores.pairs:
        items.append(
            "Pairs: the interval of the difference comes from the same draws (paired bootstrap); "
            "p is that of McNemar's exact test on the photos that only one of the two has right."
        )
    if scores.unshared:
        items.append(
            f"Not all models know {' and '.join(scores.unshared)}: photos of these were left out, "
            "and where a model put some of its confidence there, it went to its other emotions in "
            "proportion."
        )
    versions = ", ".join(f"{name} {version}" for name, version in background.versions.items())
    facts = (("Program", background.program), ("Versions", versions))
    return Section("Procedure", (Bullets(tuple(items)), Facts(facts)))


def about_models_section(scores: ComparisonScores, background: Background) -> Section:
    """Where each model comes from."""
    blocks: list[Block] = []
    for model in scores.models:
        card = background.cards.get(model.name)
        facts = card_facts(card) if card else [("Emotions", ", ".join(model.labels))]
        blocks += [Text(model.name, "lead"), Facts(tuple(facts))]
    return Section("The models", blocks)


def limits_section(scores: ComparisonScores, background: Background) -> Section:
    """How far the figures reach."""
    few = [row.emotion for row in scores.models[0].scores.per_emotion if row.too_few and row.count]
    found = [
        "Labels are opinions: no score says more than how well a model repeats them.",
        "Persons are told apart by what the data says, often by file names alone; where it says "
        "nothing each photo counts as a person, and intervals are narrower than they should be.",
        *limits(),
    ]
    if few:
        found.insert(0, f"Too few photos to judge {', '.join(few)}.")
    if any(not model.calibrated for model in scores.models):
        found.append(
            "Hatched figures stand on a model's own confidence, not calibrated by this program; "
            "a cloud service's model may change from one day to the next."
        )
    return Section("Limits", (Bullets((*background.remarks, *found)),))
