from prediction.models.crime import CrimeRate
from prediction.models.drift import DriftReport, DriftState
from prediction.models.hotspots import HotspotCell, HotspotCluster, HotspotRun
from prediction.models.jobs import JobAct, JobState, PredictionJob
from prediction.models.patrol import PatrolPlan, PatrolPolicy, PatrolScore, PatrolVerdict
from prediction.models.record import CrimeForecast, CrimeScore
from prediction.models.runs import ModelRun, RunAct, RunEvent, RunState
from prediction.models.stops import StopGroup
from prediction.models.trust import TrustForecast

__all__ = [
    "CrimeForecast",
    "CrimeRate",
    "CrimeScore",
    "DriftReport",
    "DriftState",
    "HotspotCell",
    "HotspotCluster",
    "HotspotRun",
    "JobAct",
    "JobState",
    "ModelRun",
    "PatrolPlan",
    "PatrolPolicy",
    "PatrolScore",
    "PatrolVerdict",
    "PredictionJob",
    "RunAct",
    "RunEvent",
    "RunState",
    "StopGroup",
    "TrustForecast",
]
