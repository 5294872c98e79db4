"""What is typed about an ordonnance that was signed: why it is cancelled, the name of a protocol."""

from __future__ import annotations

from django import forms
from django.core.validators import MinLengthValidator

from serment.record import guards
from serment.record.forms_base import line_field

WHY = "Dites pourquoi l’ordonnance est annulée, en quelques mots."
NAME = "Donnez un nom au protocole\u00a0: deux lettres au moins."


class CancelForm(forms.Form):
    """``reason`` is printed on what is printed again: 3 to 200 characters."""

    reason = line_field(
        "Motif d’annulation",
        200,
        required=True,
        error_messages={"required": WHY},
        validators=[MinLengthValidator(3, WHY)],
    )

    @property
    def cautions(self) -> list[str]:
        """What to confirm, after ``is_valid``: a number of a person, a word that the practice does not write."""
        return guards.cautions([(str(self["reason"].label), str(self.cleaned_data.get("reason") or ""))])


class ProtocolForm(forms.Form):
    """A name among one's own; ``shared`` offers it to the practice."""

    label = line_field(
        "Garder comme protocole",
        80,
        required=True,
        error_messages={"required": NAME},
        validators=[MinLengthValidator(2, NAME)],
    )
    shared = forms.BooleanField(label="pour tout le cabinet", required=False)
