#!/usr/bin/env python
"""Django's commands, with the database started or joined where a command needs it."""

import os
import sys
import warnings

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db import ProgrammingError
from psycopg.errors import UndefinedColumn, UndefinedTable

from securecheck.postgres import ServerProblem, ensure

WITHOUT_DATABASE = {
    "check",
    "collectstatic",
    "compilemessages",
    "diffsettings",
    "findstatic",
    "help",
    "makemessages",
    "makemigrations",
    "startapp",
    "startproject",
    "version",
}
MAKING_TABLES = {"migrate", "sqlmigrate", "showmigrations", "dbshell"}
SETTING_UP = 7304  # advisory lock
SEEN_ENOUGH = 141  # as a program ends that is told nobody reads on


def needs_database(arguments: list[str]) -> bool:
    """Whether a command line is worth starting a server for."""
    if not arguments or {"-h", "--help", "--version"} & set(arguments):
        return False
    return arguments[0] not in WITHOUT_DATABASE or "--database" in arguments


def set_up_tables() -> None:
    """An embedded server that is new gets its tables by whichever command comes first; a named one is its owner's."""
    import django
    from django.core.management import call_command
    from django.db import connection

    django.setup()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_lock(%s)", [SETTING_UP]
        )  # first commands at once: one makes the tables
        cursor.execute("SELECT to_regclass('django_session') IS NULL")
        if cursor.fetchone()[0]:
            call_command("migrate", interactive=False, verbosity=0)
    connection.close()


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "securecheck.settings")
    # makemigrations would like to compare with the database and says so when none is running.
    warnings.filterwarnings("ignore", message="Got an error checking a consistent migration history")
    try:
        if needs_database(sys.argv[1:]):
            ensure()
            if not os.environ.get("DATABASE_URL", "").strip() and sys.argv[1] not in MAKING_TABLES:
                set_up_tables()
        execute_from_command_line(sys.argv)
    except BrokenPipeError:  # whoever read along has seen enough, as `| head` has
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(SEEN_ENOUGH)
    except (ServerProblem, ImproperlyConfigured) as problem:
        sys.exit(str(problem))
    except ProgrammingError as problem:
        if not isinstance(problem.__cause__, UndefinedTable | UndefinedColumn):
            raise
        sys.exit(
            "The tables of this database are missing or older than the program. Run: .venv/bin/python manage.py migrate"
        )


if __name__ == "__main__":
    main()
