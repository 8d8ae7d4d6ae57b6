"""A fitted model as plain JSON, and its answers in plain Python: the web process loads no library, and nothing that could run is stored."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from math import exp, isnan, log
from typing import Any

Saved = dict[str, Any]
Row = Sequence[float]  # NaN where missing


def save(model: Any) -> Saved:
    """`model`: fitted, one of `prediction.proxy.models`."""
    name = type(model).__name__
    return {"DummyClassifier": _dummy, "Pipeline": _logit, "RandomForestClassifier": _forest}.get(
        name, _boosting
    )(model)


def _dummy(model: Any) -> Saved:
    return {"kind": "dummy", "shares": model.class_prior_.tolist()}


def _logit(model: Any) -> Saved:
    fill, scale, fitted = (step for _, step in model.steps)
    weights, bias = fitted.coef_.tolist(), fitted.intercept_.tolist()
    if len(weights) == 1:  # of two groups the library keeps the second's
        weights, bias = [[0.0] * len(weights[0]), weights[0]], [0.0, bias[0]]
    marks = fill.indicator_.features_.tolist() if fill.indicator_ is not None else []
    return {
        "kind": "logit",
        "fill": fill.statistics_.tolist(),
        "marks": marks,
        "mean": scale.mean_.tolist(),
        "scale": scale.scale_.tolist(),
        "weights": weights,
        "bias": bias,
    }


def _forest(model: Any) -> Saved:
    return {"kind": "forest", "trees": [_tree(one.tree_) for one in model.estimators_]}


def _tree(tree: Any) -> Saved:
    return {
        "feature": tree.feature.tolist(),
        "threshold": [_finite(one) for one in tree.threshold],
        "left": tree.children_left.tolist(),
        "right": tree.children_right.tolist(),
        "missing": [bool(one) for one in tree.missing_go_to_left],
        "value": [_rounded(one[0]) for one in tree.value],
    }


def _boosting(model: Any) -> Saved:
    rounds = [[_nodes(one.nodes) for one in trees] for trees in model._predictors]
    return {"kind": "boosting", "base": model._baseline_prediction.ravel().tolist(), "rounds": rounds}


def _nodes(nodes: Any) -> Saved:
    leaf = nodes["is_leaf"].astype(bool)
    return {
        "feature": [-2 if end else int(one) for one, end in zip(nodes["feature_idx"], leaf, strict=True)],
        "threshold": [_finite(one) for one in nodes["num_threshold"]],
        "left": nodes["left"].tolist(),
        "right": nodes["right"].tolist(),
        "missing": [bool(one) for one in nodes["missing_go_to_left"]],
        "value": nodes["value"].tolist(),
    }


def _rounded(shares: Any) -> list[float]:
    whole = float(sum(shares))
    return [round(float(one) / whole, 9) for one in shares]


def _finite(value: Any) -> float:
    """A threshold that splits missing from all else is infinite, which JSON does not know."""
    return float(max(min(value, 1e308), -1e308))


# Answers


def shares_of(saved: Saved, row: Row) -> list[float]:
    """Probability of each group, in the order that the model was fitted with; `row` in the order of its columns."""
    return ANSWERS[saved["kind"]](saved, row)


def _say_dummy(saved: Saved, row: Row) -> list[float]:
    return list(saved["shares"])


def _say_logit(saved: Saved, row: Row) -> list[float]:
    filled = [fill if isnan(value) else value for value, fill in zip(row, saved["fill"], strict=True)]
    filled += [float(isnan(row[place])) for place in saved["marks"]]
    scaled = [
        (value - mean) / scale
        for value, mean, scale in zip(filled, saved["mean"], saved["scale"], strict=True)
    ]
    return _softmax(
        [
            bias + sum(weight * value for weight, value in zip(weights, scaled, strict=True))
            for weights, bias in zip(saved["weights"], saved["bias"], strict=True)
        ]
    )


def _say_forest(saved: Saved, row: Row) -> list[float]:
    short = [struct.unpack("f", struct.pack("f", value))[0] for value in row]  # as the library compares them
    leaves = [_leaf(tree, short) for tree in saved["trees"]]
    return [sum(one) / len(leaves) for one in zip(*leaves, strict=True)]


def _say_boosting(saved: Saved, row: Row) -> list[float]:
    raw = list(saved["base"])
    for trees in saved["rounds"]:
        for place, tree in enumerate(trees):
            raw[place] += _leaf(tree, row)
    return _softmax([0.0, raw[0]] if len(raw) == 1 else raw)


def _leaf(tree: Saved, row: Row) -> Any:
    at = 0
    while (feature := tree["feature"][at]) >= 0:
        value = row[feature]
        goes_left = tree["missing"][at] if isnan(value) else value <= tree["threshold"][at]
        at = tree["left"][at] if goes_left else tree["right"][at]
    return tree["value"][at]


def _softmax(raw: Sequence[float]) -> list[float]:
    most = max(raw)
    parts = [exp(one - most) for one in raw]
    whole = sum(parts)
    return [one / whole for one in parts]


ANSWERS: dict[str, Callable[[Saved, Row], list[float]]] = {
    "dummy": _say_dummy,
    "logit": _say_logit,
    "forest": _say_forest,
    "boosting": _say_boosting,
}


def loss_of(share: float) -> float:
    return -log(max(share, 1e-15))
