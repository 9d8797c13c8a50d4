"""Starts cnnviz from a checkout: ``python main.py``."""

import sys

from cnnviz.app import main

if __name__ == "__main__":
    sys.exit(main())
