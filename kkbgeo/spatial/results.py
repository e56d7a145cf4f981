"""Results: a table with columns named for what they are, and one finding in words that says no more than the test."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import pandas as pd

from kkbgeo import language as words
from kkbgeo.spatial.permute import Settings, at_once, permutations_for_one
from kkbgeo.spatial.sample import LABELS, Sample


@dataclass(frozen=True, eq=False)
class Result:
    """A result of a test on areas.

    Attributes
    ----------
    measure : str
        ``moran``, ``geary``, ``g``, ``local-moran`` …
    state : {"tested", "too-few", "constant", "undefined"}
        ``constant``: all figures are the same, so there is nothing to test; ``undefined``: the measure is no number for
        these figures (G where one area alone is not zero).
    table : DataFrame
        The figures; of a local measure one row per code, also of those left out.
    settings : Settings
        Permutations, seed, level and correction.
    sample : Sample
        The areas in the test and those left out.
    facts : dict
        The figures the sentence speaks of.
    """

    measure: str
    state: str
    table: pd.DataFrame
    settings: Settings
    sample: Sample
    facts: dict[str, object] = field(default_factory=dict)

    def sentence(self, language: str = "id") -> str:
        """Return the finding and how it was come by, in plain words.

        Parameters
        ----------
        language : {"id", "en"}
            Bahasa Indonesia or English.
        """
        words.require_language(language)
        return f"{self.finding(language)} {self.conditions(language)}"

    def finding(self, language: str = "id") -> str:
        """Return what was found, in one sentence."""
        if self.state != "tested":
            return words.text(
                f"spatial.state.{self.state}", language, areas=len(self.sample.codes), minimum=self.sample.minimum
            )
        wording = self.facts.get("wording") or self.verdict
        return words.text(f"spatial.finding.{self.measure}.{wording}", language, **self._said(language))

    @property
    def verdict(self) -> str:
        """Key of the finding: what the test allows to say."""
        return str(self.facts["verdict"])

    def _said(self, language: str) -> dict[str, str]:
        said = {"alpha": words.number(100 * self.settings.alpha, language)}
        for key, value in self.facts.items():
            if isinstance(value, float):
                said[key] = words.number(value, language, 4 if key == "p" else 2)
            else:
                said[key] = str(value)
        return said

    def conditions(self, language: str = "id") -> str:
        """Return areas, areas left out, neighbours, permutations, seed and correction, in one sentence."""
        sample, settings = self.sample, self.settings
        parts = [
            words.text(
                "spatial.conditions.areas",
                language,
                areas=len(sample.codes),
                missing=len(sample.not_reported),
                alone=len(sample.no_neighbours),
            ),
            neighbours_said(sample.how, sample.parameters, language),
        ]
        if self.state == "tested":
            parts.append(
                words.text(
                    "spatial.conditions.permutations",
                    language,
                    permutations=words.number(settings.permutations, language),
                    seed=settings.seed,
                    level=words.number(settings.alpha, language, 2),
                )
            )
            parts += self._corrected(language)
        return "; ".join(parts) + "."

    def _corrected(self, language: str) -> list[str]:
        return [words.text("spatial.conditions.fdr", language)] if self.settings.correction == "fdr" else []

    def __repr__(self) -> str:
        return f"<{self.measure}: {self.sentence('en')}>"

    def _repr_html_(self) -> str:
        return self.table._repr_html_()


@dataclass(frozen=True, eq=False, repr=False)
class LocalResult(Result):
    """A result with one row per code and a ``label`` (`kkbgeo.spatial.LABELS`)."""

    @property
    def counts(self) -> dict[str, int]:
        """Number of areas per label, of those that occur; they add up to all areas."""
        return dict(Counter(self.table["label"]).most_common())

    def _corrected(self, language: str) -> list[str]:
        """Return how the many tests were allowed for, and what that leaves possible."""
        areas, settings = len(self.sample.codes), self.settings
        if settings.correction == "none":
            expected = words.number(areas * settings.alpha, language, 1)
            return [words.text("spatial.conditions.uncorrected", language, expected=expected)]
        said, least = super()._corrected(language), at_once(areas, settings)
        if least > 1:
            needed = words.number(permutations_for_one(areas, settings.alpha), language)
            said.append(words.text("spatial.conditions.at_once", language, least=least, needed=needed))
        return said

    def _said(self, language: str) -> dict[str, str]:
        counts = self.counts
        return {**super()._said(language), **{key.replace("-", "_"): str(counts.get(key, 0)) for key in LABELS}}


def neighbours_said(how: str, parameters: dict[str, float], language: str) -> str:
    """Return how the neighbours were made, in words."""
    said = {
        key: words.number(value, language, 0 if float(value).is_integer() else 1) for key, value in parameters.items()
    }
    return words.text(f"spatial.neighbours.{how}", language, **said)
