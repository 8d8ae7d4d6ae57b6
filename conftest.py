"""Shared by all tests: a database server of their own, and a browser."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from securecheck.postgres import data_folder


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests last: once Playwright's loop runs in this thread, `asyncio.run` fails for every later test."""
    items.sort(key=lambda item: "live_server" in getattr(item, "fixturenames", ()))


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> Iterator[None]:
    """The tests' own server, begun with the first test that needs one and removed whatever becomes of them."""
    from securecheck.postgres.cluster import Cluster
    from securecheck.postgres.joining import join, join_cluster, leave_cluster

    if os.environ.get("DATABASE_URL"):
        join()
        yield
        return
    cluster = Cluster(data_folder(), durable=False)
    join_cluster(cluster, throwaway=True)
    yield
    leave_cluster(cluster)
    shutil.rmtree(cluster.data, ignore_errors=True)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Let the clean-up of transactional tests empty the append-only tables, which the database else refuses."""
    from django.db import connection

    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'no_truncate'")
        for (table,) in cursor.fetchall():
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER no_truncate")


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """One headless Chromium for all browser tests; it needs no rights that root would have to give up."""
    from playwright.sync_api import sync_playwright

    from securecheck.tests.browser import FLAGS, find_chromium

    executable = find_chromium()
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright's loop runs in the thread of the tests
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=executable, headless=True, chromium_sandbox=False, args=FLAGS
        )
        yield chromium
        chromium.close()


@pytest.fixture
def page_as(browser: Any, live_server: Any) -> Iterator[Callable[..., Any]]:
    """`page_as(who, size)`: a page of a signed-in user (a role's name, a user, or None for nobody), watched for troubles."""
    from securecheck.tests.browser import SIZES, forget, watch

    contexts = []

    def open_page(who: Any = None, size: str = "desktop", **options: Any) -> Any:
        context = browser.new_context(
            base_url=live_server.url, viewport=SIZES[size], locale="en-GB", **options
        )
        contexts.append(context)
        if who is not None:
            context.add_cookies([session_cookie(who, live_server.url)])
        page = context.new_page()
        watch(page)
        return page

    yield open_page
    for context in contexts:
        for page in context.pages:
            forget(page)
        context.close()


def session_cookie(who: Any, address: str) -> dict[str, str]:
    """The cookie of a signed-in session, without going through the sign-in page."""
    from django.conf import settings
    from django.test import Client

    from ledger.tests.factories import make_user

    client = Client()
    client.force_login(make_user(who) if isinstance(who, str) else who)
    name = settings.SESSION_COOKIE_NAME
    return {"name": name, "value": client.cookies[name].value, "url": address}


@pytest.fixture(autouse=True)
def facts_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Insights read the facts, whatever the sizes: the navigator's costs must not depend on which test ran before.

    `insights/tests/test_navigator.py` shows that every cube gives the same answers.
    """
    from insights import sizes

    monkeypatch.setattr("insights.relation.sizes", lambda: sizes.UNKNOWN)
