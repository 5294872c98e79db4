"""A cabinet with something in every room: what the walk visits and the leak test looks for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from serment.agenda import services as agenda
from serment.agenda.models import Absence, AppointmentType
from serment.billing import bank, favourites, slips
from serment.billing import services as billing
from serment.billing.models import BankLine
from serment.billing.payloads import ActLine
from serment.catalogues.selectors import search_medicines
from serment.catalogues.services import load_starter
from serment.conformity import editions
from serment.operations.models import Equipment, Intervention
from serment.patients.payloads import Contact, Coverage, Identity
from serment.patients.services import create_patient
from serment.prescribing import services as prescribing
from serment.prescribing.models import Protocol
from serment.prescribing.payloads import Dosage, Line
from serment.privacy import breaches, declarations, emergency, requests
from serment.privacy.models import EmergencyAccess, Processor
from serment.record import consultation as consultations
from serment.record import services as record
from serment.record.kinds.allergy import Allergy
from serment.record.kinds.consultation import CodedProblem, Consultation
from serment.record.kinds.problem import Problem
from serment.results import services as results
from serment.results.models import Incoming
from serment.retention import holds
from serment.retention import services as retention
from serment.retention.clock import Due
from serment.retention.models import Comeback
from serment.transmission import joining
from serment.transmission.models import Lot, Return, ReturnLine, Sheet
from serment.vault.domains import Domain
from serment.vault.ids import new_id
from tests.cabinet import Cabinet
from tests.formats.test_bank import ofx

CARE_WORDS = {"zygomatique", "hypochondrie", "sulfamidine", "photophobie"}
"""Words of care that exist nowhere but in this patient's record."""
IDENTITY_WORDS = {"Quillivéré", "Théodorine", "+33611223344", "theodorine@example.fr", "kergoat"}
NIR = "284053523800115"
LAB = (
    b"MSH|^~\\&|SIL|LABO DU PORT|||202601051000||ORU^R01|1|P|2.5\r"
    b"PID|1||1||QUILLIVERE^THEODORINE||19840517|F\r"
    b"OBX|1|NM|2160-0^Zygomatique^LN||9.5|mg/L|4-9|H\r"
)


@dataclass
class World:
    cabinet: Cabinet
    ids: dict[str, Any]

    def sample(self, name: str) -> Any:
        return self.ids[name]


