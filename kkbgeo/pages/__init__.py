"""Which kinds of pages an atlas has: each is declared in the metadata of the notebook that makes it.

`kinds`, `analyses`, `kind_of`, `of_level` read the declarations; `Kind` is one of them.
"""

from kkbgeo.pages.registry import Kind, analyses, kind_of, kinds, of_level

__all__ = ["Kind", "analyses", "kind_of", "kinds", "of_level"]
