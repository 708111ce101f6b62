//! Whole sessions as scripts: what goes in and what comes out, line by line.

mod abort;
mod control;
mod interleavings;
mod random;
mod remote;

mod script;
mod setup;
mod timers;
mod transfer;
