"""Counts primes by trial division: alone, with threads, or with processes; chunks of 1,000 numbers are shared out."""
import multiprocessing
import sys
from concurrent.futures import ThreadPoolExecutor

from told import told

CHUNK = 1000


def is_prime(number):
    if number < 4:
        return number > 1
    if number % 2 == 0:
        return False
    divisor = 3
    while divisor * divisor <= number:
        if number % divisor == 0:
            return False
        divisor += 2
    return True


def count(numbers):
    found = 0
    for number in range(*numbers):
        if is_prime(number):
            found += 1
    return found


def chunks(end):
    return [(start, min(start + CHUNK, end)) for start in range(0, end, CHUNK)]


def sequential(end, _):
    return count((0, end))


def threads(end, workers):
    with ThreadPoolExecutor(workers) as pool:
        return sum(pool.map(count, chunks(end)))


def processes(end, workers):
    # Closed and joined, not terminated, so that the processor time of the workers is counted.
    pool = multiprocessing.Pool(workers)
    found = sum(pool.imap_unordered(count, chunks(end)))
    pool.close()
    pool.join()
    return found


if __name__ == "__main__":
    mode, end, workers = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    told(lambda: {"sequential": sequential, "threads": threads, "processes": processes}[mode](end, workers))
