"""The texts of Click that users of our commands see, marked here for our catalogs.

Click marks them itself, brings no translations, and takes ours; see `language`. One that another
release words differently is told in English.
"""

from __future__ import annotations

from searchapp.translation import N_, NN_

TEXTS = (
    N_("Usage:"),
    N_("[OPTIONS]"),
    N_("COMMAND [ARGS]..."),
    N_("Options"),
    N_("Commands"),
    N_("Positional arguments"),
    N_("default: {default}"),
    N_("env var: {var}"),
    N_("required"),
    N_("Show this message and exit."),
    N_("Aborted!"),
    N_("Error: {message}"),
    N_("Try '{command} {option}' for help."),
    N_("Missing command."),
    N_("Missing argument"),
    N_("Missing option"),
    N_("Missing parameter"),
    N_("No such option {name!r}."),
    N_("No such command {name!r}."),
    N_("Invalid value: {message}"),
    N_("Invalid value for {param_hint}: {message}"),
    N_("Option {name!r} does not take a value."),
    N_("{value!r} is not a valid {number_type}."),
    N_("{value} is not in the range {range}."),
    N_("{name} {filename!r} does not exist."),
    N_("{name} {filename!r} is a file."),
    N_("{name} {filename!r} is a directory."),
    N_("{name} {filename!r} is not readable."),
    N_("{name} {filename!r} is not writable."),
    N_("file"),
    N_("directory"),
    N_("path"),
)
FORMS = (
    NN_("Did you mean {possibility}?", "(Did you mean one of: {possibilities}?)", 1),
    NN_("Got unexpected extra argument ({args})", "Got unexpected extra arguments ({args})", 1),
    NN_("Option {name!r} requires an argument.", "Option {name!r} requires {nargs} arguments.", 1),
    NN_("{value!r} is not {choice}.", "{value!r} is not one of {choices}.", 1),
)
METAVARS = (
    N_("TEXT"),
    N_("INTEGER"),
    N_("INTEGER RANGE"),
    N_("FLOAT"),
    N_("FLOAT RANGE"),
    N_("PATH"),
    N_("FILE"),
    N_("DIRECTORY"),
)
ARGUMENTS = (N_("QUERY..."), N_("CORPUS"), N_("[FOLDER]"))
"""The names that Click makes of our arguments."""
