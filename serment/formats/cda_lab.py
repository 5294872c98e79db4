"""A laboratory's report as CDA R2 (CR-BIO of the CI-SIS): patient, laboratory, values, what is written. Pure.

Source: HL7 CDA R2; ANS, « Compte rendu d’examens de biologie médicale », and its public examples. Only what one follows
is taken out: the laboratory's observations (template 1.3.6.1.4.1.19376.1.3.1.6 of IHE PaLM). The whole document is kept
by whoever calls.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from xml.etree import ElementTree

from serment.formats.hl7_times import day_of, effective
from serment.formats.labs import BadMessage, Report, Value, national_number, number_of

_NS = "{urn:hl7-org:v3}"
_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
_LOINC = "2.16.840.1.113883.6.1"
_OBSERVATION = "1.3.6.1.4.1.19376.1.3.1.6"
_INS = re.compile(r"1\.2\.250\.1\.213\.1\.4\.(8|9|10|11)$")
_SENSITIVITY = {"S": "sensible", "I": "intermédiaire", "R": "résistant"}
_BLOCKS = {"paragraph", "tr", "item", "caption", "br", "title", "list", "table"}
_DEPTH = 200
TEXT = 60_000


def looks_like(raw: bytes) -> bool:
    return raw.lstrip(b"\xef\xbb\xbf\r\n ").startswith(b"<") and b"<ClinicalDocument" in raw


def read(raw: bytes) -> list[Report]:
    """The one report of a document. Raises BadMessage."""
    root = _parsed(raw)
    patient = root.find(f"{_NS}recordTarget/{_NS}patientRole/{_NS}patient")
    name = patient.find(f"{_NS}name") if patient is not None else None
    if patient is None or name is None:
        raise BadMessage("Le document CDA ne nomme aucun patient.")
    family = _named(name, "family")
    birth = _attribute(patient.find(f"{_NS}birthTime"), "value")
    born = day_of(birth)
    if not family or (born is None and (birth or not national_number(_ins(root)))):
        raise BadMessage("Document CDA\u00a0: nom ou date de naissance illisible.")
    sex = _attribute(patient.find(f"{_NS}administrativeGenderCode"), "code")
    values = list(_values(root))
    text = "\n".join(_narrative(root))[:TEXT].strip()
    if not values and not text:
        raise BadMessage("Le document CDA ne contient ni valeur ni texte\u00a0: ouvrez l’original.")
    return [
        Report(
            family=family,
            given=_named(name, "given"),
            born=born,
            sex=sex if sex in ("F", "M") else "U",
            number=_ins(root),
            laboratory=_laboratory(root),
            reference=_attribute(root.find(f"{_NS}id"), "extension")
            or _attribute(root.find(f"{_NS}id"), "root"),
            made_on=_made_on(root),
            text=text,
            values=values,
            original=raw.decode("utf-8", "replace"),
        )
    ]


@dataclass(frozen=True)
class Joined:
    """What a document joined to another message says."""

    values: list[Value]
    text: str
    made_on: date | None


def content(raw: bytes) -> Joined:
    """A document joined to another message, which names the patient. Raises BadMessage."""
    root = _parsed(raw)
    return Joined(list(_values(root)), "\n".join(_narrative(root))[:TEXT].strip(), _made_on(root))


def _parsed(raw: bytes) -> ElementTree.Element:
    # No entity of its own: a document has no reason to declare any, and an attack has.
    if b"<!DOCTYPE" in raw or b"<!ENTITY" in raw:
        raise BadMessage("Document XML avec une déclaration DOCTYPE\u00a0: refusé.")
    try:
        root = ElementTree.fromstring(raw, parser=ElementTree.XMLParser(target=_Shallow()))  # noqa: S314
    except BadMessage:
        raise
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise BadMessage("Ce document XML ne se lit pas.") from error
    if root.tag != f"{_NS}ClinicalDocument":
        raise BadMessage("Ce document XML n’est pas un compte rendu CDA.")
    return root


class _Shallow(ElementTree.TreeBuilder):
    """A tree of bounded depth: what walks it does so by calling itself."""

    depth = 0

    def start(self, tag: str, attrs: dict[str, str], /) -> ElementTree.Element:
        self.depth += 1
        if self.depth > _DEPTH:
            raise BadMessage("Document XML trop profond\u00a0: refusé.")
        return super().start(tag, attrs)

    def end(self, tag: str, /) -> ElementTree.Element:
        self.depth -= 1
        return super().end(tag)


def _attribute(element: ElementTree.Element | None, name: str) -> str:
    return element.get(name, "").strip() if element is not None else ""


def _named(name: ElementTree.Element, part: str) -> str:
    """The birth name before the others (RNIV)."""
    found = name.findall(f"{_NS}{part}")
    best = next((one for one in found if one.get("qualifier") == "BR"), found[0] if found else None)
    return (best.text or "").strip() if best is not None else ""


def _ins(root: ElementTree.Element) -> str:
    for one in root.findall(f"{_NS}recordTarget/{_NS}patientRole/{_NS}id"):
        if _INS.match(one.get("root", "")):
            return one.get("extension", "")
    return ""


def _laboratory(root: ElementTree.Element) -> str:
    for path in (
        f"{_NS}custodian/{_NS}assignedCustodian/{_NS}representedCustodianOrganization/{_NS}name",
        f"{_NS}author/{_NS}assignedAuthor/{_NS}representedOrganization/{_NS}name",
    ):
        found = root.find(path)
        if found is not None and found.text:
            return found.text.strip()
    return ""


def _made_on(root: ElementTree.Element) -> date | None:
    performed = root.find(f"{_NS}documentationOf/{_NS}serviceEvent/{_NS}effectiveTime")
    for text in (
        _attribute(performed.find(f"{_NS}low") if performed is not None else None, "value"),
        _attribute(performed, "value"),
        _attribute(root.find(f"{_NS}effectiveTime"), "value"),
    ):
        if day := day_of(text):
            return day
    return None


def _values(root: ElementTree.Element) -> Iterator[Value]:
    for one in root.iter(f"{_NS}observation"):
        if not any(found.get("root") == _OBSERVATION for found in one.findall(f"{_NS}templateId")):
            continue
        code, value = one.find(f"{_NS}code"), one.find(f"{_NS}value")
        said = _said(value)
        names = [code, *(code.findall(f"{_NS}translation") if code is not None else [])]
        label = next((text for name in names if (text := _attribute(name, "displayName"))), "")
        label = label or next((text for name in names if (text := _attribute(name, "code"))), "")
        if not said or not label:
            continue
        flag = _attribute(one.find(f"{_NS}interpretationCode"), "code")
        low, high = _bounds(one)
        loinc = next((name for name in names if _attribute(name, "codeSystem") == _LOINC), None)
        yield Value(
            label=label,
            code=next((text for name in names if (text := _attribute(name, "code"))), ""),
            loinc=_attribute(loinc, "code"),
            value=f"{_SENSITIVITY[flag]}, {said}" if flag in _SENSITIVITY else said,
            unit=_unit(value),
            low=low,
            high=high,
            flag=flag,
            effective=_taken(one),
        )


def _taken(observation: ElementTree.Element) -> str:
    """When the specimen was taken: the time that the observation is about (HL7 CDA R2, Observation.effectiveTime)."""
    found = observation.find(f"{_NS}effectiveTime")
    low = found.find(f"{_NS}low") if found is not None else None
    return effective(_attribute(found, "value") or _attribute(low, "value"))


def _said(value: ElementTree.Element | None) -> str:
    if value is None or value.get("nullFlavor"):
        return ""
    if value.get(_TYPE, "").startswith("IVL"):
        return _interval(value)
    if found := value.get("value", "").strip():
        # « 63.000000 » says nothing more than « 63 »; « 75.0 » is the laboratory's own precision.
        return found.rstrip("0").rstrip(".") if re.fullmatch(r"-?[0-9]+\.[0-9]{4,}", found) else found
    return value.get("displayName") or value.get("code") or (value.text or "").strip()


def _interval(value: ElementTree.Element) -> str:
    """« ≤ 1.0 », « > 500 », « 2 – 5 »: under or over what can be measured."""
    low, high = value.find(f"{_NS}low"), value.find(f"{_NS}high")
    first, last = _attribute(low, "value"), _attribute(high, "value")
    if first and last:
        return f"{first} – {last}"
    end, signs = (low, "≥>") if first else (high, "≤<")
    sign = signs[0] if _attribute(end, "inclusive") == "true" else signs[1]
    return f"{sign} {first or last}" if first or last else ""


def _unit(value: ElementTree.Element | None) -> str:
    """As it is written; « 1 » is UCUM's word for none."""
    if value is None:
        return ""
    found = _attribute(value, "unit")
    found = (
        found or _attribute(value.find(f"{_NS}high"), "unit") or _attribute(value.find(f"{_NS}low"), "unit")
    )
    return "" if found == "1" else found


