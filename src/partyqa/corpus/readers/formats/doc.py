"""Old Word (.doc) through antiword, else LibreOffice, where they are installed; .rtf, whatever its suffix says."""

import shutil
import tempfile
from pathlib import Path

from partyqa.corpus.readers import FileReader, ReadFile
from partyqa.corpus.readers.formats import docx
from partyqa.corpus.readers.office.antiword import antiword_blocks
from partyqa.corpus.readers.office.assembling import read_blocks
from partyqa.corpus.readers.office.package import OLE, RTF, ZIP, refuse_other
from partyqa.corpus.readers.office.programs import run
from partyqa.corpus.readers.office.rtf import rtf_blocks
from partyqa.errors import CorpusError

_DOC, _RTF = "Word (.doc)", "RTF"
_UTF8 = ("-m", "UTF-8.txt")


def read(data: bytes, path: Path) -> ReadFile:
    """Return the one article of an old Word file."""
    if data.startswith(RTF):
        return read_blocks(rtf_blocks(data, path), path)
    if path.suffix.lower() == ".rtf":
        refuse_other(data, path, _RTF, expected="readers.is_rtf")
    refuse_other(data, path, _DOC, expected="readers.is_word_97")
    return _by_program(data, path)


def _by_program(data: bytes, path: Path) -> ReadFile:
    antiword, office = shutil.which("antiword"), shutil.which("soffice") or shutil.which("libreoffice")
    if antiword is None and office is None:
        raise CorpusError("readers.needs_antiword", path=path)
    with tempfile.TemporaryDirectory(prefix="partyqa-") as made:
        folder = Path(made)
        file = folder / "a.doc"
        file.write_bytes(data)
        if antiword is not None:
            try:
                text = run([antiword, *_UTF8, "-w", "0", str(file)], path, folder=folder)
                docbook = run([antiword, *_UTF8, "-x", "db", str(file)], path, folder=folder)
            except CorpusError:
                if office is None:
                    raise
            else:
                return read_blocks(antiword_blocks(text.decode("utf-8", "replace"), docbook), path)
        profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
        run(
            [office or "", profile, "--headless", "--convert-to", "docx", "--outdir", str(folder), str(file)],
            path,
            folder=folder,
        )
        converted = folder / "a.docx"
        if not converted.exists():
            raise CorpusError("readers.program_failed", path=path, program="LibreOffice")
        return docx.read(converted.read_bytes(), path)


READER = FileReader("Word", (".doc", ".rtf"), (OLE, RTF, ZIP), read)
