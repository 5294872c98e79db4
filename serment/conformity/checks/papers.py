"""Registers, notices and requests (sections 2, 6, 8, 9)."""

from __future__ import annotations

import inspect
from datetime import timedelta

from django.utils import timezone

from serment.agenda.models import Appointment
from serment.conformity import editions
from serment.conformity.checks import Verdict, addresses, control
from serment.conformity.models import Justification
from serment.journal.models import Event
from serment.practice.models import Practice, Practitioner
from serment.privacy import (
    aggregates,
    breaches,
    charter,
    declarations,
    hosting,
    notice,
    processors,
    profiles,
    register,
    requests,
    rights,
    slip,
    watch,
)
from serment.privacy.models import AwarenessSession, Breach, Declaration, NoticeHanding, Processor
from serment.vault.tenancy import current_practice

ENOUGH = 8
"""Tenths of the patients who came whose details were checked in time."""


@control("edition")
def edition() -> Verdict:
    """The file for the CNIL was kept within the year, and what was kept is what was signed."""
    last = editions.latest()
    if last is None:
        return Verdict(
            False, "Le dossier n’a jamais été édité\u00a0: rien n’est gardé à sa date.", "conformity:home"
        )
    sound = editions.is_sound(last)
    recent = timezone.localtime(last.at).date() >= rights.add_months(timezone.localdate(), -12)
    text = f"Édition {last.number} du {timezone.localtime(last.at):%d/%m/%Y}, {'intacte' if sound else 'ALTÉRÉE'}."
    return Verdict(sound and recent, text, "conformity:editions")


@control("register")
def published() -> Verdict:
    last = register.latest()
    if last is None:
        return Verdict(False, "Le registre n’a jamais été publié.", "privacy:register")
    text = f"Version {last.number} du {last.published_at:%d/%m/%Y}."
    current = register.is_current()
    return Verdict(
        current, text if current else f"{text} Il a changé depuis : republiez.", "privacy:register"
    )


@control("balancing")
def balancing() -> Verdict:
    missing = [sheet.label for sheet in register.sheets() if not sheet.complete]
    text = f"À écrire : {', '.join(missing)}." if missing else "Mises en balance écrites."
    return Verdict(not missing, text, "privacy:register")


@control("impact")
def impact() -> Verdict:
    """Who works alone is exempt; a group writes its reasoning down, and does the assessment past the threshold."""
    row = register.settings_of_practice()
    patients = processors.patients_this_year()
    threshold = profiles.load(row.profile).thresholds["dpia_patients_a_year"]
    counted = f"{patients} patients reçus sur douze mois"
    team = Practitioner.objects.filter(active=True).count()
    if row.exercise == row.Exercise.INDIVIDUAL and team > 1:
        text = f"{team} praticiens partagent le logiciel\u00a0: dites «\u00a0groupé\u00a0» et écrivez le raisonnement."
        return Verdict(False, text, "privacy:settings")
    if row.exercise == row.Exercise.INDIVIDUAL and not (threshold and patients > threshold):
        return Verdict(True, f"Exercice individuel, {counted} : AIPD et DPD non requis.", "privacy:settings")
    done = bool(row.dpia_reason.strip()) and (
        not threshold or patients <= threshold or row.dpia_on is not None
    )
    return Verdict(
        done, f"{counted} ; raisonnement {'écrit' if row.dpia_reason else 'à écrire'}.", "privacy:settings"
    )


@control("notice")
def notice_complete() -> Verdict:
    """The notice of today says everything article 13 asks."""
    text = notice.build(Practice.objects.get(pk=current_practice())).text
    wanted = (
        "CNIL",
        "Combien de temps",
        "Qui les reçoit",
        "obligation légale",
        "intérêt légitime",
        "Vos droits",
    )
    missing = [word for word in wanted if word not in text]
    return Verdict(
        not missing,
        "Notice générée depuis le registre." if not missing else f"Manque : {missing}.",
        "privacy:notice",
    )


@control("home_visits")
def home_visits() -> Verdict:
    visited = set(
        Appointment.objects.filter(home_visit=True, patient_id__isnull=False).values_list(
            "patient_id", flat=True
        )
    )
    informed = set(NoticeHanding.objects.filter(patient_id__in=visited).values_list("patient_id", flat=True))
    if not visited:
        return Verdict(None, "Aucune visite à domicile.", "privacy:notice")
    return Verdict(
        visited <= informed,
        f"{len(informed)} patients informés sur {len(visited)} vus à domicile.",
        "privacy:notice",
    )


