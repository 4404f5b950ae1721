"""Boots a Debian in which the units of `searchapp init --systemd` are installed, and asks them.

    python .ci/booted_units.py FOLDER WHEEL

Works as root in FOLDER, with debootstrap and systemd-nspawn. What is installed is what `init` says,
command by command. The Debian is that of this machine, whose Python must be the one that runs this.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

from built_image import ROOT, debian, run

PACKAGES = "systemd,systemd-sysv,dbus,curl"
BOOT_S = 300
SETTINGS = """
trusted_proxies = 1
query_store = "/var/lib/searchapp/queries.sqlite"
"""
LOG = "/srv/asked.log"
BOOTED = f"""
[Unit]
After=multi-user.target
[Service]
Type=oneshot
ExecStart=/bin/sh -eux /srv/asked
ExecStopPost=/bin/systemctl poweroff --no-block
StandardOutput=append:{LOG}
StandardError=append:{LOG}
TimeoutStartSec={BOOT_S - 60}
[Install]
WantedBy=multi-user.target
"""
ASKED = r"""
cd /srv/searchapp
answers() { curl -sf --retry 60 --retry-delay 1 --retry-all-errors "http://127.0.0.1:8000$1"; }
as_user() { runuser -u searchapp -- .venv/bin/searchapp "$@"; }
STEPS
answers /readyz
answers '/api/v1/search?q=Stahl' | grep -o '"total": 11,'
echo 'Ein Zeppelin aus Stahl.' >seeds/neu.txt
systemctl start searchapp-update.service
sleep 2
answers '/api/v1/search?q=Zeppelin' | grep -o '"total": 1,'
systemctl is-active searchapp-update.timer
DOCTOR
if .venv/bin/searchapp update; then exit 1; fi  # as root
as_user queries | grep Zeppelin
systemctl reload searchapp
answers /readyz
kill -9 "$(systemctl show -p MainPID --value searchapp)"
sleep 5
answers /readyz
systemctl stop searchapp
test "$(systemctl is-failed searchapp)" = inactive
echo all is well
"""


def main() -> None:
    folder, wheel = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
    root = debian(folder, PACKAGES)
    wheels, home = root / "srv/wheels", root / "srv/searchapp"
    run(sys.executable, "-m", "pip", "wheel", "-q", "--wheel-dir", wheels, wheel)
    shutil.copytree(ROOT / "seeds" / "stahl", home / "seeds")
    inside = ("chroot", root, "env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin")
    run(*inside, "python3", "-m", "venv", "/srv/searchapp/.venv")
    program = "/srv/searchapp/.venv/bin/searchapp"
    pip = "/srv/searchapp/.venv/bin/pip"
    run(*inside, pip, "install", "-q", "--no-index", "--find-links=/srv/wheels", "searchapp")
    (home / "searchapp.toml").write_text(SETTINGS)
    said = run(*inside, program, "init", "/srv/searchapp", "--systemd")
    *steps, doctor = re.findall(r"^  (.+)$", said, re.MULTILINE)
    asked = ASKED.replace("STEPS", "\n".join(steps)).replace("DOCTOR", doctor)
    (root / "srv/asked").write_text(asked)
    (root / "etc/systemd/system/asked.service").write_text(BOOTED)
    run(*inside, "systemctl", "enable", "asked.service")
    boot = ["systemd-nspawn", "-q", "-D", str(root), "--register=no", "--keep-unit", "-b"]
    try:
        nothing = subprocess.DEVNULL
        subprocess.run(boot, check=False, timeout=BOOT_S, stdin=nothing, stdout=nothing)
    finally:
        log = root / LOG[1:]
        print(log.read_text() if log.exists() else "it has not booted")
    assert log.read_text().endswith("all is well\n")


if __name__ == "__main__":
    main()
