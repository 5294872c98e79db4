"""Files received stay in memory: what goes to a temporary file would lie on a disk in clear."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import MemoryFileUploadHandler


class MemoryOnlyHandler(MemoryFileUploadHandler):
    """Every file of a request, in memory, up to FILE_UPLOAD_MAX_MEMORY_SIZE bytes in all. Raises RequestDataTooBig."""

    def handle_raw_input(
        self, input_data: Any, META: Any, content_length: int, boundary: bytes, encoding: str | None = None
    ) -> None:
        """Refuse by the length that is announced, before anything is read."""
        self.activated, self.received = True, 0
        self._hold(content_length)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        self.received += len(raw_data)
        self._hold(self.received)
        return super().receive_data_chunk(raw_data, start)

    @staticmethod
    def _hold(length: int) -> None:
        if length > settings.FILE_UPLOAD_MAX_MEMORY_SIZE:
            raise RequestDataTooBig("more than FILE_UPLOAD_MAX_MEMORY_SIZE")
