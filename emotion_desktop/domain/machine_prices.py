"""The user's own prices of AWS's machines, as text."""

from __future__ import annotations

from emotion_desktop.domain.errors import UsageError


def parse_prices(text: str) -> dict[str, float]:
    """Reads the user's own prices: ``ml.g4dn.xlarge=0.74, ml.g5.xlarge=1.41``.

    Raises:
        UsageError: it is not that.
    """
    found: dict[str, float] = {}
    for part in text.replace(";", ",").split(","):
        if not part.strip():
            continue
        kind, _, price = part.partition("=")
        try:
            value = float(price)
        except ValueError:
            value = -1.0
        if not kind.strip().startswith("ml.") or not 0 <= value < 1000:
            raise UsageError(
                f"“{part.strip()}” is no price of a machine.",
                "Write prices in dollars an hour like ml.g4dn.xlarge=0.74, ml.g5.xlarge=1.41.",
            )
        found[kind.strip()] = value
    return found
