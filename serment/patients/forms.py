"""The patient form: one screen, each error at its field, in French."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.urls import reverse
from django.utils import timezone

from serment.catalogues import funds
from serment.formats import dates, ins, names, nir, phone, postal
from serment.formats.text import is_digits
from serment.patients.payloads import Contact, Coverage, Identity, InsIdentity

SEX_CHOICES = [("F", "Femme"), ("M", "Homme"), ("U", "Non précisé")]
_CONTACT = (
    "mobile",
    "phone",
    "email",
    "address",
    "address_more",
    "postal_code",
    "city",
    "emergency_name",
    "emergency_phone",
)
_TRAITS = (
    "birth_family_name",
    "used_family_name",
    "first_given_name",
    "given_names",
    "used_given_name",
    "sex",
    "birth_date",
    "birth_place_code",
    "note",
)
_INS_TRAITS = (
    "birth_family_name",
    "first_given_name",
    "given_names",
    "sex",
    "birth_date",
    "birth_place_code",
)


def _text(label: str, length: int = 80, **more: Any) -> forms.CharField:
    attrs = {"autocomplete": "off", **more.pop("attrs", {})}
    return forms.CharField(
        label=label,
        max_length=length,
        required=more.pop("required", False),
        widget=forms.TextInput(attrs),
        **more,
    )


class PatientForm(forms.Form):
    """Identity traits, contact, coverage (billing) and INS (care); the last two only where the session may."""

    birth_family_name = _text("Nom de naissance", required=True, attrs={"autofocus": True})
    used_family_name = _text("Nom utilisé", help_text="S’il diffère : nom d’usage ou de mariage.")
    first_given_name = _text("Premier prénom de naissance", required=True)
    given_names = _text("Tous les prénoms de naissance", 100)
    used_given_name = _text("Prénom utilisé")
    sex = forms.ChoiceField(label="Sexe", choices=SEX_CHOICES, initial="F")
    birth_date = _text("Date de naissance", 30, required=True, help_text="23/11/1958, 231158 ou 23 nov 1958")
    birth_place_code = _text(
        "Commune de naissance (code Insee)", 5, help_text="99… à l’étranger", attrs={"list": "birth-places"}
    )
    mobile = _text("Mobile", 20, attrs={"inputmode": "tel"})
    phone = _text("Autre téléphone", 20, attrs={"inputmode": "tel"})
    email = forms.EmailField(
        label="Courriel",
        required=False,
        error_messages={"invalid": "Cette adresse n’est pas complète : prenom@exemple.fr"},
    )
    address = _text("Adresse", 120)
    address_more = _text("Complément", 120)
    postal_code = _text("Code postal", 5, attrs={"inputmode": "numeric"})
    city = _text("Commune", 80, attrs={"list": "communes"})
    emergency_name = _text("Personne à prévenir", 80)
    emergency_phone = _text("Son téléphone", 20, attrs={"inputmode": "tel"})
    note = forms.CharField(
        label="Note administrative",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Pour l’accueil : étage, interphone, horaires. Rien de médical ici.",
    )
    nir = _text("Numéro de sécurité sociale", 21, attrs={"inputmode": "numeric"})
    organism = forms.CharField(
        label="Organisme (régime, caisse, centre)",
        required=False,
        max_length=14,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off", "placeholder": "01 351 0000"}),
    )
    c2s = forms.BooleanField(label="Complémentaire santé solidaire (C2S)", required=False)
    ald = forms.BooleanField(label="Affection de longue durée exonérante (ALD)", required=False)
    ins_matricule = _text("Matricule INS", 21)
    ins_oid = forms.ChoiceField(
        label="Autorité",
        required=False,
        choices=[
            (ins.OID_NIR, "NIR"),
            (ins.OID_NIA, "NIA"),
            (ins.OID_TEST, "test"),
            (ins.OID_DEMO, "démonstration"),
        ],
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        coverage: bool,
        care: bool,
        demo: bool = False,
        live: bool = True,
        **kwargs: Any,
    ) -> None:
        """``live``: each field is checked when it is left (off for imports, which draw nothing)."""
        super().__init__(*args, **kwargs)
        if live:
            check = reverse("patients:check")
            for bound in self.fields.values():
                bound.widget.attrs["hx-post"] = check
        self.with_coverage, self.with_ins, self.demo = coverage, care, demo
        if not coverage:
            for name in ("nir", "organism", "c2s", "ald"):
                del self.fields[name]
        if not care:
            for name in ("ins_matricule", "ins_oid"):
                del self.fields[name]

    def _checked(self, name: str, check: Callable[[str], str]) -> str:
        value = str(self.cleaned_data.get(name, "")).strip()
        if not value:
            return ""
        try:
            return check(value)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error

    def clean_birth_date(self) -> Any:
        try:
            return dates.parse_french_date(self.cleaned_data["birth_date"], timezone.localdate())
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error

    def clean_mobile(self) -> str:
        return self._checked("mobile", phone.parse_phone)

    def clean_phone(self) -> str:
        return self._checked("phone", phone.parse_phone)

    def clean_emergency_phone(self) -> str:
        return self._checked("emergency_phone", phone.parse_phone)

    def clean_postal_code(self) -> str:
        return self._checked("postal_code", postal.parse_postal_code)

    def clean_birth_place_code(self) -> str:
        return self._checked("birth_place_code", postal.parse_commune_code)

    def clean_organism(self) -> str:
        text = "".join(self.cleaned_data.get("organism", "").split())
        if text and (not is_digits(text) or len(text) != 9):
            raise forms.ValidationError(
                "Neuf chiffres\u00a0: régime (2), caisse (3), centre (4), comme 01 351 0000."
            )
        if text and text != self.initial.get("organism"):  # one kept from before holds back no other field
            fault = funds.fault_of_fund(text[:2], text[2:5], text[5:])
            if fault:
                raise forms.ValidationError(fault)
        return text

    def clean_nir(self) -> str:
        return self._checked("nir", nir.normalise_nir)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name in ("birth_family_name", "first_given_name"):
            if data.get(name) and not names.fold(data[name]):
                self.add_error(name, "Écrivez au moins une lettre.")
        if data.get("ins_matricule"):
            try:
                data["ins_matricule"] = ins.parse_ins(
                    data["ins_matricule"], data.get("ins_oid", ""), allow_test=self.demo
                ).matricule
            except ValueError as error:
                self.add_error("ins_matricule", str(error))
        return data

    def warnings(self) -> list[str]:
        """What looks odd without being wrong: it is said, never refused."""
        data, found = self.cleaned_data, []
        born = data.get("birth_date")
        number = nir.parse_nir(data["nir"]) if data.get("nir") else None
        if number and born and not number.is_temporary:
            if data.get("sex", "U") != "U" and number.sex != data.get("sex"):
                found.append(
                    "Le numéro de sécurité sociale n’est pas du sexe indiqué : est-ce celui de l’assuré ?"
                )
            month = number.birth_month
            if month and (number.birth_year, month) != (born.year % 100, born.month):
                found.append("Le numéro de sécurité sociale ne correspond pas au mois de naissance.")
        return found

    def identity(self, base: Identity | None = None) -> Identity:
        """What was typed, over ``base``: what the form does not show stays as it was.

        On a form that is not valid, it holds the traits that are, for the search of doubles.
        """
        data = self.cleaned_data
        contact = base.contact if base else Contact()
        typed = {name: data.get(name, "") for name in _TRAITS}
        typed["contact"] = contact.model_copy(update={name: data.get(name, "") for name in _CONTACT})
        typed["confirmed_on"] = timezone.localdate()
        typed["sex"] = typed["sex"] or "U"
        return base.model_copy(update=typed) if base else Identity(**typed)

    def coverage(self, base: Coverage | None = None) -> Coverage | None:
        """None where the session has no billing domain."""
        if not self.with_coverage:
            return None
        data = self.cleaned_data
        typed = {"nir": data.get("nir", ""), "c2s": data.get("c2s", False), "ald": data.get("ald", False)}
        if "organism" in self.data:
            organism = data.get("organism", "")
            typed |= {"scheme": organism[:2], "fund": organism[2:5], "centre": organism[5:]}
        return (base or Coverage()).model_copy(update=typed)

    def ins(self, card: Any = None) -> InsIdentity | None:
        """None where the session has no care domain.

        A typed matricule is never « qualified »: that takes the INSi service, which this build does not reach. A
        status obtained otherwise stays only while the matricule and the traits it vouches for do not change.
        """
        if not self.with_ins:
            return None
        data = self.cleaned_data
        matricule = data.get("ins_matricule", "")
        oid = data.get("ins_oid", "") if matricule else ""
        known = card.ins if card else None
        same = (
            known is not None
            and (known.matricule, known.oid) == (matricule, oid)
            and all(getattr(card.identity, name) == data.get(name) for name in _INS_TRAITS)
        )
        return InsIdentity(matricule=matricule, oid=oid, status=known.status if same else "provisional")


def initial_of(card: Any) -> dict[str, Any]:
    """What the form shows of an existing patient."""
    data = card.identity.model_dump(exclude={"contact"})
    data.update(card.identity.contact.model_dump())
    for name in ("mobile", "phone", "emergency_phone"):
        data[name] = phone.display_phone(data[name]) if data[name] else ""
    data["birth_date"] = dates.short(card.identity.birth_date)
    if card.coverage:
        data.update(
            nir=nir.format_nir(card.coverage.nir) if card.coverage.nir else "",
            organism=f"{card.coverage.scheme}{card.coverage.fund}{card.coverage.centre}",
            c2s=card.coverage.c2s,
            ald=card.coverage.ald,
        )
    if card.ins:
        data.update(ins_matricule=card.ins.matricule, ins_oid=card.ins.oid)
    data["version"] = card.version
    return data
