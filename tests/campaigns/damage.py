"""Damaging bytes and JSON values at random."""

from __future__ import annotations

import json
import random
from typing import Any

#: What stands in place of a number or a word of a text.
_ODD_TEXT = (
    *(b"", b"-1", b"0", b"1e999", b"NaN", b"9" * 400, b"null", b"true", b"\xff\xfe", b"\x00"),
    *(
        b"[" * 50_000,
        b'{"a":' * 5_000,
        b"\xe2\x80\xae",
        b'"',
        b"'",
        b",",
        b"\n",
        b"=cmd()",
        b"../..",
    ),
)
_ODD_VALUES: tuple[Any, ...] = (
    *(None, True, False, -1, 0, 1.5, 10**400, 1e300, float("nan"), float("inf"), -(2**63)),
    *("", "x", "\ud800", "9" * 50, "../../up", "1e5", [], {}, [[]], {"a": 1}, [1, 2, 3], "\0"),
)


def damaged(data: bytes, chance: random.Random) -> bytes:
    """The same with some bytes changed, taken out, or put twice; or cut off."""
    broken = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 5, 20))):
        if not broken:
            break
        # Structure lies at the beginning and the end.
        near = chance.random() < 0.6
        place = chance.randrange(min(len(broken), 2_000) if near else len(broken))
        place = place if chance.random() < 0.7 else len(broken) - 1 - place
        way = chance.random()
        if way < 0.35:
            broken[place] = chance.choice((0, 1, 127, 128, 255, chance.randrange(256)))
        elif way < 0.7:
            broken[place] ^= 1 << chance.randrange(8)
        elif way < 0.8:
            del broken[place : place + chance.randrange(1, 16)]
        elif way < 0.9:
            broken[place:place] = broken[place : place + chance.randrange(1, 16)]
        else:  # what stands elsewhere in it
            length = chance.choice((4, 16, 200, 4_000))
            other = chance.randrange(len(broken))
            broken[place : place + length] = broken[other : other + length]
    if chance.random() < 0.1:
        del broken[chance.randrange(len(broken) + 1) :]
    return bytes(broken)


def damaged_text(data: bytes, chance: random.Random) -> bytes:
    """The same with numbers, words or signs replaced by odd ones; or damaged as any bytes are."""
    if chance.random() < 0.4:
        return damaged(data, chance)
    broken = data
    for _ in range(chance.choice((1, 1, 3))):
        start = chance.randrange(len(broken) + 1)
        end = start
        while end < len(broken) and broken[end : end + 1].isalnum():
            end += 1
        broken = broken[:start] + chance.choice(_ODD_TEXT) + broken[max(end, start) :]
    return broken


def damaged_json(data: bytes, chance: random.Random) -> bytes:
    """The same with an odd value in any place, a key that is missing, or damaged as text."""
    if chance.random() < 0.3:
        return damaged_text(data, chance)
    whole = {"": json.loads(data)}
    target: Any = whole
    key: Any = ""
    while True:
        deeper = target[key]
        if not isinstance(deeper, dict | list) or not deeper or chance.random() < 0.15:
            break
        target = deeper
        key = chance.choice(list(target) if isinstance(target, dict) else range(len(target)))
    if target is not whole and chance.random() < 0.15:
        del target[key]
    else:
        target[key] = chance.choice(_ODD_VALUES)
    return json.dumps(whole[""]).encode()
