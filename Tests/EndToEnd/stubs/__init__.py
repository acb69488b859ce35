"""Loopback servers that answer as the platforms do.

Each stands in for a platform that a test machine cannot reach. The clients that talk to them are the real, unmodified
ones. Every request is appended to a JSON-lines file before it is answered, so that a test can assert on what arrived.
"""

from .cloudera import Cloudera
from .clouds import Images, TokenService
from .docker_engine import DockerEngine
from .epigos import Epigos
from .generic import Generic
from .kaskada import Kaskada
from .kumo import Kumo
from .kumo_jobs import KumoJobs
from .loopback import Answer, Request, Stub
from .postgres import Postgres
from .proxy import SniffingProxy
from .remotes import GitServer, ImageRegistry
from .services import Service
from .snowflake import Snowflake
from .tools import CargoRegistry, Cluster, GoogleTokens

__all__ = [
    "Answer",
    "CargoRegistry",
    "Cloudera",
    "Cluster",
    "DockerEngine",
    "Epigos",
    "Generic",
    "GitServer",
    "GoogleTokens",
    "Images",
    "ImageRegistry",
    "Kaskada",
    "Kumo",
    "KumoJobs",
    "Postgres",
    "Request",
    "Service",
    "SniffingProxy",
    "Snowflake",
    "Stub",
    "TokenService",
]
