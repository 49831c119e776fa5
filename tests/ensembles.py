"""An ensemble of experts for tests, with weights drawn at random."""

import numpy as np

from emotion_desktop.domain.experts import EXPERT_FEATURES, ExpertEnsemble


def some_ensemble(labels, seed=0):
    rng = np.random.default_rng(seed)
    return ExpertEnsemble(
        tuple(rng.uniform(0, 0.5, EXPERT_FEATURES).tolist()),
        tuple(tuple(row) for row in rng.normal(size=(EXPERT_FEATURES, len(labels))).tolist()),
        tuple(rng.normal(size=len(labels)).tolist()),
        regression_weight=0.7,
    )
