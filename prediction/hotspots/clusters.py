"""Clusters of crimes: denser than around them, of whatever shape, without a number of clusters to be given beforehand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from prediction.hotspots.reading import Array, Located, most_common

FEWEST = 25  # crimes of a cluster, and neighbours that a crime must have to be no stray
WIDEST = 500  # metres within which nine in ten must lie: what is wider is a district, not a place
MOST_PLACES = 25_000  # that are looked at: the newest, since the work grows faster than their number
EARTH = 6_371_000.0  # metres


@dataclass(frozen=True)
class Cluster:
    """Where the crimes of a cluster lie in the middle, and within how many metres nine in ten of them."""

    latitude: float
    longitude: float
    count: int
    recent: int
    radius: int
    group: int
    group_count: int
    area: int


def find_clusters(crimes: Located, recent_from: int) -> tuple[list[Cluster], int, int]:
    """Clusters, the largest first; crimes in none; crimes looked at.

    HDBSCAN (Campello, Moulavi and Sander, 2013) of scikit-learn by distance on the sphere, the leaves of its tree. Clusters
    wider than a place are left out. Where only one place is dense the tree does not branch, and there is none.
    """
    from sklearn.cluster import HDBSCAN

    if len(crimes) > MOST_PLACES:
        crimes = crimes.only(np.argsort(-crimes.month, kind="stable")[:MOST_PLACES])
    if len(crimes) < 2 * FEWEST:
        return [], len(crimes), len(crimes)
    places = np.radians(np.column_stack([crimes.latitude, crimes.longitude]))
    labels = HDBSCAN(
        min_cluster_size=FEWEST,
        min_samples=FEWEST,
        metric="haversine",
        algorithm="ball_tree",
        cluster_selection_method="leaf",
        copy=False,
    ).fit_predict(places)
    found = [_cluster(crimes.only(labels == label), recent_from) for label in range(labels.max() + 1)]
    kept = [one for one in found if one.radius <= WIDEST]
    kept.sort(key=lambda one: (-one.count, one.latitude, one.longitude))
    return kept, len(crimes) - sum(one.count for one in kept), len(crimes)


def _cluster(members: Located, recent_from: int) -> Cluster:
    y, x = float(np.median(members.latitude)), float(np.median(members.longitude))
    group = most_common(members.group + 1) - 1
    return Cluster(
        latitude=round(y, 5),
        longitude=round(x, 5),
        count=len(members),
        recent=int(np.sum(members.month >= recent_from)),
        radius=int(np.quantile(_metres(members.latitude, members.longitude, y, x), 0.9)),
        group=group,
        group_count=int(np.sum(members.group == group)),
        area=most_common(members.area),
    )


def _metres(latitude: Array, longitude: Array, y: float, x: float) -> Array:
    """Distance to a point, on a plane that touches the earth there."""
    down = np.radians(latitude - y) * EARTH
    across = np.radians(longitude - x) * EARTH * np.cos(np.radians(y))
    found: Array = np.hypot(down, across)
    return found
