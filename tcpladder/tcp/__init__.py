"""What TCP was doing: the states of both endpoints, from what was captured. No I/O, no clock."""
