"""The language of rubrics: `questions` says what is asked, `inputs` what is tried."""
