"""A picture that somebody sent, drawn anew: only its pixels go on, nothing that was hidden beside them."""

from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image

LARGEST_SENT = 12_000_000
"""Bytes of a picture as it is sent."""

MOST_PIXELS = 40_000_000
"""Pixels of a picture as it is sent: those of a phone of these years. Read from its head, before any is unpacked."""

WIDEST = 1600
"""Pixels of the longer side as it is kept."""

FORMATS = ("JPEG", "PNG", "WEBP")
TOO_MANY = "The picture has too many pixels. Make it smaller and send it again"
NOT_READ = "This is not a picture that can be read. Send a JPEG, PNG or WebP"


@dataclass(frozen=True, slots=True)
class EncodedImage:
    """A picture as it is kept: size in pixels."""

    body: bytes
    media_type: str
    width: int
    height: int


def reencode_image(sent: bytes) -> EncodedImage:
    """The same picture, upright, no larger than needed, without place, camera, name or anything else but pixels.

    Whatever else the file holds (another file behind the picture, scripts, more frames) stays behind. Raises
    ValueError with the cure for what is too large, too many pixels, or no picture.
    """
    from PIL import Image, ImageOps, UnidentifiedImageError  # for pictures that few send, not at every start

    if len(sent) > LARGEST_SENT:
        raise ValueError(
            f"The picture is larger than {LARGEST_SENT // 1_000_000} MB. Make it smaller and send it again"
        )
    try:
        with Image.open(BytesIO(sent), formats=FORMATS) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise ValueError(TOO_MANY)
            picture.draft("RGB", (WIDEST, WIDEST))
            picture.thumbnail((WIDEST, WIDEST))  # before it is turned: the full size is in memory once only
            upright = ImageOps.exif_transpose(picture)
            clear = upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info
            return _kept(upright.convert("RGBA" if clear else "RGB"))
    except Image.DecompressionBombError as problem:
        raise ValueError(TOO_MANY) from problem
    except (UnidentifiedImageError, ValueError, OSError, SyntaxError, EOFError) as problem:
        raise ValueError(TOO_MANY if str(problem) == TOO_MANY else NOT_READ) from problem


def _kept(pixels: "Image.Image") -> EncodedImage:
    """The pixels alone, as JPEG, or as WebP where some let the page shine through."""
    from PIL import Image

    alone = Image.new(pixels.mode, pixels.size)
    alone.paste(pixels)
    out = BytesIO()
    if pixels.mode == "RGBA":
        alone.save(out, "WEBP", quality=82)
        return EncodedImage(out.getvalue(), "image/webp", *alone.size)
    alone.save(out, "JPEG", quality=82, optimize=True)
    return EncodedImage(out.getvalue(), "image/jpeg", *alone.size)
