"""The version, said once; a test holds it together with pyproject.toml."""

__version__ = "0.1.0"
