r"""LaTeX statements as MathML, which browsers draw by themselves, offline.

A statement that cannot be converted whole is shown as its LaTeX source. What the converter returns
is rebuilt from a list of known elements, since it passes the text in ``\text{…}`` on unescaped.
"""

import xml.etree.ElementTree as ET
from functools import cache

from latex2mathml.converter import convert
from markupsafe import Markup

# fmt: off
_ELEMENTS = {
    "math", "mrow", "mi", "mn", "mo", "ms", "mtext", "mspace", "mfrac", "msqrt", "mroot", "msub",
    "msup", "msubsup", "munder", "mover", "munderover", "mtable", "mtr", "mtd", "mstyle", "mpadded",
    "mphantom",
}
_ATTRIBUTES = {
    "display", "stretchy", "fence", "form", "minsize", "maxsize", "lspace", "rspace", "width",
    "height", "depth", "voffset", "accent", "accentunder", "linethickness", "mathvariant",
    "displaystyle", "scriptlevel", "columnalign", "rowspacing", "columnspacing", "columnlines",
    "rowlines", "movablelimits", "symmetric", "largeop", "separator",
}
# fmt: on
_THIN = "0.167em"


@cache
def mathml(latex: str) -> Markup | None:
    """``latex`` as a ``<math>`` element, or None where that does not work."""
    source = latex.strip().strip("$").strip()
    if not source:
        return None
    try:
        parsed = ET.fromstring(convert(source, display="block"))
    except Exception:  # the converter raises many kinds, and each means the same: show the source
        return None
    clean = _clean(parsed)
    if clean is None:
        return None
    clean.set("alttext", source)
    return Markup(ET.tostring(clean, encoding="unicode", short_empty_elements=False))


def _clean(element: ET.Element) -> ET.Element | None:
    """A copy of known elements and attributes only; None if anything in it is not understood."""
    name = element.tag.rpartition("}")[2]
    if name not in _ELEMENTS or "\\" in (element.text or ""):
        return None
    copy = ET.Element(name, {k: v for k, v in element.attrib.items() if k in _ATTRIBUTES})
    copy.text = element.text
    for child in element:
        kept = _clean(child)
        if kept is None:
            return None
        copy.append(kept)
    if name in ("math", "mrow", "mtd"):
        _space_functions(copy)
    return copy


def _space_functions(row: ET.Element) -> None:
    """Give ``log``, ``cosh``, … the thin spaces that TeX would set around a function's name."""
    children = list(row)
    for place in range(len(children) - 1, 0, -1):
        before, after = children[place - 1], children[place]
        if (_is_function(before) and not _opens(after)) or (
            _is_function(after) and before.tag not in ("mo", "mspace")
        ):
            row.insert(place, ET.Element("mspace", {"width": _THIN}))


def _is_function(element: ET.Element) -> bool:
    base = element[0] if element.tag in ("msub", "msup", "msubsup") and len(element) else element
    text = base.text or ""
    return base.tag == "mi" and len(text) > 1 and text.isascii() and text.isalpha()


def _opens(element: ET.Element) -> bool:
    return element.tag in ("mo", "mspace") or (element.tag == "mrow" and len(element) > 0)
