"""The end of data: clock, archive, destruction (section 7)."""

from __future__ import annotations

from django.utils import timezone

from serment.conformity.checks import Verdict, control
from serment.patients import restrictions
from serment.privacy import profiles, register
from serment.privacy.rights import add_months
from serment.retention import clock, departures, services, store
from serment.retention.models import ArchivedFile, Certificate, Hold
from serment.transmission import purging
from serment.transmission.models import Lot


@control("retention")
def retention() -> Verdict:
    """No file stays active a week past its term, but those that must wait; and the night did look."""
    late, night = departures.late(), departures.listed_at()
    when = f"vu la nuit du {timezone.localtime(night):%d/%m/%Y}" if night else "aucun passage de nuit encore"
    text = f"{clock.rule().text} ; {late} dossiers en retard, {when}."
    return Verdict(late == 0 and night is not None, text, "retention:home")


@control("archive")
def archive() -> Verdict:
    count = ArchivedFile.objects.count()
    apart = store.is_apart()
    text = f"{count} dossiers archivés, scellés, ouverts par un praticien nommé avec un motif."
    return Verdict(
        apart,
        text if apart else f"{text} Même disque que la base active : réglez ARCHIVE_DIR.",
        "retention:home",
    )


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
