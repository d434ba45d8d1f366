# caught by: status_tells_how_it_went
"""status 409 where the plate has a permit"""

from typing import Annotated, Any, Literal, Protocol

from fastapi import Depends, FastAPI, HTTPException, Query, status
from fastapi.middleware.cors import CORSMiddleware
from pydantic import BaseModel, Field, StringConstraints

Plate = Annotated[
    str,
    StringConstraints(strip_whitespace=True, to_upper=True, min_length=2, max_length=9),
]
Zone = Literal["A", "B", "C"]


class Register(Protocol):
    def find(self, number: int) -> dict[str, Any] | None: ...
    def page(self, skip: int, limit: int) -> list[dict[str, Any]]: ...
    def add(self, plate: str, zone: str, months: int) -> dict[str, Any]: ...
    def remove(self, number: int) -> None: ...


class PermitRequest(BaseModel):
    plate: Plate
    zone: Zone
    months: int = Field(12, ge=1, le=24)


class Permit(BaseModel):
    number: int
    plate: str
    zone: str
    months: int


def get_register() -> Register:
    raise RuntimeError("the register is reached in the town hall only")


TheRegister = Annotated[Register, Depends(get_register)]

app = FastAPI(title="Parking permits", version="1.0.0")
app.add_middleware(
    CORSMiddleware,
    allow_origins=["https://permits.town.example"],
    allow_credentials=True,
    allow_methods=["*"],
    allow_headers=["*"],
)


@app.post("/permits", response_model=Permit, status_code=status.HTTP_201_CREATED)
def issue_permit(wanted: PermitRequest, register: TheRegister) -> Any:
    try:
        return register.add(wanted.plate, wanted.zone, wanted.months)
    except ValueError as error:
        raise HTTPException(
            status.HTTP_400_BAD_REQUEST, f"{wanted.plate} has a permit"
        ) from error


@app.get("/permits", response_model=list[Permit])
def list_permits(
    register: TheRegister,
    skip: Annotated[int, Query(ge=0)] = 0,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> Any:
    return register.page(skip, limit)


@app.get("/permits/{number}", response_model=Permit)
def show_permit(number: int, register: TheRegister) -> Any:
    permit = register.find(number)
    if permit is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, f"no permit {number}")
    return permit


@app.delete("/permits/{number}", status_code=status.HTTP_204_NO_CONTENT)
def withdraw_permit(number: int, register: TheRegister) -> None:
    try:
        register.remove(number)
    except KeyError as error:
        raise HTTPException(status.HTTP_404_NOT_FOUND, f"no permit {number}") from error
