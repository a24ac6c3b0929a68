//! The programs under loom.
crate::run::interpreter!(loom);
