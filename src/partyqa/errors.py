"""Every error that a user can cause or meet, each with a sentence in the catalogues (i18n/).

PartyQAError                exit code
├── QuestionError           2   empty, too long, or without a word
├── CorpusError             2   an article or a corpus that cannot be read
├── EncoderError            2   the embedding model is missing, damaged, or not the index's own
├── ReaderError             2   the reading model is missing, damaged, or of another format
├── DatasetError            2   an evaluation file that does not have its stated form
├── StorageError            2   the disk is full or may not be written to
├── IndexMissingError       2   there is no index yet
├── IndexFormatError        2   the index was built by another version
├── IndexBusyError          2   another build is running
├── BusyError               2   more questions come than can be answered
│   └── LockedError         2   too many failed logins
├── OverTimeError           2   a question took longer than it may
├── UnsafeAddressError      2   others could reach this address and be let in
├── AccountError            2   a name, a password, a key or a role that is not accepted
├── NotThereError           2   a conversation, an account, a key, a file that is not there
└── CheckError              1   a check that fails
    ├── IndexDamagedError   1   a byte of the index differs from its manifest
    └── IndexStaleError     1   the corpus has changed since the build
"""

from typing import ClassVar

from partyqa.i18n import Language, Message


class PartyQAError(Exception):
    """An error as a value: the key of its sentence in the catalogues, and the arguments that fill it.

    `vi`, `en` and `message(lang)` are the sentence for its reader, `str(error)` the Vietnamese one.
    """

    exit_code: ClassVar[int] = 2

    def __init__(self, key: str, /, **arguments: object) -> None:
        super().__init__(key)
        self.sentence = Message(key, arguments)

    def __str__(self) -> str:
        return self.vi

    @property
    def vi(self) -> str:
        """The sentence in Vietnamese."""
        return self.sentence.text("vi")

    @property
    def en(self) -> str:
        """The sentence in English."""
        return self.sentence.text("en")

    def message(self, lang: Language = "vi") -> str:
        """Return the sentence in the language asked for."""
        return self.sentence.text(lang)


class QuestionError(PartyQAError):
    """The question is empty, too long, or holds no word."""


class CorpusError(PartyQAError):
    """An article cannot be read, or the corpus holds none."""


class EncoderError(PartyQAError):
    """The embedding model is missing or damaged, or is not the one the index was built with."""


class ReaderError(PartyQAError):
    """The reading model is missing or damaged, or is of another format."""


class DatasetError(PartyQAError):
    """An evaluation dataset does not have the form it should."""


class StorageError(PartyQAError):
    """The disk is full or may not be written to."""


class IndexMissingError(PartyQAError):
    """No index has been built in this folder yet."""


class IndexFormatError(PartyQAError):
    """The index was written by another version of the format."""


class IndexBusyError(PartyQAError):
    """Another build of the same index is running."""


class BusyError(PartyQAError):
    """More questions come than can be answered; `seconds`: when to ask again."""

    def __init__(self, key: str, /, *, seconds: int = 1, **arguments: object) -> None:
        super().__init__(key, seconds=seconds, **arguments)
        self.seconds = seconds


class OverTimeError(PartyQAError):
    """A question took longer than it may, and was stopped."""


class AccountError(PartyQAError):
    """A name, a password, a key or a role that is not accepted."""


class NotThereError(PartyQAError):
    """A conversation, an account, a key or a file that is not there, or not for this person."""


class CheckError(PartyQAError):
    """A requested check fails."""

    exit_code: ClassVar[int] = 1


class IndexDamagedError(CheckError):
    """A file of the index differs from its manifest."""


class IndexStaleError(CheckError):
    """The corpus differs from the one the index was built from."""


class UnsafeAddressError(PartyQAError):
    """Others can reach this address, and everybody who did would be let in."""


class LockedError(BusyError):
    """An account, or an address, has failed too often; it may try again after `seconds`."""
