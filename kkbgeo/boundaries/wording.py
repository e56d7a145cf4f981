"""The licence of a set of boundaries in words, in the language of the page."""

from __future__ import annotations

from kkbgeo.language import catalogue

#: What a licence says in an edition whose maker told none.
UNKNOWN = "not stated"


def licence(told: str, language: str) -> str:
    """Return a licence as it stands on a page: one in words of ours, or told by nobody, is said in the page's language.

    Examples
    --------
    >>> licence("not stated", "id"), licence("CC BY 4.0", "id")
    ('tidak disebutkan', 'CC BY 4.0')
    """
    for key, texts in catalogue().items():
        if key.startswith("boundaries.licence.") and texts["en"] == (told or UNKNOWN):
            return texts[language]
    return told
