"""Models put into a store in tests."""

import shutil
from pathlib import Path

from emotion_desktop.workspace.model_store import ModelStore


def put_model(store: ModelStore, source: Path, name: str) -> Path:
    path = store.path_for(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    return Path(shutil.copyfile(source, path))
