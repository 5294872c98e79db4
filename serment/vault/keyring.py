"""The keys a session has opened, and what they can do.

A `Keyring` holds domain secrets; from it come `SubjectKeys`, the opened keys of some subjects in one domain, which
seal and open payloads. Both live in memory for one request. Holding no secret of a domain raises `NoKey`: that is
what keeps a secretary out of `care`, whatever a view allows.
"""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from serment.vault import closed, crypto
from serment.vault.domains import Domain
from serment.vault.fields import SealedField
from serment.vault.models import DomainKey, SubjectKey
from serment.vault.prepared import Prepared, Slot
from serment.vault.tenancy import current_practice


class NoKey(crypto.CannotOpen):
    """This session holds no key for what was asked: the domain, or the subject in it."""


@dataclass(frozen=True)
class DomainSecret:
    """One opened epoch of a domain key."""

    domain_key_id: int
    domain: Domain
    circle_id: int
    epoch: int
    secret: bytes
    index_key: bytes


def payload_aad(practice_id: int, table: str, row_id: int, field_name: str, subject_id: int) -> bytes:
    """What binds a sealed payload to its place: practice, subject, table, row and field."""
    return f"{practice_id}|{subject_id}|{table}|{row_id}|{field_name}".encode()


def wrap_aad(practice_id: int, subject_id: int, domain: str, circle_id: int) -> bytes:
    return f"{practice_id}|{subject_id}|{domain}|{circle_id}|subject-key".encode()


def _sealed_field(row: Any, name: str) -> SealedField:
    found = row._meta.get_field(name)
    if not isinstance(found, SealedField):
        raise TypeError(f"{row._meta.label}.{name} is not sealed")
    return found


def subject_of(row: Any) -> int:
    """The subject a row's payloads are sealed for: its patient, itself, or the practice (`subject_attribute`)."""
    return int(getattr(row, getattr(row, "subject_attribute", "patient_id")))


class SubjectKeys:
    """Opened keys of some subjects in one domain."""

    def __init__(self, practice_id: int, domain: Domain, keys: dict[int, bytes]) -> None:
        self.practice_id = practice_id
        self.domain = domain
        self._keys = keys

    def __contains__(self, subject_id: int) -> bool:
        return subject_id in self._keys

    def _key(self, subject_id: int) -> bytes:
        try:
            return self._keys[subject_id]
        except KeyError:
            raise NoKey(f"no {self.domain} key for this subject") from None

    def seal(self, row: Any, name: str, value: BaseModel | dict[str, Any]) -> None:
        """Set ``row.<name>`` to the sealed bytes of ``value``. The row must have its id and practice."""
        sealed_field = _sealed_field(row, name)
        self._check(sealed_field)
        if row.practice_id is None:
            row.practice_id = self.practice_id
        if isinstance(value, BaseModel):
            plain = value.model_dump_json(exclude_defaults=True).encode()
        else:
            plain = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
        subject_id = subject_of(row)
        aad = payload_aad(row.practice_id, row._meta.db_table, row.pk, name, subject_id)
        setattr(row, name, crypto.seal(self._key(subject_id), plain, aad))

    def open(self, row: Any, name: str) -> Any:
        """The payload of ``row.<name>``: the field's Pydantic model, or a dict. Raises CannotOpen or NoKey."""
        sealed_field = _sealed_field(row, name)
        self._check(sealed_field)
        subject_id = subject_of(row)
        aad = payload_aad(row.practice_id, row._meta.db_table, row.pk, name, subject_id)
        plain = crypto.open_sealed(self._key(subject_id), getattr(row, name), aad)
        if sealed_field.schema is not None:
            return sealed_field.schema.model_validate_json(plain)
        return json.loads(plain)

    def open_many(
        self, model: Any, name: str, rows: Iterable[tuple[int, int, Any]]
    ) -> Iterator[tuple[int, dict[str, Any]]]:
        """Payloads as they are stored, for lists of hundreds: (row id, subject, sealed bytes) → (row id, dict).

        No model instance is made and no schema is checked again. Subjects without a key here are left out. Raises
        CannotOpen.
        """
        self._check(_sealed_field(model, name))
        table = model._meta.db_table
        for row_id, subject_id, sealed in rows:
            key = self._keys.get(subject_id)
            if key is not None:
                aad = payload_aad(self.practice_id, table, row_id, name, subject_id)
                yield row_id, json.loads(crypto.open_sealed(key, sealed, aad).decode())

    def raw(self, subject_id: int) -> bytes:
        """The opened key itself, for the archive to put away. Raises NoKey."""
        return self._key(subject_id)

    def seal_bytes(self, subject_id: int, place: str, data: bytes) -> bytes:
        """Seal a file's bytes to a subject; ``place`` binds it (a document's id and role)."""
        return crypto.seal(self._key(subject_id), data, f"{self.practice_id}|{subject_id}|{place}".encode())

    def open_bytes(self, subject_id: int, place: str, sealed: bytes) -> bytes:
        aad = f"{self.practice_id}|{subject_id}|{place}".encode()
        return crypto.open_sealed(self._key(subject_id), sealed, aad)

    def _check(self, sealed_field: SealedField) -> None:
        if sealed_field.domain != self.domain:
            raise NoKey(f"{sealed_field.name} is sealed in {sealed_field.domain}, not {self.domain}")


