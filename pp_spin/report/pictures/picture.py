"""What a picture of the report is: a drawing, what it shows in words, and what to see in it."""

from typing import NamedTuple


class Picture(NamedTuple):
    """One figure of the page. All words are plain text; they are escaped where they are shown."""

    title: str
    """names the conclusion, or what is drawn"""
    drawing: str
    """inline SVG, or other markup made of escaped text, without script or address; may be empty"""
    description: str
    """the same for those who cannot see it, with its main numbers"""
    caption: str
    """where the numbers come from, and how to read them"""
    claims: tuple[str, ...] = ()
    """ids of the claims that hold to a level what is drawn"""
    table: str = ""
    """the numbers themselves as an HTML table made of escaped text, below the drawing"""
