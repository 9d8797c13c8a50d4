"""cnnviz: watch a convolutional network learn, and step through every multiplication it makes."""

__version__ = "0.1.0"
