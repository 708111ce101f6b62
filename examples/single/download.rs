//! Downloads a file as a stream and prints it.
//!
//! `cargo run --example download -- 127.0.0.1:2121 README.md`

use core::error::Error;

use ftp_client::Client;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(server), Some(path)) = (arguments.next(), arguments.next()) else {
        return Err("usage: download HOST:PORT PATH".into());
    };
    let mut client = Client::connect(server).await?;
    client.login("anonymous", "guest@").await?;
    let mut download = client.download(path.as_str()).await?;
    tokio::io::copy(&mut download, &mut tokio::io::stdout()).await?;
    // Only this tells whether the file is whole: both sides agree that it was.
    let done = download.finish().await?;
    eprintln!("{} bytes", done.bytes);
    client.quit().await?;
    Ok(())
}
