"""People who sign in, their second factors, their sessions. Names of staff stay readable (docs/keys.md says why)."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.utils import timezone
from django.utils.functional import cached_property

from serment.access.profiles import PROFILES, permissions_of
from serment.practice.models import Practice, Practitioner
from serment.practice.professions import PROFESSIONS
from serment.vault.inventory import NO_PERSONAL_DATA, Basis, Category, Inventory, Purpose
from serment.vault.models import KeyHolder
from serment.vault.tenancy import TenantModel

_STAFF = Inventory(
    purpose=Purpose.ACCESS,
    basis=Basis.LEGAL_OBLIGATION,
    fields={"login": (Category.STAFF,), "given_name": (Category.STAFF,), "family_name": (Category.STAFF,)},
    recipients=("owner",),
    retention="staff",
    export="fiche du membre de l’équipe",
    destruction="with the account, after the journal's own term",
    subject="person",
    clear={"login": "needed before any key is opened", "family_name": "shown beside the journal's events"},
)


class Person(TenantModel):
    """A named account (P-AUTH-1). The password is nowhere: only what it unwraps, under Argon2id, in the vault."""

    inventory = _STAFF
    row_policy = False  # found by login before the practice is known

    login = models.CharField("identifiant", max_length=60, unique=True)
    given_name = models.CharField("prénom", max_length=80)
    family_name = models.CharField("nom", max_length=80)
    profile = models.CharField(
        "profil", max_length=16, choices=[(p.code, p.label) for p in PROFILES.values()]
    )
    is_owner = models.BooleanField("responsable du cabinet", default=False)
    practitioner = models.ForeignKey(
        Practitioner, null=True, blank=True, on_delete=models.PROTECT, related_name="people"
    )
    replaces = models.ForeignKey(
        Practitioner,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name="remplace",
        help_text="for a substitute: of the same circle",
    )
    holder = models.ForeignKey(KeyHolder, on_delete=models.PROTECT, related_name="+")
    must_change_password = models.BooleanField(default=True)
    password_until = models.DateTimeField(
        null=True, blank=True, help_text="a given password serves until then; null once it was changed"
    )
    starts_on = models.DateField("à partir du", null=True, blank=True)
    ends_on = models.DateField("jusqu’au", null=True, blank=True)
    suspended_at = models.DateTimeField(null=True, blank=True)
    sealed_totp = models.BinaryField(null=True, blank=True)
    totp_step = models.BigIntegerField(default=0)
    notice_read_at = models.DateTimeField(null=True, blank=True)
    last_sign_in_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        base_manager_name = "unscoped"

    @property
    def display_name(self) -> str:
        return (
            self.practitioner.display_name if self.practitioner else f"{self.given_name} {self.family_name}"
        )

    @property
    def profile_label(self) -> str:
        return PROFILES[self.profile].label

    @property
    def role_label(self) -> str:
        """What the person is here: the word of their profession for a practitioner, their profile for the others."""
        if self.practitioner is None:
            return self.profile_label
        word = PROFESSIONS[self.practitioner.profession].label
        return f"{word}, {self.profile_label.lower()}" if self.profile == "substitute" else word

    @property
    def standing_for(self) -> Practitioner | None:
        """Whom a substitute replaces today; None out of their dates, and for anyone else."""
        return self.replaces if self.replaces_id and self.in_force() else None

    @property
    def standing_for_words(self) -> str:
        """« le Dr Camille Aubry », « Léa Guillou »; empty for nobody."""
        who = self.standing_for
        if who is None:
            return ""
        return f"le {who.display_name}" if who.display_name.startswith("Dr ") else str(who.display_name)

    @cached_property
    def practice(self) -> Practice:
        return Practice.objects.get(pk=self.practice_id)

    @cached_property
    def permissions(self) -> frozenset[str]:
        return permissions_of(
            self.profile,
            owner=self.is_owner,
            secretary_billing=self.practice.secretary_billing,
            secretary_cash=self.practice.secretary_cash,
        )

    def can(self, permission: str) -> bool:
        """Whether the permission table gives ``permission`` to this person."""
        return permission in self.permissions

    @property
    def password_stale(self) -> bool:
        """A given password that nobody took in time: it opens nothing any more (E-AUTH-3)."""
        return bool(
            self.must_change_password and self.password_until and self.password_until < timezone.now()
        )

    def in_force(self, on: date | None = None) -> bool:
        """Not suspended, and within the dates of the account (P-HAB-2)."""
        day = on or timezone.localdate()
        return (
            self.suspended_at is None
            and (self.starts_on is None or self.starts_on <= day)
            and (self.ends_on is None or day <= self.ends_on)
        )


class Passkey(TenantModel):
    """A WebAuthn credential. ``opens_keys``: its PRF extension wraps the holder key, so it can unlock alone."""

    inventory = NO_PERSONAL_DATA
    row_policy = False

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="passkeys")
    credential_id = models.BinaryField()
    credential_data = models.BinaryField(help_text="public key, as WebAuthn's attested credential data")
    sign_count = models.BigIntegerField(default=0)
    label = models.CharField(max_length=60)
    opens_keys = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    used_at = models.DateTimeField(null=True)

    class Meta:
        base_manager_name = "unscoped"


class RecoveryCode(TenantModel):
    """A one-time code that replaces the second factor. 80 random bits, kept as a SHA-256."""

    inventory = NO_PERSONAL_DATA
    row_policy = False

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="recovery_codes")
    digest = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True)

    class Meta:
        base_manager_name = "unscoped"


class Session(TenantModel):
    """A signed-in browser. Its opened keys are sealed under a key that only the cookie holds."""

    inventory = Inventory(
        purpose=Purpose.ACCESS,
        basis=Basis.LEGAL_OBLIGATION,
        fields={"device": (Category.STAFF,)},
        recipients=("self",),
        retention="sessions",
        export="date, device",
        destruction="rows",
        subject="person",
        clear={"device": "« Firefox sur Windows »: to recognise one's own sessions"},
    )
    row_policy = False

    class Level(models.IntegerChoices):
        PASSWORD = 1, "mot de passe"
        SECOND_FACTOR = 2, "deux facteurs"

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="sessions")
    token_hash = models.CharField(max_length=64)
    sealed_keys = models.BinaryField(null=True)
    level = models.PositiveSmallIntegerField(choices=Level.choices, default=Level.PASSWORD)
    created_at = models.DateTimeField(default=timezone.now)
    last_seen_at = models.DateTimeField(default=timezone.now)
    locked_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    device = models.CharField(max_length=60, blank=True)
    challenge = models.JSONField(default=dict, help_text="state of a WebAuthn exchange under way")

    class Meta:
        base_manager_name = "unscoped"
        indexes = [models.Index(fields=["practice_id", "person", "ended_at"], name="session_by_person")]


class RightsReview(TenantModel):
    """A review of rights, under way until nobody is left to decide upon: who decided, what for whom (E-HAB-3)."""

    inventory = Inventory(
        purpose=Purpose.ACCESS,
        basis=Basis.LEGAL_OBLIGATION,
        fields={"decisions": (Category.STAFF,)},
        recipients=("owner",),
        retention="evidence",
        export="date, décisions",
        destruction="with the practice",
        subject="person",
        clear={"decisions": "ids and profiles of the team, kept or withdrawn"},
    )

    at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True)
    author_id = models.BigIntegerField()
    decisions = models.JSONField()

    class Meta:
        base_manager_name = "unscoped"


class Throttle(models.Model):
    """Failures of one account or one address (E-AUTH-4). The key is a hash: no login and no address is kept."""

    inventory = NO_PERSONAL_DATA

    key = models.CharField(max_length=64, primary_key=True)
    failures = models.PositiveIntegerField(default=0)
    since = models.DateTimeField(default=timezone.now)
    blocked_until = models.DateTimeField(null=True)
