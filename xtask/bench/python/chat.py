"""A chat server as it is usually shown: a thread for each client, a lock around the list, a `sendall` for each delivery."""
import socket
import threading

people = {}
lock = threading.Lock()


def to_all_but(sender, line):
    with lock:
        for name, connection in people.items():
            if name != sender:
                connection.sendall(line)


def client(connection):
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connection.sendall(b"* Welcome. What is your name?\n")
    lines = connection.makefile("rb")
    name = lines.readline().strip()
    with lock:
        people[name] = connection
        connection.sendall(b"* Hello.\n")
    try:
        for line in lines:
            to_all_but(name, name + b": " + line)
    finally:
        with lock:
            del people[name]
        connection.close()


def main():
    threading.stack_size(128 << 10)
    with socket.create_server(("127.0.0.1", 0), backlog=1000) as listener:
        print(f"listening on 127.0.0.1:{listener.getsockname()[1]}", flush=True)
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=client, args=(connection,), daemon=True).start()


if __name__ == "__main__":
    main()