def _bounds(observation: ElementTree.Element) -> tuple[float | None, float | None]:
    """The usual bounds: the range marked normal, else the only one."""
    ranges = observation.findall(f"{_NS}referenceRange/{_NS}observationRange")
    usual = [one for one in ranges if _attribute(one.find(f"{_NS}interpretationCode"), "code") in ("N", "")]
    if len(usual) != 1:
        return None, None
    found = usual[0].find(f"{_NS}value")
    if found is None or not found.get(_TYPE, "").startswith("IVL"):
        return None, None
    return (
        number_of(_attribute(found.find(f"{_NS}low"), "value")),
        number_of(_attribute(found.find(f"{_NS}high"), "value")),
    )


def _narrative(root: ElementTree.Element) -> Iterator[str]:
    """Titles and texts of the sections, a line for each block; cells of a table side by side."""
    for section in root.iter(f"{_NS}section"):
        title, text = section.find(f"{_NS}title"), section.find(f"{_NS}text")
        if title is not None and title.text:
            yield f"\n{title.text.strip()}"
        if text is not None:
            yield from (line for line in _lines(text) if line)


def _lines(element: ElementTree.Element) -> list[str]:
    pieces: list[str] = []

    def walk(node: ElementTree.Element) -> None:
        tag = node.tag.removeprefix(_NS)
        if tag in _BLOCKS:
            pieces.append("\n")
        pieces.append(node.text or "")
        for child in node:
            walk(child)
            pieces.append(child.tail or "")
        if tag in ("td", "th"):
            pieces.append("\t")

    walk(element)
    lines = "".join(piece if piece in ("\n", "\t") else re.sub(r"\s+", " ", piece) for piece in pieces).split(
        "\n"
    )
    return [re.sub(r" ?\t ?(?=\S)", " | ", line).replace("\t", "").strip(" |") for line in lines]
