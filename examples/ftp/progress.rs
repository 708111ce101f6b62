//! A progress bar on standard error, for transfers that take long enough to be looked at.

use std::io::IsTerminal as _;

use ftp_client::Progress;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Shows how a transfer goes on; silent if standard error is no terminal.
pub(crate) struct Bar(ProgressBar);

const MEASURED: &str = "{msg} {wide_bar} {bytes}/{total_bytes} {bytes_per_sec} {eta}";
const OPEN_ENDED: &str = "{msg} {bytes} {bytes_per_sec} {elapsed}";

impl Bar {
    /// A bar that knows its size once it is told.
    pub(crate) fn new(name: &str) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(5));
        if !std::io::stderr().is_terminal() {
            bar.set_draw_target(ProgressDrawTarget::hidden());
        }
        let this = Self(bar);
        // Before the first thing that draws.
        this.set_style(OPEN_ENDED);
        this.0.set_message(name.to_owned());
        this
    }

    /// Shows how far it is.
    pub(crate) fn show(&self, progress: Progress) {
        if progress.total != self.0.length() {
            self.0.set_length(progress.total.unwrap_or_default());
            self.set_style(if progress.total.is_some() {
                MEASURED
            } else {
                OPEN_ENDED
            });
        }
        self.0.set_position(progress.done);
    }

    fn set_style(&self, template: &str) {
        // A template that is wrong leaves the plain bar.
        if let Ok(style) = ProgressStyle::with_template(template) {
            self.0.set_style(style);
        }
    }
}

impl Drop for Bar {
    /// Leaves the line to what comes next.
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