@control("processors")
def processor_files() -> Verdict:
    rows = list(Processor.objects.all())
    if not rows:
        return Verdict(None, "Aucun sous-traitant noté au registre.", "privacy:processors")
    lacking = [row.name for row in rows if processors.lacks(row)]
    text = f"{len(rows)} sous-traitants" + (
        f", à compléter : {', '.join(lacking)}." if lacking else ", complets."
    )
    return Verdict(not lacking, text, "privacy:processors")


@control("breaches")
def breach_clock() -> Verdict:
    late = breaches.late_count()
    return Verdict(late == 0, f"{late} violations au-delà de 72 heures.", "privacy:breaches")


@control("requests")
def request_clock() -> Verdict:
    late = requests.overdue()
    return Verdict(
        late == 0,
        f"{late} demandes en retard ; copie chiffrée, versions et refus motivés.",
        "privacy:requests",
    )


@control("rights")
def matrix() -> Verdict:
    """The matrix answers for every purpose; nobody opposes the keeping of a record."""
    rules = profiles.load(register.settings_of_practice().profile).purposes
    whole = all(right in rights.MATRIX[rule.basis] for rule in rules.values() for right in rights.RIGHTS)
    refused = not rights.allowed(rules["dossier_medical"].basis, "opposition")
    opened = rights.allowed(rules["rendez_vous"].basis, "opposition")
    return Verdict(
        whole and refused and opened, "Droits calculés depuis la base de chaque finalité.", "privacy:requests"
    )


@control("encrypted_copy")
def encrypted_copy() -> Verdict:
    """A small PDF goes through the same encryption, and must not open without its secret."""
    import io

    import pikepdf

    from serment.documents.locked import lock_pdf, new_secret

    blank = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.save(blank)
    secret = new_secret()
    content = lock_pdf(blank.getvalue(), secret)
    try:
        pikepdf.open(io.BytesIO(content))
        closed = False
    except pikepdf.PasswordError:
        closed = True
    with pikepdf.open(io.BytesIO(content), password=secret) as pdf:
        strong = pdf.is_encrypted and pdf.encryption.R == 6
    return Verdict(closed and strong, "Copies remises en AES-256, code donné par un autre canal.")


@control("watch")
def watched() -> Verdict:
    """The rules are tried on made-up events: each must see its own; then what they see in this journal."""
    blind = watch.blind_rules()
    found = watch.signals()
    text = f"{len(found)} signaux sur sept jours (lecture en masse, nuit, refus, copies)"
    return Verdict(
        not blind, f"{text}{' ; règles aveugles : ' + ', '.join(blind) if blind else ''}.", "privacy:home"
    )


@control("charter")
def charter_signed() -> Verdict:
    """A practice that shares its tools has everyone sign the charter written from its real settings."""
    people = charter.missing(Practice.objects.get(pk=current_practice()))
    text = (
        f"{len(people)} personnes n’ont pas signé la charte d’aujourd’hui."
        if people
        else "Charte signée par tous."
    )
    return Verdict(not people, text, "privacy:charter")


@control("awareness")
def awareness() -> Verdict:
    """Someone made the team aware within twelve months."""
    last = AwarenessSession.objects.order_by("-held_on").first()
    if last is None:
        return Verdict(False, "Aucune séance de sensibilisation notée.", "privacy:charter")
    recent = last.held_on >= rights.add_months(timezone.localdate(), -12)
    return Verdict(
        recent,
        f"Dernière séance le {last.held_on:%d/%m/%Y}\u00a0: {last.topic}, {len(last.people)} personnes.",
        "privacy:charter",
    )


@control("aggregates")
def small_counts() -> Verdict:
    """The suppression is tried on a table that would give someone away."""
    shown = dict(aggregates.suppressed({"a": 3, "b": 12, "c": 40}, aggregates.threshold()))
    good = shown["a"] is None and shown["b"] is None and shown["c"] == 40
    return Verdict(
        good,
        f"Comptes sous {aggregates.threshold()} masqués, ainsi que la case qui permettrait de les déduire.",
        "privacy:statistics",
    )


LISTS = {"patients:import_report", "privacy:register_csv", "billing:export"}
"""Pages that give a list for a spreadsheet: none of them holds health data by person."""


@control("no_extraction")
def no_extraction() -> Verdict:
    """No page gives a list of patients for research or evaluation: each page that makes a spreadsheet is known."""
    unknown = sorted(
        name
        for name, page in addresses()
        if "text/csv" in inspect.getsource(inspect.unwrap(page.callback)) and name not in LISTS
    )
    if unknown:
        return Verdict(False, f"Pages qui donnent une liste inconnue\u00a0: {', '.join(unknown)}.")
    text = (
        "Aucune extraction pour la recherche ou l’évaluation n’existe dans ce logiciel, même pseudonymisée."
    )
    return Verdict(None, text, "privacy:statistics")


