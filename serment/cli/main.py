"""The ``serment`` command: what the practice's machine is asked to do, in French."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable

from serment.cli import lan


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="serment", description="Logiciel de cabinet médical et paramédical."
    )
    parser.add_argument("--version", action="version", version=_version())
    commands = parser.add_subparsers(dest="command", required=True, metavar="commande")

    init = commands.add_parser("init", help="créer le cabinet, ses clés et son premier praticien")
    init.add_argument("--sheet", help="fichier PDF où écrire la feuille de secours (à imprimer puis effacer)")
    init.add_argument(
        "--answers", help="fichier JSON de réponses, au lieu de questions (installation préparée)"
    )

    serve = commands.add_parser("serve", help="ouvrir le cabinet aux navigateurs")
    demo = commands.add_parser("demo", help="ouvrir un cabinet de démonstration (données fictives)")
    for command in (serve, demo):
        command.add_argument("--host", default=os.environ.get("HOST", "127.0.0.1"))
        command.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")))
        command.add_argument("--workers", type=int, default=2)

    demo.add_argument("--build", action="store_true", help="créer le cabinet de démonstration sans le servir")
    serve.add_argument("--lan", action="store_true", help="servir le réseau du cabinet, en TLS")
    serve.add_argument("--name", help="nom sous lequel les postes appellent cette machine")
    serve.add_argument("--cert", help="certificat du cabinet (sinon une autorité locale est créée)")
    serve.add_argument("--key", help="clé de ce certificat")
    commands.add_parser("upgrade", help="mettre la base à jour, après essai sur une copie")

    journal = commands.add_parser("journal", help="journal chaîné")
    journal.add_argument("action", choices=["verify"], help="verify : prouver la chaîne")

    catalogue = commands.add_parser(
        "catalogue", help="référentiels nationaux (médicaments, CCAM, diagnostics, communes)"
    )
    catalogue.add_argument("arguments", nargs=argparse.REMAINDER)

    prescribing = commands.add_parser("prescribing", help="vérifier une ordonnance décrite dans un fichier")
    prescribing.add_argument("action", choices=["check"])
    prescribing.add_argument("file", help="fichier JSON : lines, running, patient")

    billing = commands.add_parser(
        "billing", help="tarifer une séance, vérifier un fichier B2, lire un retour NOEMIE"
    )
    acts = billing.add_subparsers(dest="action", required=True)
    priced = acts.add_parser("quote", help="prix expliqué d’une séance décrite en JSON (docs/quote.md)")
    priced.add_argument("file", nargs="?")
    priced.add_argument("--schema", action="store_true", help="imprimer le schéma JSON de la séance")
    priced.add_argument(
        "--shipped", action="store_true", help="tarifs livrés seulement, sans ceux importés ici"
    )
    dated = acts.add_parser("tariffs", help="importer un fichier de tarifs (docs/tariffs.md)")
    dated.add_argument("verb", choices=["import"])
    dated.add_argument("file", help="fichier TOML ou JSON")
    dated.add_argument("--apply", action="store_true", help="écrire ; sans cela, montrer les différences")
    dated.add_argument("--json", action="store_true", help="différences pour une machine")
    for name, verb, text in (
        ("b2", "check", "premier défaut d’un fichier B2"),
        ("noemie", "read", "contenu d’un retour"),
    ):
        one = acts.add_parser(name, help=text)
        one.add_argument("verb", choices=[verb])
        one.add_argument("file")

    engine = commands.add_parser("engine", help="moteur des feuilles de soins : éprouver, simuler")
    gestures = engine.add_subparsers(dest="action", required=True)
    probe = gestures.add_parser("check", help="jouer la suite de conformité contre un moteur")
    probe.add_argument("address", help="http://127.0.0.1:PORT, unix:CHEMIN ou folder:CHEMIN")
    probe.add_argument("--token-file", help="fichier du secret que le moteur attend")
    fake = gestures.add_parser("simulate", help="servir le simulateur (cartes fictives, rien n’est signé)")
    fake.add_argument("--port", type=int, default=8765)
    fake.add_argument("--socket", help="chemin d’une socket, au lieu d’un port")
    fake.add_argument("--folder", help="dossier surveillé, au lieu d’un port")

    results = commands.add_parser(
        "results", help="résultats déposés dans un dossier : les sceller pour le cabinet"
    )
    results.add_argument(
        "action",
        choices=["take", "watch", "folders"],
        help="take : une fois ; watch : en continu ; folders : les dossiers à employer",
    )
    results.add_argument("--folder", help="dossier de dépôt (sinon RESULTS_DIR)")
    listing = gestures.add_parser("funds", help="garder la liste publique des organismes")
    listing.add_argument("file", help="CSV, séparé par « ; », colonnes ORG_NUM et ORG_CAI_NUM")

    recover = commands.add_parser("recover", help="rouvrir le cabinet avec le code de secours")
    recover.add_argument("login", help="identifiant de la personne à qui donner un nouveau mot de passe")
    recover.add_argument(
        "--sheet", metavar="FICHIER.pdf", help="écrire la feuille du nouveau code, à imprimer puis effacer"
    )

    backup = commands.add_parser("backup", help="sauvegarder, chiffré, et répéter la restauration")
    backup.add_argument("--no-rehearsal", action="store_true", help="ne pas répéter la restauration")

    restore = commands.add_parser("restore", help="restaurer une sauvegarde sur une machine neuve")
    restore.add_argument("data", help="fichier donnees-….serment")
    restore.add_argument("keyring", help="fichier cles-….serment")
    restore.add_argument("--keys-on-stdin", action="store_true", help=argparse.SUPPRESS)

    conformity = commands.add_parser("conformity", help="état de chaque exigence du référentiel")
    conformity.add_argument("--json", action="store_true", help="liste complète, pour une machine")

    commands.add_parser("provider-register", help="registre de l’hébergeur (article 30.2), en CSV")
    commands.add_parser(
        "upkeep",
        help="passage de nuit : archives et données au terme de leur durée",
    )
    commands.add_parser("send", help="envoyer les lots et relever les retours, par l’agent du cabinet")
    commands.add_parser("check", help="examiner l’installation")
    commands.add_parser("migrate", help="mettre la base de données à jour")
    return parser


def _version() -> str:
    from serment import __version__

    return f"serment {__version__}"


def _run(name: str) -> Callable[[argparse.Namespace], int]:
    from serment.cli import (
        backup,
        billing,
        catalogue,
        check,
        conformity,
        demo,
        engine,
        init,
        journal,
        prescribing,
        provider,
        recover,
        results,
        send,
        serve,
        upgrade,
        upkeep,
    )

    return {
        "init": init.run,
        "serve": serve.run,
        "demo": demo.run,
        "journal": journal.run,
        "catalogue": catalogue.run,
        "recover": recover.run,
        "results": results.run,
        "backup": backup.run,
        "restore": backup.put_back,
        "check": check.run,
        "conformity": conformity.run,
        "migrate": serve.migrate,
        "upgrade": upgrade.run,
        "upkeep": upkeep.run,
        "billing": billing.run,
        "engine": engine.run,
        "send": send.run,
        "prescribing": prescribing.run,
        "provider-register": provider.run,
    }[name]


def main(argv: list[str] | None = None) -> int:
    """Run one command; the exit code is 0, or 1 after a French sentence on stderr."""
    arguments = _parser().parse_args(argv)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "serment.config.settings")
    if arguments.command == "demo":
        os.environ.setdefault("DATA_DIR", "var/demo")
        os.environ["SERMENT_DEMO"] = "1"
    if getattr(arguments, "lan", False):
        lan.prepare(arguments)
    import django

    django.setup()
    from django.db import DatabaseError

    try:
        return _run(arguments.command)(arguments)
    except DatabaseError:
        print(
            "serment : la base de données n’est pas à jour ou ne répond pas. Lancez « serment "
            "migrate », puis recommencez.",
            file=sys.stderr,
        )
        return 1
    except KeyboardInterrupt:
        print("\nInterrompu.", file=sys.stderr)
        return 130
