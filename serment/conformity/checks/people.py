"""Accounts, rights and keys of the people of the practice (sections 6 and 10)."""

from __future__ import annotations

from django.db.models import Q
from django.utils import timezone

from serment.access import passwords, reviews, throttle
from serment.access.models import Passkey, Person, Session
from serment.access.profiles import PERMISSIONS, PROFILES
from serment.access.rules import Rule
from serment.conformity.checks import Verdict, addresses, control
from serment.patients.models import Restriction
from serment.practice.models import Practice, Practitioner
from serment.practice.professions import PROFESSIONS
from serment.privacy import emergency
from serment.privacy.models import EmergencyAccess
from serment.record.sharing import PURPOSE
from serment.vault import emergency as vault_emergency
from serment.vault.domains import Domain
from serment.vault.models import Grant, SubjectKey
from serment.vault.tenancy import current_practice

GENERIC = {
    "admin",
    "administrateur",
    "cabinet",
    "secretariat",
    "secretaire",
    "medecin",
    "user",
    "test",
    "accueil",
}
CARE = {Domain.CARE.value, Domain.ARCHIVE.value, Domain.EMERGENCY.value}


def _active() -> list[Person]:
    return [
        p for p in Person.objects.select_related("practitioner") if p.suspended_at is None and p.in_force()
    ]


def _granted(person: Person) -> set[str]:
    return set(Grant.objects.filter(holder_id=person.holder_id).values_list("domain_key__domain", flat=True))


@control("practitioners")
def practitioners() -> Verdict:
    rows = list(Practitioner.objects.filter(active=True))
    bad = [row for row in rows if row.profession not in PROFESSIONS or not row.rpps]
    return Verdict(
        bool(rows) and not bad, f"{len(rows)} praticiens, profession et RPPS connus.", "access:team"
    )


@control("permissions")
def permissions() -> Verdict:
    """Every page asks for a right of the table: what has no rule is refused to everyone."""
    pages = [page for _, page in addresses()]
    unruled = [page for page in pages if not isinstance(getattr(page.callback, "access_rule", None), Rule)]
    text = f"{len(pages)} pages, {len(unruled)} sans règle d’accès ; {len(PERMISSIONS)} droits, refus par défaut."
    return Verdict(not unruled, text, "access:permission_table")


@control("secretary")
def secretary() -> Verdict:
    """Nobody but practitioners holds a key of care, whatever the pages would let them see."""
    holders = [p for p in Person.objects.all() if not PROFILES[p.profile].practitioner and _granted(p) & CARE]
    text = "Aucune clé de soins chez le secrétariat, la gestion ou la technique."
    return Verdict(
        not holders, text if not holders else f"{len(holders)} personnes ont une clé de trop.", "access:team"
    )


@control("technician")
def technician() -> Verdict:
    people = list(Person.objects.filter(profile="technician"))
    holding = [p for p in people if _granted(p)]
    return Verdict(not holding, f"{len(people)} techniciens, {len(holding)} avec une clé.", "access:team")


AUDITED = frozenset({"site.home", "account.own", "journal.verify", "operations.view", "conformity.view"})


@control("audit")
def audit() -> Verdict:
    """Someone may check the guarantees by reading, in one file too, and sees no patient: no key, no such page."""
    profile = PROFILES["auditor"]
    people = list(Person.objects.filter(profile="auditor"))
    holding = sum(bool(_granted(person)) for person in people)
    beyond = profile.permissions - AUDITED
    text = (
        f"Profil d’auditeur en lecture, daté, sans clé\u00a0: {len(people)} personnes, {holding} avec une clé, "
        f"{len(beyond)} droits de trop ; dossier d’audit en un fichier."
    )
    return Verdict(
        not beyond and not profile.domains and not holding and profile.dated, text, "access:permission_table"
    )


@control("profiles")
def profiles() -> Verdict:
    mixed = [
        profile.label
        for profile in PROFILES.values()
        if not profile.practitioner and (set(profile.domains) & {Domain.CARE, Domain.ARCHIVE})
    ]
    text = f"{len(PROFILES)} profils ; données administratives et de soins séparées par les clés."
    return Verdict(not mixed, text, "access:permission_table")


@control("accounts")
def accounts() -> Verdict:
    logins = [person.login for person in Person.objects.all()]
    generic = [login for login in logins if login.split(".")[0] in GENERIC]
    return Verdict(
        not generic and len(set(logins)) == len(logins),
        f"{len(logins)} comptes nominatifs"
        + (f", dont génériques : {', '.join(generic)}" if generic else "."),
        "access:team",
    )


@control("passwords")
def password_policy() -> Verdict:
    """Weak passwords are offered to the policy itself, and must be refused."""
    weak = (
        "motdepasse",
        "azertyuiop123",
        "Soleil2026!",
        "aaaaaaaaaaaaaaaa",
        "cabinet-medical",
        "12345678901234",
    )
    accepted = []
    for password in weak:
        try:
            passwords.check_password(password, ["cabinet"])
            accepted.append(password)
        except passwords.WeakPassword:
            continue
    return Verdict(not accepted, f"{len(weak)} mots de passe faibles essayés, {len(accepted)} acceptés.")


