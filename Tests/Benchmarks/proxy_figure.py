"""`kist proxy` between wrk and nginx: requests in a second, and what it adds to one request."""

import os
import re
import subprocess
import time

NGINX = """
daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log stderr crit;
events {{ worker_connections 256; }}
http {{
    access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
    uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s; keepalive_requests 100000000;
    server {{ listen 127.0.0.1:{port}; location / {{ return 200 "[]"; }} }}
}}
"""


def measure(home, folder, seconds):
    """(requests/s through the proxy, requests/s without it, median µs through it, median µs without it)."""
    place = folder / "nginx"
    place.mkdir()
    port = 18_471
    (place / "nginx.conf").write_text(NGINX.format(folder=place, port=port))
    nginx = subprocess.Popen(["/usr/sbin/nginx", "-c", place / "nginx.conf"], stderr=subprocess.DEVNULL)
    proxy = None
    try:
        home.kist("add", "kumo", "--name", "proxied", "--no-check", "--stdin",
                  given=f'{{"api_key":"demo:0123456789abcdef","url":"http://127.0.0.1:{port}/api"}}')  # fmt: skip
        proxy = subprocess.Popen([home.binaries / "kist", "proxy", "proxied"], env=home.environment, text=True,
                                 stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)  # fmt: skip
        said = dict(proxy.stdout.readline().rstrip("\n").split("=", 1) for _ in range(2))
        key, through = said["KUMO_API_KEY"], said["KUMO_URL"]
        direct = f"http://127.0.0.1:{port}/api"
        time.sleep(0.3)
        rate = {url: wrk(url, key, 16, seconds)[0] for url in (direct, through)}
        middle = {url: wrk(url, key, 1, seconds)[1] for url in (direct, through)}
        return rate[through], rate[direct], middle[through], middle[direct]
    finally:
        for process in (proxy, nginx):
            if process:
                process.terminate()
                process.wait(timeout=10)


def wrk(url, key, connections, seconds):
    """Requests in a second and the median latency in microseconds; every answer has to be a 200."""
    out = subprocess.run(
        ["/usr/bin/wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "-H", f"X-API-Key: {key}", f"{url}/v1/connectors"],
        env={"PATH": os.environ["PATH"]}, capture_output=True, text=True, check=True).stdout  # fmt: skip
    assert "Non-2xx" not in out and "Socket errors" not in out, out
    value, unit = re.search(r"50%\s+([\d.]+)(us|ms|s)", out).groups()
    return float(re.search(r"Requests/sec:\s+([\d.]+)", out)[1]), float(value) * {"us": 1, "ms": 1e3, "s": 1e6}[unit]
