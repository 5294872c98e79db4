"""The template tags: right HTML, right French."""

from __future__ import annotations

from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest
from django import forms
from django.template import Context, Template

from serment.vault.ids import decode


class Sample(forms.Form):
    phone = forms.CharField(label="Téléphone", help_text="Dix chiffres")
    note = forms.CharField(label="Note", required=False, widget=forms.Textarea)
    sex = forms.ChoiceField(label="Sexe", choices=[("F", "Femme"), ("M", "Homme")], widget=forms.RadioSelect)
    kind = forms.ChoiceField(label="Type", choices=[("a", "A")], required=False)
    agreed = forms.BooleanField(label="D’accord", required=False)
    token = forms.CharField(widget=forms.HiddenInput, required=False)


def render(source: str, **context: object) -> str:
    return Template(source).render(Context(context))


def test_icon_is_decorative_unless_named() -> None:
    assert 'aria-hidden="true"' in render('{% icon "lock" %}')
    assert "dist/icons.svg#lock" in render('{% icon "lock" %}')
    named = render('{% icon "lock" label="Verrouillé" class="icon-lg" %}')
    assert 'role="img" aria-label="Verrouillé"' in named
    assert 'class="icon icon-lg"' in named


def test_icon_escapes_what_it_is_given() -> None:
    assert "<b>" not in render("{% icon name %}", name='"><b>')


def test_field_ties_label_help_and_input() -> None:
    html = render("{% field form.phone %}", form=Sample())
    assert '<label class="form-label required" for="id_phone">Téléphone</label>' in html
    assert 'aria-describedby="id_phone-aide"' in html
    assert '<div class="form-hint" id="id_phone-aide">Dix chiffres</div>' in html
    assert "aria-invalid" not in html


def test_field_in_error_says_so_beside_the_field() -> None:
    html = render("{% field form.phone %}", form=Sample({}))
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_phone-aide id_phone-erreur"' in html
    assert 'id="id_phone-erreur">Ce champ est obligatoire.' in html
    assert "is-invalid" in html


def test_optional_field_is_not_marked_required() -> None:
    html = render("{% field form.note %}", form=Sample())
    assert "required" not in html
    assert 'class="form-control"' in html


def test_radio_buttons_are_a_fieldset_with_a_legend() -> None:
    html = render("{% field form.sex %}", form=Sample({"sex": "F"}))
    assert "<fieldset" in html
    assert '<legend class="form-label required">Sexe</legend>' in html
    assert html.count('type="radio"') == 2
    assert html.count("checked") == 1


def test_select_box_hidden_and_checkbox() -> None:
    form = Sample()
    assert 'class="form-select"' in render("{% field form.kind %}", form=form)
    assert 'class="form-check-input"' in render("{% field form.agreed %}", form=form)
    assert "<label" not in render("{% field form.token %}", form=form)


def test_field_escapes_its_label() -> None:
    html = render("{% field form.phone label=words %}", form=Sample(), words="<script>")
    assert "<script>" not in html


def test_can_hides_what_is_not_permitted() -> None:
    def request(*codes: str) -> SimpleNamespace:
        return SimpleNamespace(person=SimpleNamespace(can=lambda code: code in codes))

    source = '{% can "record.view" %}visible{% endcan %}'
    assert render(source, request=request("record.view")) == "visible"
    assert render(source, request=request("agenda.view")) == ""
    assert render(source, request=SimpleNamespace(person=None)) == ""
    assert render(source) == ""


@pytest.mark.parametrize(
    "source, value, text",
    [
        ("{{ v|date_fr }}", date(2026, 11, 3), "03/11/2026"),
        ("{{ v|date_long }}", date(2026, 11, 23), "lundi 23 novembre 2026"),
        ("{{ v|date_long }}", date(2026, 11, 1), "dimanche 1er novembre 2026"),
        ("{{ v|time_fr }}", datetime(2026, 11, 23, 13, 5, tzinfo=UTC), "14 h 05"),
        ("{{ v|date_fr }}", datetime(2026, 11, 23, 23, 30, tzinfo=UTC), "24/11/2026"),
        ("{{ v|datetime_fr }}", datetime(2026, 7, 1, 12, 30, tzinfo=UTC), "01/07/2026 à 14 h 30"),
        ("{{ v|money }}", 3000, "30,00 €"),
        ("{{ v|money }}", 123456, "1 234,56 €"),
        ("{{ v|money }}", -550, "−5,50 €"),
        ("{{ v|money }}", 0, "0,00 €"),
    ],
)
def test_french_texts(source: str, value: object, text: str) -> None:
    assert render(source, v=value).replace("\u00a0", " ").replace("\u202f", " ") == text


@pytest.mark.parametrize(
    "name", ["date_fr", "date_long", "time_fr", "datetime_fr", "money", "id_text", "age"]
)
def test_filters_are_silent_on_nothing(name: str) -> None:
    assert render("{{ v|" + name + " }}", v=None) == ""


def test_money_keeps_amount_and_unit_on_one_line() -> None:
    assert " " not in render("{{ v|money }}", v=123456)


def test_id_text_is_what_urls_hold() -> None:
    assert decode(render("{{ v|id_text }}", v=123456789)) == 123456789
