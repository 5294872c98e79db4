"""``serment recover LOGIN``: the code in the safe gives someone new keys, and is replaced by a new code."""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from pathlib import Path

from django.db import transaction

from serment.access import setup
from serment.access.models import Person
from serment.documents import recovery_sheet
from serment.journal import services as journal
from serment.vault import crypto
from serment.vault.tenancy import using_practice


def run(arguments: argparse.Namespace) -> int:
    """Ask for the recovery code; print a temporary password and the next recovery code, once."""
    if arguments.sheet and Path(arguments.sheet).exists():
        print(f"serment : {arguments.sheet} existe déjà ; choisissez un autre nom.", file=sys.stderr)
        return 1
    person = Person.unscoped.filter(login=arguments.login.strip().lower()).first()
    if person is None:
        print("serment : identifiant inconnu.", file=sys.stderr)
        return 1
    code = getpass.getpass("Code de secours du cabinet : ")
    with using_practice(person.practice_id), transaction.atomic():
        try:
            keyring = setup.open_recovery(person.practice_id, code)
        except crypto.CannotOpen:
            print(
                "serment : ce code n’ouvre pas ce cabinet. Vérifiez-le sur la feuille du coffre.",
                file=sys.stderr,
            )
            return 1
        password = setup.recover(keyring=keyring, person=person)
        fresh = setup.renew_recovery_code(keyring=keyring)
        journal.record("practice.recovered", object_id=person.pk)
    print(f"Mot de passe provisoire de {person.login} : {password}")
    print(
        "À changer dès la connexion. L’ancien code de secours ne sert plus. Nouveau code, à mettre au coffre :"
    )
    print(f"  {fresh}")
    if arguments.sheet:
        path = write_sheet(Path(arguments.sheet), person.practice.name, fresh)
        print(f"Feuille à imprimer puis effacer\u00a0: {path}")
    else:
        print("Avec --sheet FICHIER.pdf, la feuille s’imprime.")
    return 0


def write_sheet(path: Path, practice_name: str, code: str) -> Path:
    """The PDF of the code, readable by its owner alone; an existing file is refused. Raises FileExistsError."""
    content = recovery_sheet(practice_name=practice_name, code=code)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(content)
    return path
