"""A PostgreSQL server of one's own, for tests and measurements: made in a folder, gone with it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HOW_TO = "PostgreSQL absent : installez le paquet « postgresql » pour jouer aussi ces essais."


def programs() -> Path | None:
    """The folder of initdb and pg_ctl, or None where PostgreSQL is not installed."""
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


def _as_server_user(command: list[str]) -> list[str]:
    """PostgreSQL refuses to run as root; there, use an account that owns nothing else."""
    if os.geteuid() != 0:
        return command
    user = "postgres" if subprocess.run(["id", "postgres"], capture_output=True).returncode == 0 else "nobody"
    return ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups", "--", *command]


@contextmanager
def temporary_server() -> Iterator[str]:
    """Start a server on a free port of this machine; gives the DATABASE_URL of an ordinary (non-superuser) role.

    Raises FileNotFoundError (with how to get it) where PostgreSQL is not installed.
    """
    folder = programs()
    if folder is None:
        raise FileNotFoundError(HOW_TO)
    with tempfile.TemporaryDirectory(prefix="serment-pg-") as place:
        os.chmod(place, 0o777)  # noqa: S103 (the server's own account must write there)
        data = Path(place) / "data"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]

        def run(*command: str) -> None:
            subprocess.run(
                _as_server_user([str(folder / command[0]), *command[1:]]),
                check=True,
                capture_output=True,
                cwd=place,
                env={**os.environ, "LC_ALL": "C.UTF-8"},
            )

        run("initdb", "-D", str(data), "-U", "postgres", "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8")
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={place}"
        run("pg_ctl", "-D", str(data), "-l", str(Path(place) / "log"), "-w", "-o", options, "start")
        try:
            base = ("psql", "-h", "127.0.0.1", "-p", str(port), "-U", "postgres", "-v", "ON_ERROR_STOP=1")
            run(*base, "-c", "CREATE ROLE serment LOGIN CREATEDB")
            run(*base, "-c", "CREATE DATABASE serment OWNER serment")
            run(*base, "-d", "serment", "-c", "CREATE EXTENSION btree_gist")
            # New databases (the tests') are copied from this one, extension included.
            run(*base, "-d", "template1", "-c", "CREATE EXTENSION btree_gist")
            yield f"postgresql://serment@127.0.0.1:{port}/serment"
        finally:
            run("pg_ctl", "-D", str(data), "-m", "immediate", "stop")
