import functools
import logging

log = logging.getLogger(__name__)


def traced(function):
    @functools.wraps(function)
    def wrapper(*args):
        log.debug("%s%r", function.__name__, args)
        return function(*args)

    return wrapper
