//! What takes too long. The clock is virtual: it stands while anybody has something to do.

use std::time::Duration;

use tokio::io::AsyncWriteExt as _;
use tokio::time::{Instant, sleep};

use crate::pipes::{logged_in, narrow, session};

/// Whether about so much time has passed.
fn took(since: Instant, expected: u64) -> bool {
    let expected = Duration::from_secs(expected);
    (expected..expected + Duration::from_secs(1)).contains(&since.elapsed())
}

#[tokio::test(start_paused = true)]
async fn a_client_that_does_not_log_in_is_not_waited_for() {
    let begin = Instant::now();
    let mut control = session(narrow().0).await;
    sleep(Duration::from_secs(50)).await;
    assert_eq!(control.ask("USER alice").await, "331");
    assert_eq!(control.reply().await, "421");
    assert!(took(begin, 60), "{:?}", begin.elapsed());
    control.end().await;
}

#[tokio::test(start_paused = true)]
async fn an_idle_session_ends_and_one_with_commands_does_not() {
    let mut control = logged_in(narrow().0).await;
    for _ in 0..5 {
        sleep(Duration::from_secs(290)).await;
        assert_eq!(control.ask("NOOP").await, "200");
    }
    let begin = Instant::now();
    assert_eq!(control.reply().await, "421");
    assert!(took(begin, 300), "{:?}", begin.elapsed());
    control.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_transfer_that_moves_goes_on_for_ever_and_one_that_stalls_does_not() {
    let (pipes, mut far) = narrow();
    let mut control = logged_in(pipes).await;
    assert_eq!(control.ask("EPSV").await, "229");
    assert!(control.ask("STOR slow").await.starts_with('1'));
    let mut data = far.recv().await.unwrap();
    for _ in 0..20 {
        sleep(Duration::from_secs(110)).await;
        data.write_all(&[b'x'; 50]).await.unwrap();
    }
    drop(data);
    assert_eq!(control.reply().await, "226");

    // Nobody reads this one.
    assert_eq!(control.ask("EPSV").await, "229");
    assert!(control.ask("RETR slow").await.starts_with('1'));
    let begin = Instant::now();
    assert_eq!(control.reply().await, "426");
    assert!(took(begin, 120), "{:?}", begin.elapsed());
    assert_eq!(control.ask("NOOP").await, "200");
}
