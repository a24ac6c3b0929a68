"""What every program here prints: how long its work took, what it cost, and the result."""
import json
import os
import time


def told(work):
    """Runs `work` and prints the line that the runner reads."""
    cpu, start = _cpu(), time.perf_counter()
    result = work()
    wall = time.perf_counter() - start
    print(json.dumps({"wall_s": wall, "cpu_s": _cpu() - cpu, "result": result}))


def _cpu():
    """Seconds of processor time: of all threads, and of the children that were waited for."""
    children = os.times()
    return time.process_time() + children.children_user + children.children_system
