"""A real cluster of OpenSearch on this machine, whose nodes can be killed and come back."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.engines.opensearch import node_process
from tests.engines.opensearch.java import Release

# A quick start counts more here than the last bit of speed.
QUICK_START = ("-Xms256m", "-Xmx1g", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")


class NodeFailed(Exception):
    """A node did not start; the message ends with what it wrote."""


@dataclass
class Node:
    """A node, in a process of its own or, when that was killed, in its folder only."""

    name: str
    cluster: Cluster
    process: subprocess.Popen[str] | None = None
    http_port: int = 0
    transport_port: int = 0

    @property
    def address(self) -> str:
        """Where it answers; the same before and after it was killed."""
        return f"http://127.0.0.1:{self.http_port}"

    @property
    def is_running(self) -> bool:
        """Whether its process lives."""
        return self.process is not None and self.process.poll() is None

    def begin(self, *, managers: Sequence[str] = ()) -> None:
        """Start its process; `wait` afterwards. managers: the first ones of a new cluster."""
        folder = self.cluster.folder / self.name
        folder.mkdir(exist_ok=True)
        seeds = [
            f"127.0.0.1:{each.transport_port}" for each in self.cluster.nodes if each.is_running
        ]
        given = {
            "jvm": str(self.cluster.jvm),
            "jvm_options": [*self.cluster.jvm_options, "-Djava.locale.providers=SPI,CLDR"],
            "jars": [str(jar) for jar in self.cluster.release.jars()],
            "cluster": "searchapp-tests",
            "folder": str(folder),
            "settings": {
                "node.name": self.name,
                "network.host": "127.0.0.1",
                "http.port": self.http_port,
                "transport.port": self.transport_port,
                "discovery.type": "zen",
                "discovery.seed_hosts": seeds,
                "cluster.initial_cluster_manager_nodes": list(managers),
                # How full the disk of this machine is, is not what is tested.
                "cluster.routing.allocation.disk.threshold_enabled": "false",
            },
        }
        with self._log.open("a") as log:
            self.process = subprocess.Popen(
                [sys.executable, node_process.__file__],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(given) + "\n")
        self.process.stdin.flush()

    def wait(self) -> None:
        """Wait until it answers. Raises NodeFailed."""
        assert self.process is not None
        assert self.process.stdout is not None
        for line in self.process.stdout:  # The runner prints a few of its own first.
            if line.startswith("{"):
                ports = json.loads(line)
                self.http_port, self.transport_port = ports["http"], ports["transport"]
                return
        raise NodeFailed(f"{self.name} did not start:\n{self._log.read_text('utf-8')[-4000:]}")

    def start(self) -> None:
        """Start it again after `kill`, with the ports and the data that it had."""
        self.begin()
        self.wait()

    def kill(self) -> None:
        """End its process as `kill -9` does; at once, and for good when this returns."""
        if self.process is None:
            return
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe is not None
            pipe.close()
        self.process = None

    @property
    def _log(self) -> Path:
        return self.cluster.folder / f"{self.name}.log"


@dataclass
class Cluster:
    """Nodes that know each other."""

    release: Release
    jvm: Path
    folder: Path
    jvm_options: Sequence[str]
    nodes: list[Node] = field(default_factory=list)

    @property
    def addresses(self) -> list[str]:
        """Of all nodes, also of those that were killed."""
        return [node.address for node in self.nodes]


@contextmanager
def running_cluster(
    release: Release,
    folder: Path,
    *,
    nodes: int = 1,
    jvm_options: Sequence[str] = QUICK_START,
) -> Iterator[Cluster]:
    """A cluster on free ports of the loopback, with its data in an empty folder; killed at the end.

    Its first node makes the cluster, the others join. Raises LookupError without Java, NodeFailed.
    """
    cluster = Cluster(release, release.jvm(), folder, jvm_options)
    cluster.nodes += [Node(f"node-{number}", cluster) for number in range(1, nodes + 1)]
    first, *others = cluster.nodes
    try:
        first.begin(managers=[first.name])
        first.wait()
        for node in others:
            node.begin()
        for node in others:
            node.wait()
        yield cluster
    finally:
        for node in cluster.nodes:
            node.kill()
