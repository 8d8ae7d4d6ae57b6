from prediction.models.runs import ModelRun, RunAct, RunEvent, RunState
from prediction.models.stops import StopGroup

__all__ = ["ModelRun", "RunAct", "RunEvent", "RunState", "StopGroup"]
