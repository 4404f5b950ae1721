"""One node of OpenSearch in a process of its own: `cluster` runs it.

It reads what to start, as one line of JSON, from its standard input, and writes a line with its
ports, `{"http": …, "transport": …}`, once it answers. It lives until its standard input ends, and
so not longer than the tests, however these end.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from typing import Any

import jpype


def run() -> None:
    """Start the node, tell its ports, and wait."""
    given: dict[str, Any] = json.loads(sys.stdin.readline())
    jpype.startJVM(given["jvm"], *given["jvm_options"], classpath=given["jars"])
    packages = jpype.JPackage("org")
    runner = packages.codelibs.opensearch.runner.OpenSearchRunner()

    def settle(_: int, settings: Any) -> None:
        for name, value in given["settings"].items():
            if isinstance(value, list):
                settings.putList(name, *value)
            else:
                settings.put(name, str(value))

    settler = jpype.JProxy(
        "org.codelibs.opensearch.runner.OpenSearchRunner$Builder", dict={"build": settle}
    )
    configs = runner.newConfigs().clusterName(given["cluster"]).basePath(given["folder"])
    runner.onBuild(settler).build(configs.numOfNode(1).disableESLogger())
    parts = runner.node().injector()
    http = parts.getInstance(packages.opensearch.http.HttpServerTransport.class_)
    transport = parts.getInstance(packages.opensearch.transport.TransportService.class_)
    ports = {
        "http": int(http.boundAddress().publishAddress().getPort()),
        "transport": int(transport.boundAddress().publishAddress().getPort()),
    }
    print(json.dumps(ports), flush=True)
    sys.stdin.read()
    os.kill(os.getpid(), signal.SIGKILL)  # A JVM that ends by itself takes seconds.


if __name__ == "__main__":
    run()
