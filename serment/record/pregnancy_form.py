"""The form of a pregnancy: dated by the last menses or by an ultrasound, ended with its outcome."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from serment.record.form_of import form_of
from serment.record.kinds.pregnancy import Pregnancy

LONGEST = timedelta(weeks=45)


class PregnancyForm(form_of(Pregnancy, past=("lmp", "began_on", "ended_on"))):  # type: ignore[misc]
    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        dated = given.get("began_on") or given.get("lmp")
        wrong = self.errors.get("lmp") or self.errors.get("began_on")
        if dated is None and not wrong:
            self.add_error("lmp", "Donnez les dernières règles, ou le début daté par une échographie.")
        elif dated and given.get("status") == "ongoing" and timezone.localdate() - dated > LONGEST:
            self.add_error(
                "status",
                "Son terme serait passé\u00a0: dites comment cette grossesse s’est terminée.",
            )
        if given.get("status") == "ended" and not given.get("ended_on"):
            self.add_error("ended_on", "Donnez le jour où elle s’est terminée.")
        if dated and given.get("ended_on") and given["ended_on"] < dated:
            self.add_error("ended_on", "Ce jour précède le début de la grossesse.")
        self._check_counts(given.get("gravidity"), given.get("parity"), given.get("status"))
        data: dict[str, Any] = super().clean()
        return data

    def _check_counts(self, gravidity: int | None, parity: int | None, status: str | None) -> None:
        """Gravidity counts this pregnancy, parity the births before it."""
        if gravidity == 0:
            self.add_error("gravidity", "La gestité compte cette grossesse\u00a0: au moins 1.")
        elif gravidity is not None and parity is not None and parity > gravidity - (status == "ongoing"):
            self.add_error(
                "parity",
                "La parité compte les accouchements d’avant celui-ci\u00a0: elle est sous la gestité.",
            )

    def payload(self) -> Pregnancy:
        """The steps that were marked stay: their own page changes them."""
        kept: Pregnancy = super().payload()
        return Pregnancy.model_validate({**kept.model_dump(), "marks": self.initial.get("marks", [])})
