"""NOEMIE-PS: returns of the funds, read strictly and written for the simulator.

A file: one block of 128 characters (000), then blocks of 128 whose first character says whether the entity goes on (0)
or ends there (1, trailing blanks cut); each entity ends with « @ ». The counts of 990 and 999 are checked against what
was read. What the public descriptions leave open is written where it is decided below, and is « à vérifier ».
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from serment.formats.fse.layout import LENGTH, Fault, Field, b2, noemie, values
from serment.formats.text import is_digits

END = "@"
_HEAD = b2()["0"]


@dataclass(frozen=True)
class Entity:
    """One entity, its fields as text; ``block``: number of its first block in the file."""

    kind: str
    fields: dict[str, str]
    block: int


@dataclass
class Reject:
    """Why a claim, or a line of it, was refused."""

    code: str
    label: str
    level: str
    part: str


@dataclass
class Return:
    """What came back for one claim. Amounts in cents, signed; states P paid, R rejected, D deferred, blank none."""

    invoice: str
    lot: str
    kind: str
    amo_asked: int = 0
    amo_paid: int = 0
    amo_state: str = " "
    amc_asked: int = 0
    amc_paid: int = 0
    amc_state: str = " "
    rejects: list[Reject] = field(default_factory=list)


@dataclass
class Read:
    """A sound file. ``transfer``: its wording and day (071), empty where it announces none."""

    file: str
    entities: int
    transfer: str
    transfer_day: str
    returns: list[Return]

    @property
    def paid(self) -> int:
        return sum(back.amo_paid + back.amc_paid for back in self.returns)


def blocks(raw: bytes) -> list[str]:
    """Blocks of 128; the last may have lost its trailing blanks. Raises Fault."""
    try:
        text = raw.decode("ascii")
    except UnicodeDecodeError as error:
        place, column = divmod(error.start, LENGTH)
        raise Fault(place + 1, column + 1, "caractère non ASCII") from None
    text = text.replace("\r", "").replace("\n", "")
    found = [text[start : start + LENGTH].ljust(LENGTH) for start in range(0, len(text), LENGTH)]
    if not found or not found[0].startswith("000"):
        raise Fault(1, 1, "le fichier commence par un enregistrement 000")
    return found


def entities(raw: bytes) -> list[Entity]:
    """Every entity after the 000, in order. Raises Fault."""
    found, text, first = [], "", 0
    all_blocks = blocks(raw)
    for place, block in enumerate(all_blocks[1:], 2):
        flag, first = block[0], first or place
        if flag not in "01":
            raise Fault(place, 1, "indicateur de suite : 0 ou 1 attendu")
        text += block[1:]
        if flag == "1":
            found.append(_entity(text.rstrip(), first))
            text, first = "", 0
    if text:
        raise Fault(len(all_blocks), 1, "la dernière entité n’a pas de fin : fichier tronqué")
    return found


def _entity(text: str, block: int) -> Entity:
    kind = text[:3]
    if kind == "999":
        return Entity(kind, values(_TAIL, text.ljust(LENGTH)), block)
    table = noemie().get(kind)
    if table is None:
        raise Fault(block, 2, f"entité inconnue « {kind} »")
    last = table[-1].end
    if not text.endswith(END):
        raise Fault(block, len(text) + 1, f"entité {kind} : « @ » attendu à sa fin")
    if len(text) != last + 1:
        raise Fault(block, len(text) + 1, f"entité {kind} : {len(text)} caractères au lieu de {last + 1}")
    return Entity(kind, values(table, text), block)


_TAIL = (
    Field("sender_kind", 4, 5),
    Field("sender", 6, 19),
    Field("recipient", 28, 41),
    Field("file", 50, 55),
    Field("records", 56, 63),
    Field("lots", 83, 85),
    Field("amount", 86, 96),
    Field("sign", 97, 97),
)


def read(raw: bytes) -> Read:
    """The returns of a file, once its own counts agree. Raises Fault; nothing is given of a file with a fault."""
    found = entities(raw)
    head = values(_HEAD, blocks(raw)[0])
    if not found or found[-1].kind != "999":
        raise Fault(len(blocks(raw)), 1, "le fichier n’a pas de fin (999) : il est tronqué")
    result = Read(head["file"].strip(), len(found), "", "", [])
    for entity in found[:-1]:
        _take(result, entity)
    _check(result, found, len(blocks(raw)))
    return result


def _take(result: Read, entity: Entity) -> None:
    fields, block = entity.fields, entity.block
    if entity.kind == "071":
        result.transfer = f"{fields['label1'].strip()} {fields['label2'].strip()}".strip()
        result.transfer_day = fields["day"]
    elif entity.kind == "102":
        result.returns.append(Return(fields["invoice"].strip(), fields["lot"].strip(), fields["kind"]))
    elif entity.kind in ("198", "199", "294"):
        if not result.returns:
            raise Fault(block, 2, f"entité {entity.kind} sans facture (102) avant elle")
        _into(result.returns[-1], entity)


def _into(back: Return, entity: Entity) -> None:
    fields, block = entity.fields, entity.block
    if entity.kind == "294":
        back.rejects.append(
            Reject(fields["code"].strip(), fields["label"].strip(), fields["level"], fields["part"])
        )
        return
    if fields["state"] not in "PRD ":
        raise Fault(block, 15, "état du paiement : P, R, D ou blanc attendu")
    paid = _signed(fields["paid"], fields["sign"], block, 16)
    asked = _number(fields["asked"], block, 7)
    if entity.kind == "198":
        back.amo_asked, back.amo_paid, back.amo_state = asked, paid, fields["state"]
    else:
        back.amc_asked, back.amc_paid, back.amc_state = asked, paid, fields["state"]


def _number(text: str, block: int, column: int) -> int:
    if not text.strip():
        return 0
    if not is_digits(text):
        raise Fault(block, column, "montant ou compte : des chiffres attendus")
    return int(text)


def _signed(text: str, sign: str, block: int, column: int) -> int:
    if sign not in "PN ":
        raise Fault(block, column + 8, "signe : P ou N attendu")
    return _number(text, block, column) * (-1 if sign == "N" else 1)


def _check(result: Read, found: list[Entity], block_count: int) -> None:
    """The counts that the file carries. What they count is not public: any sensible reading that agrees passes."""
    tail = found[-1]
    records = _number(tail.fields["records"], tail.block, 57)
    if records not in (block_count, len(found), len(found) + 1):
        raise Fault(tail.block, 57, f"{records} enregistrements annoncés, {block_count} blocs lus")
    amount = _signed(tail.fields["amount"], tail.fields["sign"], tail.block, 87)
    paid_amo = sum(back.amo_paid for back in result.returns)
    if amount not in (result.paid, paid_amo):
        raise Fault(tail.block, 87, f"{amount} centimes annoncés, {result.paid} payés dans le fichier")
    totals = [entity for entity in found if entity.kind == "990"]
    if totals:
        last = totals[-1]
        count = _number(last.fields["count"], last.block, 24)
        if count not in (len(result.returns), len(found), len(found) - 1, len(totals) - 1):
            raise Fault(last.block, 24, f"990 : {count} comptés, {len(result.returns)} factures lues")
        total = _signed(last.fields["amount"], last.fields["sign"], last.block, 32)
        if total not in (result.paid, paid_amo):
            raise Fault(last.block, 32, f"990 : {total} centimes annoncés, {result.paid} payés")


def write(head: dict[str, str], made: Iterable[tuple[str, dict[str, object]]]) -> bytes:
    """A file from its entities: (kind, fields). For the simulator and the tests; 999 comes last, already counted."""
    out = ["".join(_fit(f, head.get(f.code, "000" if f.code == "type" else "")) for f in _HEAD)]
    for kind, given in made:
        table = _TAIL if kind == "999" else noemie()[kind]
        text = _text(kind, table, given) + ("" if kind == "999" else END)
        pieces = [text[start : start + LENGTH - 1] for start in range(0, len(text), LENGTH - 1)]
        out += [
            ("1" if number == len(pieces) else "0") + piece.ljust(LENGTH - 1)
            for number, piece in enumerate(pieces, 1)
        ]
    return "".join(out).encode("ascii")


def _fit(place: Field, value: object) -> str:
    text = str(value)
    fitted = text.rjust(place.width, "0") if isinstance(value, int) else text.ljust(place.width)
    return fitted[: place.width]


def _text(kind: str, table: tuple[Field, ...], given: dict[str, object]) -> str:
    text = list(kind.ljust(table[-1].end))
    for one in table:
        text[one.start - 1 : one.end] = _fit(one, given.get(one.code, ""))
    return "".join(text)
