"""`python -m undergrad` is `undergrad`, for a terminal that does not find the command itself."""

from undergrad.cli.app import main

if __name__ == "__main__":
    main()
