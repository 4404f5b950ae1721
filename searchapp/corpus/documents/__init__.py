"""Reads documents that people write and print: PDF, Word, OpenDocument and EPUB.

Pages of a PDF: `pdf_document` asks the library for letters and their places, `running_lines` takes
headers and footers out, `page_layout` puts lines into reading order and paragraphs. The formats in
ZIP archives: `package` opens them within bounds, `markup` reads their XML as it streams by,
`flowing_text` collects paragraphs and tables. `properties` says which titles and authors of a
document's properties are worth having.
"""
