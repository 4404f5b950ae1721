"""Attacks on the whole: each tries many ways to lose or falsify something, and counts who survived.

Everyone runs a small form of each; `ATTACKS=full` in the environment, as `.ci/run slow` sets it,
runs all of it. pytest's summary has a line of tries and survivors for each.
"""
