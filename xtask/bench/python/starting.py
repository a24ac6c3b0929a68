"""Starts threads and waits for their ends: one at a time, or all at once."""
import sys
import threading

from told import told


def main(mode, number):
    results = []
    threads = [threading.Thread(target=results.append, args=(i,)) for i in range(number)]
    if mode == "one":
        for thread in threads:
            thread.start()
            thread.join()
    else:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return sum(results)


if __name__ == "__main__":
    told(lambda: main(sys.argv[1], int(sys.argv[2])))
