"""What the tests here share: sentences to say what is expected, and the way a test of this family ends."""

import os
import sys
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.normpath(os.path.join(HERE, "..", ".."))


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
