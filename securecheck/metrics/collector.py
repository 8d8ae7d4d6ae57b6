"""Gathers the gauges for a scrape. A group that cannot be read is left out and told of; the others are there all the same."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Iterable

from django.db import DatabaseError, connection, transaction
from prometheus_client import REGISTRY, CollectorRegistry, generate_latest, multiprocess
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from securecheck.metrics.gauges import GROUPS

log = logging.getLogger(__name__)
KEPT = 10.0  # seconds for which figures serve again, however many ask
LONGEST = "2s"  # a statement that takes longer is given up: watching must not burden the ledger


class Gauges(Collector):
    """Reads all groups at a scrape, at most once in `KEPT` seconds a process."""

    def __init__(self) -> None:
        self._held: list[Metric] = []
        self._until = 0.0
        self._lock = threading.Lock()

    def describe(self) -> Iterable[Metric]:
        """Nothing is read when the collector is registered."""
        return []

    def collect(self) -> Iterable[Metric]:
        with self._lock:
            if time.monotonic() >= self._until:
                self._held = read_all()
                self._until = time.monotonic() + KEPT
            return self._held

    def forget(self) -> None:
        self._until = 0.0


def read_all() -> list[Metric]:
    """Every group that can be read, then which could."""
    held: list[Metric] = []
    told = GaugeMetricFamily(
        "securecheck_group_read", "Whether a group of these gauges could be read (1).", labels=["group"]
    )
    for name, read in GROUPS.items():
        try:
            with transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute(f"SET LOCAL statement_timeout = '{LONGEST}'")
                held += list(read())
            told.add_metric([name], 1)
        except DatabaseError as error:
            log.warning("metrics: group %s could not be read: %s", name, error)
            told.add_metric([name], 0)
    return [*held, told]


GAUGES = Gauges()


def page() -> bytes:
    """All metrics in the text format of Prometheus. Of several web processes the requests are summed up.

    The variable is set by `script/server`; without it a process tells of its own requests only.
    """
    registry = CollectorRegistry(auto_describe=False)
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        registry.register(REGISTRY)
    registry.register(GAUGES)
    return generate_latest(registry)
