"""What answers on loopback in place of the platforms: 200 for a key that holds "good", 403 for "barred", else 401."""

import http.server
import threading


class Stub:
    def __init__(self):
        class Handler(http.server.BaseHTTPRequestHandler):
            def answer(self):
                length = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(length).decode()
                shown = f"{self.headers.get('X-API-Key')} {self.headers.get('Authorization')} {body}"
                status = 200 if "good" in shown else 403 if "barred" in shown else 401
                text = b"[]" if status == 200 else b'{"error":"no"}'
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            do_GET = do_POST = answer

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.origin = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()
