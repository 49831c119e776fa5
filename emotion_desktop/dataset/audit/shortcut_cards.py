"""The cards of the shortcut alarm."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Final

from emotion_desktop.dataset.audit.shortcuts import Shortcut
from emotion_desktop.domain.health import Card, Fix, Severity
from emotion_desktop.domain.text import join_words

CUES: Final = ("size", "colour", "source")
_WORDS: Final = {
    "size": "The size of a photo",
    "colour": "Colour",
    "source": "Where a photo comes from",
}
_FIXES: Final = {
    "size": Fix("score_by_source", "Score by source as well"),
    "colour": Fix("grey", "Look at photos in grey"),
    "source": Fix("score_by_source", "Score by source as well"),
}
#: What a fix that was chosen does.
_DONE: Final = {
    "grey": "That is why photos are looked at in grey.",
    "score_by_source": "That is why scores are told by source as well.",
}


def shortcut_cards(
    found: Iterable[Shortcut], stale: bool, options: Collection[str]
) -> Iterator[Card]:
    """A card per cue.

    Args:
        stale: the photos or labels have changed since.
        options: what the user decided: ``grey``, to look at photos without colour, and
            ``score_by_source``.
    """
    by_cue = {shortcut.cue: shortcut for shortcut in found}
    for cue in CUES:
        shortcut = by_cue.get(cue)
        title = f"Shortcut: {cue}"
        key = f"shortcut:{cue}"
        if shortcut is None:
            sentence = (
                "The photos were not looked at yet."
                if stale
                else f"{_WORDS[cue]} tells nothing here: it is the same for all photos, or there "
                "are too few persons."
            )
            yield Card(key, title, sentence, 0, Severity.FINE, stale=stale)
            continue
        alarms = shortcut.alarms
        if not alarms:
            sentence = (
                f"{_WORDS[cue]} alone gives no emotion away: it scores {_percent(shortcut.score)} "
                f"where guessing scores {_percent(shortcut.chance)}."
            )
            yield Card(
                key, title, sentence, 0, Severity.FINE, details=shortcut.to_dict(), stale=stale
            )
            continue
        worst = alarms[0]
        sentence = (
            f"{_WORDS[cue]} alone, without any face, finds {_percent(worst.recall)} of the photos "
            f"of {worst.emotion} of unseen people, and takes {_percent(worst.others)} of the "
            f"others for it: a model may learn that instead of the expression."
        )
        if len(alarms) > 1:
            sentence += f" So it is with {join_words([leak.emotion for leak in alarms[1:]])}."
        done = _FIXES[cue].key in options
        if done:
            sentence += f" {_DONE[_FIXES[cue].key]}"
        yield Card(
            f"{key}:{worst.emotion}",
            title,
            sentence,
            worst.photos,
            Severity.NOTE if done else Severity.ALARM,
            () if done else (_FIXES[cue],),
            details=shortcut.to_dict(),
            stale=stale,
        )


def _percent(share: float) -> str:
    return f"{share * 100:.0f} %"
