"""Requests to the cluster: tried again while that may help, and one clear error in the end.

The answer of a request is the decoded JSON. What goes wrong is told as one of these:

- IndexUnreadable: no node answers or can answer now; the certificate, the credentials or the rights
  of the user are refused; the server is no OpenSearch.
- SearchTimeout: the time of the reader's request was over.
- IndexDamaged: the index is not there.
- RequestRefused: anything else that the cluster does not do.
"""

from __future__ import annotations

import logging
import os
import random
import ssl
import time
import warnings
from base64 import b64encode
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from itertools import count
from math import isfinite
from pathlib import Path
from typing import Any, NamedTuple, Self
from urllib.parse import SplitResult, urlsplit

from opensearchpy import Transport
from opensearchpy.exceptions import ConnectionError as NotReached
from opensearchpy.exceptions import (
    ConnectionTimeout,
    OpenSearchWarning,
    SerializationError,
    SSLError,
    TransportError,
)

from searchapp.deadline import NEVER, Deadline
from searchapp.errors import (
    BadSetting,
    IndexDamaged,
    IndexUnreadable,
    SearchappError,
    system_reason,
)
from searchapp.settings import CLUSTER_CREDENTIALS, variable
from searchapp.translation import N_, NO_TEXT, Message

USER, PASSWORD, AUTHORIZATION = CLUSTER_CREDENTIALS

PATIENCE_S = 60.0
"""For a cluster that has answered before, where no reader waits: nodes may be lost and replaced."""
FIRST_PATIENCE_S = 3.0
"""For one that has not: its addresses may be wrong."""
ATTEMPT_S = 60.0
"""Of one attempt, where no reader waits."""
FIRST_SHARE = 0.6
"""Of the time that is left, for an attempt after which another node can be asked."""
MAX_CONNECTIONS = 32
"""To each node, kept open; a thread needs one at a time."""

BUSY = frozenset((429, 502, 503, 504))
"""What may pass by itself: no room in a queue, a node or shard that is not there now."""
EXISTS = "resource_already_exists_exception"
"""The kind of the error for an index that is there already."""
BLOCKED = "cluster_block_exception"
"""The kind of the error for an index, or a cluster, that may not be written now."""
MISSING = "index_not_found_exception"
"""That for an index, or an alias, that is not there."""

# What it logs and warns of is told as an error by who meets it; and queries are nobody's business.
logging.getLogger("opensearch").setLevel(logging.CRITICAL)
warnings.filterwarnings("ignore", category=OpenSearchWarning)


class RequestRefused(IndexUnreadable):
    """The cluster does not do what it was asked for.

    status: of HTTP. reason_kind: OpenSearch's name of the error, or "".
    """

    status = 0
    reason_kind = ""

    @classmethod
    def of(cls, status: int, kind: str, what: Message, *, where: str, remedy: Message) -> Self:
        """The error for an answer."""
        told = cls(what, where=where, remedy=remedy)
        told.status, told.reason_kind = status, kind
        return told


def blocked(status: int, reason: str, where: str) -> RequestRefused:
    """What to raise where the index, or the whole cluster, may not be written now."""
    return RequestRefused.of(
        status,
        BLOCKED,
        N_("the cluster does not let the index be written (%(reason)s)", reason=reason),
        where=where,
        remedy=N_(
            "free disk space on its nodes, or lift the block that somebody has set; then try again"
        ),
    )


