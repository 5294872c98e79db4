"""Every kind of ordonnance: its page, its fields, its paper; who may, and what is lacking said at its field."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.utils import timezone
from pypdf import PdfReader

from serment.catalogues.services import load_starter
from serment.prescribing.kinds import kinds
from serment.record.models import Entry
from serment.vault.ids import encode

GIVEN: dict[str, dict[str, object]] = {
    "biology": {
        "item": "nabm:1577",
        "text": "Hémoglobine glyquée (HbA1c)",
        "fasting": "on",
        "coverage": "ald",
    },
    "imaging": {
        "text": "Radiographie du genou, face et profil",
        "reason": "chute, fracture ?",
        "side": "droit",
    },
    "nursing": {
        "text": "Pansement simple",
        "frequency": "une fois par jour",
        "duration": "10 jours",
        "sunday": "on",
    },
    "physiotherapy": {"text": "Rééducation du genou", "side": "gauche", "sessions": "10"},
    "speech": {"text": "Bilan orthophonique avec rééducation si nécessaire", "reason": "retard de parole"},
    "devices": {"item": "lpp:1285619", "text": "Déambulateur, à l’achat", "count": "1", "way": "achat"},
    "transport": {
        "mode": "ambulance",
        "cause": "hospitalisation, entrée ou sortie",
        "from": "domicile",
        "to": "CHU",
    },
    "sick_leave": {"what": "initial", "start": "2026-11-25", "end": "2026-11-29", "reason": "lombalgie"},
}
PRINTED = {
    "biology": ("Ordonnance – Biologie médicale", "Hémoglobine glyquée", "Code NABM 1577", "À jeun", "ALD exonérante", "1 examen prescrit"),
    "imaging": ("Ordonnance – Imagerie", "Radiographie du genou", "chute, fracture ?", "droit", "1 examen demandé"),
    "nursing": ("Pansement simple", "une fois par jour", "10 jours", "Dimanches et jours fériés compris", "1 soin prescrit"),
    "physiotherapy": ("Rééducation du genou", "gauche", "Nombre de séances", "10"),
    "speech": ("Bilan orthophonique avec rééducation si nécessaire", "retard de parole"),
    "devices": ("Déambulateur", "Code LPP 1285619", "Quantité : 1", "achat", "1 dispositif prescrit"),
    "transport": ("Prescription médicale de transport – préparation", "ne le remplace pas", "ambulance", "domicile", "CHU"),
    "sick_leave": ("Avis d’arrêt de travail – préparation", "ne vaut pas avis d’arrêt", "25/11/2026", "29/11/2026", "5 jours"),
}  # fmt: skip


@pytest.fixture
def patient(cabinet):
    load_starter()
    return cabinet.patient()


def address(patient) -> str:
    return f"/patients/{encode(patient.pk)}/ordonnances/demande/"


def text_of(response) -> str:
    pages = PdfReader(io.BytesIO(response.content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def test_every_kind_is_tried_here():
    assert set(GIVEN) == set(PRINTED) == set(kinds()) - {"medicines"}


@pytest.mark.parametrize("code", GIVEN)
def test_a_kind_from_its_page_to_its_paper(cabinet, patient, code):
    client = cabinet.client(cabinet.doctor)
    assert client.get(f"{address(patient)}?nature={code}").status_code == 200
    done = client.post(address(patient), {**GIVEN[code], "kind": code})
    assert done.status_code == 302, done.content.decode()
    paper = text_of(client.get(f"{done.url}ordonnance.pdf"))
    for mention in PRINTED[code]:
        assert mention in paper, mention
    renewed = client.get(
        f"{address(patient)}?renouveler={encode(Entry.unscoped.get(kind='prescription').pk)}"
    )
    assert renewed.status_code == 200
    for value in GIVEN[code].values():
        assert value in ("on", "ald") or str(value) in renewed.content.decode(), value
    assert kinds()[code].label in client.get("/ordonnances/registre/").content.decode()


@pytest.mark.parametrize(
    ("code", "given", "said"),
    [
        ("imaging", {"text": "IRM du genou"}, "Complétez les champs signalés"),
        ("biology", {}, "Ajoutez au moins une ligne (examen)"),
        ("devices", {"text": "Canne", "count": "beaucoup"}, "Ligne 1 : la quantité"),
        ("sick_leave", {"what": "initial", "start": "2026-11-29", "end": "2026-11-25", "reason": "x"}, "La fin précède le début"),
    ],
)  # fmt: skip
def test_what_lacks_is_said_and_what_was_typed_stays(cabinet, patient, code, given, said):
    page = cabinet.client(cabinet.doctor).post(address(patient), {**given, "kind": code})
    content = page.content.decode()
    assert page.status_code == 422 and said in content
    assert not given.get("text") or str(given["text"]) in content
    assert not Entry.unscoped.filter(kind="prescription").exists()


OWN_DEVICE = {
    "infirmier": "Compresses stériles",
    "pedicure_podologue": "Semelles",
    "orthophoniste": "Canule trachéale",
}
"""An article of the profession's list; the one of `GIVEN` is in the others'."""


@pytest.mark.parametrize(
    ("profession", "code", "allowed"),
    [
        ("sage_femme", "biology", True),
        ("sage_femme", "sick_leave", True),
        ("sage_femme", "transport", False),
        ("infirmier", "devices", True),
        ("infirmier", "imaging", False),
        ("kinesitherapeute", "devices", True),
        ("kinesitherapeute", "biology", False),
        ("pedicure_podologue", "devices", True),
        ("pedicure_podologue", "nursing", False),
        ("orthophoniste", "devices", True),
        ("orthophoniste", "speech", False),
        ("chirurgien_dentiste", "imaging", True),
        ("chirurgien_dentiste", "physiotherapy", False),
    ],
)
def test_each_profession_within_its_text(cabinet, patient, profession, code, allowed):
    with cabinet.at_work(cabinet.doctor):
        who = cabinet.doctor.practitioner
        who.profession = profession
        who.save()
    client = cabinet.client(cabinet.doctor)
    given = {**GIVEN[code], "kind": code}
    if code == "devices" and profession in OWN_DEVICE:
        given["text"] = OWN_DEVICE[profession]
    answer = client.post(address(patient), given)
    assert answer.status_code == (302 if allowed else 403)
    if not allowed:
        from serment.prescribing import rights

        assert rights.of(profession).text in answer.content.decode().replace("&#x27;", "'")


def test_acts_and_devices_are_searched_and_added(cabinet, patient):
    client = cabinet.client(cabinet.doctor)
    found = client.post(
        "/ordonnances/demandes/chercher/", {"kind": "biology", "words": "nfs"}
    ).content.decode()
    assert "nabm:1104" in found and "liste de départ, à vérifier" in found
    line = client.post("/ordonnances/demandes/ligne/", {"key": "nabm:1104"}).content.decode()
    assert "Hémogramme" in line and "NABM 1104" in line
    assert (
        "Rien de ce nom"
        in client.post(
            "/ordonnances/demandes/chercher/", {"kind": "devices", "words": "zzz"}
        ).content.decode()
    )
    words = client.post(
        "/ordonnances/demandes/ligne/", {"words": "Bas <b>de</b> contention"}
    ).content.decode()
    assert "&lt;b&gt;" in words
    assert (
        client.post("/ordonnances/demandes/chercher/", {"kind": "nursing", "words": "x"}).status_code == 404
    )


def test_a_protocol_of_acts_is_offered_on_its_own_page(cabinet, patient):
    client = cabinet.client(cabinet.doctor)
    done = client.post(address(patient), {**GIVEN["biology"], "kind": "biology"})
    client.post(f"{done.url}protocole/", {"label": "Suivi du diabète"})
    assert "Suivi du diabète" in client.get(f"{address(patient)}?nature=biology").content.decode()
    medicines = client.get(f"/patients/{encode(patient.pk)}/ordonnances/nouvelle/").content.decode()
    assert "Suivi du diabète" not in medicines
    from serment.prescribing.models import Protocol

    with cabinet.at_work(cabinet.doctor):
        protocol = Protocol.objects.get()
    lines = client.post("/medicaments/protocole/", {"protocol": encode(protocol.pk)}).content.decode()
    assert "nabm:1577" in lines


def test_a_leave_of_eleven_years_is_asked_about(cabinet, patient):
    client = cabinet.client(cabinet.doctor)
    today = timezone.localdate()
    long = {
        "kind": "sick_leave",
        "what": "initial",
        "start": today,
        "end": today + timedelta(days=3986),
        "reason": "dos",
    }
    asked = client.post(address(patient), long)
    said = asked.content.decode()
    assert (
        asked.status_code == 422
        and "3\u202f987 jours, soit un an ou plus" in said
        and "confirm_unusual" in said
    )
    assert not Entry.unscoped.filter(kind="prescription").exists()
    assert client.post(address(patient), {**long, "confirm_unusual": "1"}).status_code == 302
    far = {**long, "start": today - timedelta(days=800), "end": today - timedelta(days=790)}
    assert "à plus d’un an d’aujourd’hui" in client.post(address(patient), far).content.decode()
    short = {**long, "end": today + timedelta(days=300)}
    assert client.post(address(patient), short).status_code == 302
