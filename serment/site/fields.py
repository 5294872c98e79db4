"""One form field as HTML: Bootstrap classes, and the ARIA ties between input, help and errors (WCAG 3.3)."""

from __future__ import annotations

from typing import Any

from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, HiddenInput, RadioSelect, Select
from django.forms.widgets import ChoiceWidget
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString

from serment.site.icons import icon_svg

PASSED_ON = ("placeholder", "autocomplete", "inputmode", "autofocus")


def render_field(bound: BoundField, options: dict[str, Any]) -> SafeString:
    """The whole field; a hidden one is its input only. ``options``: see the ``field`` tag."""
    widget = bound.field.widget
    if isinstance(widget, HiddenInput):
        return SafeString(bound)
    group = isinstance(widget, RadioSelect | CheckboxSelectMultiple)
    if isinstance(widget, ChoiceWidget):
        widget.choices = _said(widget.choices, bound.field.required)
    help_text = options.get("help", bound.help_text)
    errors = _errors(bound) + _asked(bound, options.get("asked", []))
    attrs = _attributes(bound, options, bool(help_text), bool(bound.errors))
    label = conditional_escape(options.get("label", bound.label))
    hint = (
        format_html('<div class="form-hint" id="{}-aide">{}</div>', _id(bound), help_text)
        if help_text
        else ""
    )
    wrapper = options.get("class", "mb-3")
    if group:
        return _group(bound, attrs, label, hint, errors, wrapper)
    control = bound.as_widget(attrs=attrs)
    if isinstance(widget, CheckboxInput):
        return format_html(
            '<div class="field {}"><label class="form-check">{}{}</label>{}{}</div>',
            wrapper,
            control,
            format_html('<span class="form-check-label">{}</span>', label),
            hint,
            errors,
        )
    css = "form-label required" if bound.field.required else "form-label"
    if options.get("hide_label"):
        css = "visually-hidden"
    return format_html(
        '<div class="field {}"><label class="{}" for="{}">{}</label>{}{}{}</div>',
        wrapper,
        css,
        _id(bound),
        label,
        control,
        hint,
        errors,
    )


def _said(choices: Any, required: bool) -> list[tuple[Any, Any]]:
    """The choices, with words for the empty one in place of the dashes that models and lookups put there."""
    words = "Choisir…" if required else "Non précisé"
    return [
        (value, words if value in ("", None) and set(str(label)) == {"-"} else label)
        for value, label in choices
    ]


def _id(bound: BoundField) -> str:
    return bound.id_for_label or bound.auto_id or bound.html_name


def _errors(bound: BoundField) -> SafeString:
    if not bound.errors:
        return SafeString("")
    phrases = format_html_join(" ", "{}", ((phrase,) for phrase in bound.errors))
    return format_html('<div class="invalid-feedback d-block" id="{}-erreur">{}</div>', _id(bound), phrases)


def _asked(bound: BoundField, phrases: list[str]) -> SafeString:
    """What is to be confirmed or mended, said where it was written."""
    if not phrases:
        return SafeString("")
    said = format_html_join(" ; ", "{}", ((phrase,) for phrase in phrases))
    return format_html(
        '<div class="field-caution" id="{}-attention">{} À vérifier : {}.</div>',
        _id(bound),
        icon_svg("alert-triangle"),
        said,
    )


def _attributes(bound: BoundField, options: dict[str, Any], hint: bool, error: bool) -> dict[str, Any]:
    widget = bound.field.widget
    if isinstance(widget, CheckboxInput | RadioSelect | CheckboxSelectMultiple):
        css = "form-check-input"
    elif isinstance(widget, Select):
        css = "form-select"
    else:
        css = "form-control"
    own = widget.attrs.get("class", "")
    attrs: dict[str, Any] = {"class": " ".join(filter(None, (css, own, "is-invalid" if error else "")))}
    described = [f"{_id(bound)}-aide"] * hint + [f"{_id(bound)}-erreur"] * error
    described += [f"{_id(bound)}-attention"] * bool(options.get("asked"))
    if described:
        attrs["aria-describedby"] = " ".join(described)
    if error:
        attrs["aria-invalid"] = "true"
    attrs.update({name: options[name] for name in PASSED_ON if options.get(name)})
    if options.get("suggests"):
        attrs["data-suggests"] = options["suggests"]
    return attrs


def _group(
    bound: BoundField, attrs: dict[str, Any], label: str, hint: str, errors: SafeString, wrapper: str
) -> SafeString:
    """Radio buttons or boxes: a fieldset with its legend, one line each."""
    described = attrs.pop("aria-describedby", "")
    boxes = format_html_join(
        "",
        '<label class="form-check form-check-inline">{}<span class="form-check-label">{}</span></label>',
        ((_with_class(sub.tag(), attrs["class"]), sub.choice_label) for sub in bound.subwidgets),
    )
    return format_html(
        '<fieldset class="field {}"{}><legend class="form-label{}">{}</legend><div>{}</div>{}{}</fieldset>',
        wrapper,
        format_html(' aria-describedby="{}"', described) if described else "",
        " required" if bound.field.required else "",
        label,
        boxes,
        hint,
        errors,
    )


def _with_class(tag: str, css: str) -> SafeString:
    return SafeString(str(tag).replace("<input ", f'<input class="{css}" ', 1))