class Cluster:
    """The nodes at some addresses. Safe for use by several threads, and in other processes.

    A copy in another process reads the credentials from its own environment.
    """

    def __init__(self, addresses: Sequence[str], *, ca: Path | None = None) -> None:
        """Ask nothing yet. ca: a file with the certificates that are trusted, besides the system's.

        Raises BadSetting.
        """
        self.addresses = tuple(addresses)
        self._ca = ca
        options: dict[str, Any] = {}
        if any(address.startswith("https:") for address in self.addresses):
            options["ssl_context"] = _tls_context(ca)
        self._transport = Transport(
            [_host(address) for address in self.addresses],
            headers=_credentials(os.environ),
            # A node that does not answer is asked again after so many seconds, or twice as many.
            dead_timeout=5,
            timeout_cutoff=1,
            # An attempt is one: how many there are, and for how long, is decided here.
            max_retries=0,
            retry_on_timeout=True,
            retry_on_status=BUSY - {429},
            pool_maxsize=MAX_CONNECTIONS,
            **options,
        )
        self._has_answered = False

    def __reduce__(self) -> tuple[object, ...]:
        return _connected, (self.addresses, self._ca)

    @property
    def where(self) -> str:
        """Its addresses, for errors."""
        return ", ".join(self.addresses)

    def request(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | bytes | None = None,
        params: Mapping[str, str] | None = None,
        *,
        deadline: Deadline = NEVER,
        allowed: Collection[int] = (),
    ) -> Any:
        """Ask a node, and others if it does not answer; the request may so be done twice.

        path: with a slash before it, each part quoted where it is not ours. body: what becomes
        JSON, or lines of it. allowed: statuses of answers that are no errors, as 404 of a document
        that is not there. See the module for what is raised.
        """
        patience = deadline
        if not isfinite(deadline.remaining_s):
            patience = Deadline(PATIENCE_S if self._has_answered else FIRST_PATIENCE_S)
        # A reader waits for another node, and not for a cluster to come back.
        attempts = 2 * len(self.addresses) + 1 if patience is deadline else None
        wait_s = 0.05
        for attempt in count(1):
            try:
                answer = self._transport.perform_request(
                    method,
                    path,
                    params=dict(params or {}),
                    body=body,
                    timeout=self._attempt_s(deadline),
                )
            # An AttributeError is the client's for a refusal that is JSON, but no object.
            except (TransportError, SerializationError, AttributeError) as error:
                if isinstance(error, TransportError) and error.status_code in allowed:
                    answer = error.info
                    if isinstance(answer, dict) and "error" not in answer:
                        return answer
                failure = self._failure(error, path)
                pause_s = wait_s * random.uniform(0.8, 1.2)
                is_last = attempt == attempts or patience.remaining_s <= pause_s
                if is_last or not failure.may_pass:
                    if failure.may_pass:
                        deadline.check()
                    raise failure.told from error
                time.sleep(pause_s)
                wait_s = min(2 * wait_s, 10.0)
            else:
                if not isinstance(answer, dict):
                    raise self._foreign()
                self._has_answered = True
                return answer
        raise AssertionError  # the loop has no end

    def _attempt_s(self, deadline: Deadline) -> float:
        left = deadline.remaining_s
        if not isfinite(left):
            return ATTEMPT_S
        # The client takes 0 for "the usual time".
        return max(0.001, FIRST_SHARE * left if len(self.addresses) > 1 else left)

    def check_server(self, deadline: Deadline = NEVER) -> None:
        """Raise IndexUnreadable unless an OpenSearch of a known release answers."""
        version = self.request("GET", "/", deadline=deadline).get("version")
        if not isinstance(version, dict) or version.get("distribution") != "opensearch":
            raise self._foreign()
        number = str(version.get("number"))
        if number.partition(".")[0] not in KNOWN_RELEASES and not number.startswith("7.10."):
            raise IndexUnreadable(
                N_("the cluster runs OpenSearch %(number)s", number=number),
                where=self.where,
                remedy=N_("use release %(known)s", known=" or ".join(KNOWN_RELEASES)),
            )

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()

    def _failure(self, error: Exception, path: str) -> _Failure:
        if isinstance(error, SSLError):
            return _Failure(self._not_trusted(error))
        if isinstance(error, NotReached):
            is_late = isinstance(error, ConnectionTimeout)
            why = N_("no answer in time") if is_late else _reason(error)
            told: SearchappError = IndexUnreadable(
                N_("the cluster cannot be reached (%(reason)s)", reason=why),
                where=self.where,
                remedy=N_("see whether it runs, and whether these are its addresses"),
            )
            return _Failure(told, may_pass=True)
        if not isinstance(error, TransportError):
            return _Failure(self._foreign())
        self._has_answered = True
        status, (kind, reason) = int(error.status_code), _cause(error.info)
        if status in BUSY and (status != 429 or kind != BLOCKED):
            told = IndexUnreadable(
                N_("the cluster cannot answer now (%(reason)s)", reason=reason or status),
                where=self.where,
                remedy=N_("try again, or look at the health of the cluster"),
            )
            return _Failure(told, may_pass=True)
        return _Failure(self._refusal(status, kind, reason, path))

    def _refusal(self, status: int, kind: str, reason: str, path: str) -> SearchappError:
        if kind == BLOCKED:
            return blocked(status, reason, self.where)
        if status == 401:
            return IndexUnreadable(
                N_("the cluster does not know this user or password"),
                where=self.where,
                remedy=N_(
                    "set %(user)s and %(password)s, or %(authorization)s",
                    user=USER,
                    password=PASSWORD,
                    authorization=AUTHORIZATION,
                ),
            )
        if kind == MISSING:
            return IndexDamaged(
                N_("the cluster has no such index"),
                where=path.split("/")[1],
                remedy=N_("run: searchapp rebuild (or searchapp rollback)"),
            )
        if status == 403:
            what = N_(
                "the cluster does not allow this user that (%(reason)s)", reason=reason or path
            )
            remedy = N_("give it the rights that the README lists")
        elif status == 413:
            what = N_("a request is too large for the cluster")
            remedy = N_("raise http.max_content_length of its nodes")
        elif not kind:
            return self._foreign()
        else:
            what = N_(
                "the cluster refuses a request (%(status)s %(kind)s: %(reason)s)",
                status=status,
                kind=kind,
                reason=reason,
            )
            remedy = NO_TEXT
        return RequestRefused.of(status, kind, what, where=self.where, remedy=remedy)

    def _foreign(self) -> IndexUnreadable:
        return IndexUnreadable(
            N_("the server that answers is no OpenSearch"),
            where=self.where,
            remedy=N_("give the addresses of an OpenSearch cluster, with their ports"),
        )

    def _not_trusted(self, error: SSLError) -> IndexUnreadable:
        reason = _reason(error)
        if "WRONG_VERSION_NUMBER" in reason or "record layer" in reason:
            return IndexUnreadable(
                N_("the cluster does not answer by TLS"),
                where=self.where,
                remedy=N_("write http:// if it is meant to be open, or another port"),
            )
        return IndexUnreadable(
            N_("the certificate of the cluster is not accepted (%(reason)s)", reason=reason),
            where=self.where,
            remedy=N_(
                "name the file with the certificate of its authority: %(variable)s",
                variable=variable("opensearch_ca"),
            ),
        )


