"""What came of imports and exports of the data set, in words."""

from __future__ import annotations

from typing import Any

from emotion_desktop.domain.text import counted


def exported_sentence(result: dict[str, Any], target: str, photos: int) -> str:
    """What was written, where, and why less than there is.

    Args:
        photos: in the data set; 0 where a split was written.
    """
    copies = f" and {counted(result['copies'], 'copy', 'copies')}" if result["copies"] else ""
    skipped = len(result["skipped"])
    sentences = [f"{counted(result['photos'], 'photo')}{copies} written to {target}."]
    if skipped:
        sentences.append(f"{counted(skipped, 'photo')} could not be read.")
    others = photos - result["photos"] - skipped
    if others > 0:
        have, are = ("has", "is") if others == 1 else ("have", "are")
        sentences.append(
            f"{counted(others, 'photo')} stayed behind that {have} no label, or contradicting "
            f"ones, or {are} left out."
        )
    return " ".join(sentences)


def imported_sentence(result: dict[str, Any]) -> str:
    """What came of an import."""
    tally = result["tally"]
    meant = {spelling["emotion"] for spelling in tally["spellings"]} - {None}
    rejects = len(tally["rejects"])
    more = f" {counted(rejects, 'row')} could not be used." if rejects else ""
    if known := result["known"]:
        was = "was" if known == 1 else "were"
        more += f" {counted(known, 'photo')} {was} here already, and left out."
    return (
        f"{counted(tally['photos'], 'photo')} of {counted(tally['persons'], 'person')} imported "
        f"from {result['title']}: {counted(len(tally['spellings']), 'spelling')} of labels were "
        f"read as {counted(len(meant), 'emotion')}.{more}"
    )
