"""Tags that ran together in a source ("ChinaCO2EUFörderung") are taken apart.

- Which tags are in a line? `tag_splitter`: the cheapest path over the places where it may be cut
- Where may a line be cut, and what does each possible tag cost? `tag_lattice`
- Which words, acronyms and names does the splitter know? `tag_words`
"""
