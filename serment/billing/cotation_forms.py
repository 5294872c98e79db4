"""What the quotation page posts: rows of acts, circumstances. Parsed once, each fault at its field, in French."""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils import timezone

from serment.formats.errors import FormatError
from serment.formats.money import parse_euros
from serment.formats.text import is_digits

PARCOURS = (
    ("coordinated", "dans le parcours"),
    ("outside", "hors parcours"),
    ("emergency", "urgence"),
    ("direct", "accès direct"),
)
PLACES = (("office", "au cabinet"), ("home", "au domicile"), ("remote", "à distance"))
THIRD = (
    ("none", "aucun : le patient règle tout"),
    ("amo", "part obligatoire"),
    ("full", "part obligatoire et complémentaire"),
)
REASONS = (("", "autorisé"), ("DE", "exigence (DE)"), ("DA", "hors parcours (DA)"))
SWITCHES = (
    "regulated",
    "substitute",
    "prescription",
    "at_mp",
    "maternity",
    "alsace_moselle",
    "bsi",
    "holiday",
)
_FIELDS = (
    "code",
    "coefficient",
    "quantity",
    "excess",
    "reason",
    "km",
    "modifiers",
    "association",
    "activity",
)
MAX_ROWS = 20


@dataclass
class Row:
    """A line of the page as it was typed. ``error``: what is wrong with it."""

    token: str = field(default_factory=lambda: secrets.token_hex(3))
    code: str = ""
    coefficient: str = ""
    quantity: str = ""
    excess: str = ""
    reason: str = ""
    km: str = ""
    modifiers: str = ""
    association: str = ""
    activity: str = ""
    full: bool = False
    ald: bool = True
    why: str = ""
    label: str = ""
    kind: str = "act"
    error: str = ""

    @property
    def detailed(self) -> bool:
        """Whether something was typed among what the page folds away."""
        return (
            bool(self.excess or self.reason or self.modifiers or self.association or self.full)
            or not self.ald
        )

    def act(self) -> dict[str, Any]:
        """As `quote.Act` reads it. Raises ValueError, in French."""
        made: dict[str, Any] = {
            "code": self.code.strip().upper(),
            "full_rate": self.full,
            "ald_related": self.ald,
        }
        if self.coefficient.strip():
            made["coefficient"] = _decimal(self.coefficient)
        if self.quantity.strip():
            made["quantity"] = _whole(self.quantity, "Quantité", 1, 999)
        if self.excess.strip():
            made["excess_cents"] = parse_euros(self.excess)
            made["excess_reason"] = (
                self.reason if self.reason in ("DE", "DA") and made["excess_cents"] else ""
            )
        if self.km.strip():
            made["km"] = _whole(self.km, "Kilomètres", 0, 2000)
        made["modifiers"] = [letter for letter in self.modifiers.upper() if not letter.isspace()]
        made["association"] = self.association
        made["activity"] = self.activity or "1"
        if len(made["modifiers"]) > 4:
            raise ValueError("Quatre modificateurs au plus.")
        return made


def _decimal(text: str) -> Decimal:
    try:
        value = Decimal(text.strip().replace(",", "."))
    except InvalidOperation:
        raise ValueError("Coefficient entre 0 et 100, par exemple 1,5.") from None
    if not value.is_finite() or not 0 < value <= 100:
        raise ValueError("Coefficient entre 0 et 100, par exemple 1,5.")
    return value


def _whole(text: str, what: str, low: int, high: int) -> int:
    if not is_digits(text.strip()) or len(text) > 9 or not low <= int(text) <= high:
        raise ValueError(f"{what} : un nombre entier de {low} à {high}.")
    return int(text)


def row_of(act: dict[str, Any], why: str = "") -> Row:
    """A row of the page from an act kept in a claim or in a favourite set."""
    coefficient = str(act.get("coefficient", "1"))
    excess = int(act.get("excess_cents", 0))
    return Row(
        code=str(act["code"]),
        coefficient=""
        if Decimal(coefficient) == 1
        else f"{Decimal(coefficient).normalize():f}".replace(".", ","),
        quantity="" if act.get("quantity", 1) == 1 else str(act["quantity"]),
        excess=f"{excess // 100},{excess % 100:02d}" if excess else "",
        reason=str(act.get("excess_reason", "")),
        km="" if act.get("km") is None else str(act["km"]),
        modifiers="".join(act.get("modifiers", [])),
        association=str(act.get("association", "")),
        activity="" if act.get("activity", "1") == "1" else str(act["activity"]),
        full=bool(act.get("full_rate")),
        ald=bool(act.get("ald_related", True)),
        why=why,
    )


