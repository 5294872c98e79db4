"""Results on their way to a record: what waits for a person, what is filed and by whom it was seen."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from serment.patients.models import Patient
from serment.vault.inventory import Basis, Category, Inventory, Purpose
from serment.vault.tenancy import TenantModel


class Incoming(TenantModel):
    """One received report. While it waits it is sealed to the circle's public key; once filed, the record holds it.

    ``ARRIVED``: a whole file, sealed by whoever holds no key and not read yet. ``trouble``: why it did not read; the
    original is kept all the same. ``for_person_id``: who is to see it; None, any practitioner of the circle.
    """

    class State(models.TextChoices):
        ARRIVED = "arrived", "à ouvrir"
        WAITING = "waiting", "à rattacher"
        UNREADABLE = "unreadable", "illisible"
        FILED = "filed", "à voir"
        SEEN = "seen", "vu"
        REFUSED = "refused", "écarté"

    inventory = Inventory(
        purpose=Purpose.RECORD,
        basis=Basis.LEGAL_OBLIGATION,
        fields={"sealed": (Category.HEALTH, Category.IDENTITY), "patient": (Category.TRACE,)},
        recipients=("circle", "patient"),
        retention="medical_record",
        export="résultats, dans la copie du dossier",
        destruction="rows with the patient; what waits, when it is set aside",
        clear={
            "sealed": "HPKE ciphertext for the circle: nothing of it is readable",
            "patient": "opaque id, states and dates",
        },
    )

    patient = models.ForeignKey(Patient, null=True, on_delete=models.CASCADE, related_name="+")
    entry_id = models.BigIntegerField(null=True)
    original_id = models.BigIntegerField(
        null=True, help_text="the document of the record that keeps the original"
    )
    circle_id = models.BigIntegerField()
    state = models.CharField(max_length=10, choices=State.choices)
    domain_key_id = models.BigIntegerField(null=True)
    sealed = models.BinaryField(null=True)
    digest = models.CharField(max_length=64, help_text="keyed hash of the report: the same one twice is once")
    trouble = models.CharField(max_length=300, blank=True)
    critical = models.PositiveSmallIntegerField(default=0, help_text="values beyond the limits of alert")
    abnormal = models.PositiveSmallIntegerField(default=0)
    for_person_id = models.BigIntegerField(null=True, help_text="who is to see it")
    received_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(null=True)
    seen_by = models.BigIntegerField(null=True)

    class Meta:
        base_manager_name = "unscoped"
        indexes = [models.Index(fields=["practice_id", "state", "for_person_id"], name="incoming_by_state")]
        constraints = [models.UniqueConstraint(fields=["practice_id", "digest"], name="incoming_once")]
