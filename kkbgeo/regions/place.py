"""What the resolver answers, and what it carries on the way there."""

from __future__ import annotations

from dataclasses import dataclass

from kkbgeo.language import Spoken
from kkbgeo.regions.scope import SCORES, Match

VERDICTS = ("exact", "normalised", "alias", "edition", "fuzzy", "ambiguous", "none")
#: The verdicts that are taken without a person.
CERTAIN = VERDICTS[:4]
_VERDICT_OF = {"exact": "exact", "edition": "edition", "alias": "alias"}


@dataclass(frozen=True)
class Place:
    """Where a printed place lies, and how that was told.

    Attributes
    ----------
    code : str
        Kemendagri code of the deepest unit that is certain; "" if not even the province is.
    level : str
        Level of `code`; "" without a code. It may lie above the deepest name printed.
    verdict : str
        Found: ``exact``, ``normalised`` (another spelling), ``alias`` (a listed short form, or a
        reviewed decision), ``edition`` (a name or code of another year). Not found: ``fuzzy`` (a
        likely candidate), ``ambiguous`` (several, or the names contradict each other), ``none``.
    reason : str
        In words, for the table and the report.
    score : float
        0 … 100: of the match, or of the best candidate.
    candidates : tuple of str
        Codes that may be meant, most likely first; empty where the place was found.
    printed : str
        Level of the deepest name printed; "" where nothing was.
    missed : str
        Level of the name that was not found; "" where all were.
    """

    code: str
    level: str
    verdict: str
    reason: str | Spoken
    score: float = 0.0
    candidates: tuple[str, ...] = ()
    printed: str = ""
    missed: str = ""

    @property
    def taken(self) -> bool:
        """Whether the deepest printed name was found for certain."""
        return self.verdict in CERTAIN and bool(self.code) and self.level == self.printed


class Stop(Exception):  # noqa: N818 - it ends a search, it is no error
    """The search ends here without the name: verdict, what is certain, why, and who may be meant."""

    def __init__(
        self, verdict: str, code: str, reason: str | Spoken, candidates: list[tuple[str, float]] | None = None
    ) -> None:
        self.verdict, self.code, self.reason, self.candidates = verdict, code, reason, candidates or []
        self.told: list[str] = []
        self.level = ""


class Trail:
    """What is known so far, on the way down: code, the weakest way a name was found, remarks."""

    def __init__(self) -> None:
        self.code, self.how, self.score = "", "exact", 100.0
        self.told: list[str] = []

    def step(self, match: Match, remarks: list[str]) -> None:
        self.code = match.code
        self.weaken(match.how)
        self.told += remarks

    def weaken(self, how: str) -> None:
        if SCORES[how] < self.score:
            self.how, self.score = how, SCORES[how]

    @property
    def verdict(self) -> str:
        return _VERDICT_OF.get(self.how, "normalised")
