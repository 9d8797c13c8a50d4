"""Starts cnnviz as a module: ``python -m cnnviz``."""

import sys

from cnnviz.app import main

if __name__ == "__main__":
    sys.exit(main())
