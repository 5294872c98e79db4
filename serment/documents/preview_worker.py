"""Run alone, without a key: foreign bytes on standard input, what can be seen of them on standard output.

A PDF or a picture comes from outside, and what reads it is native code: it does so in a process that holds no secret
and no environment, cannot write a file, and has little time. Started by `documents.preview`; knows no other module.
"""

from __future__ import annotations

import base64
import io
import json
import resource
import sys
from typing import Any

THUMBNAIL = 320
PAGE_WIDTH = {"page": 1240, "large": 2200}
TEXT_PAGES = 40
MAX_PIXELS = 80_000_000
MAX_SIDE = 6000


def _limits() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (1_500_000_000, 1_500_000_000))
    resource.setrlimit(resource.RLIMIT_CPU, (20, 20))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _jpeg(image: Any, quality: int) -> bytes:
    out = io.BytesIO()
    image.convert("RGB").save(out, "JPEG", quality=quality, optimize=True)
    return out.getvalue()


def _picture(data: bytes) -> Any:
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    image = Image.open(io.BytesIO(data), formats=["JPEG", "PNG"])
    image.draft("RGB", (THUMBNAIL * 4, THUMBNAIL * 4))
    return ImageOps.exif_transpose(image)


def _rendered(page: Any, width: int) -> Any:
    across, down = page.get_size()
    scale = min(width / max(across, 1), MAX_SIDE / max(down, 1))
    return page.render(scale=scale).to_pil()


def look(data: bytes, kind: str) -> dict[str, Any]:
    """Pages, text and a thumbnail (JPEG, base64)."""
    if kind != "application/pdf":
        image = _picture(data)
        image.thumbnail((THUMBNAIL, THUMBNAIL))
        return {"pages": 1, "text": "", "thumbnail": base64.b64encode(_jpeg(image, 70)).decode()}
    import pypdfium2

    pdf = pypdfium2.PdfDocument(data)
    texts = [pdf[number].get_textpage().get_text_bounded() for number in range(min(len(pdf), TEXT_PAGES))]
    image = _rendered(pdf[0], THUMBNAIL)
    image.thumbnail((THUMBNAIL, THUMBNAIL * 2))
    return {
        "pages": len(pdf),
        "text": "\n".join(texts),
        "thumbnail": base64.b64encode(_jpeg(image, 70)).decode(),
    }


def page(data: bytes, number: int, size: str) -> bytes:
    """One page of a PDF as a JPEG; ``number`` from 1."""
    import pypdfium2

    return _jpeg(_rendered(pypdfium2.PdfDocument(data)[number - 1], PAGE_WIDTH[size]), 85)


def join(data: bytes) -> bytes:
    """Several pictures as one PDF, a page each; ``data``: a JSON list of base64."""
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    pictures = [
        ImageOps.exif_transpose(
            Image.open(io.BytesIO(base64.b64decode(one)), formats=["JPEG", "PNG"])
        ).convert("RGB")
        for one in json.loads(data)
    ]
    out = io.BytesIO()
    pictures[0].save(out, "PDF", save_all=True, append_images=pictures[1:], resolution=200, quality=82)
    return out.getvalue()


def main() -> None:
    what, argument, size = sys.argv[1:4]
    _limits()
    data = sys.stdin.buffer.read()
    if what == "look":
        found = json.dumps(look(data, argument)).encode()
    elif what == "page":
        found = page(data, int(argument), size)
    else:
        found = join(data)
    sys.stdout.buffer.write(found)


if __name__ == "__main__":
    main()
