"""Bookings of a driving school."""

from drivingschool.prices import *
from drivingschool.timetable import *
from drivingschool.lessons import *
from drivingschool.desk import *
from drivingschool.app import *
