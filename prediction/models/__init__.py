from prediction.models.jobs import JobAct, JobState, PredictionJob
from prediction.models.runs import ModelRun, RunAct, RunEvent, RunState
from prediction.models.stops import StopGroup

__all__ = [
    "JobAct",
    "JobState",
    "ModelRun",
    "PredictionJob",
    "RunAct",
    "RunEvent",
    "RunState",
    "StopGroup",
]
