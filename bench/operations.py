"""The eight things a practice does all day, as a browser asks them."""

from __future__ import annotations

import random
import re
from datetime import date, timedelta
from typing import Any

from bench.browser import Browser
from bench.measure import Operation

RX = {
    "dose": "1",
    "unit": "dose",
    "when": "m",
    "duration": "3",
    "duration_unit": "month",
    "renewals": "1",
    "ns": "",
    "needed": "",
    "note": "",
    "brand": "",
    "ald": "",
}


def expect(browser: Browser, wanted: int, answer: tuple[int, bytes], what: str) -> bytes:
    status, body = answer
    if status != wanted:
        words = re.findall(r'(?:role="alert"|invalid-feedback)[^>]*>([^<]+)', body.decode(errors="replace"))
        raise RuntimeError(f"{what}: {status} {words}")
    return body


def operations(prepared: dict[str, Any]) -> dict[str, Operation]:
    people = prepared["people"]
    random.Random(5).shuffle(people)
    monday = date.today() - timedelta(days=date.today().weekday())

    def who(number: int) -> tuple[str, str, str]:
        return people[number % len(people)]

    def w1(browser: Browser, number: int) -> None:
        _, family, _ = who(number)
        expect(
            browser,
            200,
            browser.ask(
                "POST", "/patients/chercher/", {"q": family[: 3 + number % 2]}, **{"HX-Request": "true"}
            ),
            "W1",
        )

    def w2(browser: Browser, number: int) -> None:
        _, family, born = who(number)
        body = expect(
            browser,
            200,
            browser.ask("POST", "/patients/chercher/", {"q": f"{family} {born}"}, **{"HX-Request": "true"}),
            "W2",
        )
        if born.encode() not in body:
            raise RuntimeError("W2 found nobody")

    def w3(browser: Browser, number: int) -> None:
        body = expect(browser, 200, browser.ask("GET", f"/patients/{who(number)[0]}/dossier/"), "W3")
        if "Synthèse".encode() not in body:
            raise RuntimeError("W3 is not a record")

    def w4(browser: Browser, number: int) -> None:
        day = monday - timedelta(weeks=number % 8)
        expect(
            browser,
            200,
            browser.ask("GET", f"/agenda/?date={day}&praticien={prepared['practitioner']}"),
            "W4",
        )

    def w5(browser: Browser, number: int) -> None:
        # Days past the last appointment are free; the conflict check runs all the same.
        day = date.fromisoformat(prepared["free_from"]) + timedelta(days=number // 40 % 60_000)
        minute = 8 * 60 + 15 * (number % 40)
        data = {
            "patient": who(number)[0],
            "practitioner": prepared["practitioner_text"],
            "type": prepared["type_text"],
            "date": day.isoformat(),
            "time": f"{minute // 60:02d}:{minute % 60:02d}",
            "minutes": "15",
            "anyway": "1",
        }
        expect(browser, 302, browser.ask("POST", "/agenda/rendez-vous/nouveau/", data), "W5")

    def w6(browser: Browser, number: int) -> None:
        data = {
            "reason": "suivi",
            "history": "Va bien.",
            "conclusion": "Même traitement.",
            "m_weight": "72,5",
            "m_systolic": "132",
            "m_diastolic": "81",
        }
        expect(
            browser, 302, browser.ask("POST", f"/patients/{who(number)[0]}/dossier/consultation/", data), "W6"
        )

    def w7(browser: Browser, number: int) -> None:
        data = [(name, value) for key in prepared["drugs"] for name, value in {"medicine": key, **RX}.items()]
        expect(
            browser, 302, browser.ask("POST", f"/patients/{who(number)[0]}/ordonnances/nouvelle/", data), "W7"
        )

    def w8(browser: Browser, number: int) -> None:
        data = [
            ("row", "a"),
            ("code-a", "G"),
            ("row", "b"),
            ("code-b", "MCG"),
            ("mode", "card"),
            ("request_key", f"{number:x}-{random.getrandbits(60):x}"),
        ]
        expect(
            browser, 302, browser.ask("POST", f"/facturation/patients/{who(number)[0]}/nouvelle/", data), "W8"
        )

    def w9(browser: Browser, number: int) -> None:
        body = expect(browser, 200, browser.ask("GET", f"/patients/{prepared['long']}/dossier/"), "W9")
        if b"SEPTCENT" not in body:
            raise RuntimeError("W9 is not the long record")

    return {"W1": w1, "W2": w2, "W3": w3, "W4": w4, "W5": w5, "W6": w6, "W7": w7, "W8": w8, "W9": w9}
