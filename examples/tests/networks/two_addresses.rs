//! Hosts with two addresses: data connections belong to the address of the control connection.

use crate::map::{Neighbours, RIGHT};
use crate::modes::{list, serve, working};

const SECOND: &str = "203.0.113.61";
const ALL: [&str; 4] = ["epsv", "pasv", "eprt", "port"];

#[test]
fn a_server_uses_the_address_that_the_client_connected_to() {
    let Some(net) = Neighbours::new() else { return };
    net.right.address("eth0", "203.0.113.61/24");
    let _ftpd = serve(&net.right, "0.0.0.0", &[]);
    for address in [RIGHT, SECOND] {
        assert_eq!(working(&net.left, address, &[]), ALL, "{address}");
        let ran = list(&net.left, address, "pasv", &["-v"]);
        let told = format!("({},", address.replace('.', ","));
        assert!(ran.errors.contains(&told), "{told} {ran:?}");
    }
}

#[test]
fn a_server_of_both_families_uses_the_family_of_the_client() {
    let Some(net) = Neighbours::new() else { return };
    net.left.address("eth0", "2001:db8::50/64");
    net.right.address("eth0", "2001:db8::60/64");
    let _ftpd = serve(&net.right, "[::]", &[]);
    assert_eq!(working(&net.left, RIGHT, &[]), ALL);
    // PASV and PORT know IPv4 alone.
    let modes = working(&net.left, "[2001:db8::60]", &[]);
    assert_eq!(modes, ["epsv", "eprt"]);
}

#[test]
fn a_client_is_connected_to_at_the_address_that_it_came_from() {
    let Some(net) = Neighbours::new() else { return };
    net.left.address("eth0", "203.0.113.51/32");
    // What goes to the server leaves from the second address.
    net.left
        .route(&["203.0.113.60/32", "dev", "eth0", "src", "203.0.113.51"]);
    let _ftpd = serve(&net.right, RIGHT, &[]);
    assert_eq!(working(&net.left, RIGHT, &[]), ALL);
    let ran = list(&net.left, RIGHT, "port", &["-v"]);
    assert!(ran.errors.contains("PORT 203,0,113,51,"), "{ran:?}");
}

#[test]
fn a_name_with_an_address_that_is_dead_is_reached_at_the_other() {
    let Some(net) = Neighbours::new() else { return };
    net.left.address("eth0", "2001:db8::50/64");
    net.right.address("eth0", "2001:db8::60/64");
    net.right.rules(
        "table ip6 dead {
           chain input {
             type filter hook input priority filter
             tcp dport 21 drop
           }
         }",
    );
    net.left
        .names("2001:db8::60 server.test\n203.0.113.60 server.test\n");
    let _ftpd = serve(&net.right, "[::]", &[]);
    assert_eq!(working(&net.left, "server.test", &[]), ALL);
}
