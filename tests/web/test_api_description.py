"""The API is as it is described."""

from __future__ import annotations

from typing import Any

import pytest
import requests
import schemathesis
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from openapi_spec_validator import OpenAPIV31SpecValidator
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from searchapp.web.api_description import endpoints, schema_of

EXAMPLES = 25
"""Requests to each endpoint of the real server."""
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


@pytest.fixture
def document(client: FlaskClient) -> Any:
    """The OpenAPI document."""
    return client.get("/api/v1/openapi.json").json


def test_the_document_is_valid(document: Any) -> None:
    """For tools that read OpenAPI 3.1."""
    OpenAPIV31SpecValidator(document).validate()
    assert document["openapi"].startswith("3.1.")
    assert document["servers"] == [{"url": "http://localhost"}]


def test_every_endpoint_is_described(app: Flask, document: Any) -> None:
    """None is secret, none is gone."""
    rules = {rule.endpoint for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/v1")}
    assert {each.name for each in endpoints(app)} == rules
    assert len(document["paths"]) == len(rules)
    assert "/api/v1/articles/{article_id}" in document["paths"]


def test_all_that_is_answered_is_described(document: Any) -> None:
    """No field of an answer comes without a type, and the sentences are there."""
    schemas = document["components"]["schemas"]
    hit = schemas["Hit"]["properties"]
    assert hit["tags"] == {"type": "array", "items": {"type": "string"}}
    assert hit["date"]["anyOf"] == [{"type": "string"}, {"type": "null"}]
    assert hit["snippets"]["items"] == {"$ref": "#/components/schemas/Snippet"}
    assert "field" not in schemas["Problem"]["required"]
    assert "total" in schemas["Search"]["required"]
    assert schemas["Search"]["properties"]["total"]["description"]


@pytest.mark.parametrize("kind", [bytes, set[str], object])
def test_what_json_does_not_have_is_refused(kind: Any) -> None:
    """A type that cannot be described is found by the first look at the document."""
    with pytest.raises(TypeError, match="no JSON Schema"):
        schema_of(kind, {})


@pytest.mark.parametrize("mode", list(schemathesis.GenerationMode))
def test_the_running_server_keeps_to_the_document(
    live_server: str, mode: schemathesis.GenerationMode
) -> None:
    """Whatever is asked, allowed or not: never a crash, and every answer as it is described."""
    schema = schemathesis.openapi.from_url(f"{live_server}/api/v1/openapi.json")
    operations = [result.ok() for result in schema.get_all_operations() if isinstance(result, Ok)]
    assert len(operations) >= 3  # All but the document itself.
    with requests.Session() as session:
        for operation in operations:
            try_requests(operation.as_strategy(generation_mode=mode), session)


Case = schemathesis.Case[Any]


def try_requests(cases: st.SearchStrategy[Case], session: requests.Session) -> None:
    """Send some requests, and check each answer."""

    @hypothesis_settings(
        max_examples=EXAMPLES, suppress_health_check=list(HealthCheck), database=None
    )
    @given(case=cases)
    def send(case: Case) -> None:
        case.call_and_validate(session=session, checks=CHECKS, timeout=30)

    send()
