"""Why a figure is doubted, in the reader's language.

The records say it in free words. Those of the data that come with the project begin in a few ways, and each way has
a text in both languages; what a person wrote into an imported sheet is shown as written.
"""

from __future__ import annotations

from kkbgeo.language import text

#: Kind of a doubt (``profiles.doubt.<kind>``) and how the reason that is recorded begins.
KINDS = {
    "rounded": ("rounded",),
    "lower_bound": ("a lower bound",),
    "misprint": ("likely misprint", "printed as 375"),
    "shifted": ("likely shifted", "the same number as"),
    "undated": (
        "year not printed", "year and survey not printed", "the year is told from", "the page prints 20",
        "printed as Tuesday", "the printed day", "dated by the launch",
    ),
    "ambiguous": ("the wording is ambiguous", "the printed unit is mixed", "aid for 50 persons 'mainly'"),
    "contradiction": ("the article contradicts itself", "the headline says"),
    "others_differ": ("a later source gives", "higher than the later"),
    "implied": ("venue of the launch", "named as a pilot"),
    "weak": ("low confidence", "read from the source code"),
    "mixed": ("its parts come from different reports",),
    "exceeds": ("the classes given exceed the total",),
}  # fmt: skip


def kind_of(reason: str) -> str:
    """Return the kind of a doubt; "" where it is in somebody's own words.

    Examples
    --------
    >>> kind_of("rounded: printed as about 3,800"), kind_of("kata Pak Camat")
    ('rounded', '')
    """
    return next((kind for kind, starts in KINDS.items() if reason.startswith(starts)), "")


def told(reason: str, language: str) -> str:
    """Say that a figure is doubted, and why.

    Examples
    --------
    >>> told("rounded: printed as 80 thousand", "en"), told("kata Pak Camat", "en")
    ('doubted: rounded in the source', 'doubted: “kata Pak Camat”')
    """
    kind = kind_of(reason)
    why = text(f"profiles.doubt.{kind}", language) if kind else text("profiles.word.quoted", language, words=reason)
    return text("profiles.word.doubt", language, why=why)
