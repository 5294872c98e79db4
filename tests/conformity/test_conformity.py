"""The conformity page: every requirement, measures and attestations never mixed up (R2.3, R2.4)."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from serment.access.models import Person
from serment.conformity import services
from serment.conformity.catalogue import requirements
from serment.conformity.checks import all_controls
from serment.conformity.models import Attestation, Edition
from serment.privacy import register
from serment.vault import crypto
from serment.vault.models import Grant, KeyHolder


@pytest.fixture
def at_work(cabinet):
    with cabinet.at_work(cabinet.doctor) as keyring:
        yield keyring


def state_of(requirement_id: str) -> services.Line:
    return next(line for line in services.lines() if line.requirement.id == requirement_id)


def test_the_catalogue_is_whole():
    found = requirements()
    assert len(found) == len({r.id for r in found}) == 213
    controls = all_controls()
    for requirement in found:
        assert requirement.who in ("P", "E", "P+E") and requirement.quote and requirement.section
        assert requirement.kind in ("check", "attest", "absent")
        assert requirement.kind != "check" or requirement.argument in controls, requirement.id
        assert requirement.kind != "absent" or requirement.note, f"{requirement.id} says why"
        assert requirement.kind != "attest" or requirement.months > 0
    used = {r.argument for r in found if r.kind == "check"}
    assert used == set(controls), "no control without a requirement"


def test_one_answer_for_each_requirement(cabinet, at_work):
    found = services.as_json(services.lines())
    assert [line["id"] for line in found] == [r.id for r in requirements()]
    for line in found:
        assert line["state"] in ("met", "assisted", "not_met", "not_applicable")
        assert line["kind"] in ("measured", "attested") and line["evidence"] and line["checked_at"]


def test_an_attestation_is_never_a_measure(cabinet, at_work):
    for line in services.lines():
        if line.requirement.kind == "attest":
            assert line.kind == "attested" and line.state != "met"
        else:
            assert line.kind == "measured" and line.state != "assisted"


def test_attesting_counts_until_its_term(cabinet, at_work):
    given = {"keyring": at_work, "author": cabinet.doctor, "requirement_id": "P-LOC-1"}
    with pytest.raises(services.Refused, match="quelques mots"):
        services.attest(**given, answer="yes", text="")
    with pytest.raises(services.Refused, match="se mesure"):
        services.attest(**{**given, "requirement_id": "R4.2"}, answer="yes", text="bien sûr")
    row = services.attest(**given, answer="yes", text="Porte fermée à clé, deux clés.")
    assert state_of("P-LOC-1").state == "assisted"
    holder = KeyHolder.objects.get(pk=row.signer_id)
    assert crypto.verify(holder.signing_public_key, row.signature, services.message(row))
    Attestation.objects.filter(pk=row.pk).update(due_on=timezone.localdate() - timedelta(days=1))
    line = state_of("P-LOC-1")
    assert line.overdue and line.state == "not_met" and line.label == "attestation à renouveler"
    services.attest(**given, answer="none", text="Pas de local, exercice à domicile.")
    assert state_of("P-LOC-1").state == "not_applicable"


def test_measures_see_what_changes(cabinet, at_work):
    assert state_of("R2.5").state == "not_met"
    register.publish(author=cabinet.doctor)
    assert state_of("R2.5").state == "met"
    assert state_of("R6.4").state == "met"
    grant = Grant.objects.filter(holder_id=cabinet.doctor.holder_id, domain_key__domain="care").first()
    Grant.objects.create(
        holder_id=cabinet.secretary.holder_id, domain_key=grant.domain_key, sealed_secret=grant.sealed_secret
    )
    assert state_of("R6.4").state == "not_met", "a key of care at the desk is seen"
    Person.objects.filter(pk=cabinet.secretary.pk).update(login="secretariat")
    assert state_of("P-AUTH-1").state == "not_met"
    type(cabinet.practice).objects.update(idle_minutes=15)
    assert state_of("P-POST-1").state == "met"


def test_a_readable_value_is_seen(cabinet, at_work):
    patient = cabinet.patient()
    assert state_of("R6.12").state == "met"
    type(patient).objects.filter(pk=patient.pk).update(identity=b"Lestrange Apolline en clair")
    assert state_of("R6.12").state == "not_met"


def test_what_this_version_does_not_do_says_so(cabinet, at_work):
    assert state_of("R3.8").label == "pas dans cette version"


def test_the_page_its_filters_and_its_file(cabinet):
    client = cabinet.client(cabinet.doctor)
    page = client.get("/conformite/", {"etat": "tout"}).content.decode()
    assert len(re.findall(r"<code>[RPE][\w.-]+</code>", page)) == 213
    assert "R3.8" not in client.get("/conformite/", {"etat": "met"}).content.decode()
    assert client.get("/conformite/dossier.pdf").content.startswith(b"%PDF")
    kept = client.get("/conformite/editions/").content.decode()
    assert "Édition 1" in kept and "intacte" in kept and "altérée" not in kept
    [path] = re.findall(r'href="(/conformite/editions/[^"]+/)"', kept)
    assert len(re.findall(r"<code>[RPE][\w.-]+</code>", client.get(path).content.decode())) == 213
    with cabinet.at_work(cabinet.doctor):
        row = Edition.objects.get()
        row.lines[0]["state"] = "not_applicable"
        row.save()
    assert "altérée" in client.get("/conformite/editions/").content.decode()
    assert "a été altérée" in client.get(path).content.decode()
    assert cabinet.client(cabinet.secretary).get("/conformite/").status_code == 403
    assert client.post("/conformite/attester/R5_11/", {"answer": "yes", "text": "Relu."}).status_code == 302
    assert client.post("/conformite/attester/P-LOC-1/", {"text": "x"}).status_code == 422
    assert client.get("/conformite/attester/R4_2/").status_code == 404


def test_the_page_opens_on_what_is_to_be_done_folded_by_section(cabinet, at_work):
    todo = [line.requirement for line in services.lines() if line.state == services.NOT_MET]
    client = cabinet.client(cabinet.doctor)
    page = client.get("/conformite/").content.decode()
    assert re.findall(r"<code>([RPE][\w.-]+)</code>", page) == [r.id for r in todo], "in the text's own order"
    titles = re.findall(r"<h2[^>]*>(\d+\. [^<]+)</h2>", page)
    assert titles == list(dict.fromkeys(r.section for r in todo)) and " open><summary" not in page
    provider = client.get("/conformite/", {"qui": "E"}).content.decode()
    assert re.findall(r"<code>([RPE][\w.-]+)</code>", provider) == [r.id for r in todo if "E" in r.who]
    assert "etat=met&amp;qui=E" in provider, "the two filters hold together"
    few = client.get("/conformite/", {"etat": "late"}).content.decode()
    assert "Rien à montrer" in few
    answered = client.post("/conformite/attester/P-LOC-1/", {"answer": "yes", "text": "Fermé à clé."})
    assert answered["Location"] == "/conformite/#P"


def test_the_page_has_a_link_a_reference_and_a_filter_for_what_is_late(cabinet, at_work):
    services.attest(
        keyring=at_work,
        author=cabinet.doctor,
        requirement_id="P-LOC-1",
        answer="yes",
        text="Porte fermée à clé.",
    )
    Attestation.objects.update(due_on=timezone.localdate() - timedelta(days=1))
    page = cabinet.client(cabinet.doctor).get("/conformite/", {"etat": "late"}).content.decode()
    assert re.findall(r"<code>([RPE][\w.-]+)</code>", page) == ["P-LOC-1"]
    assert "fiche 15" in page and "RGPD, article 32" in page
    whole = cabinet.client(cabinet.doctor).get("/conformite/", {"etat": "tout"}).content.decode()
    assert "la preuve de R2.5" in whole and "article 30.1" in whole


def test_every_address_of_the_program_is_opaque_or_fixed(cabinet, at_work):
    """Nothing makes this control fail unseen: it depends on the program alone."""
    assert state_of("E-WEB-2").state == "met"


def test_an_attestation_that_ends_is_recalled_on_the_day_s_page(cabinet, at_work):
    given = {"keyring": at_work, "author": cabinet.doctor, "answer": "yes", "text": "Porte fermée à clé."}
    services.attest(requirement_id="P-LOC-1", **given)
    client, words = cabinet.client(cabinet.doctor), "Attestations de conformité à renouveler"
    assert words not in client.get("/").content.decode()
    Attestation.unscoped.update(due_on=timezone.localdate() + timedelta(days=12))
    assert f"{words} sous trente jours" in client.get("/").content.decode()
    Attestation.unscoped.update(due_on=timezone.localdate() - timedelta(days=1))
    assert f"{words}\u00a0: 1" in client.get("/").content.decode()
    assert words not in cabinet.client(cabinet.secretary).get("/").content.decode()


def test_json_without_a_practice_still_has_every_requirement(db, capsys):
    import json
    from argparse import Namespace

    from serment.cli import conformity

    assert conformity.run(Namespace(json=True)) == 0
    found = json.loads(capsys.readouterr().out)
    assert [line["id"] for line in found] == [r.id for r in requirements()]
    assert {line["state"] for line in found} == {"not_met"}
