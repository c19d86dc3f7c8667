"""All HTML comes from templates that escape everything; what says otherwise is listed here with its reason."""

import ast
import re
from pathlib import Path

from partyqa.web import templating

WEB = Path(templating.__file__).parent
UNESCAPED = re.compile(r"\|\s*(?:safe|tojson|xmlattr|forceescape)\b|\bautoescape\b|\bMarkup\(")
HUE = re.compile(r"#(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})\b|\b(?:rgb|hsl)a?\(", re.IGNORECASE)
COLOUR = re.compile(r"(--[\w-]+): (#\w+|rgb\(.*\));")
SIZE = re.compile(r"(--[\w-]+): ([\d.]+\w+);")
TAG = re.compile(r"<[a-z!/]", re.IGNORECASE)

LETTING_THROUGH = [
    "templating.py: autoescape=True,",
    'templating.py: return escape(text).replace("\\r", Markup("&#13;"))',  # a constant, put into escaped text
]
WITH_TAGS = [  # patterns that look for them
    r"api/openai_tasks.py: <(chat_history|conversation|messages)>(.*?)(?:</\1>|\Z)",
    r"middleware/inline_scripts.py: <script(?![^>]*\ssrc\s*=)[^>]*>(.*?)</script",
]


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


def test_colours_stand_in_one_file_and_each_has_its_dark_one() -> None:
    light, dark = (COLOUR.findall(block) for block in (WEB / "assets/tokens.css").read_text().split("}")[:2])
    assert [name for name, value in light if value[0] == "#"] == [name for name, _ in dark]
    files = [*WEB.rglob("*.py"), *WEB.rglob("*.css"), *WEB.rglob("*.html"), *WEB.rglob("*.js")]
    coloured = {path.name for path in files if HUE.search(path.read_text("utf-8"))}
    assert coloured == {"tokens.css"}
    known = {name for name, _ in light} | {
        name for name, _ in SIZE.findall((WEB / "assets/tokens.css").read_text())
    }
    for path in (WEB / "assets").glob("*.css"):
        assert set(re.findall(r"var\((--[\w-]+)\)", path.read_text("utf-8"))) <= known, path.name
