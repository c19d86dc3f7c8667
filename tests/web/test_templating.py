"""All HTML comes from templates that escape everything; what says otherwise is listed here with its reason."""

import ast
import re
from pathlib import Path

from partyqa.web import templating

WEB = Path(templating.__file__).parent
UNESCAPED = re.compile(r"\|\s*(?:safe|tojson|xmlattr|forceescape)\b|\bautoescape\b|\bMarkup\(")
TAG = re.compile(r"<[a-z!/]", re.IGNORECASE)

LETTING_THROUGH = [
    "templating.py: autoescape=True,",
    'templating.py: return escape(text).replace("\\r", Markup("&#13;"))',  # a constant, put into escaped text
]
WITH_TAGS = [r"middleware/inline_scripts.py: <script(?![^>]*\ssrc\s*=)[^>]*>(.*?)</script"]  # looks for them


def test_nothing_goes_round_the_escaping() -> None:
    found = [
        f"{path.relative_to(WEB).as_posix()}: {line.strip()}"
        for path in sorted([*WEB.rglob("*.py"), *WEB.rglob("*.html")])
        for line in path.read_text("utf-8").splitlines()
        if UNESCAPED.search(line)
    ]
    assert found == LETTING_THROUGH
    assert templating.environment().autoescape is True


def test_no_string_of_the_code_holds_a_tag() -> None:
    found = []
    for path in sorted(WEB.rglob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        documented = [node for node in ast.walk(tree) if isinstance(node, ast.Expr)]  # docstrings
        skipped = {id(node.value) for node in documented}
        found += [
            f"{path.relative_to(WEB).as_posix()}: {node.value}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in skipped
            if TAG.search(node.value)
        ]
    assert found == WITH_TAGS
