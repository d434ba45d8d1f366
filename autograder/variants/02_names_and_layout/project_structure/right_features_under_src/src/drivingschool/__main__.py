import sys

from drivingschool import main

print("\n".join(main([tuple(line.split(",")) for line in sys.stdin])))