def build_world(cabinet: Cabinet) -> World:
    """One patient with a consultation, an allergy, an ordonnance, a claim and an appointment."""
    load_starter()
    doctor = cabinet.doctor
    with cabinet.at_work(doctor) as keyring:
        agenda.create_defaults(practitioner=doctor.practitioner)
        patient = create_patient(
            keyring=keyring,
            author=doctor,
            identity=Identity(
                birth_family_name="Quillivéré",
                first_given_name="Théodorine",
                sex="F",
                birth_date=date(1984, 5, 17),
                contact=Contact(
                    mobile="+33611223344",
                    email="theodorine@example.fr",
                    address="12 rue kergoat",
                    city="Rennes",
                ),
            ),
            coverage=Coverage(nir=NIR),
            circle_ids=[cabinet.circle.pk],
        )
        kind = AppointmentType.objects.first()
        start = timezone.now().replace(hour=9, minute=0, second=0, microsecond=0) + timedelta(days=1)
        appointment = agenda.book(
            keyring=keyring,
            author=doctor,
            practitioner=doctor.practitioner,
            type=kind,
            start=start,
            patient_id=patient.pk,
        )
        absence = Absence.objects.create(
            practitioner=doctor.practitioner, start=start + timedelta(days=9), end=start + timedelta(days=10)
        )
        consultation = consultations.sign(
            keyring=keyring,
            author=doctor,
            patient_id=patient.pk,
            consultation=Consultation(
                reason="photophobie",
                conclusion="suspicion de zygomatique",
                problems=[CodedProblem(code="G43", label="hypochondrie")],
            ),
            measures={"weight": 61.0, "height": 165.0},
        )
        record.add_entry(
            keyring=keyring,
            author=doctor,
            patient_id=patient.pk,
            kind="allergy",
            payload=Allergy(substance="sulfamidine"),
        )
        record.add_entry(
            keyring=keyring,
            author=doctor,
            patient_id=patient.pk,
            kind="problem",
            payload=Problem(label="hypochondrie"),
        )
        medicine = search_medicines("amoxicilline 500")[0]
        prescription = prescribing.issue(
            keyring=keyring,
            author=doctor,
            patient_id=patient.pk,
            lines=[Line(medicine=medicine.key, dci_label=medicine.dci_label, dosage=Dosage(unit="dose"))],
        )
        protocol = Protocol.objects.create(
            practice_id=doctor.practice_id,
            owner_id=doctor.pk,
            label="Repos",
            lines=[{"text": "Repos"}],
            shared=True,
        )
        claim = billing.establish_claim(
            keyring=keyring,
            author=doctor,
            practitioner=doctor.practitioner,
            patient_id=patient.pk,
            lines=[ActLine(code="G", label="Consultation", amount_cents=3000)],
            request_key="walk",
        )
        payment = billing.take_payment(
            author=doctor, claim_id=claim.pk, amount_cents=1000, mode="card", request_key="walk-pay"
        )
        cheque = billing.take_payment(
            author=doctor, claim_id=claim.pk, amount_cents=500, mode="cheque", request_key="walk-cheque"
        )
        slip = slips.make(author=doctor, practitioner=doctor.practitioner, payment_ids=[cheque.pk])
        bank.bring(
            keyring=keyring,
            author=doctor,
            raw=ofx(("20260105", "30.00", "W1", "QUILLIVERE THEODORINE")),
            practitioner=doctor.practitioner,
        )
        bank_line = BankLine.objects.get()
        act_set = favourites.save(
            author=doctor, practitioner=doctor.practitioner, name="Favori", acts=[{"code": "G"}]
        )
        sheet = Sheet.objects.create(claim=claim, due_on=timezone.localdate())
        transmission = _transmission(cabinet, keyring, sheet)
        run = _import_run(cabinet)
        privacy = _privacy(cabinet, keyring, patient.pk)
    ids = {
        "patient_id": patient.pk,
        "practitioner_id": cabinet.doctor.practitioner.pk,
        "entry_id": consultation.pk,
        "appointment_id": appointment.pk,
        "absence_id": absence.pk,
        "type_id": kind.pk,
        "claim_id": claim.pk,
        "sheet_id": sheet.pk,
        "payment_id": payment.pk,
        "slip_id": slip.pk,
        "line_id": bank_line.pk,
        "set_id": act_set.pk,
        "protocol_id": protocol.pk,
        "person_id": cabinet.colleague.pk,
        "passkey_id": new_id(),
        "run_id": run,
        "kind": "problem",
        "code": "phq9",
        "topic": "agenda",
        "purpose": "rendez_vous",
        "requirement": "P-LOC-1",
        **privacy,
        **transmission,
    }
    return World(cabinet, {**ids, "prescription": prescription.pk})


def _transmission(cabinet: Cabinet, keyring: Any, sheet: Sheet) -> dict[str, int]:
    """A lot, a return with a line that fits nothing, a scan joined."""
    lot = Lot.objects.create(number=1, message="walk", scheme="01", fund="351")
    back = Return.objects.create(digest="0" * 64, trouble="illisible")
    line = ReturnLine.objects.create(back=back, invoice="002600042", trouble="unknown")
    joined = joining.join(keyring=keyring, author=cabinet.doctor, sheet_id=sheet.pk, data=b"%PDF-1.7 fictif")
    return {"lot_id": lot.pk, "return_id": back.pk, "line_id": line.pk, "attachment_id": joined.pk}


