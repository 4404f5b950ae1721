"""Whether the server lives, and whether it answers from what it should: for those who watch it."""

from __future__ import annotations

import logging

from flask import Blueprint, Response

from searchapp import __version__
from searchapp.deadline import Deadline
from searchapp.errors import IndexNotCurrent, SearchappError
from searchapp.web import i18n
from searchapp.web.api import service
from searchapp.web.json_answer import json_answer
from searchapp.web.problem_details import problem_answer

blueprint = Blueprint("health", __name__)

ENDPOINTS = ("health.healthz", "health.readyz")
"""They are asked every few seconds, and always to look."""

REACHED_S = 1.0
"""For an answer of other machines: whoever asks whether the server lives does not wait long."""

log = logging.getLogger(__name__)


@blueprint.get("/healthz")
def healthz() -> Response:
    """200 as long as the process answers at all; nothing is opened for that.

    `index` is there, with the code of what is wrong, while the machines that hold it do not answer.
    """
    alive: dict[str, object] = {"status": "ok", "version": __version__}
    opened = service().opened
    if opened is not None:
        alive |= {"generation": opened.id, "articles": opened.manifest.articles}
    try:
        service().check_reachable(Deadline(REACHED_S))
    except SearchappError as error:
        alive["index"] = error.kind
    return json_answer(alive)


@blueprint.get("/readyz")
def readyz() -> Response:
    """200 when answers come from the whole index that CURRENT names, of the age that is allowed.

    Otherwise 503 and the reason. The sizes of the files are looked at, and one id is looked up.
    """
    try:
        ready = service().readiness()
    except IndexNotCurrent as error:
        log.warning("not ready: %s", error)
        # The sentence alone says what, and not why.
        sentences = (i18n.kind_sentence(kind, service().settings) for kind in error.kinds)
        title = str(i18n.STATUS_TITLES[503])
        return problem_answer(503, error.kind, title, " ".join(sentences))
    return json_answer(
        {
            "status": "ready",
            "generation": ready.generation.id,
            "articles": ready.generation.manifest.articles,
            "index_age_s": round(ready.age_s),
        }
    )
