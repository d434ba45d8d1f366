"""A service behind the routes; its own errors are translated in one table."""

from enum import StrEnum
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Query, Request
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import JSONResponse
from pydantic import AfterValidator, BaseModel, ConfigDict, Field


class Zone(StrEnum):
    A = "A"
    B = "B"
    C = "C"


class PlateTaken(Exception):
    pass


class NoSuchPermit(Exception):
    pass


CODES = {PlateTaken: HTTPStatus.CONFLICT, NoSuchPermit: HTTPStatus.NOT_FOUND}


def normal(plate: str) -> str:
    plate = plate.strip().upper()
    if len(plate) not in range(2, 10):
        raise ValueError("2 to 9 characters")
    return plate


class Wanted(BaseModel):
    model_config = ConfigDict(extra="forbid")
    plate: Annotated[str, AfterValidator(normal)]
    zone: Zone
    months: int = Field(default=12, gt=0, le=24)


class Permit(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    number: int
    plate: str
    zone: Zone
    months: int


class Page(BaseModel):
    skip: int = Field(0, ge=0)
    limit: int = Field(20, ge=1, le=100)


def get_register() -> Any:
    raise RuntimeError("the register is reached in the town hall only")


class Permits:
    def __init__(self, register: Any = Depends(get_register)):
        self.register = register

    def issue(self, wanted: Wanted):
        try:
            return self.register.add(wanted.plate, wanted.zone, wanted.months)
        except ValueError as error:
            raise PlateTaken(wanted.plate) from error

    def show(self, number: int):
        permit = self.register.find(number)
        if permit is None:
            raise NoSuchPermit(number)
        return permit

    def withdraw(self, number: int):
        try:
            self.register.remove(number)
        except KeyError as error:
            raise NoSuchPermit(number) from error


Service = Annotated[Permits, Depends()]

app = FastAPI()
app.add_middleware(
    CORSMiddleware, allow_origins=["https://permits.town.example"], allow_credentials=True,
    allow_methods=["*"], allow_headers=["*"],
)


def told(request: Request, error: Exception) -> JSONResponse:
    return JSONResponse({"detail": f"{type(error).__name__}: {error}"}, CODES[type(error)])


for kind in CODES:
    app.add_exception_handler(kind, told)


@app.post("/permits", response_model=Permit, status_code=201)
def issue(wanted: Wanted, permits: Service):
    return permits.issue(wanted)


@app.get("/permits", response_model=list[Permit])
def several(page: Annotated[Page, Query()], permits: Service):
    return permits.register.page(page.skip, page.limit)


@app.get("/permits/{number}", response_model=Permit)
def one(number: int, permits: Service):
    return permits.show(number)


@app.delete("/permits/{number}", status_code=204)
def withdraw(number: int, permits: Service):
    permits.withdraw(number)
