"""Two fields: the opaque id, and the sealed payload."""

from __future__ import annotations

from typing import Any

from django.db import models
from pydantic import BaseModel

from serment.vault.domains import Domain
from serment.vault.ids import new_id


class IdField(models.BigIntegerField):
    """Primary key filled by `new_id`; on SQLite it is the rowid itself, so it costs no second index."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", new_id)
        kwargs.setdefault("editable", False)
        super().__init__(*args, **kwargs)

    def db_type(self, connection: Any) -> str | None:
        return "integer" if connection.vendor == "sqlite" else "bigint"

    def rel_db_type(self, connection: Any) -> str | None:
        return "bigint"


class SealedField(models.BinaryField):
    """Bytes that only the key of (subject, domain) opens.

    ``schema`` is the Pydantic model of what is inside; without it the value is a plain ``dict``. The column holds
    ciphertext and nothing else: reading the attribute gives bytes, opening them takes a `SubjectKeys`.
    """

    def __init__(
        self,
        *args: Any,
        domain: Domain | str = Domain.ADMIN,
        schema: type[BaseModel] | None = None,
        **kwargs: Any,
    ) -> None:
        self.domain = Domain(domain)
        self.schema = schema
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        kwargs["domain"] = self.domain.value
        return name, path, args, kwargs
