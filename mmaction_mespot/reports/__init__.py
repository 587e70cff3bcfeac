"""Tables, pictures and pages of results: evaluation, reports, benchmarks."""
