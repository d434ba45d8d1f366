"""Visible criteria of fastapi_services: learners have this file."""

from types import SimpleNamespace
from typing import Any

from hypothesis import strategies as st

from autograder import criterion
from autograder.checks import Fake, expect, fresh_number, fresh_word, same_as_original
from autograder.checks.http import Request, Service
from autograder.namespace import Namespace

PUBLIC = ("number", "plate", "zone", "months")


def _register(asked: list[Any]) -> Fake:
    """A register that has every permit, and writes down what it is asked."""

    def permit(number: int, plate: str, zone: str, months: int) -> dict[str, Any]:
        told = {"number": number, "plate": plate, "zone": zone, "months": months}
        return {**told, "tax_number": f"T{number}"}

    def find(number: int) -> dict[str, Any]:
        asked.append(["find", number])
        return permit(number, "ZH 100", "B", 6)

    def page(skip: int, limit: int) -> list[dict[str, Any]]:
        asked.append(["page", skip, limit])
        return [permit(skip + 1, "ZH 7", "A", 24), permit(skip + 2, "BE 8", "C", 1)]

    def add(plate: str, zone: str, months: int) -> dict[str, Any]:
        asked.append(["add", plate, zone, months])
        return permit(77, plate, zone, months)

    def remove(number: int) -> None:
        asked.append(["remove", number])

    return Fake("register", find=find, page=page, add=add, remove=remove)


def _public(body: Any) -> Any:
    if isinstance(body, list):
        return [_public(item) for item in body]
    return {name: body.get(name) for name in PUBLIC} if isinstance(body, dict) else body


def _visited(code: Namespace) -> SimpleNamespace:
    """The same code, told by what one request leads to."""

    def send(method: str, path: str, body: Any) -> object:
        asked: list[Any] = []
        service = Service(code, overrides={"get_register": _register(asked)})
        answer = service.request(method, path, body)
        told = {"the register was asked": asked, "success": answer.status < 300}
        if method == "DELETE":  # its body goes: a design criterion sees to it
            return told
        return {**told, "public fields": _public(answer.json)}

    return SimpleNamespace(send=send)


_PLATES = st.sampled_from(["ZH 1", "  be 4711 ", "ag", "GE 123456", " sz 12345  "])
_BODIES = st.fixed_dictionaries(
    {"plate": _PLATES, "zone": st.sampled_from(["A", "B", "C"])},
    optional={"months": st.sampled_from([1, 2, 12, 23, 24])},
)


@criterion(
    points=2,
    kind="behaviour",
    rule="PATTERNS-6.3.R11",
    hint="The register is asked for the same things, in the same words.",
)
def test_same_permits_as_before(solution: Namespace, original: Namespace) -> None:
    """Good requests ask the register the same and answer the same public fields."""
    same_as_original(
        _visited(solution),
        _visited(original),
        lambda code, sent: code.send(*sent),
        cases=[
            {"sent": ["GET", "/permits/7", None]},
            {"sent": ["GET", "/permits", None]},
            {"sent": ["GET", "/permits?skip=40&limit=100", None]},
            {"sent": ["GET", "/permits?limit=1", None]},
            {"sent": ["DELETE", "/permits/7", None]},
            {"sent": ["POST", "/permits", {"plate": "zh 1 ", "zone": "A"}]},
            {"sent": ["POST", "/permits", {"plate": "Ag", "zone": "B", "months": 1}]},
            {
                "sent": [
                    "POST",
                    "/permits",
                    {"plate": " ge 123456 ", "zone": "C", "months": 24},
                ]
            },
        ],
        examples=6,
        sent=_BODIES.map(lambda body: ["POST", "/permits", body]),
    )


@criterion(
    points=2,
    kind="design",
    rule="PATTERNS-6.3.R13",
    hint="The register blocks: call it where waiting holds nobody up.",
)
def test_event_loop_is_kept_free(solution: Namespace) -> None:
    """No route calls the register from the thread of the event loop."""
    number, plate = fresh_number(1000, 9999), fresh_word()[:9]
    service = Service(solution, overrides={"get_register": _register([])})
    for request, method in (
        (Request("GET", f"/permits/{number}"), "find"),
        (Request("GET", f"/permits?skip={number}"), "page"),
        (Request("POST", "/permits", {"plate": plate, "zone": "A"}), "add"),
        (Request("DELETE", f"/permits/{number}"), "remove"),
    ):
        service.arrivals.clear()
        service.send(request)
        called = [arrival.method for arrival in service.arrivals]
        blocked = [a.method for a in service.arrivals if a.on_loop]
        expect(
            method in called and not blocked,
            called=str(request),
            got=f"called the register's {' and '.join(called) or 'nothing'}"
            + (", in the thread of the event loop" if blocked else ""),
            expected=f"{method} to be called in another thread than the loop's",
        )
