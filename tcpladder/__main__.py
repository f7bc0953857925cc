"""`python -m tcpladder`: the same program as the console command."""

from tcpladder.cli.main import main

if __name__ == "__main__":
    main()
