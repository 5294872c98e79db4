"""Find patients, open what is shown of them. Query counts do not depend on how many match."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone

from serment.formats import dates, names, nir, phone
from serment.formats.ins import IdentityStatus
from serment.patients.models import Patient
from serment.patients.payloads import Coverage, Identity, InsIdentity
from serment.patients.terms import Query, parse_query
from serment.vault import crypto, index
from serment.vault.domains import Domain
from serment.vault.keyring import Keyring, NoKey, SubjectKeys

CANDIDATES = 60
SEXES = {"F": "femme", "M": "homme", "U": "sexe non précisé"}


@dataclass(frozen=True)
class PatientHit:
    """One line of a search."""

    id: int
    display_name: str
    birth_date: date
    sex: str
    city: str
    phone: str
    exact: bool = True

    @property
    def age(self) -> str:
        return dates.age_text(self.birth_date, timezone.localdate())


@dataclass(frozen=True)
class PatientCard:
    """What the banner shows, whatever the tab. ``nir`` is masked, and empty without the billing domain."""

    id: int
    version: int
    identity: Identity
    coverage: Coverage | None
    ins: InsIdentity | None

    @property
    def display_name(self) -> str:
        return self.identity.display_name

    @property
    def age(self) -> str:
        return dates.age_text(self.identity.birth_date, timezone.localdate())

    @property
    def age_years(self) -> int:
        return dates.age_years(self.identity.birth_date, timezone.localdate())

    @property
    def sex_word(self) -> str:
        return SEXES[self.identity.sex]

    @property
    def born_word(self) -> str:
        return {"F": "née le", "M": "né le"}.get(self.identity.sex, "né(e) le")

    @property
    def nir(self) -> str:
        return nir.mask_nir(self.coverage.nir) if self.coverage and self.coverage.nir else ""

    @property
    def ins_label(self) -> str:
        return IdentityStatus(self.ins.status).label if self.ins and self.ins.matricule else "INS non renseignée"

    @property
    def phone(self) -> str:
        contact = self.identity.contact
        return phone.display_phone(contact.mobile or contact.phone)


def _hit(patient_id: int, identity: Identity, exact: bool = True) -> PatientHit:
    contact = identity.contact
    return PatientHit(
        patient_id,
        identity.display_name,
        identity.birth_date,
        identity.sex,
        contact.city,
        phone.display_phone(contact.mobile or contact.phone),
        exact,
    )


def open_identities(keyring: Keyring, patient_ids: Iterable[int]) -> dict[int, Identity]:
    """Identities by patient id, those that exist and open: two queries."""
    ids = list(patient_ids)
    if not ids:
        return {}
    keys = keyring.subject_keys(ids, Domain.ADMIN)
    rows = Patient.objects.filter(pk__in=ids).only("id", "practice_id", "identity")
    return {row.pk: keys.open(row, "identity") for row in rows if row.pk in keys}


def names_of(*, keyring: Keyring, patient_ids: Iterable[int]) -> dict[int, PatientHit]:
    """For lists of other rooms (agenda, till): what a line shows of each patient. Two queries."""
    return {pk: _hit(pk, identity) for pk, identity in open_identities(keyring, patient_ids).items()}


def search(*, keyring: Keyring, text: str, limit: int = 20) -> tuple[list[PatientHit], Query]:
    """Patients that fit a typed text, best first, and how the text was understood."""
    query = parse_query(text, timezone.localdate())
    key = keyring.index_key(Domain.ADMIN)
    if query.nir:
        if not keyring.holds(Domain.BILLING):
            return [], query
        found = index.subjects([[crypto.token(keyring.index_key(Domain.BILLING), f"nir:{query.nir}")]], limit)
        return _hits(keyring, found, query, limit, verify=False), query
    if query.phone:
        found = index.subjects([[crypto.token(key, f"t:{query.phone}")]], limit)
        return _hits(keyring, found, query, limit, verify=False), query
    if not query.words and not query.birth_date:
        return [], query
    hits = _hits(keyring, _candidates(key, query), query, limit)
    if not hits and query.words:
        groups = _groups(key, query, [f"p:{names.phonetic(word)}" for word in query.words])
        opened = open_identities(keyring, index.subjects(groups, CANDIDATES))
        near = [(query.rank(i), _hit(pk, i, exact=False)) for pk, i in opened.items() if query.sounds_like(i)]
        hits = [hit for _, hit in sorted(near, key=lambda pair: pair[0])][:limit]
    return hits, query


def _groups(key: bytes, query: Query, terms: list[str]) -> list[list[int]]:
    """Token groups, rarest first: the birth date, then the longest words."""
    groups = [[crypto.token(key, f"b:{query.birth_date.isoformat()}")]] if query.birth_date else []
    return groups + [[crypto.token(key, term)] for term in sorted(terms, key=len, reverse=True)]


def _candidates(key: bytes, query: Query) -> list[int]:
    """Ids worth opening: whole words first, then family-name prefixes, then any name."""
    found: list[int] = []
    kinds: list[list[str]] = []
    if any(len(word) > 4 for word in query.words):
        kinds.append([f"n:{word}" for word in query.words])
    if len(query.words) == 1 and not query.birth_date:
        kinds.append([f"f:{names.query_prefix(query.words[0])}"])
    kinds.append([f"n:{names.query_prefix(word)}" for word in query.words])
    for terms in kinds:
        if len(found) >= CANDIDATES // 2:
            break
        more = index.subjects(_groups(key, query, terms), CANDIDATES // 2)
        found += [pk for pk in more if pk not in found]
    return found


def _hits(
    keyring: Keyring, ids: list[int], query: Query, limit: int, *, verify: bool = True
) -> list[PatientHit]:
    opened = open_identities(keyring, ids)
    kept = [(query.rank(i), _hit(pk, i)) for pk, i in opened.items() if not verify or query.matches(i)]
    return [hit for _, hit in sorted(kept, key=lambda pair: pair[0])][:limit]


def recent(*, keyring: Keyring, limit: int = 15) -> list[PatientHit]:
    """The patients changed last."""
    ids = list(Patient.objects.order_by("-updated_at").values_list("pk", flat=True)[:limit])
    opened = open_identities(keyring, ids)
    return [_hit(pk, opened[pk]) for pk in ids if pk in opened]


def duplicates_of(
    *, keyring: Keyring, identity: Identity, nir_value: str = "", but: int | None = None
) -> list[tuple[PatientHit, str]]:
    """Patients who may be the same person, each with the reason in French."""
    key = keyring.index_key(Domain.ADMIN)
    born = crypto.token(key, f"b:{identity.birth_date.isoformat()}")
    sounds = [crypto.token(key, f"p:{names.phonetic(w)}") for w in names.words(identity.birth_family_name)]
    phones = [crypto.token(key, f"t:{n}") for n in (identity.contact.mobile, identity.contact.phone) if n]
    reasons: dict[int, str] = {}
    for pk in index.subjects([[born], sounds], 10) if sounds else []:
        reasons.setdefault(pk, "même date de naissance et nom proche")
    for pk in index.subjects([phones], 10) if phones else []:
        reasons.setdefault(pk, "même téléphone")
    if nir_value and keyring.holds(Domain.BILLING):
        token = crypto.token(keyring.index_key(Domain.BILLING), f"nir:{nir_value[:13]}")
        for pk in index.subjects([[token]], 10):
            reasons[pk] = "même numéro de sécurité sociale"
    reasons.pop(but or -1, None)
    opened = open_identities(keyring, reasons)
    return [(_hit(pk, opened[pk]), why) for pk, why in reasons.items() if pk in opened]


def _open_if_held(keyring: Keyring, row: Patient, name: str, domain: Domain) -> Any:
    if getattr(row, name) is None or not keyring.holds(domain):
        return None
    keys = keyring.subject_keys([row.pk], domain)
    return keys.open(row, name) if row.pk in keys else None


def card(*, keyring: Keyring, patient_id: int) -> PatientCard:
    """A patient as the banner and the identity page show them.

    Raises Patient.DoesNotExist (another practice's patient is one), NoKey.
    """
    row = Patient.objects.get(pk=patient_id)
    keys: SubjectKeys = keyring.subject_keys([row.pk], Domain.ADMIN)
    if row.pk not in keys:
        raise NoKey("no admin key for this patient")
    return PatientCard(
        id=row.pk,
        version=row.version,
        identity=keys.open(row, "identity"),
        coverage=_open_if_held(keyring, row, "coverage", Domain.BILLING),
        ins=_open_if_held(keyring, row, "ins", Domain.CARE),
    )
