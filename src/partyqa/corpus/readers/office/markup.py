"""Elements of office XML by their local names: transitional and strict files differ in their namespaces alone."""

from collections.abc import Iterator
from typing import Any


def name_of(element: Any) -> str:
    """Return the local name of an element, "" for a comment or an instruction."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def children(element: Any, *names: str) -> Iterator[Any]:
    """Yield the children of these names; of None, none."""
    if element is not None:
        yield from (it for it in element if name_of(it) in names)


def child(element: Any, name: str) -> Any:
    """Return the first child of that name, None where there is none."""
    return next(children(element, name), None)


def attribute(element: Any, name: str) -> str:
    """Return the value of an attribute by its local name, "" where there is none."""
    if element is None:
        return ""
    found = element.get(name)
    if found is None:
        found = next((value for key, value in element.items() if key.rpartition("}")[2] == name), "")
    return str(found)


def value(element: Any) -> str:
    """Return the attribute `val` of an element, "" where either is missing."""
    return attribute(element, "val")


def is_on(element: Any) -> bool:
    """Return whether a switch is there and not turned off."""
    return element is not None and value(element) not in ("0", "false", "off")
