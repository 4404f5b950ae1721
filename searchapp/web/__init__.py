"""The search page and the JSON API, as a Flask application.

What do people read? `pages`, `hit_views`, `value_boxes`, `external_links`, `value_pages`,
`date_chart`, `help_page`, `templates/`, `static/`.
What do programs ask? `api`, `value_api`, which `api_description` describes; `feeds` and `exports`
are for other programs of readers, `site_files` for browsers and search engines. What is suggested
while typing? `suggestions`. What is told of an article? `article_metadata`,
`bibtex`. What stands in a URL? `url_state`, `article_urls`, `value_urls`, `paths`. How does a
reader learn what went wrong, and in which language? `error_pages`, `problem_details`, `i18n`,
`translated_templates`, `translations/`. What does the owner say? `owner_site`, `owner_logo`,
`owner_templates`, `tag_descriptions`. What keeps strangers out, and whom does it let in?
`protection`, `cross_origin`, `reverse_proxy`, `rate_limit`, `request_counts`. What is not answered
twice? `entity_tags`, `answer_cache`. How is it served? `serving`, whose processes are
`http_worker`, `arrival`, `allocator`, `static_files`. What runs beside it? `companion`. How is it
watched over? `health`, `request_log`, `log_lines`, `metrics`, `metrics_port`, `observation`,
`owner_pages`.
"""

from __future__ import annotations

from flask import Flask

from searchapp.example_queries import ExampleQueries
from searchapp.searching import SearchService
from searchapp.settings import Settings
from searchapp.web import (
    answer_cache,
    api,
    cross_origin,
    entity_tags,
    exports,
    feeds,
    health,
    help_page,
    i18n,
    owner_pages,
    pages,
    protection,
    request_log,
    site_files,
    suggestions,
    value_api,
    value_pages,
)
from searchapp.web.arrival import init_arrival
from searchapp.web.error_pages import register_error_handlers
from searchapp.web.metrics import init_metrics
from searchapp.web.owner_site import NO_SITE, load_site
from searchapp.web.owner_templates import init_templates
from searchapp.web.rate_limit import init_rate_limit
from searchapp.web.request_counts import RequestCounts
from searchapp.web.reverse_proxy import init_reverse_proxy
from searchapp.web.static_files import init_static_files
from searchapp.web.tag_descriptions import load_descriptions
from searchapp.web.translated_templates import TranslatedEnvironment
from searchapp.web.url_state import ArticleIdConverter

COMPRESSED = [
    "text/html",
    "text/css",
    "text/plain",
    "text/javascript",
    "text/csv",
    "image/svg+xml",
    "application/json",
    "application/problem+json",
    "application/atom+xml",
    "application/xml",
    "application/opensearchdescription+xml",
    "application/x-ndjson",
    "application/x-research-info-systems",
    "application/x-bibtex",
]
"""The media types of texts, which cross the wire small."""


def create_app(
    settings: Settings | None = None, *, request_counts: RequestCounts | None = None
) -> Flask:
    """Build the WSGI application.

    settings: by default read from the environment. The index is opened by the first request
    that needs it, so an application can be made before there is one. Raises BadSetting.
    request_counts: those of a rate limit, which processes share that were forked since they were
    made; by default the application has its own.
    """
    settings = settings or Settings.from_environ()
    # Static files are served by a route of our own, which knows their hashes.
    app = Flask(__name__, static_folder=None)
    app.jinja_environment = TranslatedEnvironment
    app.url_map.merge_slashes = False  # an article id may hold "//"
    app.url_map.converters["article_id"] = ArticleIdConverter
    app.url_map.converters["value"] = ArticleIdConverter  # a tag may hold "/", or be ".."
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    service = SearchService(settings)
    app.extensions["searchapp"] = service
    app.extensions[help_page.EXAMPLES] = ExampleQueries(service)
    app.extensions[value_pages.DESCRIPTIONS] = (
        load_descriptions(settings.tag_descriptions) if settings.tag_descriptions else {}
    )
    site = load_site(settings.site) if settings.site else NO_SITE
    app.extensions[pages.SITE] = site
    init_static_files(app, site.static, site.style)
    i18n.init_i18n(app)
    app.register_blueprint(pages.blueprint)
    for part in (value_pages, api, value_api, suggestions, feeds, exports, site_files, help_page):
        app.register_blueprint(part.blueprint)
    app.register_blueprint(health.blueprint)
    app.register_blueprint(owner_pages.blueprint)
    init_arrival(app)
    figures = init_metrics(app, app.extensions["searchapp"])
    register_error_handlers(app, settings)
    cross_origin.init_cross_origin(app, settings)  # Before the headers that it changes.
    protection.init_security_headers(app)
    init_rate_limit(app, settings, request_counts)
    owned = site.files
    if site.templates:
        owned += init_templates(app, site.templates)
    # What it answers counts for the limit, too.
    entity_tags.init_entity_tags(app, settings, owned)
    app.config["COMPRESS_MIMETYPES"] = COMPRESSED
    answer_cache.init_answer_cache(app, settings)
    init_reverse_proxy(app, settings)
    request_log.init_request_log(app, settings, figures, owner_pages.query_watcher(settings))
    return app
