"""Keep an assistant's process private: its home, its end, its system, coverage."""
