"""Nets as MXNet makes them, for tests: those SageMaker trains, and odd ones."""

from __future__ import annotations

from typing import Any

import numpy as np


def bn(mx: Any, data: Any, name: str, fix_gamma: bool = False) -> Any:
    return mx.sym.BatchNorm(data, fix_gamma=fix_gamma, eps=2e-5, momentum=0.01, name=name)


def _unit(mx, data, filters, *, stride, dim_match, name, bottleneck):
    """A pre-activation unit, as in MXNet's image-classification example (symbols/resnet.py)."""
    act1 = mx.sym.Activation(bn(mx, data, f"{name}_bn1"), act_type="relu", name=f"{name}_relu1")
    conv = lambda x, f, k, s, p, n: mx.sym.Convolution(  # noqa: E731
        x, num_filter=f, kernel=(k, k), stride=(s, s), pad=(p, p), no_bias=True, name=n
    )
    if bottleneck:
        x = conv(act1, filters // 4, 1, 1, 0, f"{name}_conv1")
        x = mx.sym.Activation(bn(mx, x, f"{name}_bn2"), act_type="relu", name=f"{name}_relu2")
        x = conv(x, filters // 4, 3, stride, 1, f"{name}_conv2")
        x = mx.sym.Activation(bn(mx, x, f"{name}_bn3"), act_type="relu", name=f"{name}_relu3")
        x = conv(x, filters, 1, 1, 0, f"{name}_conv3")
    else:
        x = conv(act1, filters, 3, stride, 1, f"{name}_conv1")
        x = mx.sym.Activation(bn(mx, x, f"{name}_bn2"), act_type="relu", name=f"{name}_relu2")
        x = conv(x, filters, 3, 1, 1, f"{name}_conv2")
    shortcut = data if dim_match else conv(act1, filters, 1, stride, 0, f"{name}_sc")
    return x + shortcut


def resnet(
    mx: Any,
    layers: int,
    classes: int,
    shape: tuple[int, int, int],
    *,
    label: str = "softmax_label",
    copy: bool = False,
    head: str = "fc1",
    half: bool = False,
) -> Any:
    """The pre-activation residual net of so many layers, with its softmax."""
    if layers not in (18, 34, 50):
        per_stage = (layers - 2) // 6
        units, filters, bottleneck = [per_stage] * 3, [16, 16, 32, 64], False
    else:
        units = {18: [2, 2, 2, 2], 34: [3, 4, 6, 3], 50: [3, 4, 6, 3]}[layers]
        bottleneck = layers >= 50
        filters = [64, 256, 512, 1024, 2048] if bottleneck else [64, 64, 128, 256, 512]
    data = mx.sym.Variable("data")
    if half:
        data = mx.sym.Cast(data, dtype="float16")
    if copy:
        data = mx.sym.identity(data, name="id")
    x = bn(mx, data, "bn_data", fix_gamma=True)
    if len(units) == 3:
        x = mx.sym.Convolution(
            x, num_filter=filters[0], kernel=(3, 3), pad=(1, 1), no_bias=True, name="conv0"
        )
    else:
        x = mx.sym.Convolution(
            x,
            num_filter=filters[0],
            kernel=(7, 7),
            stride=(2, 2),
            pad=(3, 3),
            no_bias=True,
            name="conv0",
        )
        x = mx.sym.Activation(bn(mx, x, "bn0"), act_type="relu", name="relu0")
        x = mx.sym.Pooling(x, kernel=(3, 3), stride=(2, 2), pad=(1, 1), pool_type="max")
    for stage, count in enumerate(units):
        stride = 1 if stage == 0 else 2
        for unit in range(count):
            name = f"stage{stage + 1}_unit{unit + 1}"
            x = _unit(
                mx,
                x,
                filters[stage + 1],
                stride=stride if unit == 0 else 1,
                dim_match=unit > 0,
                name=name,
                bottleneck=bottleneck,
            )
    x = mx.sym.Activation(bn(mx, x, "bn1"), act_type="relu", name="relu1")
    x = mx.sym.Pooling(x, global_pool=True, kernel=(7, 7), pool_type="avg", name="pool1")
    x = mx.sym.FullyConnected(mx.sym.Flatten(x), num_hidden=classes, name=head)
    if half:
        x = mx.sym.Cast(x, dtype="float32")
    return mx.sym.SoftmaxOutput(x, label=mx.sym.Variable(label), name="softmax")


def faces(count: int, shape: tuple[int, int, int], seed: int = 1) -> np.ndarray:
    """Pictures that differ as photos do, in large patches: (count, height, width, channels)."""
    rng = np.random.default_rng(seed)
    patches = rng.integers(0, 256, (count, 4, 4, shape[0])) * rng.uniform(0.2, 1, (count, 1, 1, 1))
    across = -(-shape[2] // 4)
    large = patches.repeat(-(-shape[1] // 4), axis=1).repeat(across, axis=2)
    noise = rng.integers(0, 20, (count, *shape[1:], shape[0]))
    return np.clip(large[:, : shape[1], : shape[2]] + noise, 0, 255).astype(np.uint8)


def random_params(mx: Any, symbol: Any, shape: tuple[int, int, int], seed: int = 0) -> dict:
    """Parameters by name with prefix: random, with the running means and variances that fit them,
    so that no layer drowns the next one."""
    rng = np.random.default_rng(seed)
    mx.random.seed(seed)
    pictures = faces(4, shape, seed).transpose(0, 3, 1, 2).astype(np.float32)
    label = next((n for n in symbol.list_arguments() if n.endswith("label")), None)
    module = mx.mod.Module(symbol, label_names=[label] if label else None, context=mx.cpu())
    module.bind(
        [("data", pictures.shape)], [(label, (4,))] if label else None, for_training=bool(label)
    )
    module.init_params(mx.init.Xavier(magnitude=2))
    arguments, auxiliaries = module.get_params()
    for name, array in arguments.items():
        if name.endswith(("gamma", "beta", "bias")):
            middle = 1.0 if name.endswith("gamma") else 0.0
            arguments[name] = mx.nd.array(rng.normal(middle, 0.2, array.shape).astype(np.float32))
    module.set_params(arguments, auxiliaries)
    if label:
        batch = mx.io.DataBatch([mx.nd.array(pictures)], [mx.nd.zeros(4)])
        module.forward(batch, is_train=True)
        module.backward()
    arguments, auxiliaries = module.get_params()
    # A softmax that is certain of one class would hide every difference.
    last = [n for n in symbol.list_arguments() if n.endswith("_weight")][-1].removesuffix("_weight")
    logits = symbol.get_internals()[f"{last}_output"]
    executor = logits.bind(
        mx.cpu(), {**arguments, "data": mx.nd.array(pictures)}, aux_states=auxiliaries
    )
    given = executor.forward(is_train=False)[0].asnumpy()
    bias = arguments.get(f"{last}_bias")
    spread = max(float(given.std(axis=0).mean() if bias is not None else abs(given).max()), 1e-6)
    arguments[f"{last}_weight"] = arguments[f"{last}_weight"] / spread
    if bias is not None:
        arguments[f"{last}_bias"] = (bias - mx.nd.array(given.mean(axis=0))) / spread
    return {
        **{f"arg:{name}": array for name, array in arguments.items()},
        **{f"aux:{name}": array for name, array in auxiliaries.items()},
    }


def saved(mx: Any, symbol: Any, params: dict, folder: Any) -> tuple[bytes, bytes]:
    """Symbol and parameters as MXNet itself writes them."""
    mx.nd.save(str(folder / "model.params"), params)
    return symbol.tojson().encode(), (folder / "model.params").read_bytes()


def answers(
    mx: Any, symbol: Any, params: dict, pictures: np.ndarray, label: str = "softmax_label"
) -> np.ndarray:
    """Probabilities by MXNet's own module, loaded the documented way."""
    module = mx.mod.Module(symbol, label_names=[label], context=mx.cpu())
    module.bind([("data", pictures.shape)], for_training=False)

    def strip(kind):
        return {n[4:]: a.astype("float32") for n, a in params.items() if n.startswith(kind)}

    module.set_params(strip("arg:"), strip("aux:"), allow_missing=True)
    module.forward(mx.io.DataBatch([mx.nd.array(pictures)]), is_train=False)
    return module.get_outputs()[0].asnumpy()


def bare_shortcut(mx: Any, classes: int) -> Any:
    """A pre-activation net whose first shortcut is a convolution with nothing behind it: oneDNN's
    fusion of layers makes something else of it."""
    x = mx.sym.Variable("data") / 255.0
    x = mx.sym.Convolution(x, kernel=(3, 3), pad=(1, 1), num_filter=16, no_bias=True, name="conv0")
    for number in range(3):
        name = f"unit{number}"
        x = _unit(mx, x, 16, stride=1, dim_match=True, name=name, bottleneck=False)
    x = mx.sym.Activation(bn(mx, x, "bn1"), act_type="relu")
    x = mx.sym.Pooling(x, kernel=(7, 7), global_pool=True, pool_type="avg")
    x = mx.sym.FullyConnected(mx.sym.Flatten(x), num_hidden=classes, name="fc1")
    return mx.sym.SoftmaxOutput(x, name="softmax")
