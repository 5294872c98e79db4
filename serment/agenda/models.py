"""Appointments and what frames them: types, working hours, absences.

Times and states are readable without a key, names and notes are not (docs/keys.md). Nothing here says why a patient
comes: types are neutral, the note is administrative (R6.4).
"""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q

from serment.agenda.payloads import AppointmentDetails
from serment.patients.models import Patient
from serment.practice.models import Practitioner
from serment.vault.domains import Domain
from serment.vault.fields import SealedField
from serment.vault.inventory import NO_PERSONAL_DATA, Basis, Category, Inventory, Purpose
from serment.vault.tenancy import TenantModel

MINUTES = (MinValueValidator(5), MaxValueValidator(720))
_SCHEDULE = Inventory(
    purpose=Purpose.APPOINTMENTS,
    basis=Basis.LEGITIMATE_INTEREST,
    fields={"practitioner_id": (Category.STAFF,)},
    recipients=("team",),
    retention="staff",
    export="horaires et absences du praticien",
    destruction="with the practitioner",
    subject="practitioner",
    clear={
        "practitioner_id": "opening hours are public; an absence carries a coarse reason, never an illness"
    },
)


class AppointmentType(TenantModel):
    """A neutral kind of appointment: its usual length and colour. ``overlaps_allowed``: may be given over another."""

    inventory = NO_PERSONAL_DATA

    label = models.CharField("nom", max_length=60)
    minutes = models.PositiveSmallIntegerField("durée (minutes)", default=15, validators=MINUTES)
    colour = models.CharField(
        "couleur",
        max_length=7,
        default="#2f6f8f",
        validators=[RegexValidator(r"^#[0-9a-fA-F]{6}$", "Choisissez une couleur.")],
    )
    practitioner = models.ForeignKey(
        Practitioner,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name="praticien",
    )
    overlaps_allowed = models.BooleanField("peut se superposer à un autre rendez-vous", default=False)
    active = models.BooleanField("proposé", default=True)

    class Meta:
        base_manager_name = "unscoped"


class WorkingHours(TenantModel):
    """One interval of a weekday in which a practitioner receives. ``weekday``: 1 is Monday, 7 is Sunday."""

    inventory = _SCHEDULE

    practitioner = models.ForeignKey(Practitioner, on_delete=models.CASCADE, related_name="working_hours")
    weekday = models.PositiveSmallIntegerField(
        "jour", validators=[MinValueValidator(1), MaxValueValidator(7)]
    )
    start = models.TimeField("de")
    end = models.TimeField("à")
    valid_from = models.DateField("à partir du", null=True, blank=True)
    valid_to = models.DateField("jusqu’au", null=True, blank=True)

    class Meta:
        base_manager_name = "unscoped"
        indexes = [models.Index(fields=["practice_id", "practitioner"], name="hours_by_practitioner")]
        constraints = [models.CheckConstraint(condition=Q(end__gt=F("start")), name="hours_end_after_start")]


class Absence(TenantModel):
    """A practitioner does not receive from ``start`` to ``end``. The reason is a coarse code."""

    class Reason(models.TextChoices):
        HOLIDAY = "holiday", "congés"
        TRAINING = "training", "formation"
        VISITS = "visits", "visites à domicile"
        MEETING = "meeting", "réunion"
        AWAY = "away", "indisponible"

    inventory = _SCHEDULE

    practitioner = models.ForeignKey(Practitioner, on_delete=models.CASCADE, related_name="absences")
    start = models.DateTimeField("du")
    end = models.DateTimeField("au")
    reason = models.CharField("motif", max_length=10, choices=Reason.choices, default=Reason.AWAY)

    class Meta:
        base_manager_name = "unscoped"
        indexes = [models.Index(fields=["practice_id", "practitioner", "end"], name="absence_by_end")]
        constraints = [
            models.CheckConstraint(condition=Q(end__gt=F("start")), name="absence_end_after_start")
        ]


class Appointment(TenantModel):
    """A patient (or someone not yet registered: name and phone sealed to the practice) expected at a time.

    Two that hold their slot never overlap for one practitioner: the database refuses (`serment.agenda.overlap`).
    ``version`` goes up with each change; ``changed_seq`` is the number of the journal event that told of the last
    one, which orders the changes of a practice: the change feed reads from it.
    """

    class State(models.TextChoices):
        BOOKED = "booked", "prévu"
        ARRIVED = "arrived", "arrivé"
        IN_CONSULTATION = "in_consultation", "en consultation"
        DONE = "done", "terminé"
        MISSED = "missed", "absent"
        CANCELLED = "cancelled", "annulé"

    class CancelReason(models.TextChoices):
        PATIENT = "patient", "à la demande du patient"
        PRACTITIONER = "practitioner", "à la demande du praticien"
        POSTPONED = "postponed", "reporté"
        MISTAKE = "mistake", "erreur de saisie"
        OTHER = "other", "autre raison"

    FREE = (State.CANCELLED, State.MISSED)
    """States that hold no slot."""

    inventory = Inventory(
        purpose=Purpose.APPOINTMENTS,
        basis=Basis.LEGITIMATE_INTEREST,
        fields={"patient_id": (Category.IDENTITY,), "details": (Category.IDENTITY,)},
        recipients=("practitioners", "secretary"),
        retention="medical_record",
        export="rendez-vous : date, heure, praticien, type, état",
        destruction="rows with the patient; the sealed details end with the keys",
        clear={"patient_id": "opaque id, joins the appointment to a patient whose name is sealed"},
    )
    subject_attribute = "subject_id"

    practitioner = models.ForeignKey(Practitioner, on_delete=models.PROTECT, related_name="appointments")
    patient = models.ForeignKey(
        Patient, null=True, blank=True, on_delete=models.CASCADE, related_name="appointments"
    )
    type = models.ForeignKey(AppointmentType, on_delete=models.PROTECT, related_name="+")
    start = models.DateTimeField()
    end = models.DateTimeField()
    state = models.CharField(max_length=16, choices=State.choices, default=State.BOOKED)
    cancel_reason = models.CharField(max_length=12, choices=CancelReason.choices, blank=True)
    exclusive = models.BooleanField(default=True, help_text="false for a type that may overlap others")
    home_visit = models.BooleanField("à domicile", default=False)
    details = SealedField(domain=Domain.ADMIN, schema=AppointmentDetails, null=True)
    arrived_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    changed_seq = models.BigIntegerField(default=0)
    created_by = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        base_manager_name = "unscoped"
        indexes = [
            models.Index(fields=["practice_id", "start"], name="appointment_by_start"),
            models.Index(fields=["practice_id", "practitioner", "start"], name="appointment_by_practitioner"),
            models.Index(fields=["practice_id", "patient", "start"], name="appointment_by_patient"),
            models.Index(fields=["practice_id", "changed_seq"], name="appointment_by_change"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(end__gt=F("start")), name="appointment_end_after_start")
        ]

    @property
    def subject_id(self) -> int:
        """Whose key seals the details: the patient's, or the practice's for someone not registered."""
        return self.patient_id or self.practice_id

    @property
    def minutes(self) -> int:
        return int((self.end - self.start).total_seconds() // 60)
