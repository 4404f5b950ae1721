"""What browsers and search engines ask a site for: OpenSearch, sitemap and robots.txt."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

from flask import Blueprint, Response, render_template, stream_with_context, url_for
from flask_babel import gettext  # type: ignore[import-untyped]
from werkzeug.exceptions import NotFound

from searchapp.web.api import article_page, service

blueprint = Blueprint("site_files", __name__)

MAX_URLS = 50_000
"""Addresses in one sitemap. https://www.sitemaps.org/protocol.html"""
SHORT_NAME_CHARS = 16
MAX_NAME_CHARS = 900
"""Of an OpenSearch description. https://github.com/dewitt/opensearch"""

_XML = '<?xml version="1.0" encoding="utf-8"?>\n'
_NAMESPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


@blueprint.get("/opensearch.xml")
def opensearch() -> Response:
    """By this a browser offers the search beside those of others."""
    name = service().settings.site_name or gettext("Article search")
    text = render_template(
        "opensearch.xml",
        short_name=name[:SHORT_NAME_CHARS].strip(),
        description=gettext("Search of “%(name)s”", name=name[:MAX_NAME_CHARS]),
    )
    return Response(text, mimetype="application/opensearchdescription+xml")


@blueprint.get("/robots.txt")
def robots() -> Response:
    """Articles are to be found by search engines; results, which are without number, are not."""
    # Of a prefix, too, though robots are looked for at the root only: the owner may include them.
    closed = (url_for("pages.search"), urlsplit(url_for("exports.export", form="")).path)
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in closed)]
    lines += [f"Disallow: {url_for('api.search')}", f"Allow: {url_for('pages.home')}"]
    sitemap = url_for("site_files.sitemap", _external=True)
    return Response("\n".join([*lines, "", f"Sitemap: {sitemap}", ""]), mimetype="text/plain")


@blueprint.get("/sitemap.xml")
def sitemap() -> Response:
    """All articles with their dates, or where there are too many, the sitemaps with them."""
    articles = service().manifest().articles
    if articles < MAX_URLS:
        return _sitemap(0, with_home=True)
    numbers = range(1, -(-articles // MAX_URLS) + 1)
    places = (url_for("site_files.sitemap_part", number=each, _external=True) for each in numbers)
    entries = "".join(f"<sitemap><loc>{escape(place)}</loc></sitemap>\n" for place in places)
    text = f"{_XML}<sitemapindex {_NAMESPACE}>\n{entries}</sitemapindex>\n"
    return Response(text, mimetype="application/xml")


@blueprint.get("/sitemap-<int:number>.xml")
def sitemap_part(number: int) -> Response:
    """One of several sitemaps, from 1."""
    first = (number - 1) * MAX_URLS
    if not 0 <= first < service().manifest().articles:
        raise NotFound
    return _sitemap(first)


def _sitemap(first: int, *, with_home: bool = False) -> Response:
    links = service().links(first, MAX_URLS)

    def parts() -> Iterator[str]:
        yield f"{_XML}<urlset {_NAMESPACE}>\n"
        if with_home:
            yield _url(url_for("pages.home", _external=True))
        for link in links:
            yield _url(article_page(link.id), link.date)
        yield "</urlset>\n"

    response = Response(stream_with_context(parts()), mimetype="application/xml")
    response.call_on_close(links.close)
    return response


def _url(address: str, changed: date | None = None) -> str:
    lastmod = f"<lastmod>{changed.isoformat()}</lastmod>" if changed else ""
    return f"<url><loc>{escape(address)}</loc>{lastmod}</url>\n"
