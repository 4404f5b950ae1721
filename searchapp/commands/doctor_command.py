"""The command that checks an installation."""

from __future__ import annotations

import click

from searchapp.commands.command import NOT_ALL_DONE, Command, print_json
from searchapp.commands.options import json_option
from searchapp.translation import N_


@click.command(
    cls=Command,
    help=N_(
        "Check this installation, and say what to do.\n\n"
        "Settings, sources, permissions, the index and its last update, space, memory, open "
        "files, the clock, the locale, the proxy and the server that runs. Nothing is "
        "changed. Run it as the user of the server. Exit status: 0 if all is well, 3 if "
        "something deserves a look, 1 if something is in the way."
    ),
    examples="""\
searchapp doctor
runuser -u searchapp -- searchapp doctor --settings /srv/searchapp/searchapp.toml
searchapp doctor --json""",
)
@json_option
@click.pass_context
def doctor(ctx: click.Context, as_json: bool) -> None:
    from searchapp.installation.diagnosis import BAD, ODD, diagnose

    findings = list(diagnose())
    if as_json:
        print_json(
            [
                {
                    "subject": each.subject,
                    "severity": each.severity,
                    "what": each.what(),
                    "remedy": each.step() or None,
                }
                for each in findings
            ]
        )
    else:
        from searchapp.commands.result_text import findings_text

        click.echo(findings_text(findings))
    severities = {each.severity for each in findings}
    ctx.exit(1 if BAD in severities else NOT_ALL_DONE if ODD in severities else 0)
