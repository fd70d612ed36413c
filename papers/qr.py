"""The QR code of a paper, as a vector drawing, and the random code it carries."""

from __future__ import annotations

import io
import secrets

import segno

# Neither 0 and O nor 1, I and L: the code can also be read out and typed.
_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_LENGTH = 16


def new_code() -> str:
    """Return a code nobody can guess: 16 letters of 31, about 79 bits."""
    return "".join(secrets.choice(_LETTERS) for _ in range(CODE_LENGTH))


def qr_svg(text: str) -> str:
    """Draw a QR code as SVG; the same text is the same drawing."""
    made = io.BytesIO()
    segno.make_qr(text, error="m").save(made, kind="svg", border=2, xmldecl=False, omitsize=True)
    return made.getvalue().decode()