def _privacy(cabinet: Cabinet, keyring: Any, patient_id: int) -> dict[str, int]:
    """A request, an opposition, a processor and a violation."""
    asked = requests.receive(
        keyring=keyring,
        author=cabinet.doctor,
        patient_id=patient_id,
        kind="rectification",
        received_on=timezone.localdate(),
        identity_check="known",
        asked="Adresse",
    )
    opposed = requests.oppose(
        keyring=keyring, author=cabinet.doctor, patient_id=patient_id, purpose="echanges"
    )
    form = dict.fromkeys(breaches.COLUMNS) | {"known_at": timezone.now(), "natures": [], "risk": ""}
    violation = breaches.save(keyring=keyring, author=cabinet.doctor, data=form)
    processor = Processor.objects.create(name="Maintenance du Ponant", service="maintenance")
    intervention = Intervention.objects.create(
        technician="Théo",
        equipment="poste",
        goal="écran",
        agreed_by=cabinet.doctor.pk,
        ends_at=timezone.now() + timedelta(hours=1),
    )
    equipment = Equipment.objects.create(kind="laptop", label="portable des visites")
    held = holds.place(
        author=cabinet.doctor, reason="litigation", patient=cabinet.patient(birth_family_name="Retenu")
    )
    results.receive(keyring=keyring, author=cabinet.doctor, raw=LAB)
    incoming = Incoming.objects.get()
    gone = cabinet.patient(birth_family_name="Archambault")
    archived = retention.archive(
        keyring=keyring, author=cabinet.doctor, due=Due(gone.pk, timezone.localdate() - timedelta(days=2000))
    )
    again = Comeback.objects.create(
        patient=cabinet.patient(birth_family_name="Archambault"),
        archived=archived,
        circle_id=cabinet.circle.pk,
    )
    return {
        "archive_id": archived.pk,
        "comeback_id": again.pk,
        "incoming_id": incoming.pk,
        "photo_id": new_id(),
        "word_id": new_id(),
        "model_id": new_id(),
        "number": 1,
        "edition_id": editions.keep(keyring=keyring, author=cabinet.doctor, lines=[]).pk,
        "access_id": _emergency(cabinet, keyring, patient_id),
        "equipment_id": equipment.pk,
        "hold_id": held.pk,
        "intervention_id": intervention.pk,
        "request_id": asked.pk,
        "restriction_id": opposed.pk,
        "breach_id": violation.pk,
        "processor_id": processor.pk,
    }


def _emergency(cabinet: Cabinet, keyring: Any, patient_id: int) -> int:
    """The practice has emergency access, and the outsider used it; a declaration was made too."""
    emergency.enable(keyring=keyring, author=cabinet.doctor)
    declarations.declare(
        keyring=keyring,
        author=cabinet.doctor,
        patient_id=patient_id,
        kind="drug",
        declared_on=timezone.localdate(),
        means="online",
        words="zygomatique",
    )
    row = EmergencyAccess(
        id=new_id(),
        practice_id=cabinet.practice.pk,
        patient_id=patient_id,
        person_id=cabinet.outsider.pk,
        reason="vital",
        until=timezone.now() + timedelta(hours=4),
        circles=[cabinet.circle.pk],
    )
    keyring.subject_keys([patient_id], Domain.CARE).seal(row, "words", {"text": "photophobie brutale"})
    row.save(force_insert=True)
    return row.pk


def _import_run(cabinet: Cabinet) -> int:
    """An import begun from a small file."""
    from serment.patients.imports.services import start_import

    text = "Nom de naissance;Prénom;Date de naissance\nLegrand;Paul;01/02/1970\n"
    with cabinet.at_work(cabinet.doctor) as keyring:
        run = start_import(
            keyring=keyring, author=cabinet.doctor, data=text.encode(), circle_id=cabinet.circle.pk
        )
    return run.pk
