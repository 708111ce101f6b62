//! pyftpdlib, the Python server, through a script.

use super::Server;
use crate::support::place::{PASSWORD, USER};
use crate::support::{peers, process};

pub(crate) fn start() -> Option<Server> {
    let python = peers::program("pyftpdlib-python")?;
    Some(Server::start("pyftpdlib", |port, root, settings| {
        let mut command = process::command(&python, settings);
        command
            .args(["-c", SCRIPT, &port.to_string(), USER, PASSWORD])
            .arg(root);
        command
    }))
}

const SCRIPT: &str = r#"
import sys
from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import FTPHandler
from pyftpdlib.servers import FTPServer
port, user, password, root = sys.argv[1:]
FTPHandler.authorizer = DummyAuthorizer()
FTPHandler.authorizer.add_user(user, password, root, perm="elradfmwMT")
FTPServer(("127.0.0.1", int(port)), FTPHandler).serve_forever()
"#;
