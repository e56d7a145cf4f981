"""Whose columns are these? The schemas of the files that people have, told by their column names alone.

A Shapefile cuts names to ten characters (``admin2Name_en`` is ``admin2Name``), and writers change the
case at will; both are allowed for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from kkbgeo.errors import BoundaryError
from kkbgeo.regions.codes import LEVELS

_CUT = 10  # characters of a column name in a Shapefile
Wanted = tuple[str, ...]


@dataclass(frozen=True)
class Schema:
    """What the columns of one publisher are called, in small letters, by level.

    Attributes
    ----------
    id : str
        Short name for reports.
    codes, names, kinds : dict
        Level -> names that the column may have; ``""`` for a column that is the row's own at any level.
    any_of : tuple
        Words of which at least one begins some column: they tell this schema from others.
    level : str
        Column whose value tells the level of a row (``ADM2``); "" without.
    provider, licence : str
        Known facts, used unless the caller says otherwise.
    """

    id: str
    codes: dict[str, Wanted] = field(default_factory=dict)
    names: dict[str, Wanted] = field(default_factory=dict)
    kinds: dict[str, Wanted] = field(default_factory=dict)
    any_of: Wanted = ()
    level: str = ""
    provider: str = ""
    licence: str = ""


def _numbered(*patterns: str) -> dict[str, Wanted]:
    return {level: tuple(one.format(n=n) for one in patterns) for n, level in enumerate(LEVELS, start=1)}


#: In this order: the first that fits is taken.
SCHEMAS = (
    Schema(
        "big",
        codes=dict(zip(LEVELS, (("kdppum",), ("kdpkab",), ("kdcpum",), ("kdepum",)), strict=True)),
        names=dict(zip(LEVELS, (("wadmpr",), ("wadmkk",), ("wadmkc",), ("wadmkd",)), strict=True)),
        any_of=("wadmpr", "wadmkk", "wadmkc", "wadmkd"),
        provider="Badan Informasi Geospasial (BIG)",
    ),
    Schema(
        "cod-ab",
        codes=_numbered("adm{n}_pcode"),
        names=_numbered("adm{n}_en", "adm{n}_id", "adm{n}_name", "adm{n}_ref_name"),
        any_of=("adm1_", "adm2_", "adm3_", "adm4_"),
        provider="OCHA COD-AB",
    ),
    Schema(
        "cod-ab-old",
        codes=_numbered("admin{n}pcode", "admin{n}pcod"),
        names=_numbered("admin{n}name_en", "admin{n}name_id", "admin{n}name"),
        any_of=("admin1", "admin2", "admin3", "admin4"),
        provider="OCHA COD-AB",
    ),
    Schema(
        "gadm",
        # CC_n is the number of the statistics office; that, too, is only believed where the names agree.
        codes=_numbered("cc_{n}"),
        names=_numbered("name_{n}"),
        kinds=_numbered("type_{n}"),
        any_of=("gid_", "hasc_", "id_0", "id_1", "varname_", "engtype_", "type_"),
        provider="GADM",
        licence="GADM licence: academic and other non-commercial use only, no redistribution",
    ),
    Schema("geoboundaries", names={"": ("shapename",)}, any_of=("shapetype", "shapeiso", "shapeid", "shapegroup"),
           level="shapetype", provider="geoBoundaries"),
    Schema(
        "bps",
        codes=dict(zip(LEVELS, (("idprov",), ("idkab",), ("idkec",), ("iddesa",)), strict=True)),
        names=dict(zip(LEVELS, (("nmprov",), ("nmkab",), ("nmkec",), ("nmdesa",)), strict=True)),
        any_of=("nmprov", "nmkab", "nmkec", "nmdesa"),
        provider="BPS",
    ),
    Schema("kode-nama", codes={"": ("kode",)}, names={"": ("nama",)}, any_of=("kode",)),
    Schema(
        "plain",
        codes=dict(zip(LEVELS, (("kode_prov",), ("kode_kab",), ("kode_kec",), ("kode_desa", "kode_kel")), strict=True)),
        names={
            "province": ("provinsi", "propinsi", "nama_prov", "nama_prop"),
            "regency": ("kabkot", "kab_kota", "kabupaten", "kabupaten_kota", "nama_kab"),
            "district": ("kecamatan", "nama_kec"),
            "village": ("desa", "kelurahan", "desa_kelurahan", "desakelur", "kel_desa", "nama_desa", "nama_kel"),
        },
        any_of=("provinsi", "propinsi", "kabkot", "kab_kota", "kabupaten", "kecamatan", "desa", "kelurahan", "nama_"),
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Columns:
    """Which columns of one file say what.

    Attributes
    ----------
    schema : Schema
    codes, names, kinds : dict of str to str
        Level -> column of the file; ``""`` -> the row's own code or name, whatever its level.
    level : str
        Column that tells the level of a row; "" without.
    """

    schema: Schema
    codes: dict[str, str]
    names: dict[str, str]
    kinds: dict[str, str]
    level: str = ""


def recognise(
    columns: Iterable[str], *, code_column: str = "", name_column: str = "", where: str = ""
) -> Columns | None:
    """Tell whose columns a layer has; None when they are nobody's that is known.

    Parameters
    ----------
    columns : iterable of str
        Column names of the layer.
    code_column, name_column : str
        What the user says; it goes before everything recognised.
    where : str
        File and layer, for the message.

    Raises
    ------
    BoundaryError
        The user names a column that is not there.

    Examples
    --------
    >>> recognise(["KDPKAB", "WADMKK", "WADMPR"]).schema.id
    'big'
    >>> recognise(["admin2Pcod", "admin2Name", "admin1Name"]).names
    {'province': 'admin1Name', 'regency': 'admin2Name'}
    >>> recognise(["fid", "luas"]) is None
    True
    """
    present = [str(one) for one in columns]
    if code_column or name_column:
        for wanted in filter(None, (code_column, name_column)):
            if wanted not in present:
                raise BoundaryError(
                    f"{where or 'The layer'} has no column {wanted!r}.",
                    hint=f"Its columns: {', '.join(present)}",
                    value=wanted,
                    candidates=tuple(present),
                )
        codes = {"": code_column} if code_column else {}
        names = {"": name_column} if name_column else {}
        return Columns(Schema("given"), codes, names, {})
    for schema in SCHEMAS:
        names, codes = _found(schema.names, present), _found(schema.codes, present)
        told = any(name.lower().startswith(word) for name in present for word in schema.any_of)
        if told and (names or (schema.id != "gadm" and codes)) and (schema.id != "kode-nama" or codes):
            kinds = _found(schema.kinds, present)
            level = next((name for name in present if _same(name, schema.level)), "") if schema.level else ""
            return Columns(schema, codes, names, kinds, level)
    return None


def level_word(text: str) -> str:
    """Return the level that a word such as ``ADM2`` tells; "" for any other.

    Examples
    --------
    >>> level_word("ADM2"), level_word("ADM0")
    ('regency', '')
    """
    told = re.fullmatch(r"ADM([1-4])", text.strip().upper())
    return LEVELS[int(told[1]) - 1] if told else ""


def _found(wanted: dict[str, Wanted], present: list[str]) -> dict[str, str]:
    found = {}
    for level, words in wanted.items():
        for word in words:
            match = next((name for name in present if _same(name, word)), None)
            if match is not None:
                found[level] = match
                break
    return found


def _same(name: str, word: str) -> bool:
    name = name.lower()
    return name == word or (len(name) == _CUT and len(word) > _CUT and word.startswith(name))
