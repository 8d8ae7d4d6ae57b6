"""The models compared (the columns they are given: `features`). Missing figures: trees send them to a side of their own choosing, the logit
gets the median and a mark that it was missing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Model = Any  # of scikit-learn
DUMMY, LOGIT, FOREST, BOOSTING = "dummy", "logit", "forest", "gradient boosting"
TREES, LEAF = 100, 5
SAYS = {
    DUMMY: "the share of each group among the rows it learned from, whatever the row says",
    LOGIT: "multinomial logistic regression on standardised columns",
    FOREST: f"{TREES} trees, at least {LEAF} rows a leaf",
    BOOSTING: "scikit-learn's histogram version, as it comes",
}


def dummy(seed: int) -> Model:
    from sklearn.dummy import DummyClassifier

    return DummyClassifier(strategy="prior")


def logit(seed: int) -> Model:
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    fill = SimpleImputer(strategy="median", add_indicator=True, keep_empty_features=True)
    return make_pipeline(fill, StandardScaler(), LogisticRegression(max_iter=1_000))


def forest(seed: int) -> Model:
    from sklearn.ensemble import RandomForestClassifier

    return RandomForestClassifier(TREES, min_samples_leaf=LEAF, random_state=seed)


def boosting(seed: int) -> Model:
    from sklearn.ensemble import HistGradientBoostingClassifier

    return HistGradientBoostingClassifier(random_state=seed)


MODELS: dict[str, Callable[[int], Model]] = {DUMMY: dummy, LOGIT: logit, FOREST: forest, BOOSTING: boosting}
