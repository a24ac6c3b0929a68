"""Asks a slow server several times: one after another, with a thread each, or with a process each."""
import multiprocessing
import socket
import sys
import threading

from told import told


def ask(port):
    with socket.create_connection(("127.0.0.1", port)) as connection:
        answer = b""
        while part := connection.recv(4096):
            answer += part
    return answer == b"here you are\n"


def ask_or_fail(port):
    if not ask(port):
        raise SystemExit(1)


def sequential(port, requests):
    return sum(ask(port) for _ in range(requests))


def threads(port, requests):
    answers = []
    started = [threading.Thread(target=lambda: answers.append(ask(port))) for _ in range(requests)]
    for thread in started:
        thread.start()
    for thread in started:
        thread.join()
    return sum(answers)


def processes(port, requests):
    started = [multiprocessing.Process(target=ask_or_fail, args=(port,)) for _ in range(requests)]
    for process in started:
        process.start()
    for process in started:
        process.join()
    return sum(process.exitcode == 0 for process in started)


if __name__ == "__main__":
    mode, port, requests = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    told(lambda: {"sequential": sequential, "threads": threads, "processes": processes}[mode](port, requests))
