"""What the tests here share: where the project stands, and sentences to say what is expected."""

import os

TOP = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))


def expect(condition, what):
    if not condition:
        raise AssertionError(what)


def same(got, wanted, what):
    if got != wanted:
        raise AssertionError("%s: %s instead of %s" % (what, _short(got), _short(wanted)))


def refused(what, error, function, *arguments):
    """`function` must refuse."""
    try:
        function(*arguments)
    except error:
        return
    raise AssertionError("not refused: " + what)


def _short(value):
    return value.hex() if isinstance(value, bytes) else repr(value)