_COLUMNS = ("subject_id", "domain", "circle_id", "domain_key_id", "to_public", "wrapped", "closed_to")
_OF_SUBJECT = Prepared(
    lambda: SubjectKey.objects.filter(subject_id=Slot("subject_id")).values_list(*_COLUMNS)
)


@dataclass
class Keyring:
    """Opened domain secrets of one holder, with their signing seed and private key."""

    practice_id: int
    holder_id: int
    secrets: list[DomainSecret] = field(default_factory=list)
    signing_seed: bytes = b""
    private_key: bytes = b""
    opened: dict[int, dict[Domain, SubjectKeys]] | None = None
    """Keys already opened, for a keyring that lives one request; None where it outlives changes of custody."""
    lent: dict[int, tuple[bytes, float]] = field(default_factory=dict)
    """Care keys that emergency access opened: subject → (key, Unix time at which it ends)."""
    closed: set[int] = field(default_factory=set)
    """Subjects met since it was loaded whose care is closed to this holder at their request (`vault.closed`)."""

    def __post_init__(self) -> None:
        self._by_id = {s.domain_key_id: s for s in self.secrets}

    def holds(self, domain: Domain, circle_id: int | None = None) -> bool:
        """Whether a secret of ``domain`` is held (of one circle, or of any)."""
        return any(s.domain == domain and circle_id in (None, s.circle_id) for s in self.secrets)

    def circles(self, domain: Domain = Domain.CARE) -> list[int]:
        """Circles whose secret of ``domain`` is held."""
        return sorted({s.circle_id for s in self.secrets if s.domain == domain})

    def current(self, domain: Domain, circle_id: int = 0) -> DomainSecret:
        """The newest held epoch of a domain. Raises NoKey."""
        held = [s for s in self.secrets if s.domain == domain and s.circle_id == circle_id]
        if not held:
            raise NoKey(f"no key of domain {domain}")
        return max(held, key=lambda s: s.epoch)

    def index_key(self, domain: Domain) -> bytes:
        """Blind-index key of a practice-wide domain (or of the first circle held). Raises NoKey."""
        for held in self.secrets:
            if held.domain == domain:
                return held.index_key
        raise NoKey(f"no key of domain {domain}")

    def subject_keys(self, subject_ids: Iterable[int], domain: Domain) -> SubjectKeys:
        """Open the keys of these subjects in ``domain``: one query. Subjects without a key for us are left out.

        Raises NoKey when the session holds no secret of the domain at all.
        """
        if not self.holds(domain):
            raise NoKey(f"no key of domain {domain}")
        wanted = set(subject_ids)
        if self.opened is None or len(wanted) != 1:
            return self.subject_keys_in(wanted, [domain])[domain]
        return self.all_keys_of(next(iter(wanted)))[domain]

    def all_keys_of(self, subject_id: int) -> dict[Domain, SubjectKeys]:
        """The keys of one subject in every domain held here: one query.

        A page about one patient asks for them from several rooms: they are opened once per request.
        """
        if self.opened is not None and subject_id in self.opened:
            return self.opened[subject_id]
        held = [domain for domain in Domain if domain != Domain.EMERGENCY and self.holds(domain)]
        rows = [row for row in _OF_SUBJECT.all(subject_id=subject_id) if row[1] in held]
        found = self.unwrap(self._open_to_us(rows), held)
        if self.opened is not None:
            self.opened[subject_id] = found
        return found

    def subject_keys_in(
        self, subject_ids: Iterable[int], domains: Iterable[Domain]
    ) -> dict[Domain, SubjectKeys]:
        """`subject_keys` of several domains, still in one query. Domains not held here are left out."""
        held = [d for d in domains if self.holds(d)]
        rows = SubjectKey.objects.filter(
            subject_id__in=list(set(subject_ids)), domain__in=[d.value for d in held]
        ).values_list(*_COLUMNS)
        return self.unwrap(self._open_to_us(rows), held)

    def _open_to_us(self, rows: Iterable[Any]) -> Iterator[Any]:
        """Rows of `_COLUMNS` that are not closed to this holder, without that column."""
        for row in rows:
            if closed.names(row[6], self.holder_id):
                self.closed.add(row[0])
            else:
                yield row[:6]

    def unwrap(
        self, rows: Iterable[tuple[int, str, int, int, bool, Any]], domains: Iterable[Domain]
    ) -> dict[Domain, SubjectKeys]:
        """Open subject keys that a query of the caller joined: (subject, domain, circle, domain key, to_public,
        wrapped). For lists of hundreds; anything else asks `subject_keys`.
        """
        opened: dict[Domain, dict[int, bytes]] = {d: {} for d in domains}
        for subject_id, domain, circle_id, domain_key_id, to_public, wrapped in rows:
            held = self._by_id.get(domain_key_id)
            keys = opened[domain]  # type: ignore[index]  # a Domain equals its text
            if held is None and domain == Domain.CARE and self.is_lent(subject_id):
                keys.setdefault(subject_id, self.lent[subject_id][0])
            if held is None or subject_id in keys:
                continue
            aad = wrap_aad(self.practice_id, subject_id, domain, circle_id)
            if to_public:
                keys[subject_id] = crypto.open_with(self.domain_private_key(held), wrapped, aad)
            else:
                keys[subject_id] = crypto.open_sealed(held.secret, wrapped, aad)
        return {domain: SubjectKeys(self.practice_id, domain, keys) for domain, keys in opened.items()}

    def lend(self, subject_id: int, key: bytes, until: float) -> None:
        """Read a subject's care for a while without being of its circle (`serment.vault.emergency`)."""
        self.lent[subject_id] = (key, until)
        if self.opened is not None:
            self.opened.pop(subject_id, None)

    def is_lent(self, subject_id: int) -> bool:
        """Whether care is read here by an emergency access that has not ended."""
        return subject_id in self.lent and self.lent[subject_id][1] > time.time()

    def domain_private_key(self, held: DomainSecret) -> bytes:
        """HPKE private key of an opened domain epoch."""
        row = DomainKey.unscoped.get(practice_id=self.practice_id, pk=held.domain_key_id)
        return crypto.open_sealed(held.secret, row.sealed_private_key, private_key_aad(row))

    def new_subject(self, subject_id: int, circle_ids: Iterable[int]) -> dict[Domain, SubjectKeys]:
        """Make the keys of a new subject: admin, billing, and care for each circle that follows it.

        Domains held here are wrapped under their secret; the others are sealed to their public key, so that whoever
        may create a patient can, without reading what they will hold. Gives the keys of *held* domains only.
        """
        return new_subjects(self, [subject_id], circle_ids)[subject_id]

    def dumps(self) -> bytes:
        """Bytes for the session row (sealed by the caller before they are stored)."""

        def text(data: bytes) -> str:
            return base64.b64encode(data).decode()

        return json.dumps(
            {
                "p": self.practice_id,
                "h": self.holder_id,
                "s": text(self.signing_seed),
                "k": text(self.private_key),
                "d": [
                    [s.domain_key_id, s.domain.value, s.circle_id, s.epoch, text(s.secret), text(s.index_key)]
                    for s in self.secrets
                ],
                "e": [[subject, text(key), until] for subject, (key, until) in self.lent.items()],
            },
            separators=(",", ":"),
        ).encode()

    @classmethod
    def loads(cls, data: bytes) -> Keyring:
        raw = json.loads(data)
        unb64 = base64.b64decode
        return cls(
            practice_id=raw["p"],
            holder_id=raw["h"],
            opened={},
            signing_seed=unb64(raw["s"]),
            private_key=unb64(raw["k"]),
            secrets=[
                DomainSecret(d[0], Domain(d[1]), d[2], d[3], unb64(d[4]), unb64(d[5])) for d in raw["d"]
            ],
            lent={e[0]: (unb64(e[1]), e[2]) for e in raw.get("e", ())},
        )


