"""What proves that people are informed, answered and protected. Names stay in the patients' room; texts are sealed."""

from serment.privacy.models.care import Declaration, EmergencyAccess
from serment.privacy.models.people import CopyHanding, NoticeHanding, RightsRequest
from serment.privacy.models.registers import (
    AwarenessSession,
    Breach,
    CharterSignature,
    Particulars,
    Processor,
    RegisterVersion,
    Settings,
)

__all__ = [
    "AwarenessSession",
    "Breach",
    "CharterSignature",
    "CopyHanding",
    "Declaration",
    "EmergencyAccess",
    "NoticeHanding",
    "Particulars",
    "Processor",
    "RegisterVersion",
    "RightsRequest",
    "Settings",
]
