"""What surrounds care in the demonstration: a letter, a document, results to match, equipment, an intervention."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from serment.access.models import Person
from serment.documents import file_pdf
from serment.documents.models import FileDocument
from serment.formats import dates
from serment.letters import services as letters
from serment.letters.payloads import Letter
from serment.operations.models import Equipment, Intervention
from serment.patients.selectors import open_identities
from serment.record import files
from serment.results import services as results
from serment.site.demo import stories
from serment.vault.keyring import Keyring

_LAB = (
    "MSH|^~\\&|SIL|LABORATOIRE DE LA HALLE (FICTIF)|||{stamp}||ORU^R01|{number}|P|2.5\r"
    "PID|1||{number}||{family}^{given}||{born}|{sex}\r"
    "OBR|1||DEMO{number}||||{day}\r"
    "OBX|1|NM|718-7^Hémoglobine^LN||11.2|g/dL|12-16|L\r"
    "OBX|2|NM|4548-4^Hémoglobine glyquée^LN||7.4|%|4-6|H\r"
    "OBX|3|NM|2160-0^Créatinine^LN||78|µmol/L|45-84|\r"
)


def _imaging() -> bytes:
    """A report as a PDF, as an imaging centre would send one."""
    day = timezone.localdate() - timedelta(days=40)
    return file_pdf(
        FileDocument(
            title="Échographie abdominale",
            subtitle="Compte rendu fictif",
            practice="Centre d’imagerie de la Halle (fictif)",
            on=day,
            date_text=dates.medium(day),
            parts=[
                ("Indication", [("Motif", "bilan d’une hypertension")]),
                (
                    "Résultat",
                    [
                        ("Foie", "taille normale, contours réguliers, échostructure homogène"),
                        ("Vésicule", "alithiasique, parois fines"),
                        ("Reins", "symétriques, sans dilatation des cavités"),
                        ("Aorte", "de calibre régulier"),
                    ],
                ),
                ("Conclusion", [("En résumé", "examen sans particularité")]),
            ],
            demo=True,
        )
    )


def fill(keyring: Keyring, doctor: Person, patients: list[int]) -> None:
    """Fictitious as all the rest."""
    if len(patients) < 4:
        return
    today = timezone.localdate()
    given = {"keyring": keyring, "author": doctor}
    tested = [patients[n] for n in (stories.DIABETIC, stories.THYROID_PATIENT) if n < len(patients)]
    letters.sign(
        **given,
        patient_id=patients[0],
        letter=Letter(
            kind="letter",
            title="Demande d’avis",
            recipient="Docteur Fictif, cardiologue",
            body="Cher confrère,\n\nMerci de votre avis sur cette hypertension.\n\nBien à vous.",
        ),
    )
    files.keep(
        **given,
        patient_id=patients[0],
        data=_imaging(),
        title="Échographie abdominale",
        kind="imaging",
        source="Centre d’imagerie de la Halle (fictif)",
        dated=today - timedelta(days=40),
    )
    for number, (_, who) in enumerate(open_identities(keyring, tested).items(), 1):
        message = _LAB.format(
            number=number,
            stamp=f"{today:%Y%m%d}0800",
            day=f"{today:%Y%m%d}",
            family=who.birth_family_name.upper(),
            given=who.first_given_name.upper(),
            born=f"{who.birth_date:%Y%m%d}",
            sex=who.sex,
        )
        results.receive(**given, raw=message.encode())
    for kind, label in (("workstation", "poste de l’accueil"), ("laptop", "portable des visites")):
        Equipment.objects.create(
            kind=kind, label=label, encrypted=True, screen_lock=True, leaves=kind == "laptop"
        )
    Intervention.objects.create(
        technician="Théo Cadiou",
        company="Maintenance fictive",
        equipment="serveur",
        goal="visite de démonstration",
        agreed_by=doctor.pk,
        ends_at=timezone.now() + timedelta(days=1),
    )
