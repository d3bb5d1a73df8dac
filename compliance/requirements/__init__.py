"""Requirements: who must do what, by when, how often; their versions, and the preview of what they would do."""
