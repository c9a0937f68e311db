"""What `course.py` does before there is an environment: look at the machine, make the environment, run a command in it.

Only the standard library is needed here, whatever Python of the course's versions runs it.
"""
