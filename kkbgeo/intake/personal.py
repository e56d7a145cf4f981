"""Personal data: told by the heading of a column and by the look of its values; never read, stored or shown.

A list with the NIK of mothers, the names of heads of families or their telephone numbers has no place on a map. So
such a column is refused with an explanation, and what looks like such a number is masked wherever a value is shown.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence

from kkbgeo.intake.values import plain

#: Kind -> what a heading (small letters, single spaces, no signs) looks like.
_HEADINGS = {
    "nik": r"nik|no(mor)?\.? ?nik|nomor induk kependudukan|no(mor)? (ktp|induk)|ktp|nik .*|.* nik",
    "kk": r"no(mor)? ?(kk|kartu keluarga)|no(mor)? kk .*|nkk|kartu keluarga",
    "person": (
        r"(nama )?(kepala|kep) (keluarga|kel|kk)( .*)?|nama (kk|kepala|ibu|ayah|bapak|suami|istri|isteri|orang tua|ortu"
        r"|anak|balita|baduta|bayi|penerima|peserta|sasaran|lengkap|keluarga|ketua|kader|pkb|plkb|pendamping|petugas"
        r"|pendata|responden|warga|individu|pasangan|bumil|ibu hamil|catin|pus|wali|pj|penanggung)\b.*"
        r"|ketua( pokja| kampung kb| kkb)?|penanggung jawab|kader|contact person|cp|nama"
    ),
    "birth": r".*\b(tgl|tanggal|tempat|tahun|bulan)\.? ?(lahir|kelahiran)\b.*|ttl|(usia|umur)( .*)?",
    "phone": r".*\b(hp|handphone|telp|telepon|telpon|tlp|wa|whatsapp|kontak|ponsel|seluler)\b.*|phone",
    "address": r"alamat.*|.*\balamat|jalan|nama jalan|jl",
    "other": (
        r"e ?mail|surel|no(mor)? ?(rekening|rek|npwp|bpjs|jkn|kis|sim|paspor)\b.*|rekening|npwp|nip|nip .*"
        r"|jenis kelamin|agama|pekerjaan|foto"
    ),
}
_HEADING = {kind: re.compile(rf"(?:{pattern})") for kind, pattern in _HEADINGS.items()}

_NUMBERS = (
    ("nik", re.compile(r"(?<!\d)(?:\d{16}|\d{4}(?:[ .\-]\d{4}){3}|\d{2}\.?\d{2}\.?\d{2}[ .\-]\d{6}[ .\-]\d{4})(?!\d)")),
    ("other", re.compile(r"(?<!\d)\d{8}[\s.\-]?\d{6}[\s.\-]?[12][\s.\-]?\d{3}(?!\d)")),
    ("other", re.compile(r"(?<!\d)\d{2}\.\d{3}\.\d{3}\.\d-\d{3}\.\d{3}(?!\d)")),
    ("phone", re.compile(r"(?<!\d)(?:\+?62[\s.\-]?|0)8\d{1,3}(?:[\s.\-]?\d){6,9}(?!\d)")),
    ("other", re.compile(r"[\w.+-]+@[\w-]+\.\w+")),
)
_BARE_PHONE = re.compile(r"8\d{8,11}")
_PERSON = re.compile(
    r"\b(bin|binti|hj|s\.?pd|s\.?km|s\.?sos|s\.?kep|amd|a\.?md|m\.?si|dr|drg|drs|ir|almarhum)\b\.?", re.IGNORECASE
)
_STREET = re.compile(r"(\b(jl|jln|jalan|gg|gang|komp|kompleks|perum|blok)\b\.?\s)|(\brt\b.{0,8}\brw\b)", re.IGNORECASE)
_BORN_BEFORE = 2016


def heading_kind(label: str) -> str:
    """Return which personal data a heading announces; "" for none.

    Examples
    --------
    >>> heading_kind("nama kepala keluarga"), heading_kind("no hp"), heading_kind("jumlah kk"), heading_kind("desa")
    ('person', 'phone', '', '')
    """
    return next((kind for kind, pattern in _HEADING.items() if pattern.fullmatch(label)), "")


def cell_kind(value: object) -> str:
    """Return which personal number or address a single cell holds; "" for none.

    Examples
    --------
    >>> cell_kind(6311031204850001), cell_kind("hub. 0812-3456-7890"), cell_kind("63.11.03.2014"), cell_kind(6311032014)
    ('nik', 'phone', '', '')
    """
    if value is None or isinstance(value, bool | dt.date):
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e19:
        value = int(value)
    text = plain(value)
    return next((kind for kind, pattern in _NUMBERS if pattern.search(text)), "")


def column_kind(values: Sequence[object]) -> str:
    """Return which personal data the values of a column look like that no heading explains; "" for none.

    Single hits do not make a column; a fifth of its cells, and at least two, do.
    """
    filled = [value for value in values if value is not None and plain(value)]
    needed = max(2, len(filled) / 5)
    if not filled:
        return ""
    for kind in ("nik", "phone", "other"):
        if any(cell_kind(value) == kind for value in filled):
            return kind
    texts = [plain(value) for value in filled]
    if sum(bool(_BARE_PHONE.fullmatch(text)) for text in texts) >= needed:
        return "phone"
    if sum(bool(_PERSON.search(text)) for text in texts if not any(map(str.isdigit, text))) >= needed:
        return "person"
    if sum(bool(_STREET.search(text)) for text in texts) >= needed:
        return "address"
    days = [value for value in filled if isinstance(value, dt.date)]
    if len(days) >= 3 and sum(day.year < _BORN_BEFORE for day in days) >= len(days) * 0.6:
        return "birth"
    return ""


def masked(value: object) -> str:
    """Return a value as text that may be shown: numbers of persons, telephones and addresses are covered.

    Examples
    --------
    >>> masked("NIK 6311031204850001"), masked("12 KK")
    ('NIK ••••', '12 KK')
    """
    text = plain(value)
    for _, pattern in _NUMBERS:
        text = pattern.sub("••••", text)
    return text


#: A person named in a remark: by an office or a form of address before the name.
_NAMED = re.compile(
    r"\b(?P<who>(?:(?:nama )?(?:ketua|wakil ketua|sekretaris|bendahara|kader|pendamping|petugas|penerima|pj|p\.j"
    r"|cp|kontak"
    r"|penanggung jawab|contact person|hub(?:ungi)?|a\.?n|atas nama)\b\.?"
    r"(?:\s+(?:pokja|kampung|kkb|kb|kelompok|tim|tpk|pkk|poktan|desa))*\s*[:=]\s*)"
    r"|(?:(?:ibu|bapak|bpk|pak|bu|sdri?|sdra|saudara|saudari|hj|h|drs?|drg)\b\.?\s+))"
    r"(?P<name>[^\W\d_][^\d,;()/:|]*)",
    re.IGNORECASE,
)
_TITLED = re.compile(r"\b(?P<who>(?:ketua|kader|a\.?n|hub)\b\.?\s+)(?P<name>[A-Z][a-z'.]+(?:\s+[A-Z][a-z'.]*)*)")
#: Words after "ibu" or "bapak" that make a kind of people, and no name; and villages that begin with "Pak".
_KINDS = re.compile(
    r"(hamil|menyusui|nifas|balita|baduta|bersalin|melahirkan|asuh|bunda|rumah|anak|dan|atau|yang|muda|kader|kepala|pkk|rt"
    r"|rw|tp|pokja|kampung|kelompok|tim|desa|kelurahan|kecamatan|posyandu|di|ke|dari|dengan|pasca|usia|pus|krs|kk|camat"
    r"|lurah|bupati|gubernur|wali|kota|penerima|sasaran|peserta"
    r"|laheng|utan|bulu|mayam)\b.*",
    re.IGNORECASE,
)


def covered(value: object) -> str:
    """Return a cell as it may be shown or kept: covered whole where it holds a number of a person, else without names.

    Examples
    --------
    >>> covered("Hub. 0812-3456-7890 (Ibu Siti)"), covered("ketua: Ahmad; aktif"), covered("10 ibu hamil"), covered(12)
    ('••••', 'ketua: ••••; aktif', '10 ibu hamil', '12')
    """
    if cell_kind(value):
        return "••••"
    text = plain(value)
    for pattern in (_NAMED, _TITLED):
        text = pattern.sub(_cover, text)
    return text


def _cover(match: re.Match[str]) -> str:
    return match[0] if _KINDS.fullmatch(match["name"]) else match["who"] + "••••"
