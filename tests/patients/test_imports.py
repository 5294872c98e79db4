"""CSV import: read what spreadsheets write, refuse with a reason, resume without doubles."""

from __future__ import annotations

import pytest
from django.db import connection

from serment.patients import selectors
from serment.patients.imports import columns, services
from serment.patients.imports.reading import UnreadableFile, read_csv
from serment.patients.models import ImportBatch, ImportLine, ImportRun, Patient
from serment.vault.domains import Domain
from tests.patients.test_search import found, without

HEADER = "Nom de naissance;Prénom;Date de naissance;Sexe;Portable;Code postal;Ville;N° de sécurité sociale"
FILE = "\r\n".join(
    [
        HEADER,
        "Kergoat;Nolwenn;03/08/1955;Mme;06 12 34 56 78;35000;Rennes;2 55 08 14 168 025 38",
        "Penmarc’h;Élouan;1er mars 1990;M;;29200;Brest;",
        "Sansdate;Yann;;M;;;;",
        "Mauvaise;Date;31/02/1980;F;;;;",
        "",
        "Fausse;Clé;01/01/1980;F;;;;2 55 08 14 168 025 39",
        "Lestrange;Apoline;17/05/1984;F;;;;",
        "Penmarc’h;Élouan;1er mars 1990;M;;29200;Brest;",
        "Téléphone;Court;01/01/1980;X;061;;;",
    ]
)


def start(cabinet, keyring, person, text=FILE, encoding="utf-8"):
    return services.start_import(
        keyring=keyring, author=person, data=text.encode(encoding), circle_id=cabinet.circle.pk
    )


def run_through(keyring, person, run, *, stop_after=None):
    """Dry run, then the run, as the page drives them."""
    services.choose_columns(run_id=run.pk, mapping=run.mapping)
    while (run := services.step(keyring=keyring, author=person, run_id=run.pk)).state == "checking":
        pass
    services.begin_run(run_id=run.pk)
    done = 0
    while run.state != "done":
        if done == stop_after:
            return run
        run = services.step(keyring=keyring, author=person, run_id=run.pk)
        done += 1
    return run


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("sign", [";", ",", "\t"])
def test_files_of_every_spreadsheet_are_read(encoding, sign):
    text = sign.join(("Prénom", "Nom")) + "\n" + sign.join(("Élouan", '"Le ""Gall"""')) + "\n"
    file = read_csv(text.encode(encoding))
    assert (file.header, file.rows) == (["Prénom", "Nom"], [(2, ["Élouan", 'Le "Gall"'])])


def test_a_record_over_two_lines_is_known_by_its_first():
    file = read_csv(b'Nom;Note\nA;"un\ndeux"\n\nB;x\n')
    assert [line for line, _ in file.rows] == [2, 5]


@pytest.mark.parametrize(
    "data", [b"", b"  \n", b"Nom;Prenom\n", b"seule\nune\n", b"PK\x03\x04\x00\x00;a\n1;2\n"]
)
def test_what_is_no_csv_is_refused_in_words(data):
    with pytest.raises(UnreadableFile):
        read_csv(data)


def test_columns_are_guessed():
    assert columns.guess(HEADER.split(";"), coverage=True) == {
        "birth_family_name": 0,
        "first_given_name": 1,
        "birth_date": 2,
        "sex": 3,
        "mobile": 4,
        "postal_code": 5,
        "city": 6,
        "nir": 7,
    }
    assert "nir" not in columns.guess(HEADER.split(";"), coverage=False)
    assert columns.guess(["NOM", "Prenoms", "Nom de naissance"], coverage=True) == {
        "birth_family_name": 2,
        "used_family_name": 0,
        "given_names": 1,
        "first_given_name": 1,
    }


