"""The addresses of an article: its parts and marks, what to cite, and files for libraries."""

from __future__ import annotations

from dataclasses import dataclass

from searchapp.model import MarkPlace
from searchapp.web.api import article_page
from searchapp.web.paths import address, path_to
from searchapp.web.url_state import Param, SearchUrls


@dataclass(frozen=True, slots=True)
class ArticleUrls:
    """Builds the links of an article's page. Needs Flask's application context.

    urls: those of the search that led to it. rank: its 1-based place there, if it has one.
    part: the number of the part that is shown.
    """

    urls: SearchUrls
    article_id: str
    rank: int | None
    part: int

    def permalink(self) -> str:
        """The address to cite and to keep: absolute, without any search."""
        return article_page(self.article_id)

    def canonical(self) -> str:
        """The one address of this part."""
        return address(self.permalink(), [(Param.PART, str(self.part))] if self.part > 1 else [])

    def page(self, part: int) -> str:
        """Another part, with the same search."""
        return self.urls.article_part(self.article_id, part, self.rank)

    def mark(self, place: MarkPlace) -> str:
        """A mark, on this page or in another part."""
        page = "" if place.part == self.part else self.page(place.part)
        return f"{page}#m{place.number}"

    def file(self, form: str) -> str:
        """The article in a form of the exports, as "bib"."""
        return path_to("exports.export_article", form=form, article_id=self.article_id)
