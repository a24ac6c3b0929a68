"""Threads count visits, each visit under a lock."""
import sys
import threading

from told import told

visits = 0
lock = threading.Lock()


def gate(number):
    global visits
    for _ in range(number):
        with lock:
            visits += 1


def main(gates, number):
    threads = [threading.Thread(target=gate, args=(number,)) for _ in range(gates)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return visits


if __name__ == "__main__":
    told(lambda: main(int(sys.argv[1]), int(sys.argv[2])))