@control("two_factors")
def two_factors() -> Verdict:
    with_passkey = set(Passkey.objects.values_list("person_id", flat=True))
    people = [p for p in _active() if not p.must_change_password]
    without = [p for p in people if p.sealed_totp is None and p.pk not in with_passkey]
    text = f"{len(people)} comptes en service, {len(without)} sans second facteur (demandé à la prochaine connexion)."
    return Verdict(not without, text, "access:team")


@control("reset")
def reset() -> Verdict:
    """A given password opens nothing but the page that changes it, and only for a week."""
    waiting = [p for p in _active() if p.must_change_password]
    endless = [p for p in waiting if p.password_until is None]
    stale = [p for p in waiting if p.password_until and p.password_until < timezone.now()]
    names = ", ".join(p.display_name for p in stale)
    text = f"{len(waiting)} mots de passe provisoires, {len(endless)} sans terme"
    text += f" ; périmés, à refaire ou à suspendre\u00a0: {names}." if stale else "."
    return Verdict(not endless and not stale, text, "access:team")


@control("throttle")
def tries() -> Verdict:
    delay = throttle.delay_after(10).total_seconds()
    return Verdict(
        delay >= 60, f"Après dix échecs, {delay / 60:.0f} min d’attente, par compte et par adresse."
    )


@control("leavers")
def leavers() -> Verdict:
    """Suspended or past their end date: no key in force, no open session."""
    today = timezone.localdate()
    gone = Person.objects.filter(Q(suspended_at__isnull=False) | Q(ends_on__lt=today))
    now = timezone.now()
    keys = Grant.objects.filter(holder_id__in=gone.values("holder_id")).filter(
        Q(expires_at=None) | Q(expires_at__gt=now)
    )
    sessions = Session.objects.filter(person__in=gone, ended_at=None, sealed_keys__isnull=False)
    left, opened = keys.count(), sessions.count()
    text = f"{gone.count()} comptes clos ou hors dates : {left} clés en vigueur, {opened} sessions ouvertes."
    return Verdict(left == 0 and opened == 0, text, "access:team")


@control("notice_read")
def notice_read() -> Verdict:
    people = _active()
    unread = [p for p in people if p.notice_read_at is None and p.last_sign_in_at is not None]
    return Verdict(
        not unread, f"{len(people)} personnes, {len(unread)} n’ont pas accusé lecture de l’information."
    )


@control("lock")
def lock() -> Verdict:
    minutes = Practice.objects.get(pk=current_practice()).idle_minutes
    return Verdict(
        minutes <= 15, f"Verrouillage après {minutes} min sans activité.", "access:practice_settings"
    )


@control("review")
def review() -> Verdict:
    done = reviews.last()
    closed = timezone.localtime(done.closed_at) if done and done.closed_at else None
    text = f"Dernière revue close le {closed:%d/%m/%Y}." if closed else "Aucune revue close encore."
    if left := reviews.under_way() and [line for line in reviews.lines() if line.decision is None]:
        text += f" Une revue est en cours\u00a0: {len(left)} personnes à revoir."
    return Verdict(not reviews.is_due(), text, "access:review")


@control("sharing")
def sharing() -> Verdict:
    """No patient who said no is followed by an invited circle; sharing is asked for, patient by patient."""
    opposed = Restriction.objects.filter(
        kind=Restriction.Kind.OPPOSITION, purpose=PURPOSE, lifted_at=None
    ).values_list("patient_id", flat=True)
    shared = (
        SubjectKey.objects.filter(subject_id__in=list(opposed), domain=Domain.CARE.value, shared=True)
        .values("subject_id")
        .distinct()
        .count()
    )
    text = f"{len(opposed)} oppositions au partage, {shared} dossiers opposés encore partagés."
    return Verdict(shared == 0, text, "privacy:requests")


@control("care_relation")
def care_relation() -> Verdict:
    """Care opens to the circle that follows; through an emergency only with a reason, for practitioners, and told."""
    desk = [p for p in Person.objects.all() if not PROFILES[p.profile].practitioner]
    odd = Grant.objects.filter(
        holder_id__in=[p.holder_id for p in desk], domain_key__domain=Domain.EMERGENCY.value
    ).count()
    count, unseen = EmergencyAccess.objects.count(), emergency.unseen_by_owner()
    how = "accès d’urgence en place" if vault_emergency.is_on() else "sans accès d’urgence"
    text = (
        f"Dossier ouvert au cercle qui suit le patient, {how}\u00a0: {count} ouvertures motivées, {unseen} non visées "
        f"depuis sept jours, {odd} clés hors des praticiens."
    )
    return Verdict(not unseen and not odd, text, "privacy:emergencies")
