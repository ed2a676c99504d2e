"""Background jobs: a row is the truth, the broker only wakes a worker, a sweep finds what was lost.

An app declares a handler in its ``tasks.py``::

    @job_handler("compute_ranking", label=_("Sıralama hesabı"), soft_seconds=300, allowed=may_compute)
    def compute(job: JobContext) -> dict[str, Any]:
        job.progress(0, 100, "Veriler okunuyor")
        return job.once("compute", lambda: {"redirect_url": run_ranking(**job.params, by=job.by).get_absolute_url()})

The door (view, command) creates the row in its transaction and wakes a worker::

    job = create_job(kind="compute_ranking", params={"run": run.pk}, by=request.user)
    wake(job)
    return redirect(job)
"""

from common.jobs.registry import JobContext, JobHandler, LeaseLost, handler_of, handlers, job_handler
from common.jobs.runner import run_job
from common.jobs.service import create_job, rerun, run_now, wake
from common.jobs.sweeping import sweep

__all__ = [
    "JobContext",
    "JobHandler",
    "LeaseLost",
    "create_job",
    "handler_of",
    "handlers",
    "job_handler",
    "rerun",
    "run_job",
    "run_now",
    "sweep",
    "wake",
]
