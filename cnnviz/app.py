"""The program's entry point: command line, start-up checks, then the window.

Old Pythons read this file too, to be told which one is needed, so it keeps to what Python 3.6
parses and imports nothing of cnnviz before it has looked.
"""

import sys


def main(argv: "list[str] | None" = None) -> int:
    """Run cnnviz and return its exit code.

    Parameters
    ----------
    argv
        Arguments without the program's name; those of this process if None.

    Returns
    -------
    0 after the window was closed, 2 if it could not be opened; then one sentence on stderr says
    what to do.  ``train`` as the first argument trains without a window (see `train_command`), and
    ``render`` writes films and drawings without one (see `render`).
    """
    # The installer refuses old Pythons, but `python main.py` in a checkout goes by no installer.
    if sys.version_info < (3, 11):  # noqa: UP036
        major, minor = sys.version_info[:2]
        sys.stderr.write(
            f"cnnviz needs Python 3.11 or newer, but this is Python {major}.{minor}: "
            "start it with a newer one, for example python3.11.\n"
        )
        return 2

    import os

    arguments_given = sys.argv[1:] if argv is None else argv
    if arguments_given[:1] == ["train"]:
        return train(arguments_given[1:])
    if arguments_given[:1] == ["render"]:
        return render(arguments_given[1:])

    from cnnviz.command_line import parse_arguments
    from cnnviz.startup import obstacle

    # numpy starts a thread a core for linear algebra, which is not used: 118 ms to load instead of
    # 64 on two cores. torch does not look at this.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    arguments = parse_arguments(arguments_given)
    if arguments.platform is not None:
        os.environ["QT_QPA_PLATFORM"] = arguments.platform
    problem = obstacle(os.environ)
    if problem is not None:
        sys.stderr.write(f"cnnviz: {problem}\n")
        return 2

    from cnnviz.launch import launch

    return launch(arguments)


def train(argv: "list[str]") -> int:
    """Train without a window, as ``cnnviz train`` does; needs no display, and no Qt."""
    from cnnviz.train_line import parse_train

    arguments = parse_train(argv)  # first: --help needs nothing of what follows

    from cnnviz.engine.train_command import train_command

    return train_command(arguments)


def render(argv: "list[str]") -> int:
    """Write a film or a drawing, as ``cnnviz render`` does; needs Qt, but no display."""
    import os

    from cnnviz.render_line import parse_render
    from cnnviz.startup import obstacle

    arguments = parse_render(argv)
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    os.environ["QT_QPA_PLATFORM"] = "offscreen"  # whatever display there is
    problem = obstacle(os.environ)
    if problem is not None:
        sys.stderr.write(f"cnnviz: {problem}\n")
        return 2

    from cnnviz.render import render_command

    return render_command(arguments)
