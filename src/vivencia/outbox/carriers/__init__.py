"""What carries a message away. Handing over has two steps, so that what is refused before
anything was said can be tried again, and what was perhaps taken never is."""

from __future__ import annotations

from typing import NamedTuple, Protocol


class Parcel(NamedTuple):
    """One message ready to leave: `body` is the whole mail, or the text of a short message."""

    uid: bytes
    return_path: str
    to: str
    body: bytes


class Refusal(Exception):
    """The other side said no: nothing was taken. `lasting` says that asking again is no use;
    `hard` that the address itself is not there."""

    def __init__(self, answer: str, *, lasting: bool, hard: bool = False) -> None:
        super().__init__(answer)
        self.answer = answer[:200]
        self.lasting = lasting
        self.hard = hard


class Unreachable(Refusal):
    """The server itself can not be talked to: no message is to blame."""

    def __init__(self, answer: str) -> None:
        super().__init__(answer, lasting=False)


class Lost(Exception):
    """No answer came after the message was handed over: nobody knows whether it was taken."""


class Carrier(Protocol):
    name: str

    def offer(self, parcel: Parcel) -> None:
        """Everything up to the message itself; Refusal if it is not wanted."""

    def hand_over(self, parcel: Parcel) -> str:
        """The other side's words when it took the message; Refusal if it did not, Lost if it
        did not say."""

    def close(self) -> None: ...
