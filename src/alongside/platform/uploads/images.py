"""Re-encoding of uploaded pictures: only the pixels are kept, so metadata and hidden content are dropped."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

from alongside.platform.uploads.file_types import LARGEST_PICTURE, refuse_size

if TYPE_CHECKING:
    from PIL import Image, ImageFile

MOST_PIXELS = 40_000_000
"""Most pixels of an uploaded picture: those of a current phone. Read from the file's header before it is decoded."""

WIDEST = 1600
"""The longer side of a stored picture, in pixels."""

FORMATS = ("JPEG", "PNG", "WEBP")
TOO_MANY = "The picture has too many pixels. Make it smaller and upload it again."
NOT_READ = "The selected file must be a JPEG, PNG or WebP picture."


@dataclass(frozen=True, slots=True)
class EncodedImage:
    """A re-encoded picture, with its width and height in pixels."""

    body: bytes
    media_type: str
    width: int
    height: int


def check_picture(_name: str, sent: bytes) -> EncodedImage:
    """Re-encode an uploaded picture, as `reencode_image` does; its name is not used."""
    return reencode_image(sent)


def reencode_image(sent: bytes) -> EncodedImage:
    """Re-encode a picture: upright, at most `WIDEST` pixels wide, without location, camera, names or other metadata.

    Anything else in the file (another file behind the picture, scripts, more frames) is dropped. Raises ValueError,
    with what to do, for a file that is too large, has too many pixels, or is not a picture.
    """
    from PIL import ImageOps  # few requests need it, and it slows the start

    refuse_size(sent, LARGEST_PICTURE)
    with _opened(sent) as picture:
        picture.draft("RGB", (WIDEST, WIDEST))
        picture.thumbnail((WIDEST, WIDEST))  # before rotation, to hold the full size only once
        upright = ImageOps.exif_transpose(picture)
        clear = upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info
        return _kept(upright.convert("RGBA" if clear else "RGB"))


def without_metadata(sent: bytes) -> bytes:
    """Return a JPEG or PNG in its own format and size, upright, and with nothing but its pixels.

    Raises ValueError as `reencode_image` does.
    """
    from PIL import Image, ImageOps

    with _opened(sent) as picture:
        upright = ImageOps.exif_transpose(picture)
        keeps = upright.mode if upright.mode in ("1", "L", "RGB", "RGBA", "I;16") else None
        clear = upright.mode in ("LA", "PA") or "transparency" in upright.info
        pixels = upright if keeps else upright.convert("RGBA" if clear else "RGB")
        alone = Image.new(pixels.mode, pixels.size)
        alone.paste(pixels)
        out = BytesIO()
        if picture.format == "PNG":
            alone.save(out, "PNG", optimize=False)
        else:
            alone.save(out, "JPEG", quality=90)
        return out.getvalue()


@contextmanager
def _opened(sent: bytes) -> "Iterator[ImageFile.ImageFile]":
    """Open a picture that has not too many pixels. Raises ValueError also for what is found wrong while it is open."""
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(BytesIO(sent), formats=FORMATS) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise ValueError(TOO_MANY)
            yield picture
    except Image.DecompressionBombError as problem:
        raise ValueError(TOO_MANY) from problem
    except (UnidentifiedImageError, ValueError, OSError, SyntaxError, EOFError) as problem:
        raise ValueError(TOO_MANY if str(problem) == TOO_MANY else NOT_READ) from problem


def _kept(pixels: "Image.Image") -> EncodedImage:
    """The pixels as JPEG, or as WebP if the picture has transparency."""
    from PIL import Image

    alone = Image.new(pixels.mode, pixels.size)
    alone.paste(pixels)
    out = BytesIO()
    if pixels.mode == "RGBA":
        alone.save(out, "WEBP", quality=82)
        return EncodedImage(out.getvalue(), "image/webp", *alone.size)
    alone.save(out, "JPEG", quality=82, optimize=True)
    return EncodedImage(out.getvalue(), "image/jpeg", *alone.size)
