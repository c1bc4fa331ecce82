"""The command line, a file for each kind of command: arguments in, words or JSON out."""