def rows(post: Any) -> list[Row]:
    """The rows posted, as typed, those without a code put aside."""
    found = []
    for token in post.getlist("row")[:MAX_ROWS]:
        row = Row(token=token[:12], why=post.get(f"why-{token}", "")[:120])
        for name in _FIELDS:
            setattr(row, name, post.get(f"{name}-{token}", "")[:40])
        row.full = post.get(f"full-{token}") == "1"
        row.ald = post.get(f"hors-ald-{token}") != "1"
        if row.code.strip():
            found.append(row)
    return found


@dataclass
class Circumstances:
    """Where, when and under which rights. ``errors``: field → what is wrong."""

    place: str = "office"
    day: str = ""
    hour: str = ""
    parcours: str = "coordinated"
    third_party: str = "none"
    at_mp_date: str = ""
    km_today: str = ""
    switches: set[str] = field(default_factory=set)
    errors: dict[str, str] = field(default_factory=dict)

    def read(self) -> dict[str, Any]:
        """The part of a `Situation` that does not come from the files. Fills ``errors``."""
        made: dict[str, Any] = {
            "place": self.place if self.place in dict(PLACES) else "office",
            "parcours": self.parcours if self.parcours in dict(PARCOURS) else "coordinated",
            "third_party": self.third_party if self.third_party in dict(THIRD) else "none",
            "regulated": "regulated" in self.switches,
            "substitute": "substitute" in self.switches,
            "prescription": "prescription" in self.switches,
            "public_holiday": "holiday" in self.switches,
            "km_today": 0,
        }
        made["date"], made["time"] = self._moment()
        if self.km_today.strip():
            try:
                made["km_today"] = _whole(self.km_today, "Kilomètres", 0, 5000)
            except ValueError as error:
                self.errors["km_today"] = str(error)
        return made

    def rights(self) -> dict[str, Any]:
        made: dict[str, Any] = {
            "at_mp": "at_mp" in self.switches,
            "maternity_month": 6 if "maternity" in self.switches else 0,
            "alsace_moselle": "alsace_moselle" in self.switches,
            "bsi": "bsi" in self.switches,
        }
        if made["at_mp"]:
            try:
                made["at_mp_date"] = dt.date.fromisoformat(self.at_mp_date)
            except ValueError:
                self.errors["at_mp_date"] = "Donnez la date de l’accident."
        return made

    def _moment(self) -> tuple[dt.date, dt.time]:
        now = timezone.localtime()
        try:
            day = dt.date.fromisoformat(self.day) if self.day else now.date()
            if day > now.date():
                self.errors["day"] = "Les soins ne peuvent pas être datés dans le futur."
            elif (now.date() - day).days > 366:
                self.errors["day"] = "Des soins de plus d’un an ne se facturent plus ici."
        except ValueError:
            day, self.errors["day"] = now.date(), "Donnez le jour des soins, par exemple 23/11/2026."
        try:
            hour = dt.time.fromisoformat(self.hour) if self.hour else now.time()
        except ValueError:
            hour, self.errors["hour"] = now.time(), "Donnez l’heure des soins, par exemple 14:30."
        return day, hour.replace(microsecond=0, tzinfo=None)


def circumstances(post: Any) -> Circumstances:
    """As posted; an empty post is today, now, at the practice."""
    now = timezone.localtime()
    made = Circumstances(day=f"{now:%Y-%m-%d}", hour=f"{now:%H:%M}")
    for name in ("place", "day", "hour", "parcours", "third_party", "at_mp_date", "km_today"):
        if name in post:
            setattr(made, name, post.get(name, "")[:20])
    made.switches = {name for name in SWITCHES if post.get(name) == "1"}
    return made


__all__ = ["Circumstances", "FormatError", "Row", "circumstances", "row_of", "rows"]
