"""`python -m searchapp` is the command `searchapp`."""

from searchapp.commands.cli import main

if __name__ == "__main__":
    main(prog_name="searchapp")
