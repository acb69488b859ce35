#!/usr/bin/env python3
"""Retrains a predictive query, then makes batch predictions with it: two calls of Kumo's REST API, each followed to its end.

    kist run --check kumo -- python3 nightly.py PQUERY_ID

The key and the address come from KUMO_API_KEY and KUMO_URL. Ends with 0 when both jobs are done, else with 1.
"""
import http.client
import json
import os
import sys
import time
import urllib.parse

PAUSE = float(os.environ.get("NIGHTLY_PAUSE", "30"))  # seconds between two looks at a job
PATIENCE = 6 * 3600  # seconds for one job
ENDS = {"DONE": True, "FAILED": False, "CANCELLED": False}
BASE = urllib.parse.urlsplit(os.environ["KUMO_URL"])


def call(method, path, body=None):
    """One request. http.client follows no redirect, so the key goes nowhere else."""
    kind = http.client.HTTPSConnection if BASE.scheme == "https" else http.client.HTTPConnection
    connection = kind(BASE.netloc, timeout=60)
    headers = {"X-API-Key": os.environ["KUMO_API_KEY"], "Content-Type": "application/json"}
    connection.request(method, BASE.path + path, json.dumps(body) if body else None, headers)
    answer = connection.getresponse()
    text = answer.read()
    if answer.status >= 300:
        raise SystemExit(f"{method} {path}: {answer.status}")
    return json.loads(text)


def finished(kind, body):
    """Starts a job and waits for its end; its id."""
    answer = call("POST", f"/v1/{kind}", body)
    job = answer["id"] if isinstance(answer, dict) else answer[0]
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        status = call("GET", f"/v1/{kind}/{urllib.parse.quote(job, safe='')}")["job_status_report"]["status"]
        if status in ENDS:
            print(f"{kind} {job}: {status}", flush=True)
            if ENDS[status]:
                return job
            break
        time.sleep(PAUSE)
    raise SystemExit(f"{kind} {job} did not end well")


def main():
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    trained = finished("training_jobs", {"pquery_id": sys.argv[1]})
    finished("prediction_jobs", {"model_training_job_id": trained, "predict_options": {}})


main()