@control("slip")
def slips() -> Verdict:
    """The confirmation of the last appointment says neither its type nor its reason; the notice follows the first."""
    row = Appointment.objects.select_related("practitioner", "type").order_by("-pk").first()
    if row is None:
        return Verdict(None, "Aucun rendez-vous encore.", "privacy:notice")
    said = " ".join(slip.lines(Practice.objects.get(pk=current_practice()), row))
    given = NoticeHanding.objects.filter(how=NoticeHanding.How.CONFIRMATION).count()
    text = f"Confirmation sans nom ni motif ; la première porte la notice ({given} remises ainsi)."
    return Verdict(row.type.label not in said, text, "privacy:notice")


@control("provider")
def provider_register() -> Verdict:
    """The article 30.2 register exists where a host serves this practice."""
    row = register.settings_of_practice()
    if row.hosting != row.Hosting.HOSTED:
        return Verdict(None, "Serment tourne sur une machine du cabinet\u00a0: pas d’hébergeur.")
    filled = [line for line in hosting.rows() if all(line)]
    return Verdict(
        bool(filled), f"Registre de l’hébergeur\u00a0: {len(filled)} cabinets (serment provider-register)."
    )


@control("incidents")
def incidents() -> Verdict:
    """What providers reported, each with its own 72 hours."""
    rows = list(Breach.objects.exclude(reported_by=None))
    late = sum(breaches.is_late(row) for row in rows)
    return Verdict(
        late == 0,
        f"{len(rows)} incidents signalés par des sous-traitants, {late} en retard.",
        "privacy:breaches",
    )


@control("gaps")
def gaps() -> Verdict:
    """Every accepted gap is written with its motive, what makes up for it and a review day still to come."""
    rows = {row.requirement: row for row in Justification.objects.order_by("at", "pk")}
    late = sorted(code for code, row in rows.items() if row.review_on < timezone.localdate())
    many = "s" if len(rows) > 1 else ""
    when = f", à revoir\u00a0: {', '.join(late)}." if late else "."
    text = f"{len(rows)} écart{many} justifié{many}{when}"
    return Verdict(not late, text, "conformity:home")


@control("contacts")
def contacts() -> Verdict:
    """Of those who came within three months, most were asked for their contact details within thirteen."""
    now = timezone.now()
    came = set(
        Appointment.objects.filter(
            start__gte=now - timedelta(days=90), start__lte=now, patient_id__isnull=False
        )
        .exclude(state__in=[Appointment.State.CANCELLED, Appointment.State.MISSED])
        .values_list("patient_id", flat=True)
    )
    asked = set(
        Event.objects.filter(
            at__gte=now - timedelta(days=396),
            action__in=("patient.confirmed", "patient.created", "patient.changed"),
        ).values_list("subject_id", flat=True)
    )
    if not came:
        return Verdict(None, "Personne n’est venu depuis trois mois.", "agenda:waiting")
    text = f"Coordonnées redemandées à l’arrivée\u00a0: {len(came & asked)} patients vérifiés sur {len(came)} venus."
    return Verdict(len(came & asked) * 10 >= len(came) * ENOUGH, text, "agenda:waiting")


@control("declarations")
def legal_declarations() -> Verdict:
    """Each declaration keeps its ground and its recipient; the list of what must be declared is read again in time."""
    known, day = declarations.kinds().values(), declarations.dated()
    whole = all(kind.ground and kind.recipient for kind in known)
    recent = day >= rights.add_months(timezone.localdate(), -24)
    text = (
        f"{Declaration.objects.count()} déclarations notées ; {len(known)} natures avec fondement et destinataire, "
        f"liste du {day:%d/%m/%Y}, à vérifier auprès de l’ARS."
    )
    return Verdict(whole and recent, text, "privacy:declarations")


@control("secrecy")
def secrecy() -> Verdict:
    """Whoever is not bound by a health profession has signed the charter, which begins with the secret."""
    people = [
        p for p in charter.missing(Practice.objects.get(pk=current_practice())) if not p.practitioner_id
    ]
    names = ", ".join(p.display_name for p in people)
    text = (
        f"Engagement de secret à signer\u00a0: {names}." if people else "Engagement de secret signé (charte)."
    )
    return Verdict(not people, text, "privacy:charter")
