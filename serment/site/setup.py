"""Set a practice up: one verb for the first-run page and for ``serment init``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from serment.access import accounts, setup
from serment.access.forms import OwnerForm, PracticeForm, PractitionerForm
from serment.access.passwords import WeakPassword
from serment.agenda.services import create_defaults
from serment.catalogues.services import load_starter
from serment.documents import recovery_sheet
from serment.journal import services as journal
from serment.vault.tenancy import using_practice


class Answers:
    """The three forms of the first run, checked together. Practitioner fields carry the prefix ``p-``."""

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        self.practice = PracticeForm(data)
        self.practitioner = PractitionerForm(data, prefix="p")
        self.owner = OwnerForm(data)
        self.forms = (self.practice, self.practitioner, self.owner)

    def is_valid(self) -> bool:
        return all(form.is_valid() for form in self.forms)

    def errors(self) -> list[tuple[str, str]]:
        """(label, French message) of everything refused."""
        found = []
        for form in self.forms:
            for name, messages in form.errors.items():
                label = form.fields[name].label if name in form.fields else "Formulaire"
                found += [(str(label), message) for message in messages]
        return found

    @classmethod
    def questions(cls) -> list[tuple[str, str]]:
        """(name, label) of every question, in order."""
        blank = cls()
        return [
            (form.add_prefix(name), f"{field.label}{_choices(field)}")
            for form in blank.forms
            for name, field in form.fields.items()
        ]


def _choices(field: Any) -> str:
    codes = [str(code) for code, _ in getattr(field, "choices", []) if code]
    return f" ({', '.join(codes)})" if codes else ""


@dataclass(frozen=True)
class Outcome:
    """What set-up made, and the sheet for the safe as a PDF."""

    made: setup.NewPractice
    sheet: bytes


@transaction.atomic
def _create(answers: Answers) -> setup.NewPractice:
    made = setup.create_practice(
        practice=answers.practice.save(commit=False),
        practitioner=answers.practitioner.save(commit=False),
        login=answers.owner.cleaned_data["login"],
        password=answers.owner.cleaned_data["password"],
    )
    with using_practice(made.practice.pk), journal.acting(made.owner.pk):
        create_defaults(practitioner=made.owner.practitioner)
    return made


def create(answers: Answers) -> Outcome | None:
    """Create the practice; None (and errors on the forms) where the login or the password is refused."""
    try:
        made = _create(answers)
    except WeakPassword as error:
        answers.owner.add_error("password", str(error))
        return None
    except accounts.RefusedAccount as error:
        answers.owner.add_error("login", str(error))
        return None
    load_starter()
    return Outcome(made, recovery_sheet(practice_name=made.practice.name, code=made.recovery_code))
