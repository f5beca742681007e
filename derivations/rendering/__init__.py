"""A proof as a page: plain text, LaTeX and Markdown from the objects that were decided.

``proof.py`` makes a page of blocks (``page.py``); ``text.py``, ``latex.py`` and ``markdown.py``
write it, with formulas from ``formulas.py`` and words from ``words.py``.
"""