def test_a_dry_run_creates_nothing_then_the_run_reports_every_line(cabinet):
    known = cabinet.patient()
    with cabinet.at_work(cabinet.doctor) as keyring:
        run = start(cabinet, keyring, cabinet.doctor)
        services.choose_columns(run_id=run.pk, mapping=run.mapping)
        run = services.step(keyring=keyring, author=cabinet.doctor, run_id=run.pk)
        assert (run.state, Patient.objects.count()) == ("checked", 1)
        tried = dict(run.counts)
        services.begin_run(run_id=run.pk)
        run = services.step(keyring=keyring, author=cabinet.doctor, run_id=run.pk)
        assert run.counts == tried == {"created": 2, "refused": 4, "doubtful": 1, "known": 1}
        refused = dict(ImportLine.objects.filter(outcome="refused").values_list("line", "field"))
        assert refused == {4: "birth_date", 5: "birth_date", 7: "nir", 10: "sex"}
        reasons = " ".join(ImportLine.objects.values_list("reason", flat=True))
        assert "Sansdate" not in reasons and "31/02" not in reasons and "168" not in reasons
        doubtful = ImportLine.objects.get(outcome="doubtful")
        assert (doubtful.line, doubtful.other_id) == (8, known.pk)
        card = selectors.card(keyring=keyring, patient_id=found(cabinet, "kergoat")[0])
        assert (card.coverage.nir[:3], card.identity.sex, card.identity.source) == ("255", "F", "import")


def test_a_doubtful_line_is_for_a_person_then_the_file_goes(cabinet):
    cabinet.patient()
    with cabinet.at_work(cabinet.doctor) as keyring:
        run = run_through(keyring, cabinet.doctor, start(cabinet, keyring, cabinet.doctor))
        assert ImportBatch.objects.exists()
        services.decide(keyring=keyring, author=cabinet.doctor, run_id=run.pk, line=8, create=True)
        assert len(found(cabinet, "lestrange")) == 2
        run.refresh_from_db()
        assert run.erased_at and run.header is None and not ImportBatch.objects.exists()


def test_an_import_cut_short_goes_on_without_doubles(cabinet):
    lines = [
        f"Famille{'abcdefghij'[n % 10]}{'abcdefghijklm'[n // 10]};Prosper;{n % 28 + 1:02d}/01/{1900 + n}"
        for n in range(120)
    ]
    text = "\n".join(["Nom;Prénom;Date de naissance", *lines])
    with cabinet.at_work(cabinet.secretary) as keyring:
        run = run_through(
            keyring, cabinet.secretary, start(cabinet, keyring, cabinet.secretary, text), stop_after=1
        )
        assert (run.state, Patient.objects.count()) == ("running", services.BATCH)
        # A crash in the middle of a batch: nothing of it stays, nor does the position move.
        real, calls = services.create_patient, []

        def falling(**values):
            calls.append(1)
            if len(calls) == 20:
                raise RuntimeError("power cut")
            return real(**values)

        services.create_patient = falling
        try:
            with pytest.raises(RuntimeError):
                services.step(keyring=keyring, author=cabinet.secretary, run_id=run.pk)
        finally:
            services.create_patient = real
        assert Patient.objects.count() == services.BATCH
        while run.state == "running":
            run = services.step(keyring=keyring, author=cabinet.secretary, run_id=run.pk)
        assert (Patient.objects.count(), run.counts) == (120, {"created": 120})
    with cabinet.at_work(cabinet.doctor) as keyring:
        again = run_through(keyring, cabinet.doctor, start(cabinet, keyring, cabinet.doctor, text))
        assert (Patient.objects.count(), again.counts) == (120, {"known": 120})


def test_a_step_too_many_is_refused(cabinet):
    with cabinet.at_work(cabinet.doctor) as keyring:
        run = run_through(keyring, cabinet.doctor, start(cabinet, keyring, cabinet.doctor))
        with pytest.raises(services.WrongState):
            services.step(keyring=keyring, author=cabinet.doctor, run_id=run.pk)


def test_the_file_is_never_in_clear_and_the_desk_keeps_no_number(cabinet):
    with cabinet.at_work(cabinet.secretary) as keyring:
        narrow = without(keyring, Domain.BILLING)
        run = start(cabinet, narrow, cabinet.secretary)
        assert "nir" not in run.mapping
        assert ImportBatch.objects.get().numbers is None
        rows = services.open_batch(keyring, ImportBatch.objects.get())
        assert rows[0][1][:2] == ["Kergoat", "Nolwenn"] and rows[0][1][7] == ""
    with cabinet.at_work(cabinet.doctor) as keyring:
        start(cabinet, keyring, cabinet.doctor)
    with connection.cursor() as cursor:
        for model in (ImportRun, ImportBatch, ImportLine):
            cursor.execute(f"SELECT * FROM {model._meta.db_table}")
            dump = b"".join(
                bytes(v) if isinstance(v, bytes | memoryview) else str(v).encode() for r in cursor for v in r
            )
            for secret in ("Kergoat", "Nolwenn", "06 12 34", "025 38", "Rennes"):
                assert secret.encode() not in dump
