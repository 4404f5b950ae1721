"""Article files in, Articles out: one module a format, chosen by the file's suffix.

The way of an article: `files` finds and opens the file, `encoding` makes text of it, the module
of the format takes it apart into named values, `records` checks and cleans them, and `reading`
puts it all together and has glued tags split by `tag_splitter`.
"""

from searchapp.corpus.article_reader import SUFFIXES, read_articles, source_bytes

__all__ = ["SUFFIXES", "read_articles", "source_bytes"]
