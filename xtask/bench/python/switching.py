"""Two threads pass a number back and forth through two queues."""
import sys
import threading
from queue import Queue

from told import told


def main(turns):
    to_you, to_me = Queue(1), Queue(1)

    def other():
        while (ball := to_you.get()) is not None:
            to_me.put(ball + 1)

    thread = threading.Thread(target=other)
    thread.start()
    ball = 0
    while ball < turns:
        to_you.put(ball + 1)
        ball = to_me.get()
    to_you.put(None)
    thread.join()
    return ball


if __name__ == "__main__":
    told(lambda: main(int(sys.argv[1])))
