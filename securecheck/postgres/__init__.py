"""Where SecureCheck's database is, and the server that comes with it.

`DATABASE_URL` names a PostgreSQL of one's own. Without it SecureCheck runs an embedded one inside its data folder.
Nothing is started by importing this package or by calling `database()` or `data_folder()`: settings use those two.
`ensure()` starts or joins the server; manage.py, wsgi.py, the server's parent and the tests call it.
"""

from securecheck.postgres.address import ServerProblem, data_folder, database, socket_folder

__all__ = ["ServerProblem", "data_folder", "database", "ensure", "leave", "socket_folder"]


def ensure() -> None:
    """Make sure that the database answers, and stay counted among those who use it until this process ends."""
    from securecheck.postgres.joining import join

    join()


def leave() -> None:
    """Stop using the database before this process ends, and stop the embedded one unless others use it."""
    from securecheck.postgres import joining

    joining.leave()
