"""What is refused at the door, besides AccountError and NotThereError.

PartyQAError                exit code
├── UnsafeAddressError      2   the address is open to others, and nobody would be asked who they are
└── BusyError
    └── LockedError         2   too many failures: `seconds` says when to try again
"""

from partyqa.errors import BusyError, PartyQAError


class UnsafeAddressError(PartyQAError):
    """Others can reach this address, and everybody who did would be let in."""


class LockedError(BusyError):
    """An account, or an address, has failed too often; it may try again after `seconds`."""
