"""The synthesised template on one machine: AWS from moto, our handlers, HTTP front, schedules."""
