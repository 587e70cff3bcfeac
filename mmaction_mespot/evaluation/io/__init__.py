"""Files of detections: our dump, challenge CSV, text files, any CSV with named columns."""
