"""What runs in a process of a crew. Nothing here may need Django before `begin` has set it up."""

from __future__ import annotations

import gc
import multiprocessing
import os
import pickle
import threading
from multiprocessing.connection import wait
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ledger.imports.crew import Cleaned
    from ledger.imports.reader import PlainBlock

_work: dict[str, Any] = {}  # cleaner and key, the same for each task of this process


def begin(task: bytes) -> None:
    """Set up a process. It ends with the process that it works for."""
    import django
    from django.apps import apps

    threading.Thread(target=_end_with_parent, daemon=True).start()
    gc.disable()  # looking through a million cells for cycles again and again took a fifth of the time; see `clean`
    if not apps.ready:
        django.setup()
    from ledger.imports.cleaning import Cleaner

    source, header, known, key = pickle.loads(task)  # noqa: S301  from the process that started this one
    gc.freeze()  # what the libraries made stays: only what a piece leaves behind is looked through
    _work.update(cleaner=Cleaner(source, header, known), key=key, agencies=dict(known.agencies))


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def clean(piece: PlainBlock) -> Cleaned:
    """Clean a piece as if it were the first: which pieces this process had before must not show in the spelling of an
    agency, so each piece says anew which ones it brings."""
    from ledger.imports.crew import clean_one

    _work["cleaner"].known.agencies = dict(_work["agencies"])
    done = clean_one(_work["cleaner"], _work["key"], piece)
    gc.collect()  # once a piece, when its cells are gone
    return done
