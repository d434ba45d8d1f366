# Do not sort these lines: in any other order the package cannot be imported.
from .utils import *
from .bookings import *
from .reports import *
from .main import *
