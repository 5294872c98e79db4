"""Providers, one clause at a time (section 6, article 28 RGPD)."""

from __future__ import annotations

from collections.abc import Callable

from django.utils import timezone

from serment.conformity.checks import Verdict, control
from serment.practice.models import Practice
from serment.privacy import contract, processors, rights
from serment.privacy.forms import CLAUSES
from serment.privacy.models import Processor
from serment.vault.tenancy import current_practice

PAGE = "privacy:processors"
NONE = "Aucun sous-traitant de cette nature au registre."


def _in_force() -> list[Processor]:
    """Providers who hold or see data, whose contract runs."""
    return list(Processor.objects.filter(sees_data=True, ended_on=None))


def _verdict(rows: list[Processor], holds: Callable[[Processor], bool], said: str) -> Verdict:
    """None where there is nobody; else whether each one holds, with the names of those who do not."""
    if not rows:
        return Verdict(None, NONE, PAGE)
    bad = [row.name for row in rows if not holds(row)]
    count = f"{said}\u00a0: {len(rows) - len(bad)} sur {len(rows)}"
    return Verdict(not bad, f"{count}, manque {', '.join(bad)}." if bad else f"{count}.", PAGE)


@control("contracts")
def contracts() -> Verdict:
    return _verdict(_in_force(), lambda row: row.contract_on is not None, "Contrats signés")


def _clause(code: str) -> None:
    @control(f"clause_{code}")
    def found() -> Verdict:
        return _verdict(_in_force(), lambda row: code in row.clauses, f"Clause «\u00a0{CLAUSES[code]}\u00a0»")


for _code in CLAUSES:
    _clause(_code)


@control("stores")
def stores() -> Verdict:
    """Remote backups and telephone services: a contract, and a certificate where they host health data."""
    kinds = (Processor.Kind.BACKUP, Processor.Kind.PHONE, Processor.Kind.HOSTING)
    rows = [row for row in _in_force() if row.kind in kinds]
    return _verdict(rows, lambda row: not processors.lacks(row), "Stockage et permanence en règle")


@control("booking")
def booking() -> Verdict:
    rows = [row for row in _in_force() if row.kind == Processor.Kind.BOOKING]
    return _verdict(rows, lambda row: bool(row.responsibilities.strip()), "Responsabilités réparties")


@control("mail_host")
def mail_host() -> Verdict:
    rows = [row for row in _in_force() if row.kind == Processor.Kind.MAIL]
    return _verdict(
        rows,
        lambda row: row.country.strip().lower() in processors.EEA,
        "Messagerie dans l’Espace économique européen",
    )


@control("returned")
def returned() -> Verdict:
    """Contracts that ended gave the data back; those that run say that they will."""
    rows = list(Processor.objects.filter(sees_data=True))
    return _verdict(
        rows,
        lambda row: row.returned_on is not None if row.ended_on else "return" in row.clauses,
        "Restitution ou destruction prévue ou faite",
    )


@control("audits")
def audits() -> Verdict:
    since = rights.add_months(timezone.localdate(), -12)
    return _verdict(
        _in_force(),
        lambda row: row.audited_on is not None and row.audited_on >= since,
        "Garanties vérifiées dans l’année",
    )


@control("contract_model")
def contract_model() -> Verdict:
    """The model that Serment ships holds the seven clauses, whoever the provider."""
    made = contract.sections(Practice.objects.get(pk=current_practice()), Processor(name="x", service="y"))
    said = " ".join(line for _, lines in made for line in lines)
    lacking = [code for code in CLAUSES if contract.TEXTS.get(code, "\0") not in said]
    count = len(CLAUSES) - len(lacking)
    text = (
        f"Modèle {contract.VERSION}\u00a0: {count} clauses sur {len(CLAUSES)}, édité pour chaque prestataire."
    )
    return Verdict(not lacking, text, PAGE)
