"""Builds the image of `searchapp init --container` without a registry, runs it, and asks it.

    python .ci/built_image.py FOLDER WHEEL [BASE]

Works as root in FOLDER, with buildah and runc. BASE: an image with the same Python as this; without
one, that of the Debian of this machine is made by debootstrap. The container is run as compose.yaml
says, by runc itself: what starts containers for people needs systemd.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
import time
import urllib.request
from http.client import HTTPException
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[1]
PATIENCE_S = 120
BUILD_S = 1200
IMAGE = "localhost/searchapp"
CONTAINER = f"searchapp-{os.getpid()}"
DATA = "/var/lib/searchapp"


def main() -> None:
    folder, wheel = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
    os.environ["CONTAINERS_STORAGE_CONF"] = str(_storage(folder))
    base = sys.argv[3] if len(sys.argv) > 3 else _base_image(folder)
    context = folder / "context"
    run(sys.executable, "-m", "searchapp", "init", context, "--container")
    run(sys.executable, "-m", "pip", "wheel", "-q", "--wheel-dir", context, wheel)
    shutil.copytree(ROOT / "seeds" / "stahl", context / "seeds")
    arguments = [f"--build-arg=BASE={base}", "--build-arg=PIP_NO_INDEX=1"]
    options = ["--format=docker", "--runtime=runc", "--network=none", *arguments]
    _buildah("build", *options, "-t", IMAGE, context)
    image = json.loads(_buildah("inspect", "--type=image", IMAGE))["Docker"]["config"]
    (service,) = yaml.safe_load((context / "compose.yaml").read_text())["services"].values()
    assert image["User"] == "10001:10001", image["User"]
    assert image["Healthcheck"]["Test"] == service["healthcheck"]["test"], image["Healthcheck"]
    assert list(image["Volumes"]) == [DATA], image["Volumes"]
    root = Path(_buildah("mount", _buildah("from", IMAGE)))
    data = folder / "data"
    shutil.copytree(root / DATA[1:], data)  # As a new volume begins.
    os.chown(data, 10001, 10001)
    bundle = folder / "bundle"
    bundle.mkdir()
    run("runc", "spec", cwd=bundle)
    spec = json.loads((bundle / "config.json").read_text())
    (bundle / "config.json").write_text(json.dumps(_as_composed(spec, image, service, root, data)))
    for expected in ("Indexed 11 articles", "Serving on"):  # A second start finds the index.
        _served(bundle, image["Healthcheck"]["Test"][1:], expected)
    assert list(data.glob("index/CURRENT"))


def _storage(folder: Path) -> Path:
    """Where images are kept, for this run only."""
    path = folder / "storage.conf"
    lines = ["[storage]", 'driver = "vfs"', f'runroot = "{folder}/run"']
    path.write_text("\n".join([*lines, f'graphroot = "{folder}/images"', ""]))
    return path


def debian(folder: Path, packages: str) -> Path:
    """A folder with the Debian that this machine is, its Python, and more packages."""
    release, place = platform.freedesktop_os_release()["VERSION_CODENAME"], folder / "debian"
    needed = f"python3,python3-venv,python-is-python3,ca-certificates,{packages}"
    run("debootstrap", "--variant=minbase", f"--include={needed}", release, place)
    return place


def _base_image(folder: Path) -> str:
    container = _buildah("from", "scratch")
    _buildah("copy", "-q", container, debian(folder, "passwd"), "/")
    _buildah("commit", "-q", container, "localhost/python-base")
    return "localhost/python-base"


def _as_composed(
    spec: dict[str, Any], image: dict[str, Any], service: dict[str, Any], root: Path, data: Path
) -> dict[str, Any]:
    """What runc is to run: its own default, with what image and compose file say.

    It shares the network of the machine, where nobody else may be on its port.
    """
    user, group = map(int, image["User"].split(":"))
    variables = {**dict(each.split("=", 1) for each in image["Env"]), **service["environment"]}
    spec["process"] |= {
        "terminal": False,
        "user": {"uid": user, "gid": group},
        "args": [*image["Entrypoint"], *image["Cmd"]],
        "cwd": image["WorkingDir"],
        "env": [f"{name}={value}" for name, value in variables.items()],
        "noNewPrivileges": "no-new-privileges:true" in service["security_opt"],
    }
    del spec["process"]["rlimits"]
    if service["cap_drop"] == ["ALL"]:
        spec["process"]["capabilities"] = {}
    spec["root"] = {"path": str(root), "readonly": service["read_only"]}
    spec["linux"]["namespaces"] = [{"type": name} for name in ("pid", "ipc", "uts", "mount")]
    del spec["linux"]["resources"]
    spec["mounts"] = [each for each in spec["mounts"] if each["type"] != "cgroup"]
    for path in service["tmpfs"]:
        mount = {"destination": path, "type": "tmpfs", "source": "tmpfs"}
        spec["mounts"].append({**mount, "options": ["nosuid", "nodev", "mode=1777"]})
    for volume in service["volumes"]:
        source, target, *options = volume.split(":")
        place = data if source == "data" else data.parent / "context" / source
        mount = {"destination": target, "type": "bind", "source": str(place)}
        spec["mounts"].append({**mount, "options": ["rbind", *options]})
    return spec


def _served(bundle: Path, health_check: list[str], expected: str) -> None:
    """Start the container, ask it, and end it."""
    log = bundle / "log"
    with (
        log.open("w") as file,
        subprocess.Popen(
            ["runc", "run", CONTAINER], cwd=bundle, stdout=file, stderr=file
        ) as process,
    ):
        try:
            page = _answer("http://127.0.0.1:8000/search?q=Stahl", process)
            assert "<mark>Stahl" in page, page[:2000]
            inside = ("runc", "exec", CONTAINER)
            run(*inside, *health_check)
            doctor = subprocess.run([*inside, "searchapp", "doctor"], check=False, timeout=60)
            assert doctor.returncode in (0, 3)
            for place, can in {"/srv/searchapp": 1, "/opt": 1, "/tmp": 0, DATA: 0}.items():
                tried = subprocess.run([*inside, "touch", f"{place}/x"], check=False, timeout=60)
                assert tried.returncode == can, place
            run("runc", "kill", CONTAINER, "TERM")
            assert process.wait(PATIENCE_S) == 0, process.returncode
        finally:
            if process.poll() is None:
                subprocess.run(["runc", "kill", CONTAINER, "KILL"], check=False, timeout=60)
            print(log.read_text())
    assert expected in log.read_text()


def _answer(url: str, process: subprocess.Popen[bytes]) -> str:
    """What a server says that is about to start."""
    end = time.monotonic() + PATIENCE_S
    while True:
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:
                return str(answer.read().decode())
        except (OSError, HTTPException):
            assert process.poll() is None, "the container has ended"
            assert time.monotonic() < end, "the container does not answer"
            time.sleep(0.2)


def _buildah(*arguments: object) -> str:
    return run("buildah", *arguments)


def run(*command: object, cwd: Path | None = None) -> str:
    """The output of a command; what it says besides is shown."""
    words = list(map(str, command))
    done = subprocess.run(
        words, cwd=cwd, stdout=subprocess.PIPE, text=True, check=True, timeout=BUILD_S
    )
    return done.stdout.strip()


if __name__ == "__main__":
    main()
