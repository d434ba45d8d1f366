"""Hidden criteria of fastapi_services."""

from typing import Any

from autograder import criterion
from autograder.checks import Fake, calls_to, expect, fresh_number, fresh_word
from autograder.checks.http import Answer, Request, Service
from autograder.namespace import Namespace

TOWN = "https://permits.town.example"
PUBLIC = {"number", "plate", "zone", "months"}
GOOD = {"plate": "ZH 1", "zone": "A", "months": 6}


def _permit(number: int = 7, **more: Any) -> dict[str, Any]:
    return {"number": number, "plate": "ZH 1", "zone": "A", "months": 6, **more}


def _service(solution: Namespace, **answers: Any) -> tuple[Service, Fake]:
    given: dict[str, Any] = {
        "find": _permit(),
        "page": [_permit()],
        "add": _permit(),
        "remove": None,
    }
    register = Fake("register", **(given | answers))
    return Service(solution, overrides={"get_register": register}), register


@criterion(
    points=1,
    kind="behaviour",
    rule="RULES-7.1.R11",
    hint="Answer for the errors that you know; leave the others to the framework.",
)
def test_other_failures_stay_failures(solution: Namespace) -> None:
    """What else fails in the register is a 500 that tells nothing of its inside."""
    secret = fresh_word("db_password_")
    for error in (ConnectionError(secret), RuntimeError(secret), OSError(secret)):
        methods = ("find", "page", "add", "remove")
        service, _ = _service(solution, **dict.fromkeys(methods, error))
        for answer in service.send(
            Request("GET", "/permits/7"),
            Request("GET", "/permits"),
            Request("POST", "/permits", GOOD),
            Request("DELETE", "/permits/7"),
        ):
            expect(
                answer.status == 500 and secret not in answer.text,
                called=f"{answer.called}, while the register raises {error!r}",
                got=f"answered {answer.status} with {answer.text!r}",
                expected="status 500, and not a word of that error in the body",
            )


@criterion(
    points=2,
    kind="design",
    rule="RULES-7.1.R1",
    hint="What a model and a signature declare is checked before your code runs.",
)
def test_input_is_declared(solution: Namespace) -> None:
    """Each faulty field is named in a 422, and the register is not asked."""
    service, register = _service(solution)
    for body, wanted in (
        ({"zone": "A"}, {"plate"}),
        ({**GOOD, "plate": "Z"}, {"plate"}),
        ({**GOOD, "plate": "  Z    "}, {"plate"}),
        ({**GOOD, "plate": "ZH 1234567"}, {"plate"}),
        ({"plate": "ZH 1"}, {"zone"}),
        ({**GOOD, "zone": "D"}, {"zone"}),
        ({**GOOD, "months": 0}, {"months"}),
        ({**GOOD, "months": 25}, {"months"}),
        ({**GOOD, "months": "many"}, {"months"}),
        ({"plate": "", "zone": "?", "months": -1}, {"plate", "zone", "months"}),
    ):
        _expect_refused(service.post("/permits", body), register, wanted)
    for query, wanted in (
        ("limit=0", {"limit"}),
        ("limit=101", {"limit"}),
        ("skip=-1&limit=-5", {"skip", "limit"}),
    ):
        _expect_refused(service.get(f"/permits?{query}"), register, wanted)
    document = service.openapi()
    described = _fields(document, "post", "/permits", body=True)
    expect(
        described >= {"plate", "zone", "months"},
        called="GET /openapi.json and looked for the body of POST /permits",
        got=f"found {_listed(described)}",
        expected="plate, zone and months",
    )


def _expect_refused(answer: Answer, register: Fake, wanted: set[str]) -> None:
    named = answer.faulty_fields()
    expect(
        answer.status == 422 and named == wanted and not calls_to(register),
        called=answer.called,
        got=f"{answer}; the register was asked {calls_to(register)!r}",
        expected=f"status 422 whose detail names {_listed(wanted)}, "
        "and no call of the register",
    )


