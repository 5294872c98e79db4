"""What is sealed of an appointment: an administrative note, and who calls when they have no file yet."""

from __future__ import annotations

from pydantic import BaseModel, Field

NOTE_LENGTH = 200


class AppointmentDetails(BaseModel):
    """Category 5a. ``name`` and ``phone`` (E.164 or as typed) only for someone who is not a patient yet."""

    note: str = Field(default="", max_length=NOTE_LENGTH)
    name: str = Field(default="", max_length=80)
    phone: str = Field(default="", max_length=20)
