"""A certificate authority of one test run, and a leaf for loopback and for the platform names that are played."""

import os
import subprocess
from dataclasses import dataclass


@dataclass
class Certificate:
    """Paths of PEM files: the authority to trust, and the leaf's chain and key."""

    authority: str
    chain: str
    key: str


def make_certificate(folder, names=("localhost",), use="serverAuth"):
    """Makes both with openssl; valid for two days, for 127.0.0.1 and `names`, as a server or a client (`clientAuth`)."""
    os.makedirs(folder, exist_ok=True)
    path = lambda name: os.path.join(folder, name)

    def openssl(*arguments):
        subprocess.run(["openssl", *arguments], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    openssl(
        "req",
        "-x509",
        *curve,
        "-keyout",
        path("authority.key"),
        "-out",
        path("authority.pem"),
        "-days",
        "2",
        "-subj",
        "/CN=Kist loopback test authority",
        "-addext",
        "keyUsage=critical,keyCertSign",
    )
    openssl("req", "-new", *curve, "-keyout", path("leaf.key"), "-out", path("leaf.csr"), "-subj", "/CN=loopback")
    with open(path("leaf.ext"), "w") as extensions:
        subject = ",".join(["IP:127.0.0.1", *(f"DNS:{name}" for name in names)])
        extensions.write(f"subjectAltName={subject}\nbasicConstraints=CA:FALSE\nextendedKeyUsage={use}\n")
    openssl(
        "x509",
        "-req",
        "-in",
        path("leaf.csr"),
        "-CA",
        path("authority.pem"),
        "-CAkey",
        path("authority.key"),
        "-CAcreateserial",
        "-days",
        "2",
        "-extfile",
        path("leaf.ext"),
        "-out",
        path("leaf.pem"),
    )
    return Certificate(path("authority.pem"), path("leaf.pem"), path("leaf.key"))