def private_key_aad(row: DomainKey) -> bytes:
    return f"{row.practice_id}|{row.domain}|{row.circle_id}|{row.epoch}|private".encode()


def new_subjects(
    keyring: Keyring, subject_ids: Iterable[int], circle_ids: Iterable[int]
) -> dict[int, dict[Domain, SubjectKeys]]:
    """`Keyring.new_subject` for many at once (imports): one query for the domain keys, one bulk insert."""
    practice_id = current_practice()
    circle_ids = list(circle_ids)
    targets = [
        key
        for key in DomainKey.objects.filter(retired_at=None)
        if key.domain in (Domain.ADMIN, Domain.BILLING, Domain.EMERGENCY)
        or (key.domain == Domain.CARE and key.circle_id in circle_ids)
    ]
    rows: list[SubjectKey] = []
    made: dict[int, dict[Domain, SubjectKeys]] = {}
    for subject_id in subject_ids:
        fresh = {domain: crypto.new_key() for domain in (Domain.ADMIN, Domain.BILLING, Domain.CARE)}
        made[subject_id] = {}
        for target in targets:
            emergency = target.domain == Domain.EMERGENCY
            if emergency and subject_id == practice_id:
                continue
            domain = Domain.CARE if emergency else Domain(target.domain)
            aad = wrap_aad(practice_id, subject_id, target.domain, target.circle_id)
            held = keyring._by_id.get(target.pk)
            if held is None:
                wrapped = crypto.seal_to(target.public_key, fresh[domain], aad)
            else:
                wrapped = crypto.seal(held.secret, fresh[domain], aad)
            if held is not None and not emergency:
                made[subject_id][domain] = SubjectKeys(practice_id, domain, {subject_id: fresh[domain]})
            rows.append(
                SubjectKey(
                    practice_id=practice_id,
                    subject_id=subject_id,
                    domain=target.domain,
                    circle_id=target.circle_id,
                    domain_key_id=target.pk,
                    to_public=held is None,
                    wrapped=wrapped,
                )
            )
    SubjectKey.objects.bulk_create(rows, batch_size=500)
    return made
