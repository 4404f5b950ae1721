"""Where postings live: each engine in a folder of its own, behind the protocols of `base`."""
