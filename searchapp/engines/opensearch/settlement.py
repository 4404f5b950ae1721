"""What is in the cluster is brought in line with the generations of an index folder.

An index is deleted only if three things hold: it is named as ours are, its generation is not in the
folder, and it was made for this folder. The last is told by an id that lies in the folder and in
each index: two installations that share a prefix by mistake do not delete each other's articles.
"""

from __future__ import annotations

import re
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Any

from searchapp.engines.opensearch.cluster import Cluster
from searchapp.engines.opensearch.generation_record import GenerationRecord
from searchapp.engines.opensearch.index_layout import HOME
from searchapp.engines.opensearch.index_names import generation_of
from searchapp.errors import IndexDamaged, IndexOutdated
from searchapp.steps import step

HOME_FILE = ".opensearch"
"""The file in an index folder with its id, by which its indexes in a cluster are known."""

_ID = re.compile(r"[0-9a-f]{32}")


def home_of(index: Path) -> str:
    """The id of an index folder; "" where it has none yet. Raises OSError."""
    try:
        text = (index / HOME_FILE).read_text("ascii", errors="replace").strip()
    except FileNotFoundError:
        return ""
    return text if _ID.fullmatch(text) else ""


def settle(cluster: Cluster, prefix: str, index: Path, served: str) -> None:
    """Let the alias lead to the served generation's index, and delete those of no generation.

    index: a folder of generations, to which nobody else writes; it gets an id if it has none.
    Raises OSError, and what `Cluster.request` does.
    """
    home = home_of(index)
    if not home:
        home = secrets.token_hex(16)
        (index / HOME_FILE).write_text(home + "\n", "ascii")
    generations = {path.name.lower() for path in index.iterdir()}
    found = cluster.request(
        "GET", f"/{prefix}-*", params={"filter_path": "*.mappings._meta,*.aliases"}
    )
    _lead_to_served(cluster, prefix, found, index / served)
    for name, about in found.items():
        generation = generation_of(prefix, name)
        if generation and generation not in generations and _home(about) == home:
            # Of a second attempt it is gone already.
            with suppress(IndexDamaged):
                cluster.request("DELETE", f"/{name}")
            step("cluster index deleted")


def _home(about: dict[str, Any]) -> object:
    meta = about.get("mappings", {}).get("_meta", {})
    return meta.get(HOME)


def _lead_to_served(cluster: Cluster, prefix: str, found: dict[str, Any], served: Path) -> None:
    """Move the alias, in one step, where it does not lead to a generation's index already."""
    wanted = ""
    # It is of another engine, or there is none.
    with suppress(IndexDamaged, IndexOutdated):
        wanted = GenerationRecord.load(served).index
    held = {name for name, about in found.items() if prefix in about.get("aliases", {})}
    if wanted not in found or held == {wanted}:
        return
    actions: list[dict[str, Any]] = [
        {"remove": {"index": name, "alias": prefix}} for name in sorted(held - {wanted})
    ]
    actions.append({"add": {"index": wanted, "alias": prefix}})
    cluster.request("POST", "/_aliases", {"actions": actions})
    step("alias moved")
