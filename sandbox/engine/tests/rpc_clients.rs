//! Bad and slow clients over real sockets: the right answer, the connection
//! ends in time, and others are served meanwhile.

mod serving;

use sealwright_engine::node::BlockMode;
use sealwright_engine::rpc::{Limits, Server, ServerConfig};
use serving::node;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

const HEALTH: &str = r#"{"jsonrpc":"2.0","id":1,"method":"health"}"#;

/// Longer than every limit here: a read that takes this long has failed.
const GIVE_UP: Duration = Duration::from_secs(20);

/// More than the kernel's buffers of one connection hold.
const LARGE: usize = 24 << 20;

fn serve(limits: Limits, data: usize) -> Server {
    let config = ServerConfig {
        address: "127.0.0.1:0".parse().expect("an address"),
        blocks: BlockMode {
            on_demand: true,
            every: None,
        },
        follow_clock: false,
        limits,
    };
    Server::start(node(data), &config).expect("a free port")
}

fn connect(server: &Server) -> TcpStream {
    let stream = TcpStream::connect(server.address()).expect("a connection");
    stream.set_read_timeout(Some(GIVE_UP)).expect("a time-out");
    stream
}

fn post(body: &str) -> String {
    let length = body.len();
    format!(
        "POST / HTTP/1.1\r\nhost: sandbox\r\ncontent-type: application/json\r\n\
         content-length: {length}\r\nconnection: close\r\n\r\n{body}"
    )
}

/// All that the server sends until it closes.
fn read_all(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    match stream.read_to_end(&mut bytes) {
        Ok(_) => {}
        // Bytes that the server did not read make it reset the connection.
        Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => {}
        Err(error) => panic!("the connection stays open: {error}"),
    }
    String::from_utf8(bytes).expect("text")
}

fn ask(server: &Server, request: &str) -> String {
    let mut stream = connect(server);
    // The server may answer and close before it has read everything.
    let _ = stream.write_all(request.as_bytes());
    read_all(&mut stream)
}

fn is_served(server: &Server) -> bool {
    ask(server, &post(HEALTH)).ends_with(r#"{"jsonrpc":"2.0","result":null,"id":1}"#)
}

fn short(limit: Duration) -> Limits {
    Limits {
        head: limit,
        body: limit,
        write: limit,
        ..Limits::default()
    }
}

#[test]
fn nonsense_is_refused_and_the_server_goes_on() {
    let server = serve(Limits::default(), 10);
    assert!(ask(&server, "\0\0\0\0\r\n\r\n").starts_with("HTTP/1.1 400"));
    assert!(ask(&server, &post("{\"jsonrpc\": ")).starts_with("HTTP/1.1 400"));
    assert!(ask(&server, &post(&"[".repeat(10_000))).starts_with("HTTP/1.1 400"));
    let deep = post(HEALTH).replace("host: sandbox", &format!("x: {}", "y".repeat(1 << 20)));
    assert!(ask(&server, &deep).starts_with("HTTP/1.1 431"));
    assert!(is_served(&server));
}

#[test]
fn a_body_is_refused_when_it_is_too_long_not_when_it_has_been_read() {
    let server = serve(Limits::default(), 10);
    let announced = "POST / HTTP/1.1\r\nhost: sandbox\r\ncontent-type: application/json\r\n\
                     content-length: 99999999999\r\n\r\n{";
    let mut stream = connect(&server);
    stream.write_all(announced.as_bytes()).expect("a request");
    let mut start = [0; 12];
    stream.read_exact(&mut start).expect("an answer");
    assert_eq!(&start, b"HTTP/1.1 413");
    assert!(ask(&server, &post(&" ".repeat((2 << 20) + 1))).starts_with("HTTP/1.1 413"));
    assert!(is_served(&server));
}

#[test]
fn a_head_that_never_ends_closes_the_connection() {
    let server = serve(short(Duration::from_millis(200)), 10);
    let mut stream = connect(&server);
    stream
        .write_all(b"POST / HTTP/1.1\r\nhost: s")
        .expect("a start");
    let said = read_all(&mut stream);
    assert!(
        said.is_empty() || said.starts_with("HTTP/1.1 408"),
        "{said}"
    );
    assert!(is_served(&server));
}

#[test]
fn a_body_that_never_ends_is_answered_408() {
    let server = serve(short(Duration::from_millis(200)), 10);
    let mut stream = connect(&server);
    let whole = post(HEALTH);
    stream
        .write_all(&whole.as_bytes()[..whole.len() - 5])
        .expect("a start");
    assert!(read_all(&mut stream).starts_with("HTTP/1.1 408"));
    assert!(is_served(&server));
}

#[test]
fn a_client_that_reads_nothing_loses_its_place() {
    let limits = Limits {
        connections: 1,
        ..short(Duration::from_millis(300))
    };
    let server = serve(limits, LARGE);
    let mut deaf = connect(&server);
    let all = r#"{"jsonrpc":"2.0","id":1,"method":"query","params":{"request_type":"view_state","account_id":"alice.near","prefix_base64":"","finality":"final"}}"#;
    deaf.write_all(post(all).as_bytes()).expect("a request");
    // The only place is free again when the server has given up.
    let mut tries = 0;
    while !is_served(&server) {
        tries += 1;
        assert!(tries < 200, "the deaf client keeps its place");
        std::thread::sleep(Duration::from_millis(50));
    }
    let mut bytes = Vec::new();
    let _ = deaf.read_to_end(&mut bytes);
    assert!(bytes.len() < LARGE, "nothing was cut off");
}

#[test]
fn a_thousand_connections_are_served_and_one_too_many_is_told() {
    let limits = Limits {
        connections: 1_001,
        ..Limits::default()
    };
    let server = serve(limits, 10);
    let mut idle: Vec<TcpStream> = (0..1_000).map(|_| connect(&server)).collect();
    // Every one of them is a connection that works.
    let (first, last) = (0, idle.len() - 1);
    for at in [first, last] {
        let request = post(HEALTH).replace("connection: close\r\n", "");
        idle[at].write_all(request.as_bytes()).expect("a request");
        let mut start = [0; 12];
        idle[at].read_exact(&mut start).expect("an answer");
        assert_eq!(&start, b"HTTP/1.1 200");
    }
    assert!(is_served(&server));
    let mut filling = connect(&server);
    let request = post(HEALTH).replace("connection: close\r\n", "");
    filling.write_all(request.as_bytes()).expect("a request");
    let mut start = [0; 12];
    filling.read_exact(&mut start).expect("an answer");
    assert!(ask(&server, &post(HEALTH)).starts_with("HTTP/1.1 503"));
    idle.clear();
    drop(filling);
    let mut tries = 0;
    while !is_served(&server) {
        tries += 1;
        assert!(tries < 200, "places are not given back");
        std::thread::sleep(Duration::from_millis(20));
    }
}
