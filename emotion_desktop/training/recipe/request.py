"""What a training is asked for: made by the window or the command line, kept with its run, and
read by the process that trains."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from emotion_desktop.dataset.sources.reading_options import ReadingOptions
from emotion_desktop.domain.errors import AppError, UsageError
from emotion_desktop.domain.run import new_run_id
from emotion_desktop.training.recipe.recipe import Recipe

if TYPE_CHECKING:
    from emotion_desktop.engines.bundle import Bundle

#: Shares of sources are percentages, or numbers of photos.
_LARGEST_SHARE: Final = 1e9


@dataclass(frozen=True, slots=True)
class TrainingRequest:
    """A training that is asked for.

    Attributes:
        recipe: with the epochs and the shares of the parts that are wanted.
        output: the bundle to write.
        name: what the model calls itself.
        data: a folder per emotion, or a label file beside its photos; or None for
        split: the name of a frozen split of the workspace.
        reading: how data is to be read.
        start_from: a bundle whose net is trained further; None for a new net.
        notes: kept in the model's provenance: the licence of the photos, say.
        shares: of each source in an epoch, by its title, in any unit; empty for what the recipe
            says.
        run: the run's id, which names its folder.
        fingerprint: what the data's must be, for a run that is repeated or gone on with.

    Raises:
        UsageError: there are no photos to train on, or it asks for what is not possible.
    """

    recipe: Recipe
    output: Path
    name: str
    data: Path | None = None
    split: str = ""
    seed: int = 0
    start_from: Path | None = None
    notes: str = ""
    run: str = field(default_factory=new_run_id)
    fingerprint: str = ""
    reading: ReadingOptions = field(default_factory=ReadingOptions)
    shares: tuple[tuple[str, float], ...] = ()

    def __post_init__(self) -> None:
        if not all(0 < share < _LARGEST_SHARE for _, share in self.shares):
            raise UsageError("A source's share of an epoch is above 0.", "Write legend.csv=40.")
        if self.data is None and not self.split:
            raise UsageError(
                "A training needs labelled photos.",
                "Give --split with the name of a frozen split, or --data.",
            )
        if not self.recipe.fractions[1] > 0:
            raise UsageError(
                "A training needs a share of the photos for validation.", "Give it 0.15, say."
            )
        if not 0 < len(self.name.strip()) <= 100:
            raise UsageError("The model's name is empty or too long.", "Use up to 100 characters.")

    def to_dict(self) -> dict[str, Any]:
        """JSON values, for the job and the run; from_dict reads them back."""
        return {
            "recipe": self.recipe.to_dict(),
            "output": str(self.output.absolute()),
            "name": self.name,
            "data": str(self.data.absolute()) if self.data else None,
            "split": self.split,
            "seed": self.seed,
            "start_from": str(self.start_from.absolute()) if self.start_from else None,
            "notes": self.notes,
            "run": self.run,
            "fingerprint": self.fingerprint,
            "reading": self.reading.to_dict(),
            "shares": dict(self.shares),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> TrainingRequest:
        """Reads what to_dict wrote, in earlier versions too.

        Raises:
            UsageError: it is not that, or asks for what this version does not do.
        """
        try:
            recipe = Recipe.from_dict(data["recipe"])
            if data.get("fractions"):  # earlier versions kept them beside the recipe
                first, second, third = (float(share) for share in data["fractions"])
                recipe = replace(recipe, fractions=(first, second, third))
            return cls(
                recipe=recipe,
                output=Path(data["output"]),
                name=str(data["name"]).strip(),
                data=_path(data.get("data")),
                split=str(data.get("split") or ""),
                seed=int(data.get("seed") or 0),
                start_from=_path(data.get("start_from")),
                notes=str(data.get("notes") or ""),
                run=str(data["run"]),
                fingerprint=str(data.get("fingerprint") or ""),
                reading=ReadingOptions.from_dict(data.get("reading") or {}),
                shares=tuple((k, float(v)) for k, v in (data.get("shares") or {}).items()),
            )
        except (KeyError, TypeError, ValueError, OverflowError):
            raise UsageError(
                "The recipe was made by another version of this program.",
                "Start a new training with one of the presets.",
            ) from None

    @property
    def start_bundle(self) -> Bundle | None:
        """The bundle to start from.

        Raises:
            BundleError: it cannot be used.
        """
        from emotion_desktop.engines.bundle import read_bundle

        return read_bundle(self.start_from, verify=True) if self.start_from else None

    def check_output(self) -> None:
        """Finds out now, not after the training, whether the bundle can be written.

        Raises:
            AppError: it cannot.
        """
        if self.output.is_dir():
            raise UsageError(f"{self.output.name} is a folder.", "Give the name of a file.")
        folder = self.output.absolute().parent
        while not folder.exists() and folder != folder.parent:
            folder = folder.parent
        if not folder.is_dir() or not os.access(folder, os.W_OK):
            raise AppError(f"The folder {folder} may not be written.", "Choose another folder.")


def _path(given: Any) -> Path | None:
    return Path(given) if given else None
