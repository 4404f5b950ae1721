"""Says what pip-audit found; called by `run` with its report, which may not be there.

Ends with status 1 if a locked release has a known vulnerability. Where the list of them cannot be
reached, as behind a mirror of PyPI, that is said, and is no failure.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path


def main() -> int:
    """See the module."""
    report = Path(sys.argv[1])
    releases = json.loads(report.read_text("utf-8"))["dependencies"] if report.exists() else []
    audited = [each for each in releases if "skip_reason" not in each]
    if not audited:
        print("nothing was audited: the list of known vulnerabilities cannot be reached here")
        return 0
    if len(audited) < len(releases):
        print(f"{len(releases) - len(audited)} releases could not be audited")
    vulnerable = [each for each in audited if each["vulns"]]
    for each in vulnerable:
        for vulnerability in each["vulns"]:
            mended = ", ".join(vulnerability["fix_versions"]) or "no release yet"
            print(f"{each['name']} {each['version']}: {vulnerability['id']}, mended in {mended}")
    print(f"{len(audited)} releases audited, {len(vulnerable)} vulnerable")
    return bool(vulnerable)


if __name__ == "__main__":
    sys.exit(main())
