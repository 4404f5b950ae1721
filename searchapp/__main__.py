"""`python -m searchapp` is the command `searchapp`.

Nothing is imported before it runs: each process that it starts imports this module first, as
Python does with the main one, and few of them need the command line.
"""


def run() -> None:
    """Run the command line, and exit."""
    from searchapp.commands.cli import main

    main(prog_name="searchapp")


if __name__ == "__main__":
    run()
