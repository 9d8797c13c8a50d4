"""The one error that a person is meant to read."""


class Problem(Exception):
    """Something that was given or asked for and cannot be used, said in one sentence.

    The sentence is an English template and the fields that go into it are kept apart, so that the
    window can translate the template first and fill it in afterwards.

    Parameters
    ----------
    sentence
        One full English sentence with ``{name}`` placeholders; it says what was expected.
    fields
        What goes into the placeholders.  A field may itself be a `Problem`.
    """

    def __init__(self, sentence: str, /, **fields: object) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.fields = fields

    def __str__(self) -> str:
        return self.sentence.format(**self.fields)

    def __reduce__(self) -> tuple[object, ...]:
        # Exception.__reduce__ knows nothing of keyword fields; child processes send Problems back.
        return _rebuild, (self.sentence, self.fields)


def _rebuild(sentence: str, fields: dict[str, object]) -> Problem:
    return Problem(sentence, **fields)


def mark(text: str) -> str:
    """Mark an English text for translation, in a module without Qt; the window translates it."""
    return text
