"""What a run says: header, summary, replay files, known failures. Everything here is masked before it is shown."""
