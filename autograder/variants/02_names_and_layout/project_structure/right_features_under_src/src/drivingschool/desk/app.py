from . import service
from .sqlite_book import SqliteBook


def main(requests):
    with SqliteBook() as lessons:
        return [getattr(service, kind)(lessons, *details) for kind, *details in requests]
