//! Which results a program can have, and in how many of its schedules.
