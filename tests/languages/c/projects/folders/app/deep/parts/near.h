int near_by(void) { return 1; }
