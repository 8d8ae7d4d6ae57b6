"""The web application. Every web process joins the database and is counted among its users until it ends."""

import gc
import os
from contextlib import suppress

from django.core.wsgi import get_wsgi_application

from securecheck.postgres import ensure


def wait_for_word(waiting: int) -> None:
    """Read all code, then wait at this pipe until securecheck/serve.py has made tables and static files ready.

    What is wrong with the settings is said by those who prepare: not here, and not once by every process.
    """
    import django

    with suppress(Exception):
        django.setup()
        import securecheck.urls  # noqa: F401  reading it takes as long as all the rest
    os.read(waiting, 1)


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "securecheck.settings")
ensure()
if handle := os.environ.get("SECURECHECK_GO"):
    wait_for_word(int(handle))
application = get_wsgi_application()
# What is loaded by now stays for good. Left in, it is looked through again and again while a page is made: a fifth of the
# time of a long one.
gc.collect()
gc.freeze()
