//! Conversations with a session, without sockets, files or clocks.

mod harness;

mod data;
mod limits;
mod login;
mod matrix;
mod names;
mod order;
mod random;
mod settings;
mod transfer;
