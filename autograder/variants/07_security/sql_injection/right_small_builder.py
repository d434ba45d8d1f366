"""A little query builder: conditions bring their values along, names are checked on the way in."""

from dataclasses import dataclass, field

SCHEMA = (
    """CREATE TABLE items (
        id INTEGER PRIMARY KEY, kind TEXT, place TEXT, found_on TEXT, proof TEXT,
        here INTEGER DEFAULT 1)""",
    "CREATE TABLE searches (person TEXT, words TEXT)",
)

@dataclass
class Query:
    table: str = "items"
    columns: tuple = ("id", "kind", "place", "found_on")
    conditions: list = field(default_factory=lambda: ["here"])
    values: list = field(default_factory=list)
    tail: str = ""

    def where(self, condition, *values):
        self.conditions.append(condition)
        self.values.extend(values)
        return self

    def containing(self, column, words):
        escaped = words.translate({ord(mark): "~" + mark for mark in "~%_"})
        return self.where(f"{column} LIKE '%' || ? || '%' ESCAPE '~'", escaped)

    def one_of(self, column, values):
        values = tuple(values)
        return self.where(f"{column} IN (" + ",".join("?" * len(values)) + ")", *values)

    def order(self, column, direction="asc"):
        if column not in ("id", "kind", "place", "found_on") or direction not in ("asc", "desc"):
            raise ValueError("unknown order")
        self.tail += f" ORDER BY {column} {direction}"
        return self

    def limit(self, count):
        self.tail += " LIMIT ?"
        self.values.append(int(count))
        return self

    def fetch(self, connection):
        conditions = " AND ".join(self.conditions)
        text = f"SELECT {', '.join(self.columns)} FROM {self.table} WHERE {conditions}{self.tail}"
        return connection.execute(text, self.values).fetchall()


def register(connection, kind, place, found_on, proof):
    with connection:
        row = {"kind": kind, "place": place, "found_on": found_on, "proof": proof}
        text = f"INSERT INTO items ({', '.join(row)}) VALUES ({', '.join('?' for _ in row)})"
        return connection.execute(text, tuple(row.values())).lastrowid


def search(connection, words, sort="found_on", direction="asc", limit="20"):
    if sort == "id":
        raise ValueError("the form has no such order")
    return Query().containing("kind", words).order(sort, direction).limit(limit).fetch(connection)


def found_at(connection, places):
    return Query().one_of("place", places).order("id").fetch(connection)


def collect(connection, item, proof):
    query = Query(columns=("id",)).where("id = ?", int(item)).where("proof = ?", proof)
    found = query.fetch(connection)
    with connection:
        connection.executemany("UPDATE items SET here = 0 WHERE id = ?", found)
    return bool(found)


def watch(connection, person, words):
    with connection:
        connection.execute("INSERT INTO searches VALUES (?, ?)", (person, words))


def hits(connection, person):
    saved = Query("searches", ("words",), []).where("person = ?", person).fetch(connection)
    found = []
    for (words,) in saved:
        found += Query().containing("kind", words).order("found_on", "desc").fetch(connection)
    return found
