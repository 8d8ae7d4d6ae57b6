"""Spreading facts and agency cubes over a Citus cluster. The ledger, its triggers and all other tables stay where they are.

Facts and agency cubes are laid out for it: the agency leads every key and decides on which machine a row lies, so that a
fact and its cells lie together. Cubes of whole countries and counts of vehicles sum over agencies; they are small and stay
on the coordinator. `insights/tests/test_scaling_rules.py` holds the rules; docs/scaling.md says when it is worth it.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection, transaction

from insights.models import CUBES, StopFact, Summary

SHARD_KEY = "agency"
FIRST = StopFact
DISTRIBUTED: tuple[type[StopFact] | type[Summary], ...] = (
    StopFact,
    *(cube for cube in CUBES if cube.key_columns()[0] == SHARD_KEY),
)


class NotSpread(Exception):
    """Why nothing is spread, in a sentence."""


@dataclass(frozen=True)
class Plan:
    """What is to be run, statement by statement, and what is spread already."""

    statements: tuple[str, ...]
    done: tuple[str, ...]
    workers: int


def plan() -> Plan:
    """What is left to do. Raises `NotSpread` where the server cannot spread tables."""
    _require_citus()
    done = _spread_already()
    statements = tuple(_statement(model) for model in DISTRIBUTED if model._meta.db_table not in done)
    return Plan(statements, tuple(sorted(done)), _workers())


def all_statements() -> tuple[str, ...]:
    """What would be run on a server with Citus where nothing is spread yet."""
    return tuple(_statement(model) for model in DISTRIBUTED)


def spread(found: Plan) -> None:
    """Run the plan, all of it or nothing."""
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in found.statements:
            cursor.execute(statement)


def _statement(model: type[StopFact] | type[Summary]) -> str:
    beside = "" if model is FIRST else f", colocate_with => '{FIRST._meta.db_table}'"
    return f"SELECT create_distributed_table('{model._meta.db_table}', '{SHARD_KEY}'{beside})"


def extension() -> tuple[bool, bool]:
    """Whether this database uses Citus, and whether its server has it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'citus'), "
            "EXISTS (SELECT 1 FROM pg_available_extensions WHERE name = 'citus')"
        )
        created, available = cursor.fetchone()
        return bool(created), bool(available)


def _require_citus() -> None:
    created, available = extension()
    if created:
        return
    if available:
        raise NotSpread(
            "The server has Citus, but this database does not use it. Let a superuser run CREATE EXTENSION citus in it "
            "and name the workers (citus_add_node), then run this again. Nothing was changed."
        )
    raise NotSpread(
        "This server has no Citus, so everything stays on one machine, which is as it should be until docs/scaling.md "
        "says otherwise. Nothing was changed."
    )


def _spread_already() -> dict[str, str]:
    """Distribution column by table, of ours. Raises where one was spread by another column."""
    ours = [model._meta.db_table for model in DISTRIBUTED]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name::text, distribution_column FROM citus_tables WHERE table_name::text = ANY(%s)",
            [ours],
        )
        found: dict[str, str] = dict(cursor.fetchall())
    if wrong := {table: column for table, column in found.items() if column != SHARD_KEY}:
        listed = ", ".join(f"{table} by {column}" for table, column in wrong.items())
        raise NotSpread(
            f"Already spread, but not by {SHARD_KEY}: {listed}. Take it back first (undistribute_table). Nothing was changed."
        )
    return found


def _workers() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM citus_get_active_worker_nodes()")
        return int(cursor.fetchone()[0])
