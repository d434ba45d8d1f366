"""A dependency looks the permit up; constrained types, and a coroutine where it hands over."""

from typing import Optional, List
import anyio
from fastapi import FastAPI, Depends, HTTPException, Query, APIRouter
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, constr, conint, field_validator
from enum import Enum

class Zone(str, Enum):
    A = "A"
    B = "B"
    C = "C"

class PermitIn(BaseModel):
    plate: constr(strip_whitespace=True, to_upper=True, min_length=2, max_length=9)
    zone: Zone
    months: conint(ge=1, le=24) = 12

class PermitOut(BaseModel):
    number: int
    plate: str
    zone: Zone
    months: int

app = FastAPI(title="permits")
app.add_middleware(CORSMiddleware, allow_origins=["https://permits.town.example"], allow_credentials=True, allow_methods=["GET","POST","DELETE"], allow_headers=["*"])

def get_register():
    raise RuntimeError

def get_permit(number: int, register=Depends(get_register)):
    if (p := register.find(number)) is None:
        raise HTTPException(404)
    return p

@app.post("/permits", status_code=201)
def create(data: PermitIn, register=Depends(get_register)) -> PermitOut:
    try:
        return PermitOut.model_validate(register.add(**data.model_dump()))
    except ValueError as e:
        raise HTTPException(409, str(e))

@app.get("/permits", response_model=List[PermitOut])
def ls(skip: int = Query(0, ge=0), limit: int = Query(20, ge=1, le=100), register=Depends(get_register)):
    return register.page(skip, limit)

@app.get("/permits/{number}", response_model=PermitOut)
def get(permit=Depends(get_permit)):
    return permit

@app.delete("/permits/{number}", status_code=204, response_class=Response)
async def rm(number: int, register=Depends(get_register)):
    try:
        await anyio.to_thread.run_sync(register.remove, number)
    except KeyError:
        raise HTTPException(404, "gone")
