"""Numbers with unit, state and denominator."""

from kkbgeo.measures.catalogue import Catalogue, Indicator, load_catalogue

__all__ = ["Catalogue", "Indicator", "load_catalogue"]
