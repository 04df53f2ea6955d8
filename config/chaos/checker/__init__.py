"""The checker: a program of its own that trusts nothing but the database and the diaries.

    python -m config.chaos.checker FOLDER DATABASE      one JSON object on stdout

It imports none of the product's code: what it recomputes (leaves, keys on the wire, the order of
rungs) it recomputes from the written contract, so a mistake there cannot excuse itself.

    I1 requests.py   I2 replay.py   I3 replay.py, ladders.py   I4 timers.py, ladders.py
    I5 outbox.py     I6 first_notice.py   I7 ladders.py        I8 leaves.py
    I9 timers.py     I10 walls.py   I11 timers.py              I12 secrecy.py
"""
