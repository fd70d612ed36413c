"""A small writer of SVG: shapes, texts, and a title and description for who cannot see them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

FACE = "Noto Sans CJK SC, Noto Sans SC, Source Han Sans SC, 黑体, SimHei, sans-serif"
INK, GRID = "#1f2933", "#d0d7de"
BLUE, ORANGE, GREEN, RED = "#1f5fa8", "#c2571a", "#2b7a3d", "#a32020"


def legal(text: str) -> str:
    """Drop the characters XML may not hold."""
    return "".join(
        c for c in text if c in "\t\n" or (ord(c) >= 0x20 and ord(c) not in (0xFFFE, 0xFFFF))
    )


@dataclass
class Canvas:
    """One drawing in user units (pixels at 96 to the inch)."""

    width: int
    height: int
    title: str
    description: str
    parts: list[str] = field(default_factory=list)

    def line(self, x1: float, y1: float, x2: float, y2: float, colour: str = GRID) -> None:
        self.parts.append(
            f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}"/>'
        )

    def bar(self, x: float, y: float, width: float, height: float, colour: str) -> None:
        self.parts.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"'
            f' fill="{colour}"/>'
        )

    def path(self, points: Iterable[tuple[float, float]], colour: str, dash: str = "") -> None:
        """Draw a line through points; ``dash`` tells lines apart without colour."""
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        told = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        self.parts.append(
            f'<polyline points="{told}" fill="none" stroke="{colour}" stroke-width="2.5"{dashed}/>'
        )

    def dot(self, x: float, y: float, colour: str) -> None:
        self.parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>')

    def text(
        self, x: float, y: float, text: str, *, size: int = 13, anchor: str = "start",
        colour: str = INK,
    ) -> None:  # fmt: skip
        self.parts.append(
            f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}"'
            f' fill="{colour}">{escape(legal(text))}</text>'
        )

    def render(self) -> str:
        """Return the whole file."""
        face = quoteattr(FACE)
        return "\n".join(
            (
                f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width} {self.height}"'
                f' width="{self.width}" height="{self.height}" role="img"'
                f' aria-labelledby="t d" lang="zh-CN" font-family={face}>',
                f'<title id="t">{escape(legal(self.title))}</title>',
                f'<desc id="d">{escape(legal(self.description))}</desc>',
                f'<rect width="{self.width}" height="{self.height}" fill="#ffffff"/>',
                *self.parts,
                "</svg>",
                "",
            )
        )
