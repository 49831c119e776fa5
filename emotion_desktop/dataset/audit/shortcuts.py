"""The shortcut alarm: how well things that are no expression give the label away.

A small decision tree sees a photo's size, its colour or its source alone, never the face, and names
the emotion of people it was not fitted on. What it can do, a net can do as well, and will: in the
shared data set nearly all photos of disgust are small film stills in colour.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from emotion_desktop.domain.scores import wilson_interval

#: With fewer persons an emotion cannot be scored: each fold needs some.
MIN_PERSONS: Final = 5
_FOLDS: Final = 5
_TREE: Final = {"max_depth": 4, "min_samples_leaf": 5, "class_weight": "balanced"}
#: Mean of an emotion's recall and of the share of other photos not taken for it: 0.5 is chance.
_ALARM: Final = 0.70
#: A lucky few are no alarm: the lower end of the recall's interval must be so many times the share
#: of other photos that are taken for the emotion.
_MIN_RATIO: Final = 3.0


@dataclass(frozen=True, slots=True)
class Leak:
    """How one emotion fares; fractions from 0 to 1.

    Attributes:
        recall: share of its photos that are named rightly; ``low`` is the lower end of the
            recall's 95 % interval (Wilson 1927).
        others: share of the other photos that are taken for it.
        alarm: it is given away.
    """

    emotion: str
    photos: int
    recall: float
    low: float
    others: float
    alarm: bool


@dataclass(frozen=True, slots=True)
class Shortcut:
    """What one cue gives away.

    Attributes:
        cue: ``size``, ``colour`` or ``source``.
        score: mean recall over the emotions in ``leaks``, people unseen.
        chance: the same by guessing.
        too_few: emotions of too few persons to be scored.
    """

    cue: str
    score: float
    chance: float
    leaks: tuple[Leak, ...]
    too_few: tuple[str, ...]

    @property
    def alarms(self) -> list[Leak]:
        """The emotions that are given away, the worst first."""
        return sorted((leak for leak in self.leaks if leak.alarm), key=lambda leak: -leak.recall)

    def to_dict(self) -> dict[str, Any]:
        """JSON values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Shortcut:
        """Reads what to_dict wrote."""
        leaks = tuple(Leak(**leak) for leak in data["leaks"])
        return cls(data["cue"], data["score"], data["chance"], leaks, tuple(data["too_few"]))


def find_shortcuts(
    cues: Mapping[str, npt.NDArray[np.floating[Any]]],
    emotions: Sequence[str],
    persons: Sequence[str],
    seed: int = 0,
) -> list[Shortcut]:
    """Finds out how well cues name emotions, each alone.

    Args:
        cues: (photos, figures) what is seen of each cue.
        emotions, persons: of each photo.

    Returns:
        Nothing for a cue that is the same for all photos; nothing at all where there are not two
        emotions that can be scored.
    """
    from sklearn.model_selection import StratifiedGroupKFold, cross_val_predict
    from sklearn.tree import DecisionTreeClassifier

    truth, group = np.array(emotions), np.array(persons)
    of_emotion = {e: len(set(group[truth == e].tolist())) for e in sorted(set(emotions))}
    scored = [emotion for emotion, count in of_emotion.items() if count >= MIN_PERSONS]
    too_few = tuple(emotion for emotion in of_emotion if emotion not in scored)
    if len(scored) < 2:
        return []
    kept = np.isin(truth, scored)
    truth, group = truth[kept], group[kept]
    folds = StratifiedGroupKFold(_FOLDS, shuffle=True, random_state=seed)
    found = []
    with warnings.catch_warnings():
        # Of an emotion of few photos a fold may have none: its recall says so.
        warnings.simplefilter("ignore", UserWarning)
        # The same for all cues: making them takes longer than all the trees.
        parts = list(folds.split(truth, truth, group))
        for cue, figures in cues.items():
            seen = figures[kept]
            if not seen.shape[1] or np.ptp(seen, axis=0).max() == 0:
                continue
            tree = DecisionTreeClassifier(random_state=seed, **_TREE)
            named = cross_val_predict(tree, seen, truth, cv=parts)
            leaks = tuple(_leak(emotion, truth, named) for emotion in scored)
            score = float(np.mean([leak.recall for leak in leaks]))
            found.append(Shortcut(cue, score, 1 / len(scored), leaks, too_few))
    return found


def _leak(emotion: str, truth: npt.NDArray[Any], named: npt.NDArray[Any]) -> Leak:
    of_it, predicted = truth == emotion, named == emotion
    count, hits = int(of_it.sum()), int((of_it & predicted).sum())
    recall, others = hits / count, float((predicted & ~of_it).sum() / max(1, (~of_it).sum()))
    low, _ = wilson_interval(hits, count)
    alarm = (recall + 1 - others) / 2 >= _ALARM and low > _MIN_RATIO * others
    return Leak(emotion, count, recall, low, others, alarm)
