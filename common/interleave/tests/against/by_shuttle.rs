//! The programs under shuttle.
crate::run::interpreter!(shuttle);
