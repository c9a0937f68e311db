"""What came out of the sandbox, judged: data with data, in a process with limits."""