KNOWN_RELEASES = ("2", "3")
"""Of OpenSearch, which may call itself 7.10 for older clients."""


class _Failure(NamedTuple):
    """Why an attempt did not succeed. may_pass: whether another one may."""

    told: SearchappError
    may_pass: bool = False


def _connected(addresses: Sequence[str], ca: Path | None) -> Cluster:
    return Cluster(addresses, ca=ca)


def addresses_of(engine: str) -> tuple[str, ...]:
    """The addresses in the setting `engine`, which are joined by commas. Raises BadSetting."""
    addresses = tuple(each.strip().rstrip("/") for each in engine.split(",") if each.strip())
    for address in addresses:
        # It is not told: it may be a password.
        what = N_("the address of a node has a user or password in it")
        is_right = False
        if "@" not in address:
            what = N_("%(address)r is no address of a node", address=address)
            with suppress(ValueError):
                parts = urlsplit(address)
                is_web = parts.scheme in ("http", "https") and not (parts.query or parts.fragment)
                is_right = bool(is_web and parts.hostname and _port(parts))
        if not is_right:
            raise BadSetting(
                what,
                where="engine",
                remedy=N_(
                    "write https://host1:9200,https://host2:9200, and the user in %(user)s",
                    user=USER,
                ),
            )
    return addresses


def _port(parts: SplitResult) -> int:
    return parts.port or (443 if parts.scheme == "https" else 80)


def _host(address: str) -> dict[str, Any]:
    parts = urlsplit(address)
    return {
        "host": parts.hostname,
        "port": _port(parts),
        "use_ssl": parts.scheme == "https",
        "url_prefix": parts.path,
    }


def _tls_context(ca: Path | None) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if ca is not None:
        try:
            context.load_verify_locations(ca)
        except OSError as error:  # ssl.SSLError is one
            raise BadSetting(
                N_("%(path)s holds no certificates (%(reason)s)", path=ca, reason=_short(error)),
                where=variable("opensearch_ca"),
                remedy=N_("name a file in PEM format"),
            ) from error
    return context


def _short(error: OSError) -> Message:
    return Message(error.reason) if isinstance(error, ssl.SSLError) else system_reason(error)


def _credentials(environ: Mapping[str, str]) -> dict[str, str]:
    """The header with the credentials of the environment, if it has any. Raises BadSetting."""
    user, password, authorization = (
        environ.get(name, "") for name in (USER, PASSWORD, AUTHORIZATION)
    )
    if bool(user) != bool(password) or (user and authorization):
        raise BadSetting(
            N_("the credentials of the cluster are not complete, or twice there"),
            where=USER,
            remedy=N_(
                "set %(user)s and %(password)s, or %(authorization)s",
                user=USER,
                password=PASSWORD,
                authorization=AUTHORIZATION,
            ),
        )
    if user:
        pair = b64encode(f"{user}:{password}".encode()).decode("ascii")
        return {"authorization": f"Basic {pair}"}
    if authorization and not (authorization.isascii() and authorization.isprintable()):
        raise BadSetting(N_("the header has other signs than ASCII"), where=AUTHORIZATION)
    return {"authorization": authorization} if authorization else {}


def _cause(info: object) -> tuple[str, str]:
    """OpenSearch's name of an error and its sentence; both empty for what is not its answer."""
    error = info.get("error") if isinstance(info, dict) else None
    if isinstance(error, str):
        return "error", error
    if not isinstance(error, dict) or not error.get("type"):
        # The security plugin answers 401 and 403 in its own words.
        return "", ""
    causes = error.get("root_cause")
    first = causes[0] if isinstance(causes, list) and causes else error
    return str(error["type"]), str(first.get("reason") or error.get("reason") or "")


def _reason(error: BaseException) -> Message:
    """Why a node was not reached, in the words of the system."""
    cause: BaseException | None = error
    found = Message(type(error).__name__)
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return Message(cause.verify_message)
        if isinstance(cause, OSError) and (cause.strerror or isinstance(cause, ssl.SSLError)):
            found = system_reason(cause)
        nested = [each for each in cause.args if isinstance(each, BaseException)]
        cause = nested[0] if nested else cause.__cause__ or cause.__context__
    return found
