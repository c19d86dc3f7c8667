"""Shared fixtures: where the optional outside data lies, and a model hub that stays closed."""

import os
from pathlib import Path

import pytest

os.environ["HF_HUB_OFFLINE"] = "1"

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("PARTYQA_SHARED", ROOT.parent / "shared"))


@pytest.fixture(scope="session")
def seeds() -> Path:
    """The folder of raw articles as scraped; tests that need it are skipped where it is absent."""
    folder = SHARED / "seeds"
    if not folder.is_dir():
        pytest.skip("no raw seeds here: set PARTYQA_SHARED to the folder that holds seeds/")
    return folder
