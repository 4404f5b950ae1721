"""What the API says of itself: OpenAPI 3.1, made of the types of its answers.

An endpoint is described where it stands, by `@described`; its answer is a TypedDict whose fields
may carry a sentence (`Annotated[str, "…"]`). Both the document and the page `/api` are made of
these, so that neither can differ from the code.
"""

from __future__ import annotations

import re
import types
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import (
    Annotated,
    Any,
    Literal,
    NotRequired,
    TypedDict,
    TypeVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

from flask import Flask
from werkzeug.routing import Rule

Schema = dict[str, Any]
View = TypeVar("View", bound=Callable[..., object])

OPENAPI_VERSION = "3.1.1"
TOO_LONG: Schema = {
    "description": "The address is too long: the server answers by itself, and in HTML",
    "content": {"text/html": {"schema": {"type": "string"}}},
}
_PLAIN_TYPES = {str: "string", bool: "boolean", int: "integer", float: "number"}


class ErrorObject(TypedDict):
    """`code` and `detail` of a problem under the names that they had first."""

    kind: str
    message: str


class ProblemObject(TypedDict):
    """What went wrong, as RFC 9457 has it."""

    type: Annotated[str, "The address of what is said about the code."]
    title: str
    status: Annotated[int, "The HTTP status."]
    detail: Annotated[str, "One sentence for people, in their language."]
    code: Annotated[str, "Stable, for programs."]
    id: Annotated[str, "Of the request: the log of the server has it, too."]
    field: NotRequired[Annotated[str, "The parameter that cannot be read."]]
    error: Annotated[ErrorObject, "`code` and `detail` again, for programs of the first days."]


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of an endpoint.

    schema: JSON Schema of a value. is_many: it may be repeated. place: "query" or "path".
    """

    name: str
    about: str
    schema: Schema = field(default_factory=lambda: {"type": "string"})
    is_many: bool = False
    place: Literal["query", "path"] = "query"

    def as_object(self) -> Schema:
        """The parameter as OpenAPI has it."""
        many = {"type": "array", "items": self.schema} if self.is_many else self.schema
        return {
            "name": self.name,
            "in": self.place,
            "required": self.place == "path",
            "description": self.about,
            "schema": many,
        }

    @property
    def values(self) -> str:
        """What may be given, in a few words."""
        if "enum" in self.schema:
            return ", ".join(str(each) for each in self.schema["enum"])
        text = str(self.schema.get("type", "string"))
        if "maximum" in self.schema:
            text += f" {self.schema.get('minimum', 0)} to {self.schema['maximum']}"
        return f"{text}, repeatable" if self.is_many else text


@dataclass(frozen=True, slots=True)
class Description:
    """What an endpoint does.

    parameters: made for the settings of an application, as their bounds are settings.
    answer: the TypedDict that it answers, or None for a document that describes itself.
    is_text: whether it also answers plain text, to those who prefer it.
    """

    summary: str
    answer: type | None
    parameters: Callable[[Flask], Sequence[Parameter]]
    is_text: bool = False


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An endpoint of an application. path: as OpenAPI writes it, "/api/v1/articles/{id}"."""

    path: str
    name: str
    description: Description
    parameters: tuple[Parameter, ...]

    @property
    def parameter_rows(self) -> list[tuple[str, str, str]]:
        """Name, values and sentence of each parameter."""
        return [(each.name, each.values, each.about) for each in self.parameters]

    @property
    def fields(self) -> list[tuple[str, str, str]]:
        """Name, type and sentence of each field of the answer."""
        return fields_of(self.description.answer) if self.description.answer else []


def described(
    summary: str,
    answer: type | None,
    parameters: Callable[[Flask], Sequence[Parameter]] = lambda _app: (),
    *,
    is_text: bool = False,
) -> Callable[[View], View]:
    """Decorates a view function of the API; see Description."""

    def describe(view: View) -> View:
        view.description = Description(  # type: ignore[attr-defined]
            summary, answer, parameters, is_text
        )
        return view

    return describe


def endpoints(app: Flask) -> list[Endpoint]:
    """All that is described, in the order of paths."""
    found = []
    for rule in app.url_map.iter_rules():
        about = getattr(app.view_functions[rule.endpoint], "description", None)
        if isinstance(about, Description):
            parameters = tuple(about.parameters(app))
            found.append(Endpoint(_path(rule), rule.endpoint, about, parameters))
    return sorted(found, key=lambda each: each.path)


def openapi(app: Flask, *, title: str, version: str, server: str) -> Schema:
    """The OpenAPI document of an application. server: its address, without a "/" at the end."""
    schemas: dict[str, Schema] = {}
    problem = {
        "description": "What went wrong",
        "content": {"application/problem+json": {"schema": schema_of(ProblemObject, schemas)}},
    }
    paths = {
        each.path: {
            "get": {
                "operationId": each.name.replace(".", "_"),
                "summary": each.description.summary,
                "parameters": [parameter.as_object() for parameter in each.parameters],
                "responses": {
                    "200": _answer(each.description, schemas),
                    "304": {"description": "Nothing has changed since the ETag that was sent"},
                    "414": TOO_LONG,
                    "default": problem,
                },
            }
        }
        for each in endpoints(app)
    }
    return {
        "openapi": OPENAPI_VERSION,
        "info": {"title": title, "version": version},
        "servers": [{"url": server}],
        "paths": paths,
        "components": {"schemas": schemas},
    }


def schema_of(kind: Any, schemas: dict[str, Schema]) -> Schema:
    """The JSON Schema of a type; those of typed dicts are added to `schemas` and referred to.

    Raises TypeError for a type that JSON does not have.
    """
    if kind in _PLAIN_TYPES:
        return {"type": _PLAIN_TYPES[kind]}
    if is_typeddict(kind):
        name = kind.__name__.removesuffix("Object")
        if name not in schemas:
            schemas[name] = {}  # Before its fields, which may refer to it.
            schemas[name].update(_object_schema(kind, schemas))
        return {"$ref": f"#/components/schemas/{name}"}
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Annotated:
        schema = schema_of(arguments[0], schemas)
        return {**schema, "description": arguments[1]}
    if origin is NotRequired:
        return schema_of(arguments[0], schemas)
    if origin is Literal:
        return {"enum": list(arguments)}
    if origin is list:
        return {"type": "array", "items": schema_of(arguments[0], schemas)}
    if origin is dict:
        return {"type": "object", "additionalProperties": schema_of(arguments[1], schemas)}
    if origin in (types.UnionType, Union):
        options = [each for each in arguments if each is not type(None)]
        return {"anyOf": [*(schema_of(each, schemas) for each in options), {"type": "null"}]}
    raise TypeError(f"{kind!r} has no JSON Schema")


def fields_of(kind: type) -> list[tuple[str, str, str]]:
    """Name, type and sentence of each field of a typed dict, those within it after a dot or []."""
    return list(_fields_of(kind, ""))


def _fields_of(kind: type, prefix: str) -> Iterator[tuple[str, str, str]]:
    for name, hint in get_type_hints(kind, include_extras=True).items():
        about = ""
        while get_origin(hint) in (Annotated, NotRequired):
            about = get_args(hint)[1] if get_origin(hint) is Annotated else about
            hint = get_args(hint)[0]
        yield prefix + name, _type_name(hint), about
        inner, suffix = hint, "."
        while get_args(inner):
            suffix = "[]." if get_origin(inner) is list else suffix
            inner = get_args(inner)[1 if get_origin(inner) is dict else 0]
        if is_typeddict(inner):
            yield from _fields_of(inner, prefix + name + suffix)


def _type_name(hint: Any) -> str:
    if hint in _PLAIN_TYPES:
        return _PLAIN_TYPES[hint]
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _type_name(arguments[0])
    if origin is Literal:
        return ", ".join(map(str, arguments))
    if origin is list:
        return f"list of {_type_name(arguments[0])}"
    if origin is dict:
        return f"object of {_type_name(arguments[1])}"
    if origin in (types.UnionType, Union):
        return " or ".join("null" if each is type(None) else _type_name(each) for each in arguments)
    return "object"


def _object_schema(kind: type, schemas: dict[str, Schema]) -> Schema:
    hints = get_type_hints(kind, include_extras=True)
    required: frozenset[str] = kind.__required_keys__  # type: ignore[attr-defined]
    optional = {name for name, hint in hints.items() if get_origin(hint) is NotRequired}
    return {
        "type": "object",
        "description": (kind.__doc__ or "").strip(),
        "properties": {name: schema_of(hint, schemas) for name, hint in hints.items()},
        "required": sorted(required - optional),
    }


def _answer(description: Description, schemas: dict[str, Schema]) -> Schema:
    content: Schema = {
        "application/json": {
            "schema": schema_of(description.answer, schemas)
            if description.answer
            else {"type": "object"}
        }
    }
    if description.is_text:
        content["text/plain"] = {"schema": {"type": "string"}}
    return {"description": "The answer", "content": content}


def _path(rule: Rule) -> str:
    """ "/api/v1/articles/<article_id:id>" -> "/api/v1/articles/{id}"."""
    return re.sub(r"<(?:[^<>]*:)?(\w+)>", r"{\1}", rule.rule)
