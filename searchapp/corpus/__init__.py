"""Article files in, Articles out.

- Which files are read, and in which order? `files`
- Who reads them all, and what if one file is a trap? `article_reader`, `reader_process`
- Which format is a file in? `formats`, by its suffix; one module reads each format:
  `seed_text`, `markdown`, `json_lines`, `csv_table`, `html_page`, `feed` (with `wordpress`)
- What does a Markdown file say before its text, and what in it is no text? `front_matter`,
  `markdown_dialects`; what is no text in a post of WordPress? `shortcodes`
- How is a JSON file larger than the memory read, and which objects in it are articles?
  `json_stream`, `json_articles` (with `wordpress_api`)
- What text do its bytes mean? `encoding`
- How are the elements of a large XML file read one by one? `xml_items`
- Which text does a reader of HTML see? `html_text`
- Which part of a web page is the article? `page_article`, among the blocks of `page_blocks`, by
  what `page_surroundings` knows; and what does the page state about it? `page_statements`
- What do the named values of a record mean, and are they valid? `records`
- Where are the paragraphs, and what is the title of a text without one? `paragraphs`, `titles`
- Which tags are in "ChinaCO2EU"? `tags`
"""

from searchapp.corpus.article_reader import read_articles, source_bytes
from searchapp.corpus.formats import SUFFIXES
from searchapp.corpus.reader_process import SpareProcess

__all__ = ["SUFFIXES", "SpareProcess", "read_articles", "source_bytes"]
