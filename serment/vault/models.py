"""Key custody at rest. Every secret column here is itself wrapped; nothing opens from these rows alone."""

from __future__ import annotations

from django.db import models

from serment.vault.domains import Domain
from serment.vault.inventory import NO_PERSONAL_DATA
from serment.vault.tenancy import TenantManager, TenantModel


class KeyHolder(TenantModel):
    """Whoever can be given domain keys: a person, the recovery code in the safe, or the practice's agent."""

    class Kind(models.TextChoices):
        PERSON = "person", "personne"
        RECOVERY = "recovery", "code de secours"
        AGENT = "agent", "agent du cabinet"

    inventory = NO_PERSONAL_DATA
    row_policy = False  # read while signing in, before the practice is known

    kind = models.CharField(max_length=10, choices=Kind.choices)
    public_key = models.BinaryField()
    signing_public_key = models.BinaryField()
    sealed_secrets = models.BinaryField(help_text="private HPKE key and signing seed, under the holder key")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        base_manager_name = "unscoped"
        indexes = [models.Index(fields=["practice_id", "kind"], name="holder_kind")]


class Unlock(TenantModel):
    """One way for a holder to open their secrets: the holder key, wrapped under a password, a code or a passkey."""

    class Method(models.TextChoices):
        PASSWORD = "password", "mot de passe"
        PASSKEY = "passkey", "clé d’accès"
        CODE = "code", "code de secours"

    inventory = NO_PERSONAL_DATA
    row_policy = False

    holder = models.ForeignKey(KeyHolder, on_delete=models.CASCADE, related_name="unlocks")
    method = models.CharField(max_length=10, choices=Method.choices)
    reference = models.CharField(max_length=64, blank=True, help_text="credential fingerprint of a passkey")
    kdf = models.CharField(max_length=120, help_text="$argon2id$… for a password or code; hkdf for a passkey")
    sealed_holder_key = models.BinaryField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        base_manager_name = "unscoped"
        constraints = [
            models.UniqueConstraint(
                fields=["practice_id", "holder", "method", "reference"], name="unlock_once_per_method"
            )
        ]


class DomainKey(TenantModel):
    """One epoch of a domain's key. Its public half lets anyone put data in; its secret lives in grants only."""

    inventory = NO_PERSONAL_DATA
    row_policy = False

    domain = models.CharField(max_length=8, choices=[(d.value, d.value) for d in Domain])
    circle_id = models.BigIntegerField(default=0, help_text="0 for a domain of the whole practice")
    epoch = models.PositiveIntegerField(default=1)
    public_key = models.BinaryField()
    sealed_private_key = models.BinaryField(help_text="HPKE private key under the domain secret")
    sealed_index_key = models.BinaryField(help_text="blind-index key, the same through the epochs")
    created_at = models.DateTimeField(auto_now_add=True)
    retired_at = models.DateTimeField(null=True, blank=True)
    turn_due_at = models.DateTimeField(
        null=True, blank=True, help_text="a holder left; the next session that holds it starts a new epoch"
    )

    class Meta:
        base_manager_name = "unscoped"
        constraints = [
            models.UniqueConstraint(
                fields=["practice_id", "domain", "circle_id", "epoch"], name="domain_key_once_per_epoch"
            )
        ]


class Grant(TenantModel):
    """A domain secret sealed to a holder. Giving a right is making this row; withdrawing it is deleting it."""

    inventory = NO_PERSONAL_DATA
    row_policy = False

    holder = models.ForeignKey(KeyHolder, on_delete=models.CASCADE, related_name="grants")
    domain_key = models.ForeignKey(DomainKey, on_delete=models.CASCADE, related_name="grants")
    sealed_secret = models.BinaryField()
    starts_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        base_manager_name = "unscoped"
        constraints = [
            models.UniqueConstraint(fields=["practice_id", "holder", "domain_key"], name="grant_once")
        ]


class SubjectKey(models.Model):
    """The key of one subject (a patient, or the practice itself) in one domain, wrapped for one circle.

    Deleting these rows ends the subject's data everywhere. ``to_public`` rows were made by someone without the domain
    secret (a secretary creating a patient) and are re-wrapped by the next session that holds it. The circles that a
    patient was registered with hold by right; ``shared`` is true for those invited since.
    """

    inventory = NO_PERSONAL_DATA

    pk = models.CompositePrimaryKey("practice_id", "subject_id", "domain", "circle_id")
    practice_id = models.BigIntegerField()
    subject_id = models.BigIntegerField()
    domain = models.CharField(max_length=8, choices=[(d.value, d.value) for d in Domain])
    circle_id = models.BigIntegerField(default=0)
    domain_key_id = models.BigIntegerField()
    to_public = models.BooleanField(default=False)
    shared = models.BooleanField(
        default=False, help_text="given by a circle that holds by right, which may take it back"
    )
    closed_to = models.TextField(
        blank=True,
        default="",
        help_text="holders it is not opened for, at the subject’s request (`vault.closed`)",
    )
    wrapped = models.BinaryField()

    objects = TenantManager()
    unscoped = models.Manager()

    class Meta:
        base_manager_name = "unscoped"
        indexes = [models.Index(fields=["practice_id", "domain_key_id"], name="subject_key_by_epoch")]


class IndexToken(models.Model):
    """Blind index: a keyed token says that a subject has a search term, without saying which (docs/keys.md)."""

    inventory = NO_PERSONAL_DATA

    pk = models.CompositePrimaryKey("practice_id", "token", "subject_id")
    practice_id = models.BigIntegerField()
    token = models.BigIntegerField()
    subject_id = models.BigIntegerField()

    objects = TenantManager()
    unscoped = models.Manager()

    class Meta:
        base_manager_name = "unscoped"
        indexes = [models.Index(fields=["practice_id", "subject_id", "token"], name="token_of_subject")]
