"""The machine: backups, journal, transport, cryptography (section 10)."""

from __future__ import annotations

import re
import ssl

from django.conf import settings
from django.utils import timezone

from serment.config.security import CONTENT_SECURITY_POLICY
from serment.conformity.checks import Verdict, addresses, control
from serment.connectors.mail import secure
from serment.journal import services as journal
from serment.journal.models import Event
from serment.operations import installation
from serment.operations.models import Equipment, Intervention
from serment.vault.tenancy import current_practice

PROVE_UP_TO = 30_000
ALLOWED_CONVERTERS = {"IdConverter", "MarkConverter", "SlugConverter", "IntConverter"}
"""Opaque ids, opaque marks of a word (`vault.marks`), fixed words, and the number of a page."""


def _finding(code: str) -> Verdict:
    found = {finding.code: finding for finding in installation.findings()}[code]
    return Verdict(found.state is True, found.text, "operations:home")


@control("backup")
def backup() -> Verdict:
    return _finding("backup")


@control("rehearsal")
def rehearsal() -> Verdict:
    return _finding("rehearsal")


@control("tls")
def tls() -> Verdict:
    return _finding("tls")


@control("key_files")
def key_files() -> Verdict:
    return _finding("rights")


@control("availability")
def availability() -> Verdict:
    space, clock = _finding("space"), _finding("clock")
    return Verdict(
        bool(space.ok and clock.ok), f"{space.text} Écritures confirmées sur disque avant réponse."
    )


@control("journal")
def chain() -> Verdict:
    """Prove the chain now when it is short; else the last proof must be of this month."""
    if Event.objects.count() <= PROVE_UP_TO:
        verdict = journal.verify(current_practice())
        return Verdict(verdict.sound, f"{verdict.events} événements, {verdict.reason}.", "journal:list")
    last = Event.objects.filter(action="journal.verified").order_by("-seq").first()
    fresh = last is not None and last.details.get("sound") and (timezone.now() - last.at).days <= 31
    when = f"{last.at:%d/%m/%Y}" if last else "jamais"
    return Verdict(bool(fresh), f"Chaîne prouvée le {when}.", "journal:list")


@control("maintenance")
def maintenance() -> Verdict:
    late = Intervention.objects.filter(closed_at=None, ends_at__lt=timezone.now()).count()
    total = Intervention.objects.count()
    return Verdict(late == 0, f"{total} interventions à la main courante, {late} à clore.", "operations:home")


@control("no_third_party")
def no_third_party() -> Verdict:
    outside = re.findall(r"https?:|\*", CONTENT_SECURITY_POLICY)
    return Verdict(
        not outside, "Les pages n’appellent que cette machine ; aucune finalité commerciale n’existe."
    )


@control("cookies")
def cookies() -> Verdict:
    good = settings.SESSION_COOKIE_HTTPONLY and settings.SESSION_COOKIE_SAMESITE == "Strict"
    return Verdict(
        good, "Trois cookies, tous nécessaires (session, formulaire, message) : aucun bandeau n’est dû."
    )


@control("urls")
def urls() -> Verdict:
    """Every address holds opaque ids and fixed words only."""
    odd = [
        name
        for name, page in addresses()
        if any(type(c).__name__ not in ALLOWED_CONVERTERS for c in page.pattern.converters.values())
    ]
    return Verdict(not odd, f"Adresses sans nom, numéro ni secret ; {len(odd)} exceptions.")


@control("titles")
def titles() -> Verdict:
    """No page title takes its text from a patient."""
    from pathlib import Path

    import serment

    root = Path(serment.__file__).parent
    named = [
        path.name
        for path in root.glob("*/templates/**/*.html")
        if re.search(r"block title %}[^{]*{{ *(card|hit|patient|who)\.", path.read_text())
    ]
    return Verdict(not named, f"Aucun nom de patient dans les titres de fenêtre ({len(named)} écarts).")


@control("crypto")
def crypto() -> Verdict:
    argon = settings.ARGON2
    good = argon["memory_cost"] >= 19 * 1024 and argon["iterations"] >= 2
    text = f"AES-256-GCM, HPKE, Ed25519, SHA-256 ; Argon2id {argon['memory_cost'] // 1024} Mio × {argon['iterations']}."
    return Verdict(good, text)


@control("equipment")
def equipment() -> Verdict:
    """Every machine on the register is encrypted, locked, and wiped before it goes."""
    rows = list(Equipment.objects.all())
    if not rows:
        return Verdict(False, "Le registre du matériel est vide.", "operations:home")
    lacking = [f"{row.label} ({', '.join(row.lacks())})" for row in rows if row.lacks()]
    text = f"{len(rows)} matériels" + (
        f", à régler\u00a0: {' ; '.join(lacking)}." if lacking else ", en règle."
    )
    return Verdict(not lacking, text, "operations:home")


@control("backup_disk")
def backup_disk() -> Verdict:
    return _finding("backup_disk")


@control("article_32")
def article_32() -> Verdict:
    """The four points of article 32.1: encryption, integrity, being able to restore, testing all of it regularly."""
    points = {
        "chiffrement": _finding("rights"),
        "intégrité": chain(),
        "restauration": _finding("backup"),
        "essai": _finding("rehearsal"),
    }
    weak = [name for name, verdict in points.items() if not verdict.ok]
    text = "Chiffrement, intégrité, restauration et essai régulier (article 32.1)"
    return Verdict(
        not weak, f"{text}{', à revoir : ' + ', '.join(weak) if weak else ' en place'}.", "operations:home"
    )


@control("mail_tls")
def mail_tls() -> Verdict:
    """What leaves by mail (the funds' transport) asks for TLS 1.2 at least and checks who answers; never in clear."""
    made = secure.context()
    checked = made.verify_mode == ssl.CERT_REQUIRED and made.check_hostname
    recent = made.minimum_version >= ssl.TLSVersion.TLSv1_2
    text = "Envoi des lots par messagerie\u00a0: TLS 1.2 au moins, certificat et nom du serveur vérifiés."
    return Verdict(checked and recent, f"{text} Aucun autre courriel n’est envoyé.", "transmission:settings")
