"""What all tests share: a secret of their own, so that the hidden probes are the same in every run."""

import os

os.environ.setdefault("COURSE_SECRET", "the tests' secret")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
