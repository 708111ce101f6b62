//! `fxp`: from one server to another.

use ftp_client::PathName;

use crate::connect::{builder, leave, log_in_by, path_of, strategy};
use crate::options::Connection;
use crate::trouble::Trouble;
use crate::url::Url;

/// Sends a file from server to server; into a directory under its own name.
pub(crate) async fn fxp(
    connection: &Connection,
    from: &Url,
    to: &Url,
    foreign: bool,
) -> Result<(), Trouble> {
    let path = path_of(from)?;
    let target = if to.is_directory() {
        let name = path.as_bytes().rsplit(|&byte| byte == b'/').next();
        PathName::new([to.path_bytes(), name.unwrap_or_default()].concat())?
    } else {
        path_of(to)?.clone()
    };
    let builder =
        builder(connection, strategy(connection, connection.data)).allow_foreign_data(foreign);
    let mut source = log_in_by(&builder, from).await?;
    let mut destination = log_in_by(&builder, to).await?;
    ftp_client::fxp(&mut source, &mut destination, path, &target)
        .await
        .map_err(|error| Trouble::new(error.to_string()))?;
    leave(source).await;
    leave(destination).await;
    Ok(())
}
