"""Print one table over folders of real documents: `python -m benchmarks.documents --data FOLDER [TOPIC ...]`.

FOLDER holds `documents/` and `news/`. Each module beside this one is a topic; its `measure(data)`
yields (measure, value).
"""

import argparse
import importlib
import pkgutil
from pathlib import Path

from benchmarks import documents


def main() -> None:
    """Measure the topics asked for, else all."""
    topics = [it.name for it in pkgutil.iter_modules(documents.__path__) if not it.name.startswith("_")]
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--data", type=Path, required=True)
    options.add_argument("topics", nargs="*", metavar="TOPIC", help=", ".join(topics))
    chosen = options.parse_args()
    for topic in chosen.topics or topics:
        for name, value in importlib.import_module(f"benchmarks.documents.{topic}").measure(chosen.data):
            print(f"{topic:12s} {name:70s} {value}", flush=True)


if __name__ == "__main__":
    main()
