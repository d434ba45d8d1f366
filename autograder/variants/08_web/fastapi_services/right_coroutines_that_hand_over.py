"""Coroutines, which hand each blocking call to a worker; the app is made by a function."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, HTTPException, Path, Query, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.middleware.cors import CORSMiddleware
from pydantic import BaseModel, Field, field_validator


def get_register():
    raise RuntimeError("the register is reached in the town hall only")


class NewPermit(BaseModel):
    plate: str
    zone: str = Field(pattern="^[ABC]$")
    months: Annotated[int, Field(ge=1, le=24)] = 12

    @field_validator("plate")
    @classmethod
    def normal(cls, plate):
        plate = plate.strip().upper()
        if 2 <= len(plate) <= 9:
            return plate
        raise ValueError("a plate has 2 to 9 characters")


class PublicPermit(BaseModel):
    number: int
    plate: str
    zone: str
    months: int


router = APIRouter(prefix="/permits")


@router.post("", status_code=201)
async def issue(new: NewPermit, register=Depends(get_register)) -> PublicPermit:
    try:
        made = await run_in_threadpool(register.add, **new.model_dump())
    except ValueError:
        raise HTTPException(409, detail="one permit for each plate") from None
    return PublicPermit(**made)


@router.get("")
async def several(
    skip: int = Query(default=0, ge=0),
    limit: int = Query(default=20, gt=0, le=100),
    register=Depends(get_register),
) -> list[PublicPermit]:
    permits = await asyncio.to_thread(register.page, skip=skip, limit=limit)
    return [PublicPermit(**permit) for permit in permits]


@router.get("/{number}")
async def one(number: int = Path(), register=Depends(get_register)) -> PublicPermit:
    loop = asyncio.get_running_loop()
    found = await loop.run_in_executor(None, register.find, number)
    if not found:
        raise HTTPException(404, detail="not here")
    return PublicPermit(**found)


@router.delete("/{number}")
async def withdraw(number: int, register=Depends(get_register)) -> Response:
    try:
        await asyncio.to_thread(register.remove, number=number)
    except KeyError:
        raise HTTPException(404, detail="not here") from None
    return Response(status_code=204)


def create_app():
    app = FastAPI(title="Permits")
    app.include_router(router)
    app.add_middleware(
        CORSMiddleware, allow_origins=["https://permits.town.example"], allow_credentials=True,
        allow_methods=["GET", "POST", "DELETE"], allow_headers=["Content-Type"],
    )
    return app


app = create_app()
