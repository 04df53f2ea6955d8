"""`manage.py chaos`: the whole product under load while its processes are killed, and a verdict.

    front --> __main__ (campaign): services, processes, faults drawn from a seed
                 |-- load       people over real HTTP, who repeat a request until it is answered
                 |-- provider   the text-message gateway, with a log of its own
                 +-- checker    reads the database and the logs, and nothing of our code

Each writes a diary (diary.py); the checker trusts nobody's memory.
"""
