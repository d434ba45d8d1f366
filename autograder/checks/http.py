"""A web service for criteria: real requests to the learner's app, without a server.

The requests are made beside the learner's code (``autograder.border.asgi``); what comes
back is plain data. What the service uses, a criterion hands over as a fake in place of
a dependency, so each call is known here, and also whether it held up the event loop::

    def test_answers_404_for_what_is_not_there(solution):
        register = Fake("register", find=None)
        service = Service(solution, overrides={"get_register": register})
        answer = service.get("/permits/7")
        expect(answer.status == 404, called=answer.called, got=str(answer), ...)
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograder.border import asgi
from autograder.checks.fakes import Fake
from autograder.checks.outcomes import expect, result_of, shown_value

__all__ = ["Answer", "Arrival", "Request", "Service"]

_VISITOR = Path(asgi.__file__).read_text(encoding="utf-8")


@dataclass(frozen=True)
class Request:
    """A request to be sent.

    Attributes:
        method: Such as ``GET``.
        path: With its query, such as ``/permits?limit=5``.
        json: The body; None for no body.
        headers: Besides the usual ones.
    """

    method: str
    path: str
    json: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        told = f"{self.method} {self.path}"
        if self.json is not None:
            told += f" with {shown_value(self.json)}"
        for name, value in self.headers.items():
            told += f", {name}: {value}"
        return told

    def sent(self) -> dict[str, Any]:
        """Write it as arguments of ``httpx.AsyncClient.request``.

        Returns:
            Plain data.
        """
        told = {"method": self.method, "url": self.path, "headers": dict(self.headers)}
        return told if self.json is None else {**told, "json": self.json}


@dataclass(frozen=True)
class Answer:
    """What a request led to.

    Attributes:
        called: The request, as a learner can repeat it.
        status: The status code.
        headers: By name in lower case; values of a repeated one joined by commas.
        text: The body.
        raised: The exception that left the app, which a client sees as a status 500.
    """

    called: str
    status: int
    headers: Mapping[str, str]
    text: str
    raised: str = ""

    @property
    def json(self) -> Any:
        """The body, decoded; None where it is not JSON."""
        try:
            return json.loads(self.text)
        except ValueError:
            return None

    def __str__(self) -> str:
        told = f"answered {self.status}"
        if self.raised:
            return f"{told}, for it raised {self.raised}"
        if not self.text:
            return f"{told} without a body"
        return f"{told} with {shown_value(self.json or self.text)}"

    def expect_status(self, wanted: int, why: str = "") -> "Answer":
        """Demand a status code.

        Args:
            wanted: The code.
            why: What it says, such as ``for a permit that does not exist``.

        Returns:
            This answer.

        Raises:
            CriterionNotMet: It has another one.
        """
        expect(
            self.status == wanted,
            called=self.called,
            got=str(self),
            expected=f"status {wanted} {why}".strip(),
        )
        return self

    def expect_json(self, wanted: Any) -> "Answer":
        """Demand a body.

        Args:
            wanted: The body, decoded.

        Returns:
            This answer.

        Raises:
            CriterionNotMet: It is another one.
        """
        expect(
            self.json == wanted,
            called=self.called,
            got=str(self),
            expected=f"the body {shown_value(wanted)}",
        )
        return self

    def faulty_fields(self) -> set[str]:
        """Tell which inputs a 422 complains about.

        Returns:
            The last names of the ``loc`` of each error in ``detail``, which is how
            FastAPI reports what a model or a signature refused.
        """
        detail = self.json.get("detail") if isinstance(self.json, dict) else None
        errors = detail if isinstance(detail, list) else []
        places = [e.get("loc") for e in errors if isinstance(e, dict)]
        return {str(place[-1]) for place in places if isinstance(place, list) and place}


@dataclass(frozen=True)
class Arrival:
    """A call that reached a fake of the service.

    Attributes:
        method: The method's name.
        on_loop: Whether it came from the thread that runs the event loop: then every
            other request waited until it returned.
    """

    method: str
    on_loop: bool


class Service:
    """The learner's application, visited.

    Each visit starts the app, with its lifespan, and stops it afterwards. The app is as
    new as ``solution``: made anew for each criterion.

    Args:
        solution: The learner's code.
        app: An expression for the application: a name, or a call of a factory.
        overrides: Fakes by the name of the dependency that each stands in for.

    Attributes:
        arrivals: Each call that reached a fake, in order, over all visits.

    Raises:
        CriterionNotMet: The application could not be made.
        NamespaceError: The code lacks a name.
    """

    def __init__(
        self,
        solution: Any,
        app: str = "app",
        *,
        overrides: Mapping[str, Fake] | None = None,
    ) -> None:
        self.arrivals: list[Arrival] = []
        given = overrides or {}
        fakes = {f"criterion_{name}": fake for name, fake in given.items()}
        table = ", ".join(f"{name}: criterion_{name}" for name in given)
        source = f"{_VISITOR}\nvisitor = Visitor({app}, {{{table}}}, criterion_note)"
        self._visitor = result_of(
            lambda: solution.probe(source, criterion_note=self._note, **fakes).visitor,
            called=f"{app}, with {', '.join(given) or 'nothing'} overridden",
            expected="an application to send requests to",
        )

    def _note(self, method: str, on_loop: bool) -> None:
        self.arrivals.append(Arrival(str(method), on_loop is True))

    def send(self, *requests: Request) -> list[Answer]:
        """Send requests one after the other, within one run of the app.

        Args:
            *requests: The requests.

        Returns:
            Their answers.
        """
        return self._send(requests, at_once=False)

    def send_at_once(self, *requests: Request) -> list[Answer]:
        """Send requests so that all are under way at the same time.

        Args:
            *requests: The requests.

        Returns:
            Their answers, in the order of the requests.
        """
        return self._send(requests, at_once=True)

    def get(self, path: str, **headers: str) -> Answer:
        """Send one GET.

        Args:
            path: With its query.
            **headers: Headers; an underscore stands for a hyphen.

        Returns:
            The answer.
        """
        return self.request("GET", path, **headers)

    def post(self, path: str, json: Any, **headers: str) -> Answer:
        """Send one POST.

        Args:
            path: With its query.
            json: The body.
            **headers: Headers; an underscore stands for a hyphen.

        Returns:
            The answer.
        """
        return self.request("POST", path, json, **headers)

    def request(
        self, method: str, path: str, json: Any = None, **headers: str
    ) -> Answer:
        """Send one request.

        Args:
            method: Such as ``DELETE``.
            path: With its query.
            json: The body; None for no body.
            **headers: Headers; an underscore stands for a hyphen.

        Returns:
            The answer.
        """
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        (answer,) = self.send(Request(method, path, json, named))
        return answer

    def openapi(self) -> dict[str, Any]:
        """Fetch what the service says of itself.

        Returns:
            Its OpenAPI document.

        Raises:
            CriterionNotMet: There is none.
        """
        document = self.get("/openapi.json").expect_status(200).json
        return document if isinstance(document, dict) else {}

    def _send(self, requests: Sequence[Request], *, at_once: bool) -> list[Answer]:
        told = "; ".join(map(str, requests))
        answers = result_of(
            lambda: self._visitor.send([r.sent() for r in requests], at_once),
            called=told,
            expected="an answer, and an app that starts and stops",
        )
        return [
            _read(request, answer)
            for request, answer in zip(requests, answers, strict=True)
        ]


def _read(request: Request, told: Mapping[str, Any]) -> Answer:
    headers: dict[str, str] = {}
    for name, value in told["headers"]:
        known = f"{headers[name]}, " if name in headers else ""
        headers[name] = known + value
    return Answer(str(request), told["status"], headers, told["text"], told["raised"])
