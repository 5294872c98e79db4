"""Real mail servers on the loopback, under TLS, for the transport's tests: aiosmtpd sends, Debian's Dovecot keeps."""

from __future__ import annotations

import getpass
import grp
import os
import shutil
import signal
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from serment.connectors.mail.port import Server

USER, PASSWORD = "cabinet@example.fr", "mot-de-passe-fictif"
NOBODY = 65_534
"""Who keeps the mail when the tests run as root: Dovecot refuses to be root."""
DOVECOT = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


def certificate(folder: Path, name: str = "localhost") -> tuple[Path, Path]:
    """(certificate, key) as PEM files, self-signed for the loopback; those of the folder where they are."""
    cert_path, key_path = folder / f"{name}.pem", folder / f"{name}.key"
    if cert_path.exists():
        return cert_path, key_path
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName(name), x509.IPAddress(ip_address("127.0.0.1"))]), False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    cert_path.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    key_path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.TraditionalOpenSSL,
            serialization.NoEncryption(),
        )
    )
    return cert_path, key_path


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@dataclass
class Outside:
    """What a test's SMTP server received, and how it answers: ``says`` is sent instead of « 250 » when set."""

    server: Server
    received: list[bytes] = field(default_factory=list)
    says: str = ""

    async def handle_DATA(self, server, session, envelope) -> str:
        if self.says:
            return self.says
        self.received.append(envelope.content)
        return "250 OK"


@contextmanager
def smtp(folder: Path, security: str = "tls") -> Iterator[Outside]:
    from aiosmtpd.controller import Controller
    from aiosmtpd.smtp import AuthResult

    cert, key = certificate(folder)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(cert, key)
    place = Server("127.0.0.1", free_port(), security, USER, PASSWORD, str(cert), timeout=30)  # type: ignore[arg-type]
    outside = Outside(place)

    def authenticate(server, session, envelope, mechanism, given) -> AuthResult:
        good = given.login == USER.encode() and given.password == PASSWORD.encode()
        return AuthResult(success=good, handled=False)

    class Quiet(Controller):
        def _trigger_server(self) -> None:
            """The usual probe speaks before TLS is asked: ours is a TCP connection."""
            socket.create_connection((self.hostname, self.port), timeout=2).close()

    given = {"ssl_context": context} if security == "tls" else {"tls_context": context}
    controller = Quiet(
        outside,
        hostname="127.0.0.1",
        port=place.port,
        authenticator=authenticate,
        auth_required=True,
        auth_require_tls=security == "starttls",
        require_starttls=security == "starttls",
        **given,
    )
    controller.start()
    try:
        yield outside
    finally:
        controller.stop()


_CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = required
ssl_cert = <{cert}
ssl_key = <{key}
mail_location = maildir:{folder}/mail
first_valid_uid = 0
first_valid_gid = 0
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {login}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/home
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    port = {port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


@dataclass
class Mailbox:
    """A Dovecot of the test's own. ``deliver`` puts a message in, as a mail server would."""

    server: Server
    folder: Path

    def deliver(self, raw: bytes) -> None:
        """Written aside and moved in at once: the server never meets a message that it may not read."""
        name, box = f"{time.time_ns()}.test", self.folder / "mail"
        (box / "tmp" / name).write_bytes(raw)
        _given_to_its_reader(box / "tmp" / name)
        (box / "tmp" / name).rename(box / "new" / name)


def _given_to_its_reader(path: Path) -> None:
    if os.geteuid() == 0:
        os.chown(path, NOBODY, NOBODY)


def require_dovecot() -> None:
    if DOVECOT is None:
        said = "Dovecot is not here: apt-get install dovecot-imapd"
        if os.environ.get("SERMENT_CI"):
            pytest.fail(said)
        pytest.skip(said)


@contextmanager
def imap(folder: Path, certificates: Path | None = None) -> Iterator[Mailbox]:
    """``certificates``: where the server's is, or is made; its own folder otherwise."""
    require_dovecot()
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("run", "state", "home", "mail", "mail/new", "mail/cur", "mail/tmp"):
        (folder / name).mkdir(exist_ok=True)
        if name.startswith(("home", "mail")):
            _given_to_its_reader(folder / name)
    cert, key = certificate(certificates or folder)
    port, root = free_port(), os.geteuid() == 0
    me = getpass.getuser()
    (folder / "dovecot.conf").write_text(
        _CONFIG.format(
            folder=folder,
            cert=cert,
            key=key,
            port=port,
            password=PASSWORD,
            uid=NOBODY if root else os.geteuid(),
            gid=NOBODY if root else os.getegid(),
            user="dovecot" if root else me,
            group="dovecot" if root else grp.getgrgid(os.getegid()).gr_name,
            login="dovenull" if root else me,
        )
    )
    if root:  # its helpers run as other users, and must reach what is theirs
        for parent in (folder, *folder.parents):
            with suppress(PermissionError):
                if str(parent).startswith("/tmp/"):
                    parent.chmod(parent.stat().st_mode | 0o011)
    process = subprocess.Popen(
        [str(DOVECOT), "-F", "-c", str(folder / "dovecot.conf")],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait(port, process, folder / "log")
        yield Mailbox(Server("127.0.0.1", port, "tls", USER, PASSWORD, str(cert), timeout=30), folder)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=20)


def _wait(port: int, process: subprocess.Popen, log: Path) -> None:
    for _ in range(200):
        if process.poll() is not None:
            break
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise RuntimeError(f"Dovecot did not start: {log.read_text() if log.exists() else ''}")


__all__ = ["PASSWORD", "USER", "certificate", "free_port", "imap", "smtp"]
