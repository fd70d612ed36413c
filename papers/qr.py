"""The QR code of a paper, as a vector drawing, and the random code it carries."""

from __future__ import annotations

import secrets

import zxingcpp

# Neither 0 and O nor 1, I and L: the code can also be read out and typed.
_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_LENGTH = 16


def new_code() -> str:
    """Return a code nobody can guess: 16 letters of 31, about 79 bits."""
    return "".join(secrets.choice(_LETTERS) for _ in range(CODE_LENGTH))


def qr_svg(text: str) -> str:
    """Draw a QR code as SVG, four modules of white around it; the same text is the same drawing."""
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    drawing: str = code.to_svg(add_quiet_zones=True)
    return drawing[drawing.index("<svg") :]
