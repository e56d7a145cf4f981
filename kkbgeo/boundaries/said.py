"""Words about boundaries that a report says in either language: English text that knows its Bahasa Indonesia."""

from __future__ import annotations

from collections.abc import Callable

from kkbgeo.language import number, text


class Said(str):
    """A text in English, as programs and JSON see it, that can be said in the other language, too.

    Parameters
    ----------
    english : str
    speak : callable
        Language -> the text; asked only when somebody reads it.
    key : str
        The message ``boundaries.said.<key>``, for programs; "" where it is none.
    values : dict
        What stands in the message.
    """

    __slots__ = ("_speak", "key", "values")

    def __new__(cls, english: str, speak: Callable[[str], str] | None = None, key: str = "", **values: object) -> Said:
        made = super().__new__(cls, english)
        made._speak, made.key, made.values = speak, key, values
        return made

    def __deepcopy__(self, memo: dict) -> Said:
        return self  # nothing in it changes

    def text(self, language: str) -> str:
        """Return it in a language."""
        return str(self) if language == "en" or self._speak is None else self._speak(language)


def said(key: str, **values: object) -> Said:
    """Return the message ``boundaries.said.<key>``; values that are `Said`, or lists of them, are said alike.

    Examples
    --------
    >>> told = said("found_by", how=said("how_name"), count="2")
    >>> told, told.text("id"), told.key
    ('name: 2', 'nama: 2', 'found_by')
    """

    def speak(language: str) -> str:
        return text(f"boundaries.said.{key}", language,
                    **{name: say(value, language) for name, value in values.items()})  # fmt: skip

    return Said(speak("en"), speak, key, **values)


def joined(parts: list[str], mark: str = "; ") -> Said:
    """Return several texts as one."""
    return Said(mark.join(parts), lambda language: mark.join(say(one, language) for one in parts))


def say(value: object, language: str) -> str:
    """Return a value as it is read in a language: `Said` in its words, a function of the language asked, a list joined.

    Examples
    --------
    >>> say("BIG", "id"), say(["a", "b"], "id"), say(lambda language: language, "id")
    ('BIG', 'a, b', 'id')
    """
    if isinstance(value, Said):
        return value.text(language)
    if isinstance(value, list | tuple):
        return ", ".join(say(one, language) for one in value)
    return str(value(language) if callable(value) else value)


def level_word(level: str) -> Said:
    """Return a level's name.

    Examples
    --------
    >>> level_word("village").text("id")
    'desa/kelurahan'
    """
    return Said(level, lambda language: text(f"places.level.{level}", language))


def signed(value: float, decimals: int) -> Callable[[str], str]:
    """Return a number with its sign, as a language writes it.

    Examples
    --------
    >>> signed(-1.25, 2)("id"), signed(1.25, 1)("en")
    ('-1,25', '+1.2')
    """
    return lambda language: ("+" if value >= 0 else "") + number(value, language, decimals)
