"""What waits for someone's keys never keeps them out."""

from __future__ import annotations

import logging

from serment.access import arrivals


def test_a_work_that_fails_does_not_stop_the_others(cabinet, monkeypatch, caplog):
    done = []

    def broken(person, keyring):
        raise OSError("un nom qui ne doit pas sortir")

    monkeypatch.setattr(arrivals, "_known", [broken, lambda person, keyring: done.append(person.pk)])
    with cabinet.at_work(cabinet.doctor) as keyring, caplog.at_level(logging.ERROR):
        arrivals.welcome(cabinet.doctor, keyring)
    assert done == [cabinet.doctor.pk]
    assert "OSError" in caplog.text and "ne doit pas sortir" not in caplog.text
