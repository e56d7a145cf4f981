"""Numbers with unit, state and denominator."""

from kkbgeo.measures.catalogue import CLASS_LEVELS, Catalogue, Indicator, load_catalogue

__all__ = ["CLASS_LEVELS", "Catalogue", "Indicator", "load_catalogue"]
