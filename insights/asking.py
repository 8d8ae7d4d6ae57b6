"""Asking the worker for something: once, however many ask."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.db import IntegrityError, models, transaction

Asked = TypeVar("Asked", bound=models.Model)


def ask_once(
    model: type[Asked], same: dict[str, Any], queue: Callable[[Asked], object], **more: Any
) -> Asked:
    """A new row, and its job queued with it; or the row that says the `same` and is under way: the model’s constraint keeps
    these to one, and names the states in `UNDER_WAY`."""
    try:
        with transaction.atomic():
            made: Asked = model._default_manager.create(**same, **more)
            queue(made)
    except IntegrityError:
        found = under_way(model, **same)
        return found if found is not None else ask_once(model, same, queue, **more)  # it ended in this moment
    return made


def under_way(model: type[Asked], **same: Any) -> Asked | None:
    """The row that says so and is not yet done."""
    states = model.UNDER_WAY  # type: ignore[attr-defined]
    return model._default_manager.filter(**same, state__in=states).first()
