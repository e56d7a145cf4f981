"""What stands in a cell: text, numbers and dates as Indonesian offices write them.

A value is read when there is one way to read it. Where there are two (``1,234`` beside ``29.8``), nothing is guessed.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable
from typing import NamedTuple

from kkbgeo.intake.grids import Fault, Percent, Uncounted
from kkbgeo.records.periods import period_of

#: Words for "there is no figure"; an empty cell says the same. Missing is never zero.
NOTHING = frozenset(
    {"", "-", "–", "—", "--", "n/a", "na", "tad", "t.a.d", "tidak ada data", "belum ada data", "…", "..."}
)
#: Words for zero.
ZERO = frozenset({"nihil", "nol", "kosong (nihil)", "0"})

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "januari january jan",
            "februari pebruari february feb peb",
            "maret march mar mrt",
            "april apr",
            "mei may",
            "juni june jun",
            "juli july jul",
            "agustus august agu agt ags agust aug",
            "september sept sep",
            "oktober october okt oct",
            "november nopember nov nop",
            "desember december des dec",
        ),
        start=1,
    )
    for name in names.split()
}
_FIRST = 1990  # no date of a record lies before it
_ABOUT = re.compile(r"^(±|\+/-|~|≈|sekitar|kurang lebih|kira-kira|lebih dari|hampir|about)\s*", re.IGNORECASE)
_NUMBER = re.compile(r"^([+-]?)(\d[\d.,\s]*)(.*)$", re.DOTALL)


_PARTS = {
    word: number
    for number, words in enumerate(
        ("1 i satu pertama", "2 ii dua kedua", "3 iii tiga ketiga", "4 iv empat keempat"), start=1
    )
    for word in words.split()
}
_ORDINALS = r"pertama|kedua|ketiga|keempat|satu|dua|tiga|empat|iii|ii|iv|i|[1-4]"
#: Half-years and quarters as titles write them.
PARTS = (
    rf"(?:semester|smt\.?|sem\.?|triwulan|tri wulan|tw\.?|trw\.?|kuartal|quarter|q)\s*(?:ke\s*-?)?\s*(?:{_ORDINALS})\b"
)


class UnreadableError(ValueError):
    """A value with no reading, or with several: ``key`` names the text that says so, ``facts`` its fields."""

    def __init__(self, key: str, **facts: object) -> None:
        super().__init__(key)
        self.key, self.facts = key, facts


class Number(NamedTuple):
    """A number, whether it is rounded ("sekitar 50"), and the word behind it ("10 KK")."""

    value: float
    about: bool = False
    unit: str = ""


class When(NamedTuple):
    """A date as records write it, and the half-year when one is named."""

    as_of: str
    semester: str = ""


def plain(value: object) -> str:
    """Return a cell as text: one line, single spaces, no invisible signs; "" for an empty one.

    Examples
    --------
    >>> plain("  Tua\\u2019  Abang\\n"), plain(62), plain(None)
    ("Tua' Abang", '62', '')
    """
    if value is None or isinstance(value, Uncounted | Fault):
        return ""
    if isinstance(value, Percent):
        return f"{value.share * 100:.10g} %"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.datetime | dt.date):
        return value.strftime("%Y-%m-%d")
    text = unicodedata.normalize("NFC", str(value)).translate(_QUOTES)
    return " ".join("".join(sign for sign in text if sign.isspace() or unicodedata.category(sign)[0] != "C").split())


_QUOTES = str.maketrans({"\u2018": "'", "\u2019": "'", "`": "'", "\u00b4": "'", "\u00a0": " ", "\t": " "})


def is_nothing(value: object) -> bool:
    """Tell whether a cell says that there is no figure.

    Examples
    --------
    >>> is_nothing("-"), is_nothing(None), is_nothing(0), is_nothing("nihil")
    (True, True, False, False)
    """
    return value is None or (isinstance(value, str) and plain(value).casefold() in NOTHING)


def style_of(texts: Iterable[object]) -> str:
    """Return how the numbers of a sheet are written, from those that leave no doubt.

    Returns
    -------
    str
        ``id`` (1.234,5), ``en`` (1,234.5), ``mixed`` (both were seen) or ``""`` (none tells).

    Examples
    --------
    >>> style_of(["29,8", "1.234"]), style_of(["29.8"]), style_of(["1.234"]), style_of(["29,8", "29.8"])
    ('id', 'en', '', 'mixed')
    """
    seen = set()
    for text in texts:
        if not isinstance(text, str):
            continue
        bare = text.strip().rstrip("% ").strip()
        if re.fullmatch(r"-?(\d{1,3}(\.\d{3})+,\d+|\d+,(\d{1,2}|\d{4,})|\d{1,3}(\.\d{3}){2,}|0,\d+)", bare):
            seen.add("id")
        elif re.fullmatch(r"-?(\d{1,3}(,\d{3})+\.\d+|\d+\.(\d{1,2}|\d{4,})|\d{1,3}(,\d{3}){2,}|0\.\d+)", bare):
            seen.add("en")
    return seen.pop() if len(seen) == 1 else "mixed" if seen else ""


def number(value: object, *, style: str = "", whole: bool = False) -> Number | None:
    """Read a number; None where the cell says that there is no figure.

    Parameters
    ----------
    value : object
        A cell.
    style : str
        How the sheet writes numbers, from `style_of`; where it does not tell, the Indonesian way holds.
    whole : bool
        Only a whole number will do.

    Raises
    ------
    UnreadableError
        No number, two readings, or not whole.

    Examples
    --------
    >>> number("1.234,5").value, number("1.234", whole=True).value, number("10 KK")
    (1234.5, 1234.0, Number(value=10.0, about=False, unit='KK'))
    >>> number("-") is None, number("nihil").value, number("sekitar 50").about
    (True, 0.0, True)
    """
    if is_nothing(value):
        return None
    if isinstance(value, Uncounted | Fault):
        raise UnreadableError("no_result" if isinstance(value, Uncounted) else "sheet_error")
    if isinstance(value, dt.date | dt.datetime):
        raise UnreadableError("date_not_number")
    if isinstance(value, bool):
        raise UnreadableError("not_a_number")
    if isinstance(value, Percent):
        found = Number(round(value.share * 100, 10), unit="%")
    elif isinstance(value, int | float):
        found = Number(float(value))
    else:
        found = _from_text(plain(value), style)
    if found.value != found.value or abs(found.value) > 1e15:
        raise UnreadableError("not_a_number")
    if found.value < 0:
        raise UnreadableError("negative")
    if whole and not found.value.is_integer():
        raise UnreadableError("not_whole")
    return found


def _from_text(text: str, style: str) -> Number:
    if text.casefold() in ZERO:
        return Number(0.0)
    bare = _ABOUT.sub("", text)
    match = _NUMBER.match(bare.removeprefix("'"))
    if not match:
        raise UnreadableError("not_a_number")
    sign, digits, rest = match[1], match[2].strip(), match[3].strip()
    if " " in digits and not re.fullmatch(r"\d{1,3}( \d{3})+([.,]\d+)?", digits):
        raise UnreadableError("not_a_number")
    if re.search(r"\d", rest) or not re.fullmatch(r"%?\s*[^\W\d_]*[\w\s./]*", rest):
        raise UnreadableError("not_a_number")
    if digits[-1] in ".,":
        digits = digits.rstrip(".,")
    figure = _figure(digits.replace(" ", ""), style)
    return Number(-figure if sign == "-" else figure, about=bare != text, unit=rest)


def _figure(digits: str, style: str) -> float:
    if digits.isdecimal():
        return float(digits)
    thousands = {".": r"\d{1,3}(\.\d{3})+", ",": r"\d{1,3}(,\d{3})+"}
    if re.fullmatch(thousands["."] + r",\d+", digits):
        return float(digits.replace(".", "").replace(",", "."))
    if re.fullmatch(thousands[","] + r"\.\d+", digits):
        return float(digits.replace(",", ""))
    for mark in ".,":
        if digits.count(mark) > 1 and re.fullmatch(thousands[mark], digits):
            return float(digits.replace(mark, ""))
    if not re.fullmatch(r"\d+[.,]\d+", digits):
        raise UnreadableError("not_a_number")
    mark = "." if "." in digits else ","
    if not re.fullmatch(thousands[mark], digits) or digits.startswith("0"):
        return float(digits.replace(",", "."))
    # One mark with three digits behind it: 1.234 or 1,234. Only the way of the sheet can tell.
    if style == "mixed":
        whole, part = digits.split(mark)
        part = part.rstrip("0") or "0"  # as a decimal it must not have three digits, or it would be asked for again
        other = f"{whole},{part}" if len(part) < 3 else f"{whole},{part}0"
        raise UnreadableError("two_readings", one=whole + digits.split(mark)[1], other=other)
    is_decimal = (mark == ".") == (style == "en")
    return float(digits.replace(",", ".")) if is_decimal else float(digits.replace(mark, ""))


def when(value: object) -> When | None:
    """Read a date of any precision, the day first; None where the cell is empty.

    Raises
    ------
    UnreadableError
        No date, no such day, or the day number that Excel stores.

    Examples
    --------
    >>> when("12 November 2025").as_of, when("12/11/2025").as_of, when("Des 2024").as_of, when(2021).as_of
    ('2025-11-12', '2025-11-12', '2024-12', '2021')
    >>> when("Semester II 2023")
    When(as_of='2023', semester='2')
    """
    if is_nothing(value):
        return None
    if isinstance(value, Uncounted | Fault):
        raise UnreadableError("no_result" if isinstance(value, Uncounted) else "sheet_error")
    if isinstance(value, dt.datetime | dt.date):
        return _day(value.year, value.month, value.day)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _from_figure(float(value))
    text = plain(value).casefold().strip(" .")
    if re.fullmatch(r"\d{5}", text):
        return _from_figure(float(text))
    text = re.sub(r"^(senin|selasa|rabu|kamis|jum'?at|sabtu|minggu|ahad)\s*[,/-]?\s*", "", text)
    text = re.sub(r"^(per|posisi|tanggal|tgl\.?|s\.?/?d\.?|sampai dengan|keadaan|bulan|tahun|thn\.?)\s+", "", text)
    return _from_words(text)


def _from_figure(figure: float) -> When:
    if figure.is_integer() and 1000 <= figure < 2200:
        return When(_year(str(int(figure))))
    if 32_874 <= figure <= 73_050:  # 1990 to 2099 as Excel counts days
        day = dt.date(1899, 12, 30) + dt.timedelta(days=int(figure))
        raise UnreadableError("day_number", day=day.isoformat())
    raise UnreadableError("not_a_date")


def _from_words(text: str) -> When:
    if part := re.fullmatch(rf"({PARTS})\s*,?\s*(?:tahun|thn\.?|/)?\s*(\d{{4}})", text):
        half = part[1].startswith("s")
        number_, year = _PARTS[re.search(rf"(?:{_ORDINALS})$", part[1])[0]], int(_year(part[2]))
        if half and number_ > 2:
            raise UnreadableError("not_a_date")
        last = last_day(str(year), str(number_)) if half else last_day(f"{year}-{3 * number_:02d}")
        _not_after_today(last)
        return When(str(year), str(number_)) if half else When(last)
    if match := re.fullmatch(r"(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?)?(?:[t ]\d{1,2}[:.]\d{2}.*)?", text):
        year, month, day = match.groups()
        return (
            _day(int(year), int(month), int(day)) if day else _month(year, int(month)) if month else When(_year(year))
        )
    if match := re.fullmatch(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})", text):
        day, month, year = map(int, match.groups())
        return _day(year + 2000 if year < 100 else year, month, day)
    if match := re.fullmatch(r"(\d{1,2})[-/](\d{4})", text):
        return _month(match[2], int(match[1]))
    if match := re.fullmatch(r"(?:(\d{1,2})[\s.-]*)?([a-z]+)[\s.,'-]*(\d{4}|\d{2})", text):
        day, name, year = match.groups()
        if name not in _MONTHS:
            raise UnreadableError("not_a_date")
        year = f"20{year}" if len(year) == 2 else year
        return _day(int(year), _MONTHS[name], int(day)) if day else _month(year, _MONTHS[name])
    raise UnreadableError("not_a_date")


def _year(text: str) -> str:
    if int(text) < _FIRST:
        raise UnreadableError("too_early")
    _not_after_today(text)
    return text


def _month(year: str, month: int) -> When:
    if not 1 <= month <= 12:
        raise UnreadableError("no_such_day")
    found = f"{_year(year)}-{month:02d}"
    _not_after_today(found)
    return When(found)


def _day(year: int, month: int, day: int) -> When:
    if month > 12 and day <= 12:
        raise UnreadableError("day_first", day=f"{month:02d}/{day:02d}/{year}")
    try:
        found = dt.date(year, month, day).isoformat()
    except ValueError:
        raise UnreadableError("no_such_day") from None
    _year(found[:4])
    _not_after_today(found)
    return When(found)


def today() -> str:
    """Return the day of the import."""
    return dt.datetime.now().astimezone().date().isoformat()


def last_day(as_of: str, semester: str = "") -> str:
    """Return the last day that a date covers.

    Examples
    --------
    >>> last_day("2025", "1"), last_day("2025-02")
    ('2025-06-30', '2025-02-28')
    """
    return period_of(as_of, semester=semester).end


def _not_after_today(said: str) -> None:
    """Refuse a date that has not begun: what a report says of it cannot have happened."""
    now = today()
    if said > now[: len(said)]:
        raise UnreadableError("future", today=now)
