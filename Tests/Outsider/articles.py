"""Writes the Swift that KistClient's articles show into one target of the outsider's package, so that it has to compile.

Each block becomes the body of a function; its imports go to the top. A block that does not stand alone says in a comment
what it takes: `// with: client, provider`.
"""

import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
TARGET = ROOT / "Tests/Outsider/Sources/Articles"
GIVEN = {
    "client": "client: HTTPClient",
    "provider": "provider: some CredentialProvider",
    "credential": "credential: Credential",
}


def blocks():
    places = sorted((ROOT / "Sources").glob("KistClient*/*.docc/*.md"))
    for place in [*places, ROOT / "README.md"]:
        for number, found in enumerate(re.finditer(r"```swift\n(.*?)```", place.read_text(), re.S), 1):
            yield place, number, found.group(1)


def write():
    TARGET.mkdir(parents=True, exist_ok=True)
    for old in TARGET.glob("*.swift"):
        old.unlink()
    count = 0
    for place, number, text in blocks():
        if "dependencies:" in text or "import PackageDescription" in text:
            continue
        count += 1
        imports = sorted({"import AsyncHTTPClient", "import KistClient", "import KistClientHTTP"} |
                         set(re.findall(r"^import \w+$", text, re.M)))
        body = re.sub(r"^import \w+\n", "", text, flags=re.M)
        wanted = re.search(r"^// with: (.*)\n", body, re.M)
        given = [GIVEN[name.strip()] for name in wanted.group(1).split(",")] if wanted else []
        name = re.sub(r"\W", "_", place.stem)
        body = "".join(f"    {line}\n" if line else "\n" for line in body.rstrip().split("\n"))
        (TARGET / f"{name}_{number}.swift").write_text(
            "// swift-format-ignore-file\n" + "\n".join(imports) + f"\n\nfunc {name}_{number}({', '.join(given)}) async throws {{\n{body}}}\n")
    if count < 8:
        raise SystemExit(f"only {count} pieces of Swift in the articles: are they still looked for in the right place?")
    print(f"{count} pieces of Swift of the articles")


if __name__ == "__main__":
    write()
