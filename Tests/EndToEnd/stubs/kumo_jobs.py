"""Kumo's jobs as its own client makes them: a training job, then a prediction job, each looked at until it is done."""

from .kumo import Kumo
from .loopback import Answer


class KumoJobs(Kumo):
    """As `Kumo`, with jobs that run for `looks` looks and end as `ends`."""

    def __init__(self, log, accepted=(), looks=2, ends="DONE", certificate=None):
        self.looks = looks
        self.ends = ends
        self.jobs = {}
        super().__init__(log, accepted=accepted, certificate=certificate)

    def answer(self, request):
        parts = request.path.removeprefix("/api/v1/").split("/")
        if request.headers.get("x-api-key") not in self.accepted or parts[0] not in ("training_jobs", "prediction_jobs"):
            return super().answer(request)
        if request.method == "POST" and len(parts) == 1:
            job = f"{parts[0]}-{len(self.jobs) + 1}"
            self.jobs[job] = self.looks
            return Answer(200, {"id": job} if parts[0] == "training_jobs" else [job, {}])
        if len(parts) == 2 and parts[1] in self.jobs:
            self.jobs[parts[1]] -= 1
            status = "RUNNING" if self.jobs[parts[1]] > 0 else self.ends
            return Answer(200, {"job_id": parts[1], "job_status_report": {"status": status}})
        return Answer(404, {"detail": "Not Found"})
