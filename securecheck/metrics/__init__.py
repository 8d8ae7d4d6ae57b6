"""What a monitoring system reads at /metrics: requests, counted by django-prometheus, and gauges of our own."""
