"""What passes between the stages: records, results and messages, their encoding and comparison."""
