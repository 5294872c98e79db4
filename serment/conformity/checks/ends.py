"""The end of data: clock, archive, destruction (section 7)."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from serment.access.models import Person
from serment.access.profiles import PROFILES
from serment.conformity.checks import Verdict, control
from serment.patients import restrictions
from serment.privacy import profiles, register
from serment.privacy.rights import add_months
from serment.retention import clock, departures, services, store
from serment.retention.models import ArchivedFile, Certificate, Hold, Look
from serment.transmission import purging
from serment.transmission.models import Lot
from serment.vault.domains import Domain
from serment.vault.models import Grant, SubjectKey

SAMPLE = 40


@control("retention")
def retention() -> Verdict:
    """No file stays active a week past its term, but those that must wait; and the night did look."""
    late, night = departures.late(), departures.listed_at()
    when = f"vu la nuit du {timezone.localtime(night):%d/%m/%Y}" if night else "aucun passage de nuit encore"
    text = f"{clock.rule().text} ; {late} dossiers en retard, {when}."
    return Verdict(late == 0 and night is not None, text, "retention:home")


@control("archive")
def archive() -> Verdict:
    """Another medium, files that nobody reads there without a key, and keys that open archives alone."""
    rows = ArchivedFile.objects.all()
    subjects = {pk for pair in rows.values_list("pk", "file_key_id") for pk in pair if pk}
    strayed = SubjectKey.objects.filter(subject_id__in=subjects).exclude(domain=Domain.ARCHIVE.value)
    readable = sum(_readable(pk) for pk in rows.order_by("-pk").values_list("pk", flat=True)[:SAMPLE])
    keys, apart = strayed.count(), store.is_apart()
    text = (
        f"{len(rows)} dossiers archivés ; {min(len(rows), SAMPLE)} relus sans clé, {readable} lisibles ; "
        f"{keys} clés hors du domaine des archives."
    )
    if not apart:
        text = f"{text} Même disque que la base active\u00a0: réglez ARCHIVE_DIR."
    return Verdict(apart and not readable and not keys, text, "retention:home")


def _readable(archive_id: int) -> bool:
    """Whether the file shows text to who has no key; one that is absent shows nothing (`archive_whole` says it)."""
    path = store.path_of(archive_id)
    if not path.exists():
        return False
    with path.open("rb") as file:
        start = file.read(4096)
    return all(byte >= 9 and byte < 128 for byte in start)


@control("destruction")
def destruction() -> Verdict:
    late, done = len(services.ended()), Certificate.objects.count()
    return Verdict(
        late == 0,
        f"{late} archives au-delà de leur terme, {done} certificats de destruction.",
        "retention:home",
    )


@control("retention_rules")
def rules() -> Verdict:
    kept = profiles.load(register.settings_of_practice().profile).retention
    good = all(rule.active_months > 0 and rule.ground for rule in kept.values())
    return Verdict(
        good, f"{len(kept)} durées affichées avec leur fondement et les guides de la CNIL.", "retention:home"
    )


@control("doubles")
def doubles() -> Verdict:
    """No electronic double of a feuille de soins stays past its three months, but those that a rejection keeps."""
    months = profiles.load(register.settings_of_practice().profile).retention["claims"].active_months
    limit = add_months(timezone.localdate(), -months)
    held = Lot.objects.filter(file__isnull=False)
    kept = Hold.objects.filter(lifted_at=None, patient__isnull=False).values_list("patient_id", flat=True)
    late = purging.doubles_before(limit, {*kept, *restrictions.all_frozen()})
    return Verdict(
        late == 0,
        f"{held.count()} doubles gardés, {late} au-delà de {months} mois ; le passage de nuit les supprime.",
        "retention:home",
    )


@control("archive_term")
def archive_term() -> Verdict:
    """No archived file is to be destroyed before its active and archive years are over."""
    kept = profiles.load(register.settings_of_practice().profile).retention["medical_record"]
    months = kept.active_months + kept.archive_months
    rows = ArchivedFile.objects.values_list("last_on", "destroy_on")
    early = sum(end < add_months(last, months) for last, end in rows.iterator())
    text = f"{kept.text}\u00a0: {len(rows)} archives, {early} promises à une destruction trop tôt."
    return Verdict(early == 0, text, "retention:home")


@control("archive_whole")
def archive_whole() -> Verdict:
    """Each archived file was compared with its digest within six months, and is on its medium."""
    since = timezone.now() - timedelta(days=183)
    rows = ArchivedFile.objects.all()
    unseen = rows.filter(archived_at__lt=since).exclude(checked_at__gte=since).count()
    missing = sum(
        not store.path_of(pk).exists() for pk in rows.order_by("-pk").values_list("pk", flat=True)[:200]
    )
    text = f"{rows.count()} archives scellées et authentifiées, {unseen} non relues en six mois, {missing} absentes."
    return Verdict(not unseen and not missing, text, "retention:home")


@control("archive_looks")
def archive_looks() -> Verdict:
    """Only those whose profile opens archives hold a key of them, and each look has its event."""
    keyed = Grant.objects.filter(domain_key__domain=Domain.ARCHIVE.value).values_list("holder_id", flat=True)
    people = Person.objects.filter(holder_id__in=list(keyed))
    odd = [p for p in people if "retention.act" not in PROFILES[p.profile].permissions]
    looks = Look.objects.count()
    text = f"{looks} consultations d’archives, chacune motivée ; {len(odd)} clés d’archive chez qui n’en ouvre pas."
    return Verdict(not odd, text, "retention:home")
