"""Every error kkbgeo raises on purpose, each with the fields a caller needs."""

from __future__ import annotations

from typing import Any


class KkbgeoError(Exception):
    """Base of all errors raised on purpose.

    Parameters
    ----------
    message : str
        What broke and where.
    hint : str, optional
        What to do about it; printed on a line of its own.
    **fields
        Facts for programs (``path``, ``row``, ``column``, ``value``, ``candidates`` …), kept in
        ``.fields``.

    Examples
    --------
    >>> str(KkbgeoError("No such page.", hint="Run: kkbgeo atlas"))
    'No such page.\\nWhat to do: Run: kkbgeo atlas'
    """

    def __init__(self, message: str, *, hint: str | None = None, **fields: Any) -> None:
        self.message = message
        self.hint = hint
        self.fields = fields
        super().__init__(message)

    def __str__(self) -> str:
        return f"{self.message}\nWhat to do: {self.hint}" if self.hint else self.message

    def __reduce__(self):
        # Errors cross process borders in the batch; keyword arguments must survive pickling.
        return _rebuild, (type(self), self.message, self.hint, self.fields)


def _rebuild(cls: type[KkbgeoError], message: str, hint: str | None, fields: dict) -> KkbgeoError:
    return cls(message, hint=hint, **fields)


class SourceError(KkbgeoError):
    """A data file without its source record, or not the file that the record describes."""


class CodeError(KkbgeoError, ValueError):
    """A region code or name that is wrong, cut by a spreadsheet, or means two places."""


class ParameterError(KkbgeoError, ValueError):
    """A notebook or command parameter that is unknown, ill-typed or out of range."""


class RecordError(KkbgeoError, ValueError):
    """A row of an input table that breaks a rule: names file, row, column and value."""


class JoinError(KkbgeoError, ValueError):
    """A join whose keys are not what its declared cardinality promises."""


class BoundaryError(KkbgeoError, ValueError):
    """Boundaries that are missing, of another edition, or not a valid coverage."""


class BatchError(KkbgeoError):
    """A batch that cannot start, or that ended with failed pages."""


class IntakeError(KkbgeoError, ValueError):
    """A spreadsheet that cannot be read at all; nothing was changed. Says so in both languages."""
