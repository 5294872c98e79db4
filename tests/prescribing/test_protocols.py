"""Protocols and habits: kept, renamed, shared, withdrawn; what is prescribed most is at hand; reasons given before."""

from __future__ import annotations

from serment.catalogues.models import Medicine, Shortage
from serment.journal.models import Event
from serment.prescribing import habits
from serment.prescribing.models import Protocol
from serment.record.kinds.allergy import Allergy
from serment.record.services import add_entry
from serment.vault.ids import encode
from tests.prescribing.test_treatments import FIELDS, key_of, page_of, patient  # noqa: F401

PAGE = "/ordonnances/protocoles/"


def kept(cabinet, patient, label: str) -> str:  # noqa: F811
    client = cabinet.client(cabinet.doctor)
    done = client.post(page_of(patient), {**FIELDS, "medicine": key_of("amlodipine 5"), "max_a_day": "2"})
    client.post(f"{done.url}protocole/", {"label": label})
    with cabinet.at_work(cabinet.doctor):
        return f"{PAGE}{encode(Protocol.objects.get(label=label).pk)}/"


def test_a_protocol_is_renamed_shared_and_withdrawn_by_its_owner(cabinet, patient):  # noqa: F811
    address = kept(cabinet, patient, "Tension")
    mine, other = cabinet.client(cabinet.doctor), cabinet.client(cabinet.colleague)
    page = mine.get(PAGE).content.decode()
    assert "Tension" in page and "sans dépasser 2" in page and f'action="{address}"' in page
    assert "Tension" not in other.get(PAGE).content.decode()
    assert mine.post(address, {"label": "Hypertension", "shared": "1"}).status_code == 302
    shown = other.get(PAGE).content.decode()
    assert "Hypertension" in shown and f'action="{address}"' not in shown
    assert other.post(address, {"forget": "1"}).status_code == 404
    refused = mine.post(address, {"label": " "}, follow=True).content.decode()
    assert "Donnez un nom" in refused and "Hypertension" in refused
    mine.post(address, {"forget": "1"})
    assert "Hypertension" not in mine.get(PAGE).content.decode()
    with cabinet.at_work(cabinet.doctor):
        assert Event.objects.filter(action="prescription.protocol_forgotten").count() == 1


def test_two_protocols_of_one_person_never_share_a_name(cabinet, patient):  # noqa: F811
    kept(cabinet, patient, "Un")
    address = kept(cabinet, patient, "Deux")
    client = cabinet.client(cabinet.doctor)
    assert "porte ce nom" in client.post(address, {"label": "Un"}, follow=True).content.decode()


def test_the_list_takes_a_bounded_number_of_queries(
    cabinet,
    patient,  # noqa: F811
    django_assert_max_num_queries,
):
    kept(cabinet, patient, "Premier")
    client = cabinet.client(cabinet.doctor)
    with cabinet.at_work(cabinet.doctor):
        first = Protocol.objects.get()
        for number in range(11):
            Protocol.objects.create(
                practice_id=first.practice_id, owner_id=first.owner_id, label=f"P{number}", lines=first.lines
            )
    with django_assert_max_num_queries(20):
        assert client.get(PAGE).content.decode().count("sans dépasser 2") == 12


def test_what_one_prescribes_most_is_at_hand_and_nobody_elses(cabinet, patient):  # noqa: F811
    key = key_of("amlodipine 5")
    with cabinet.at_work(cabinet.doctor):
        habits.count(cabinet.doctor, [key])
    assert (
        f'{{"key": "{key}", "once": "1"}}'
        in cabinet.client(cabinet.doctor).get(page_of(patient)).content.decode()
    )
    assert "Habituels" not in cabinet.client(cabinet.colleague).get(page_of(patient)).content.decode()
    Medicine.objects.filter(key=key).update(withdrawn=True)
    assert "Habituels" not in cabinet.client(cabinet.doctor).get(page_of(patient)).content.decode()


def test_a_renewal_offers_the_reason_given_the_last_time(cabinet, patient):  # noqa: F811
    with cabinet.at_work(cabinet.doctor) as keyring:
        add_entry(
            keyring=keyring,
            author=cabinet.doctor,
            patient_id=patient.pk,
            kind="allergy",
            payload=Allergy(substance="amoxicilline"),
        )
    client, line = (
        cabinet.client(cabinet.doctor),
        {**FIELDS, "medicine": key_of("amoxicilline"), "keep": "none"},
    )
    refused = client.post(page_of(patient), line).content.decode()
    mark = refused.split('name="reason-')[1].split('"')[0]
    done = client.post(page_of(patient), {**line, f"reason-{mark}": "tolérée depuis, test négatif"})
    assert done.status_code == 302
    again = client.get(f"{page_of(patient)}?renouveler={done.url.split('/')[-2]}").content.decode()
    renewed = again.split('name="renewed" value="')[1].split('"')[0]
    check = page_of(patient).replace("nouvelle", "verifier")
    offered = client.post(check, {**line, "renewed": renewed}).content.decode()
    assert 'value="tolérée depuis, test négatif"' in offered and "relisez-la" in offered
    assert "tolérée" not in client.post(check, line).content.decode()
    # Offered, never taken for granted: what is signed is what the page posts.
    assert client.post(page_of(patient), {**line, "renewed": renewed}).status_code == 422
    stranger = cabinet.patient(birth_family_name="Autre")
    elsewhere = page_of(stranger).replace("nouvelle", "verifier")
    assert "tolérée" not in client.post(elsewhere, {**line, "renewed": renewed}).content.decode()


def test_a_line_says_that_its_medicine_is_short_or_gone(cabinet, patient):  # noqa: F811
    key, client = key_of("amlodipine 5"), cabinet.client(cabinet.doctor)
    done = client.post(page_of(patient), {**FIELDS, "medicine": key})
    Shortage.objects.create(medicine_key=key, code="1", label="Rupture de stock", since="2026-11-01")
    again = f"{page_of(patient)}?renouveler={done.url.split('/')[-2]}"
    assert "Rupture de stock" in client.get(again).content.decode()
    Medicine.objects.filter(key=key).update(withdrawn=True)
    assert "n’est plus à la base publique" in client.get(again).content.decode()
