"""Indexes a few seeds with the installed package and asks its server: data files are all there.

    python .ci/served_from_wheel.py FOLDER

Run by the Python that the wheel is installed for; works in FOLDER, outside of the repository.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import threading
import urllib.request
from pathlib import Path

import searchapp

ROOT = Path(__file__).resolve().parents[1]
PATIENCE_S = 120


def main() -> None:
    folder = Path(sys.argv[1]).resolve()
    package = Path(searchapp.__file__).resolve()
    assert ROOT not in package.parents, f"{package} is not the installed package"
    shutil.copytree(ROOT / "seeds" / "stahl", folder / "seeds")
    command = str(Path(sys.executable).with_name("searchapp"))
    environ = {**os.environ, "SEARCHAPP_PORT": "0"}
    subprocess.run([command, "rebuild"], cwd=folder, env=environ, check=True, timeout=PATIENCE_S)
    told = subprocess.check_output(
        [command, "info"], cwd=folder, env={**environ, "LC_ALL": "de_DE"}, text=True
    )
    assert "verwendbar" in told, told
    with subprocess.Popen(
        [command, "serve"], cwd=folder, env=environ, stdout=subprocess.PIPE, text=True
    ) as server:
        try:
            assert server.stdout is not None
            # A server that never gets ready is ended, and has then said nothing.
            impatience = threading.Timer(PATIENCE_S, server.kill)
            impatience.start()
            said = server.stdout.readline()
            impatience.cancel()
            address = re.search(r"http://[^/ ]+", said)
            assert address, said
            for path, expected in {
                "/healthz": '"status"',
                "/search?q=Stahl": "<mark>Stahl",
                "/search?q=Stahl&lang=de": "Suchen",
                "/static/site.css": "{",
                "/api/v1/search?q=Stahl": '"total"',
            }.items():
                with urllib.request.urlopen(address[0] + path, timeout=PATIENCE_S) as answer:
                    text = answer.read().decode()
                assert expected in text, f"{path}: no {expected} in {text[:2000]}"
                print(f"{path}: {answer.status}")
        finally:
            server.terminate()
            server.wait(timeout=PATIENCE_S)


if __name__ == "__main__":
    main()
