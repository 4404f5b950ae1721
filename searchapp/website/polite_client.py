"""Asks a site as it wants to be asked: what its robots.txt allows, with pauses, and not for long.

Sources: RFC 9309 (robots.txt), RFC 9110 (Retry-After, redirects).
"""

from __future__ import annotations

import datetime as dt
import math
import time
from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime

from protego import Protego

from searchapp.translation import N_, Message, Number
from searchapp.website.network_guard import NetworkGuard
from searchapp.website.page_address import origin_of, page_address
from searchapp.website.site_client import Answer, NoAnswer, SiteClient

AGENT = "searchapp"
"""The name that rules in robots.txt are looked up by."""

MAX_ROBOTS_BYTES = 512 * 2**10
MAX_HOPS = 8
TRIES = 3
MAX_WAIT_S = 120.0
"""A site that wants to be left alone for longer is asked again by the next fetch."""

MAX_CRAWL_DELAY_S = 30.0

REDIRECTS = frozenset((301, 302, 303, 307, 308))
PASSING = frozenset((429, 500, 502, 503, 504))
"""The statuses of failures that may be over in a moment."""

_ASKED_TO_WAIT = frozenset((429, 503))


_GO_ON = N_("fetch again to go on")


class StopAsking(Exception):
    """Why a site is not asked any more, and what to do."""

    def __init__(self, what: Message, remedy: Message = _GO_ON) -> None:
        super().__init__(what)
        self.what, self.remedy = what, remedy


class PoliteClient:
    """Asks one thing after the other.

    requests, bytes: what was asked, and what has come, so far.
    """

    def __init__(self, client: SiteClient, guard: NetworkGuard, *, delay_s: float) -> None:
        """delay_s: between two requests; it grows when a site asks for more."""
        self._client, self._guard = client, guard
        self._delay_s = delay_s
        self._answered_at = -math.inf  # by the monotonic clock
        self._rules: dict[str, Protego | None] = {}  # by scheme and host
        self.requests = self.bytes = 0

    def rules_of(self, address: str) -> Protego | None:
        """The rules of an address' host; None where it has none. Raises StopAsking."""
        origin = origin_of(address)
        key = f"{origin.scheme}://{origin.netloc}"
        if key not in self._rules:
            url = f"{key}/robots.txt"
            try:
                answer = self.final_answer(url, MAX_ROBOTS_BYTES)
            except NoAnswer as error:
                raise _unknown_rules(url, error.what) from None
            # RFC 9309, 2.3.1: none are as good as an error of ours, but not one of the server.
            if answer is not None and answer.status in PASSING:
                raise _unknown_rules(url, N_("answered %(status)s", status=answer.status))
            self._rules[key] = None
            if answer is not None and answer.status == 200:
                rules = Protego.parse(answer.body.decode("utf-8-sig", "replace"))
                wanted_s = min(rules.crawl_delay(AGENT) or 0.0, MAX_CRAWL_DELAY_S)
                self._delay_s = max(self._delay_s, wanted_s)
                self._rules[key] = rules
        return self._rules[key]

    def allows(self, address: str) -> bool:
        """Whether the host's rules allow to ask for an address. Raises StopAsking."""
        rules = self.rules_of(address)
        return rules is None or rules.can_fetch(address, AGENT)

    def final_answer(self, address: str, max_bytes: int) -> Answer | None:
        """The answer behind redirects; None if they lead to a host that may not be asked.

        Raises NoAnswer, StopAsking.
        """
        for _ in range(MAX_HOPS):
            answer = self.get(address, max_bytes=max_bytes)
            if answer.status not in REDIRECTS:
                return answer
            target = page_address(answer.headers.get("Location", ""), address)
            if target is None or not self._guard.names(origin_of(target)):
                return None
            address = target
        raise NoAnswer(N_("redirects without end"))

    def get(
        self,
        address: str,
        *,
        max_bytes: int,
        headers: Mapping[str, str] | None = None,
        is_wanted: Callable[[Answer], bool] = lambda _: True,
    ) -> Answer:
        """Ask as `SiteClient.get`, after the delay, and again if that may help.

        Raises NoAnswer, StopAsking.
        """
        for tried in range(1, TRIES + 1):
            _wait(self._answered_at + self._delay_s - time.monotonic())
            pause_s = 2.0 ** (tried - 1)
            self.requests += 1
            try:
                answer = self._client.get(
                    address, max_bytes=max_bytes, headers=headers, is_wanted=is_wanted
                )
            except NoAnswer as error:
                if not error.is_passing or tried == TRIES:
                    raise
            else:
                self.bytes += len(answer.body)
                if answer.status in _ASKED_TO_WAIT:
                    pause_s = self._slow_down(address, answer, pause_s)
                if answer.status not in PASSING or tried == TRIES:
                    return answer
            finally:
                self._answered_at = time.monotonic()
            _wait(pause_s)
        raise AssertionError("the last try returns or raises")

    def _slow_down(self, address: str, answer: Answer, pause_s: float) -> float:
        """The pause that the site asks for, else the one given. From now on it is asked less often.

        Raises StopAsking if it wants to be left alone for long.
        """
        self._delay_s = max(self._delay_s, min(2 * self._delay_s, MAX_CRAWL_DELAY_S))
        wanted_s = _retry_after_s(answer.headers.get("Retry-After", ""))
        if wanted_s is not None and wanted_s > MAX_WAIT_S:
            raise StopAsking(
                N_(
                    "%(address)s wants to be asked again in %(wanted_s)s s at the earliest",
                    address=address,
                    wanted_s=Number(wanted_s, ",.0f"),
                )
            )
        return pause_s if wanted_s is None else wanted_s


def _wait(seconds: float) -> None:
    if seconds > 0:
        time.sleep(seconds)


def _unknown_rules(url: str, reason: Message) -> StopAsking:
    return StopAsking(
        N_("%(url)s %(reason)s, so that nobody knows what may be fetched", url=url, reason=reason),
        N_("try again later"),
    )


def _retry_after_s(value: str) -> float | None:
    """The seconds of a header Retry-After, which may be a date; None if it is neither."""
    value = value.strip()
    if value.isdecimal() and len(value) < 10:
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=dt.UTC)
    seconds = (moment - dt.datetime.now(dt.UTC)).total_seconds()
    return max(0.0, math.ceil(seconds))
