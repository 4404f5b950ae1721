"""A web site is brought into a folder of files, from which the index is built without a network.

In which order, and what is told in the end? `site_fetch`. How politely? `polite_client`. What is
one address, and which part of it means nothing? `page_address`. To which machines may a connection
go? `network_guard`. How is one answer got in bounded time and memory? `site_client`. What does a
page link to? `page_links`. What do sitemaps and feeds list? `link_lists`. Where are pages kept, and
what is remembered of them? `page_store`; what a reader of the files must know of each is in
`searchapp.corpus.page_origin`. Which pages say the same? `same_pages`.
"""
