import pytest
from scipy.stats import binomtest

from emotion_desktop.domain.scores import wilson_interval


@pytest.mark.parametrize(("hits", "count"), [(0, 1), (1, 1), (0, 5), (3, 5), (5, 5), (412, 1000)])
def test_wilson_agrees_with_scipy(hits: int, count: int) -> None:
    expected = binomtest(hits, count).proportion_ci(0.95, method="wilson")
    assert wilson_interval(hits, count) == pytest.approx((expected.low, expected.high), abs=1e-9)
