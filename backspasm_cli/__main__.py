"""`python -m backspasm_cli` is `spasm`."""

from backspasm_cli.cli import main

if __name__ == "__main__":
    main()
