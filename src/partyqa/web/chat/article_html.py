"""An article's text with its quoted sentences marked, to the letter."""

from collections.abc import Sequence
from itertools import groupby, pairwise

from markupsafe import Markup, escape

from partyqa.i18n import Texts
from partyqa.types import Citation


def highlighted(text: str, citations: Sequence[Citation], turn: int, t: Texts) -> Markup:
    """Return an article's text with its cited spans in <mark>, each line a <p>.

    Without its tags the result is `text` to the letter: every piece is sliced at cut points, none is rebuilt.
    `citations` are of this article; of two that overlap, the first given keeps the shared letters.
    """
    lines = [0, *(place + 1 for place, letter in enumerate(text) if letter == "\n"), len(text)]
    return Markup("").join(
        Markup("<p{}>{}</p>").format(
            Markup("") if text[start:end].strip() else Markup(' class="pq-gap"'),
            _line(text, start, end, citations, turn, t),
        )
        for start, end in pairwise(lines)
        if start < end
    )


def _line(text: str, start: int, end: int, citations: Sequence[Citation], turn: int, t: Texts) -> Markup:
    """Return one line of the text, from `start` to `end`, with its marks."""
    cuts = {start, end}
    for citation in citations:
        bounds = (citation.sentence.start, citation.sentence.end, *(_highlight(citation) or ()))
        cuts.update(bound for bound in bounds if start < bound < end)
    pieces = list(pairwise(sorted(cuts)))
    owned = groupby(pieces, key=lambda piece: _owner(piece[0], citations))
    return Markup("").join(_run(text, list(run), owner, turn, t) for owner, run in owned)


def _run(text: str, pieces: Sequence[tuple[int, int]], owner: Citation | None, turn: int, t: Texts) -> Markup:
    """Return neighbouring pieces that belong to one citation, or to none."""
    if owner is None:
        return Markup("").join(escape_text(text[start:end]) for start, end in pieces)
    answering = _highlight(owner) or (0, 0)
    inner = Markup("").join(
        Markup("<strong>{}</strong>").format(escape_text(text[start:end]))
        if answering[0] <= start < answering[1]
        else escape_text(text[start:end])
        for start, end in pieces
    )
    if pieces[0][0] != owner.sentence.start:  # the sentence goes on: its id and its number stand at its start
        return Markup("<mark>{}</mark>").format(inner)
    return Markup(
        '<mark id="m{turn}-{n}">'
        '<a class="pq-back" href="#c{turn}-{n}" data-turn="{turn}" data-marker="{n}" aria-label="{label}"></a>'
        "{inner}</mark>"
    ).format(turn=turn, n=owner.marker, label=t("chat.back_to_answer", marker=owner.marker), inner=inner)


def _owner(place: int, citations: Sequence[Citation]) -> Citation | None:
    """Return the first citation whose sentence holds the letter at `place`."""
    return next((c for c in citations if c.sentence.start <= place < c.sentence.end), None)


def _highlight(citation: Citation) -> tuple[int, int] | None:
    """Return the answering words as a span of the article instead of the quote."""
    if citation.highlight is None:
        return None
    start, end = citation.highlight
    return citation.sentence.start + start, citation.sentence.start + end


def escape_text(text: str) -> Markup:
    """Escape text so that an HTML parser gives it back to the letter (a bare carriage return would be lost)."""
    return escape(text).replace("\r", Markup("&#13;"))
