//! Uploads standard input.
//!
//! `echo hello | cargo run --example upload -- 127.0.0.1:2121 user password hello.txt`

use core::error::Error;

use ftp_client::Client;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [server, user, password, path] = arguments.as_slice() else {
        return Err("usage: upload HOST:PORT USER PASSWORD PATH".into());
    };
    let mut client = Client::connect(server).await?;
    client.login(user, password).await?;
    let mut upload = client.upload(path).await?;
    tokio::io::copy(&mut tokio::io::stdin(), &mut upload).await?;
    // Without this the server is told that the upload was broken off.
    let done = upload.finish().await?;
    eprintln!("{} bytes", done.bytes);
    client.quit().await?;
    Ok(())
}
