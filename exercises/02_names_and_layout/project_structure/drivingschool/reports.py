from . import bookings


def line(lesson):
    return f"{lesson[3][11:]} {lesson[1]} {lesson[5]} {lesson[4]} min"


def sheet(instructor, day):
    lines = [line(lesson) for lesson in bookings.lessons_of(instructor, day)]
    return "; ".join(lines) or "nothing booked"
