"""Indicators: the catalogue that defines each once, observations from records, derived figures, targets.

A figure carries its unit, its state (reported, zero, not reported) and, where it is a share, its counts.
"""

from kkbgeo.measures.catalogue import Catalogue, Indicator, load_catalogue

__all__ = ["Catalogue", "Indicator", "load_catalogue"]
