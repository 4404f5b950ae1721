"""Python values as JSON that says their types: a file of values that runs no code when read.

What JSON knows stands as it is. Any other value is an object with the one key "$", that holds the
name of its type and what it is made from; a dict is so written, too, if its keys are not all
strings or if one of them is "$".
"""

from __future__ import annotations

import base64
import datetime as dt
import decimal
import json
import uuid
from collections.abc import Callable
from typing import Any

_TAG = "$"


class UnstorableValue(ValueError):
    """A value is of a type that cannot be written as typed JSON."""


def encode(value: object) -> bytes:
    """A value as typed JSON, UTF-8.

    Knows None, bool, int, float, str, bytes, list, tuple, dict, set, frozenset, date, datetime
    (without time zone, or with a fixed offset), time, timedelta, Decimal and UUID, and these in
    one another. Raises UnstorableValue for any other type, subclasses included: what is read must
    be what was written.
    """
    return json.dumps(_plain(value), separators=(",", ":")).encode("ascii")


def decode(text: bytes) -> Any:
    """The value that was encoded. Raises ValueError if it is not understood."""
    try:
        return _rich(json.loads(text))
    except (LookupError, TypeError, AttributeError, ArithmeticError, RecursionError) as error:
        raise ValueError(f"no typed JSON: {error!r}") from error


def _plain(value: Any) -> Any:
    kind = type(value)
    if value is None or kind in (bool, int, float, str):
        return value
    if kind is list:
        return [_plain(item) for item in value]
    if kind is dict:
        if all(type(key) is str and key != _TAG for key in value):
            return {key: _plain(item) for key, item in value.items()}
        return {_TAG: ["dict", [[_plain(key), _plain(item)] for key, item in value.items()]]}
    if kind not in _WRITERS:
        raise UnstorableValue(
            f"a {kind.__module__}.{kind.__qualname__} cannot be stored: {value!r:.80};"
            " store a str, a number, a date, bytes, or lists and dicts of these"
        )
    return {_TAG: [kind.__name__, _WRITERS[kind](value)]}


def _rich(value: Any) -> Any:
    if type(value) is list:
        return [_rich(item) for item in value]
    if type(value) is dict:
        if _TAG not in value:
            return {key: _rich(item) for key, item in value.items()}
        name, content = value[_TAG]
        if name == "dict":
            return {_rich(key): _rich(item) for key, item in content}
        return _READERS[name](content)
    return value


def _items(value: Any) -> list[Any]:
    return [_plain(item) for item in value]


def _seconds(value: dt.timedelta) -> list[int]:
    return [value.days, value.seconds, value.microseconds]


def _zoned(value: Any) -> str:
    if value.tzinfo is not None and type(value.tzinfo) is not dt.timezone:
        raise UnstorableValue(
            f"{value!r} has a time zone with rules of its own; convert it to one with a fixed"
            " offset, as UTC"
        )
    return f"{value.fold}{value.isoformat()}"


def _date_and_time(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text[1:]).replace(fold=int(text[0]))


def _time(text: str) -> dt.time:
    return dt.time.fromisoformat(text[1:]).replace(fold=int(text[0]))


_WRITERS: dict[type, Callable[[Any], Any]] = {
    bytes: lambda value: base64.b85encode(value).decode("ascii"),
    tuple: _items,
    set: _items,
    frozenset: _items,
    dt.date: dt.date.isoformat,
    dt.datetime: _zoned,
    dt.time: _zoned,
    dt.timedelta: _seconds,
    decimal.Decimal: str,
    uuid.UUID: str,
}

_READERS: dict[str, Callable[[Any], Any]] = {
    "bytes": base64.b85decode,
    "tuple": lambda items: tuple(_rich(items)),
    "set": lambda items: set(_rich(items)),
    "frozenset": lambda items: frozenset(_rich(items)),
    "date": dt.date.fromisoformat,
    "datetime": _date_and_time,
    "time": _time,
    "timedelta": lambda parts: dt.timedelta(*parts),
    "Decimal": decimal.Decimal,
    "UUID": uuid.UUID,
}
