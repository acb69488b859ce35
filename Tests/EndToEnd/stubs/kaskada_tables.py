"""Kaskada's table service on gRPC. Runs under the Kaskada environment's Python, which has grpcio:

python kaskada_tables.py LOG        prints its port, then appends method and metadata of every call to LOG
"""

import json
import sys
from concurrent import futures

import grpc


class Tables(grpc.GenericRpcHandler):
    """Answers every call with an empty message, which to `list_tables` means: no tables."""

    def __init__(self, log):
        self.log = log

    def service(self, call):
        with open(self.log, "a", encoding="utf-8") as log:
            metadata = {name: value for name, value in call.invocation_metadata}
            log.write(
                json.dumps({"stub": "kaskada-tables", "port": 0, "path": call.method, "headers": metadata}) + "\n"
            )
        return grpc.unary_unary_rpc_method_handler(lambda message, context: b"")


server = grpc.server(futures.ThreadPoolExecutor(2), handlers=[Tables(sys.argv[1])])
print(server.add_insecure_port("127.0.0.1:0"), flush=True)
server.start()
server.wait_for_termination()
