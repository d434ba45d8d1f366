from .database import lessons_of


def line(lesson):
    return f"{lesson[3][11:]} {lesson[1]} {lesson[5]} {lesson[4]} min"


def sheet(instructor, day):
    return "; ".join(map(line, lessons_of(instructor, day))) or "nothing booked"
