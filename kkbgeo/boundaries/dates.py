"""Dates of boundary sets: a year, a month or a day, as the user or the file's name tells them."""

from __future__ import annotations

import datetime
import re

from kkbgeo.errors import ParameterError


def require(date: str) -> None:
    """Refuse what is no date: the newer of two sets is drawn, and a word would be newer than any year."""
    if date and not is_date(date):
        raise ParameterError(
            f"{date!r} is no date.",
            hint="Write the year, the month or the day: 2019, 2019-12, 2019-12-31.",
            value=date,
        )


def is_date(text: str) -> bool:
    """Return whether a text is a year, a month or a day as ISO writes them.

    Examples
    --------
    >>> [is_date(one) for one in ("2019", "2019-12", "2019-12-31", "2019-13", "31/12/2019", "201")]
    [True, True, True, False, False, False]
    """
    if not re.fullmatch(r"[0-9]{4}(-[0-9]{2}){0,2}", text):
        return False
    try:
        datetime.date.fromisoformat((text + "-01-01")[:10])
    except ValueError:
        return False
    return True


def told_by(name: str) -> str:
    """Return the date that a file's name tells; "" without one.

    Examples
    --------
    >>> told_by("idn_admbnda_adm2_bps_20200401.shp"), told_by("desa-2019.gpkg"), told_by("peta50k_123456789.zip")
    ('2020-04-01', '2019', '')
    """
    day = re.search(r"(?<![0-9])((?:19[89]|20[0-9])[0-9])([01][0-9])([0-3][0-9])(?![0-9])", name)
    if day and is_date("-".join(day.groups())):
        return "-".join(day.groups())
    year = re.search(r"(?<![0-9])(19[89][0-9]|20[0-9][0-9])(?![0-9])", name)
    return year[1] if year else ""
