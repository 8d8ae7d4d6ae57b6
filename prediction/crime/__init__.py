"""Crime by the hour: how many incidents may be expected of each area, weekday and hour, and how right that was."""
