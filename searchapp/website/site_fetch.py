"""Brings the pages of a site: what it lists itself, and what its pages link to if that is wanted.

Sources: RFC 9110 (conditional requests, redirects) and the protocol of sitemaps.org.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from searchapp import __version__
from searchapp.errors import BadSetting, FetchFailed, Problem
from searchapp.progress import SILENT, Progress
from searchapp.translation import N_, NN_, NO_TEXT, Message, Number
from searchapp.website.link_lists import MAX_LIST_BYTES, read_link_list
from searchapp.website.network_guard import NetworkGuard
from searchapp.website.page_address import may_be_page, origin_of, page_address
from searchapp.website.page_links import PageLinks, read_links
from searchapp.website.page_store import PageStore, StoredPage, open_store
from searchapp.website.polite_client import (
    AGENT,
    MAX_HOPS,
    PASSING,
    REDIRECTS,
    PoliteClient,
    StopAsking,
)
from searchapp.website.same_pages import drop_same_pages
from searchapp.website.site_client import Answer, NoAnswer, SiteClient

MAX_LISTS = 500
"""Sitemaps and feeds that are read in one fetch."""

MAX_FEEDS = 50
MAX_WAITING = 1_000_000
"""Addresses that are kept in mind."""

MAX_FAILURES_IN_A_ROW = 10
"""After these the site is taken to be down."""

_SITEMAPS = ("/sitemap.xml", "/sitemap_index.xml")
"""Where one is looked for if robots.txt names none."""

_SUFFIXES = {
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "application/pdf": ".pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.oasis.opendocument.text": ".odt",
    "application/epub+zip": ".epub",
}
_UNSURE_TYPES = frozenset(("", "application/octet-stream", "binary/octet-stream", "text/plain"))
_LIST_TYPES = frozenset(
    ("text/xml", "application/xml", "application/rss+xml", "application/atom+xml")
) | {"application/rdf+xml", "application/feed+json", "application/gzip", "application/x-gzip"}
_HTML_START = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<!--.{0,2000}?-->\s*)?<(?:!doctype html|html|head)\b", re.I | re.S
)
_FOR_GOOD = frozenset((301, 308))


@dataclass(frozen=True)
class FetchPlan:
    """What is to be fetched, and how.

    sites: addresses where to begin; no other hosts are asked. folder: where pages are stored.
    follow: links of pages, too, up to `max_depth` clicks. prune: delete pages that are gone.
    limit: pages that are asked for. page_bytes, total_bytes: of one page, and of all.
    delay_s: between two requests. timeout_s: for which a server may keep silent.
    contact: an address for whoever runs the site, in the user agent; may be empty.
    allow_private: the hosts may be at addresses of no public network.
    """

    sites: tuple[str, ...]
    folder: Path
    follow: bool = False
    prune: bool = False
    limit: int = 10_000
    max_depth: int = 10
    page_bytes: int = 20 * 2**20
    total_bytes: int = 4 * 2**30
    delay_s: float = 1.0
    timeout_s: float = 20.0
    contact: str = ""
    allow_private: bool = False


@dataclass(slots=True)
class FetchReport:
    """What a fetch did.

    new, changed: pages that were stored. unchanged: known pages that are as they were;
    not_modified: those among them that the server did not send again (304). gone: stored pages
    that are not there any more. missing: other addresses that answered 404 or 410. failed:
    addresses that gave no page for another reason. left_out: what is no article or wants to be in
    no index. forbidden: by robots.txt. elsewhere: redirects to hosts that were not named. same:
    files that were dropped because another page says the same. pruned: pages that were deleted.
    stored: pages in the folder. waiting: addresses for the next fetch. went_on: the fetch began
    where one before had broken off. stopped: why it did not come to its end, or ""; at_limit: it
    is a limit of the plan.
    """

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    not_modified: int = 0
    gone: int = 0
    missing: int = 0
    failed: int = 0
    left_out: int = 0
    forbidden: int = 0
    elsewhere: int = 0
    same: int = 0
    pruned: int = 0
    stored: int = 0
    waiting: int = 0
    requests: int = 0
    bytes: int = 0
    seconds: float = 0.0
    went_on: bool = False
    stopped: Message = NO_TEXT
    at_limit: bool = False

    @property
    def is_whole(self) -> bool:
        """Whether nothing failed."""
        return not self.failed and (self.at_limit or not self.stopped)


class _AtLimit(StopAsking):
    """A limit of the plan was reached."""


def fetch(
    plan: FetchPlan,
    *,
    progress: Progress = SILENT,
    on_problem: Callable[[Problem], None] = lambda _: None,
) -> FetchReport:
    """Fetch what the plan says; what was stored before an error or Ctrl-C is kept.

    on_problem: gets each address that gave no page, as an error, and as a warning what is gone or
    leads elsewhere. Raises BadSetting, and FetchFailed if no page could be asked for.
    """
    started = time.monotonic()
    sites = tuple(_site(each) for each in plan.sites)
    guard = NetworkGuard.naming(sites, allow_private=plan.allow_private)
    with (
        closing(SiteClient(guard, _user_agent(plan.contact), timeout_s=plan.timeout_s)) as client,
        open_store(plan.folder) as store,
    ):
        polite = PoliteClient(client, guard, delay_s=plan.delay_s)
        report = _Fetch(plan, sites, guard, polite, store, progress, on_problem).run()
    report.seconds = time.monotonic() - started
    return report


def _site(text: str) -> str:
    address = page_address(text if "://" in text else f"https://{text}")
    if address is None:
        raise BadSetting(
            N_("%(value)r is no address of a web site", value=text),
            remedy=N_("give one as https://example.org, without a name and password"),
        )
    return address


def _user_agent(contact: str) -> str:
    if not (contact.isascii() and contact.isprintable()):
        raise BadSetting(
            N_("%(contact)r cannot be sent", contact=contact),
            where="contact",
            remedy=N_("use ASCII letters only"),
        )
    return f"{AGENT}/{__version__}" + (f" (+{contact})" if contact else "")


@dataclass
class _Fetch:
    """One run, with the folder open.

    moved: stored pages that redirect now, to where, and whether for good.
    """

    plan: FetchPlan
    sites: tuple[str, ...]
    guard: NetworkGuard
    client: PoliteClient
    store: PageStore
    progress: Progress
    on_problem: Callable[[Problem], None]
    report: FetchReport = field(default_factory=FetchReport)
    lists_read: set[str] = field(default_factory=set)
    moved: list[tuple[str, str, bool]] = field(default_factory=list)
    feeds_read: int = 0
    has_told_crowd: bool = False
    failures_in_a_row: int = 0
    asked: int = 0
    told_total: int = 0

    @property
    def hosts(self) -> list[str]:
        """The hosts whose pages are asked for, as they stand in addresses."""
        return sorted({origin_of(site).netloc for site in self.sites})

    def run(self) -> FetchReport:
        self.progress.begin(N_("Fetching"), 0)
        try:
            for host in self.hosts:
                self.report.went_on |= self.store.begin(host)
            for site in self.sites:
                self._read_site(site)
            self._ask_all()
        except StopAsking as stop:
            if not self.asked:
                raise FetchFailed(stop.what, remedy=stop.remedy) from None
            self.report.stopped = N_("%(what)s; %(remedy)s", what=stop.what, remedy=stop.remedy)
            self.report.at_limit = isinstance(stop, _AtLimit)
        self.report.same = drop_same_pages(self.store, self.hosts)
        self._tell_moved()
        if self.plan.prune:
            for page in self.store.stored(self.hosts, "gone IS NOT NULL"):
                self.store.drop(page, same_as=None)
                self.report.pruned += 1
        self.report.waiting, self.report.stored = self.store.counts(self.hosts)
        self.report.requests, self.report.bytes = self.client.requests, self.client.bytes
        return self.report

    # What there is

    def _read_site(self, site: str) -> None:
        """Have the pages asked that a site lists itself, and the one that was named."""
        rules = self.client.rules_of(site)
        self.store.add([site], depth=0)
        sitemaps = list(rules.sitemaps) if rules else []
        for link in sitemaps:
            self._read_list(page_address(link, site), is_named=True)
        for path in () if sitemaps else _SITEMAPS:
            if self._read_list(page_address(path, site), is_named=False):
                return

    def _read_list(self, url: str | None, *, is_named: bool) -> bool:
        """Have the pages of a sitemap or feed asked, and read the sitemaps that it lists.

        is_named: something names it, so that it is a failure if there is none.
        Returns whether anything was found.
        """
        waiting = [url]
        has_found = False
        while waiting:
            address = waiting.pop()
            if address is None or address in self.lists_read:
                continue
            if not self.guard.names(origin_of(address)):
                self._elsewhere(address, N_("a sitemap or feed"))
                continue
            if len(self.lists_read) >= MAX_LISTS:
                self._fail(
                    address,
                    N_("is not read: %(max_lists)s sitemaps and feeds were", max_lists=MAX_LISTS),
                )
                break
            self.lists_read.add(address)
            answer = self._list_answer(address, is_named or has_found)
            if answer is None:
                continue
            found = read_link_list(answer.body)
            # A site may answer with a page where we have only guessed that there is a sitemap.
            is_list = bool(is_named or has_found or found.pages or found.lists)
            if is_list and (found.fault or found.is_cut or answer.is_cut):
                self._fail(
                    address,
                    N_(
                        "was read in part only: %(fault)s",
                        fault=found.fault or N_("it is too large"),
                    ),
                )
            pages = [page for link in found.pages if (page := page_address(link, address))]
            named = [page for page in pages if self.guard.names(origin_of(page))]
            if len(named) < len(pages):
                others = NN_(
                    "%(count)s of its addresses",
                    "%(count)s of its addresses",
                    len(pages) - len(named),
                )
                self._elsewhere(address, others)
            self._add(named, depth=1)
            waiting += [page_address(link, address) for link in reversed(found.lists)]
            has_found |= bool(named or found.lists)
        return has_found

    def _list_answer(self, address: str, is_named: bool) -> Answer | None:
        if not is_named and not self.client.allows(address):
            return None
        try:
            answer = self.client.final_answer(address, MAX_LIST_BYTES)
        except NoAnswer as error:
            self._fail(address, error.what)
            return None
        if answer is not None and answer.status != 200:
            if is_named or answer.status in PASSING:
                self._fail(address, N_("answered %(status)s", status=answer.status))
            return None
        return answer

    def _add(self, urls: Sequence[str], *, depth: int) -> None:
        waiting, _ = self.store.counts(self.hosts)
        if waiting + len(urls) <= MAX_WAITING:
            self.store.add(urls, depth=depth)
        elif not self.has_told_crowd:
            self.has_told_crowd = True
            self._fail(
                self.sites[0],
                N_(
                    "names more than %(max_waiting)s addresses: not all wait",
                    max_waiting=Number(MAX_WAITING),
                ),
            )

    # Page by page

    def _ask_all(self) -> None:
        while page := self.store.next(self.hosts):
            if self.asked >= self.plan.limit:
                what = N_(
                    "%(limit)s pages were asked for, and --limit is reached",
                    limit=Number(self.plan.limit),
                )
                raise _AtLimit(what)
            if self.client.bytes >= self.plan.total_bytes:
                megabytes = self.client.bytes / 2**20
                what = N_(
                    "%(megabytes)s MB have come, and --max-mb is reached",
                    megabytes=Number(megabytes, ",.1f"),
                )
                raise _AtLimit(what)
            if self.client.allows(page.url):
                self.asked += 1
                self._ask(page)
                self._tell_progress()
            elif page.depth == 0:
                self._fail_page(page, N_("is forbidden by robots.txt"))
            else:
                self.report.forbidden += 1
                self.store.done(page)

    def _ask(self, page: StoredPage) -> None:
        headers = {}
        if origin := self.store.origin(page):
            headers = {"If-None-Match": origin.etag, "If-Modified-Since": origin.last_modified}
        try:
            answer = self.client.get(
                page.url,
                max_bytes=self.plan.page_bytes,
                headers={name: value for name, value in headers.items() if value},
                is_wanted=_may_hold_page,
            )
        except NoAnswer as error:
            self._fail_page(page, error.what)
            self._count_failure()
            return
        if answer.status in PASSING:
            self._fail_page(page, N_("answered %(status)s", status=answer.status))
            self._count_failure()
            return
        self.failures_in_a_row = 0
        if answer.status == 200:
            self._take(page, answer)
        elif answer.status == 304 and origin is not None:
            self._keep(page)
        elif answer.status in REDIRECTS:
            self._redirect(page, answer)
        elif answer.status in (404, 410):
            self._lose(page, N_("is gone (answered %(status)s)", status=answer.status))
        else:
            self._fail_page(page, N_("answered %(status)s", status=answer.status))

    def _count_failure(self) -> None:
        self.failures_in_a_row += 1
        if self.failures_in_a_row >= MAX_FAILURES_IN_A_ROW:
            raise StopAsking(
                N_(
                    "%(max_failures_in_a_row)s pages in a row failed, the site may be down",
                    max_failures_in_a_row=MAX_FAILURES_IN_A_ROW,
                )
            )

    def _keep(self, page: StoredPage) -> None:
        """A page that the server did not send again."""
        self.report.unchanged += 1
        self.report.not_modified += 1
        self.store.done(page, gone=None)
        if page.file is not None and page.file.suffix == ".html":
            self._use_links(page, read_links(page.file.read_bytes(), page.url, []))

    def _lose(self, page: StoredPage, what: Message) -> None:
        """A page is not there any more; if it is stored, its file is kept until `--prune`."""
        if page.file is not None:
            self.report.gone += 1
            today = dt.datetime.now(dt.UTC).date().isoformat()
            self.store.done(page, gone=page.gone or today)
            if not self.plan.prune:
                self._warn(page.url, what, N_("its page is kept; --prune deletes it"))
        elif page.depth == 0:
            self._fail_page(page, what)
        else:
            self.report.missing += 1
            self.store.done(page)

    def _redirect(self, page: StoredPage, answer: Answer) -> None:
        target = page_address(answer.headers.get("Location", ""), page.url)
        if target is None:
            self._fail_page(page, N_("redirects to no address of a page"))
        elif not self.guard.names(origin_of(target)):
            if page.depth == 0 or page.file is not None:
                self._fail_page(page, N_("leads to another host (%(target)s)", target=target))
            else:
                self._elsewhere(page.url, target)
                self.store.done(page)
        elif page.hops >= MAX_HOPS or self._leads_back(target, page.url):
            self._fail_page(page, N_("redirects without end"))
        else:
            self.store.add([target], depth=page.depth, hops=page.hops + 1)
            self.store.done(page, leads_to=target)
            if page.file is not None:
                self.moved.append((page.url, target, answer.status in _FOR_GOOD))

    def _leads_back(self, target: str, url: str) -> bool:
        for _ in range(MAX_HOPS):
            if target == url:
                return True
            other = self.store.page(target)
            if other is None or other.leads_to is None or other.file is not None:
                return False
            target = other.leads_to
        return True

    def _tell_moved(self) -> None:
        """Of stored pages that lead elsewhere now, tell those whose text is not there."""
        for url, target, is_for_good in self.moved:
            page = self.store.page(url)
            if page is None or page.file is None:
                continue
            if is_for_good:
                self._lose(
                    page, N_("leads to %(target)s now, which says something else", target=target)
                )
            else:
                self._fail_page(
                    page,
                    N_("leads to %(target)s for the time being; its page is kept", target=target),
                )

    def _take(self, page: StoredPage, answer: Answer) -> None:
        suffix = _suffix(answer)
        if suffix is None:
            if page.depth == 0 and answer.content_type in _LIST_TYPES:
                self._read_list(page.url, is_named=True)
            else:
                self.report.left_out += 1
            self.store.done(page)
        elif answer.is_cut:
            self._fail_page(
                page,
                N_(
                    "is larger than %(page_bytes)s MB",
                    page_bytes=Number(self.plan.page_bytes / 2**20, "g"),
                ),
            )
        elif not answer.body.strip():
            self._fail_page(page, N_("answered with nothing"))
        else:
            self._store(page, answer, suffix)

    def _store(self, page: StoredPage, answer: Answer, suffix: str) -> None:
        robots = answer.headers.getlist("X-Robots-Tag")
        links = read_links(answer.body if suffix == ".html" else b"", page.url, robots)
        if links.is_kept_out and page.file is not None:
            self._lose(page, N_("wants to be in no index any more"))
        elif links.is_kept_out:
            self.report.left_out += 1
            self.store.done(page)
        elif self._is_known_as_other(page, answer):
            self.report.unchanged += 1
            self.store.done(page)
        else:
            told = {
                name.lower().replace("-", "_"): answer.headers.get(name, "")[:1000]
                for name in ("Content-Type", "ETag", "Last-Modified")
            }
            verdict = self.store.save(page, answer.body, suffix, told)
            setattr(self.report, verdict, getattr(self.report, verdict) + 1)
        self._use_links(page, links)

    def _is_known_as_other(self, page: StoredPage, answer: Answer) -> bool:
        """Whether a page that was dropped for another is as it was, and the other is there."""
        other = self.store.page(page.same_as) if page.same_as else None
        digest = hashlib.sha256(answer.body).hexdigest()
        return other is not None and other.file is not None and page.digest == digest

    def _use_links(self, page: StoredPage, links: PageLinks) -> None:
        """Have asked what a page names, in addresses of the site."""
        is_deep = page.depth >= self.plan.max_depth
        named = links.canonical if links.canonical != page.url and not is_deep else None
        if named is not None and self.guard.names(origin_of(named)):
            self.store.add([named], depth=page.depth + 1)
            self.store.done(page, leads_to=named)
        for feed in links.feeds:
            # A feed below an article has its comments.
            is_of_site = page.depth == 0 or not feed.startswith(page.url)
            if is_of_site and feed not in self.lists_read and self.feeds_read < MAX_FEEDS:
                self.feeds_read += 1
                self._read_list(feed, is_named=False)
        if self.plan.follow and not is_deep:
            pages = [
                link
                for link in links.links
                if self.guard.names(origin_of(link)) and may_be_page(link)
            ]
            self._add(pages, depth=page.depth + 1)

    # What is told

    def _tell_progress(self) -> None:
        if self.asked >= self.told_total or self.asked % 20 == 1:
            waiting, _ = self.store.counts(self.hosts)
            if self.asked + waiting != self.told_total:
                self.told_total = self.asked + waiting
                self.progress.begin(N_("Fetching"), self.told_total)
        self.progress.advance(self.asked)

    def _fail_page(self, page: StoredPage, what: Message) -> None:
        self._fail(page.url, what)
        self.store.done(page, failed=True)

    def _fail(self, url: str, what: Message) -> None:
        self.report.failed += 1
        self.on_problem(Problem(url, what, N_("fetch again later, or look at it in a browser")))

    def _warn(self, url: str, what: Message, remedy: Message) -> None:
        self.on_problem(Problem(url, what, remedy, "warning"))

    def _elsewhere(self, url: str, what: str) -> None:
        self.report.elsewhere += 1
        self._warn(
            url,
            N_("leads to another host (%(what)s)", what=what),
            N_("name that host, too, to fetch it"),
        )


def _may_hold_page(answer: Answer) -> bool:
    kinds = _SUFFIXES.keys() | _UNSURE_TYPES
    return answer.status == 200 and answer.content_type in kinds


def _suffix(answer: Answer) -> str | None:
    """The suffix of the file that holds the answer; None if it is no article."""
    if answer.content_type in _UNSURE_TYPES:
        if answer.body.startswith(b"%PDF-"):
            return ".pdf"
        return ".html" if _HTML_START.match(answer.body) else None
    return _SUFFIXES.get(answer.content_type)
