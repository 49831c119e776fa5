import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter

from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.domain.errors import AppError
from emotion_desktop.engines.bundle import KERAS
from emotion_desktop.engines.table import LITERT
from emotion_desktop.training.finish.export import check_same, model_files
from emotion_desktop.training.fit.trainer import net_logits
from emotion_desktop.training.net.backend import keras
from emotion_desktop.training.net.nets import build_net
from emotion_desktop.training.recipe.presets import RECIPES


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=RECIPES)
def test_a_net_survives_saving_and_conversion(recipe, tmp_path):
    keras.utils.set_random_seed(1)
    net = build_net(recipe, EMOTIONS, seed=1)
    assert net.count_params() < 430_000
    faces = np.random.default_rng(0).integers(
        0, 256, (5, recipe.size, recipe.size, recipe.channels), np.uint8
    )
    logits = net_logits(net, faces)
    assert logits.shape == (5, 8)

    files = model_files(net)
    (tmp_path / KERAS).write_bytes(files[KERAS])
    again = keras.saving.load_model(tmp_path / KERAS, safe_mode=True)
    assert (net_logits(again, faces) == logits).all()
    assert getattr(again, "optimizer", None) is None

    interpreter = Interpreter(model_content=files[LITERT])
    details = interpreter.get_input_details()[0]
    assert details["dtype"] is np.uint8
    assert details["shape_signature"].tolist() == [-1, *faces.shape[1:]]

    def classify(batch):
        interpreter.resize_tensor_input(details["index"], batch.shape)
        interpreter.allocate_tensors()
        interpreter.set_tensor(details["index"], batch)
        interpreter.invoke()
        return interpreter.get_tensor(interpreter.get_output_details()[0]["index"])

    check_same(logits, classify, faces)
    with pytest.raises(AppError, match="does not answer"):
        check_same(logits + 0.1, classify, faces)
