"""Names of files: what Windows refuses, and names to take along, Vietnamese letters kept, that every system accepts."""

import re
import unicodedata
from urllib.parse import quote

from partyqa.text.normalise import normalise

MOST_BYTES = 120  # of UTF-8; file systems take 255, some that encrypt names 143
REFUSED = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')
_DEVICE = re.compile(
    r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$|clock\$) *(?:\.|$)", re.IGNORECASE
)
_OF_HEADERS = "!#$&+-.^_`|~"  # what RFC 5987 leaves as it is, besides letters and digits


def file_name(question: str, suffix: str, fallback: str = "partyqa") -> str:
    """Return a file's name from a question: `Mường Ảng có bao nhiêu đảng viên?` -> `Mường Ảng có bao … viên.docx`.

    Without separators, control characters and what Windows reserves, of at most MOST_BYTES bytes, cut after a
    word where there is one; `fallback` where nothing is left. `suffix` comes with its dot.
    """
    words = REFUSED.sub(" ", normalise(question)).split()
    name = _bounded(" ".join(words), MOST_BYTES - len(suffix.encode())).strip(" .")
    if is_device(name):
        name = f"_{name}"
    return f"{name or fallback}{suffix}"


def is_device(name: str) -> bool:
    """Whether Windows keeps a name for a device, whatever its suffix: "con.txt", "COM1 .txt"."""
    return _DEVICE.match(name) is not None


def content_disposition(name: str) -> str:
    """Return the header's value for a download (RFC 6266): the name in UTF-8, and without accents for old clients."""
    decomposed = unicodedata.normalize("NFD", name.replace("đ", "d").replace("Đ", "D"))
    plain = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    plain = re.sub(r'[^\x20-\x7e]|["\\%]', "_", plain)
    encoded = quote(name.encode("utf-8", "replace"), safe=_OF_HEADERS)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}"


def _bounded(name: str, most: int) -> str:
    """Return `name` cut to `most` bytes, no letter halved."""
    if len(name.encode()) <= most:
        return name
    cut = name.encode()[:most].decode("utf-8", "ignore")
    while cut and unicodedata.combining(
        name[len(cut)]
    ):  # an accent that follows its letter is not left behind
        cut = cut[:-1]
    return cut.rpartition(" ")[0] or cut
