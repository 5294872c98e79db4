"""A practice of the size asked, ready to be measured."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any


def prepare(patients: int, night: Callable[[Any, Any], dict[str, float]]) -> dict[str, Any]:
    """Migrate, create the practice by the demonstration's own verbs, fill it; gives what the operations need.

    ``night(keyring, doctor)`` measures the ends of files once they are there; its figures are given as ``sweep``.
    """
    import django

    django.setup()
    from django.db import connection, connections

    from bench import build as bulk
    from serment.access.models import Person
    from serment.cli import serve
    from serment.journal import services as journal
    from serment.patients.models import Patient
    from serment.site.demo import build as demo
    from serment.vault.ids import encode
    from serment.vault.tenancy import using_practice

    serve.migrate()
    serve.collect_static()
    practice = demo.build(print, patients=8)
    doctor = Person.unscoped.select_related("practitioner").get(login="camille.aubry")
    started = time.time()
    with using_practice(practice.pk), journal.acting(doctor.pk):
        keyring = demo._keyring(doctor.login, demo.PASSWORD)
        from serment.agenda.models import Appointment, AppointmentType
        from serment.catalogues.selectors import search_medicines

        Appointment.objects.all().delete()  # the demonstration's own week makes room for the measured one
        bulk.fill(keyring, doctor, patients, print)
        sweep = night(keyring, doctor)
        long = bulk.long_record(keyring, doctor)
        sample = list(Patient.objects.order_by("-pk").values_list("pk", flat=True)[: min(patients, 5000)])
        from serment.patients.selectors import open_identities

        picked = random.Random(3).sample(sample, min(400, len(sample)))
        opened = open_identities(keyring, picked)
        people = [
            (encode(pk), who.birth_family_name, f"{who.birth_date:%d/%m/%Y}") for pk, who in opened.items()
        ]
        last = Appointment.objects.order_by("-start").values_list("start", flat=True).first()
        kind = AppointmentType.objects.filter(active=True).order_by("pk").first()
        usual = ("paracetamol", "omeprazole", "amlodipine")  # no alert to answer, for a child as for the old
        drugs = [hit.key for query in usual for hit in search_medicines(query)[:1]]
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    connections.close_all()
    print(f"built in {time.time() - started:.0f} s", flush=True)
    return {
        "people": people,
        "practitioner": encode(doctor.practitioner_id),
        "practitioner_text": encode(doctor.practitioner_id),
        "type_text": encode(kind.pk),
        "drugs": drugs,
        "long": encode(long),
        "sweep": sweep,
        "free_from": f"{last + timedelta(days=7):%Y-%m-%d}",
    }
