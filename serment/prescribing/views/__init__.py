"""Pages of the room: writing an ordonnance of medicines, ordering anything else, reading what was issued."""
