"""Names of the files that a training on a rented machine gets and leaves."""

from __future__ import annotations

from typing import Final

#: Faces and recipe, in their channel.
PACKED: Final = "training.zip"
#: The weights of the epoch that is kept, in the folder for models.
KEPT: Final = "kept.npz"
