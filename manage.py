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


def needs_database(arguments: list[str]) -> bool:
    """Whether a command line is worth starting a server for."""
    if not arguments or {"-h", "--help", "--version"} & set(arguments):
        return False
    return arguments[0] not in WITHOUT_DATABASE or "--database" in arguments


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "securecheck.settings")
    # makemigrations would like to compare with the database and says so when none is running.
    warnings.filterwarnings("ignore", message="Got an error checking a consistent migration history")
    try:
        if needs_database(sys.argv[1:]):
            ensure()
        execute_from_command_line(sys.argv)
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