@criterion(
    points=1,
    kind="design",
    rule="PATTERNS-6.3.R3",
    hint="A client reads the status before the body: raise errors, do not return them.",
)
def test_status_tells_how_it_went(solution: Namespace) -> None:
    """Success is 201, 200 or 204; missing is 404 and taken is 409, with a detail."""
    number = fresh_number(1000, 9999)
    service, _ = _service(solution, find=_permit(number), add=_permit(number))
    created = service.post("/permits", GOOD).expect_status(201, "for a new permit")
    created.expect_json(_permit(number))
    service.get(f"/permits/{number}").expect_status(200)
    gone = service.request("DELETE", f"/permits/{number}").expect_status(204)
    expect(not gone.text, called=gone.called, got=str(gone), expected="no body")
    service, _ = _service(
        solution,
        find=None,
        add=ValueError("the plate has a permit"),
        remove=KeyError(number),
    )
    for answer, wanted, why in (
        (service.get(f"/permits/{number}"), 404, "where there is no such permit"),
        (
            service.request("DELETE", f"/permits/{number}"),
            404,
            "where there is no such permit",
        ),
        (service.post("/permits", GOOD), 409, "where the plate has a permit"),
    ):
        answer.expect_status(wanted, why)
        expect(
            isinstance(answer.json, dict) and answer.json.get("detail"),
            called=answer.called,
            got=str(answer),
            expected="an object with a detail that says why",
        )


@criterion(
    points=1,
    kind="design",
    rule="PATTERNS-6.3.R2",
    hint="A model of what leaves the house keeps all else inside.",
)
def test_nothing_else_leaks(solution: Namespace) -> None:
    """Answers hold the four public fields, and the OpenAPI document lists them."""
    name, secret = fresh_word("inner_"), fresh_word("secret_")
    full = _permit(tax_number="T1") | {name: secret}
    service, _ = _service(solution, find=full, page=[full, full], add=full)
    for answer, wanted in (
        (service.get("/permits/7"), _permit()),
        (service.get("/permits"), [_permit(), _permit()]),
        (service.post("/permits", GOOD), _permit()),
    ):
        answer.expect_json(wanted)
    document = service.openapi()
    for method, path in (
        ("get", "/permits/{number}"),
        ("get", "/permits"),
        ("post", "/permits"),
    ):
        described = _fields(document, method, path, body=False)
        expect(
            described == PUBLIC,
            called=f"GET /openapi.json, for what {method.upper()} {path} returns",
            got=f"found {_listed(described)}",
            expected=f"the fields {_listed(PUBLIC)}",
        )


@criterion(
    points=1,
    kind="design",
    rule="PATTERNS-6.3.R15",
    hint="Name the one site that may read answers with cookies.",
)
def test_only_the_town_site_may_read(solution: Namespace) -> None:
    """A foreign page gets no leave to read an answer, and the town's page does."""
    service, _ = _service(solution)
    ask = {"Access-Control-Request-Method": "POST"}
    word = fresh_word()
    for origin in (
        f"https://{word}.example",
        f"{TOWN}.{word}.example",
        f"https://{word}.permits.town.example",
        "http://permits.town.example",
        "null",
    ):
        for request in (
            Request("GET", "/permits", headers={"Origin": origin}),
            Request("OPTIONS", "/permits", headers={"Origin": origin, **ask}),
        ):
            (answer,) = service.send(request)
            allowed = answer.headers.get("access-control-allow-origin")
            expect(
                allowed is None or allowed == TOWN,
                called=answer.called,
                got=f"answered with Access-Control-Allow-Origin: {allowed}",
                expected="no such header for a foreign page",
            )
    for request in (
        Request("GET", "/permits", headers={"Origin": TOWN}),
        Request("OPTIONS", "/permits", headers={"Origin": TOWN, **ask}),
    ):
        (answer,) = service.send(request)
        allowed = answer.headers.get("access-control-allow-origin")
        cookies = answer.headers.get("access-control-allow-credentials")
        expect(
            allowed == TOWN and cookies == "true",
            called=answer.called,
            got=f"allowed the origin {allowed} and credentials {cookies}",
            expected=f"the origin {TOWN} and credentials true",
        )


def _fields(document: Any, method: str, path: str, *, body: bool) -> set[str]:
    """The fields of a body, or of a success, as the document describes them."""
    route = document.get("paths", {}).get(path, {}).get(method, {})
    told = route.get("requestBody", {})
    if not body:
        answers = route.get("responses", {})
        told = next((answers[code] for code in ("200", "201") if code in answers), {})
    schema = told.get("content", {}).get("application/json", {}).get("schema", {})
    schema = schema.get("items", schema)
    name = str(schema.get("$ref", "")).rpartition("/")[2]
    schema = document.get("components", {}).get("schemas", {}).get(name, schema)
    return set(schema.get("properties", {}))


def _listed(names: set[str]) -> str:
    return ", ".join(sorted(names)) or "none"
