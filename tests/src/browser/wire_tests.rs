//! Tests of the client with servers that use every framing.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::{RawRequest, RawResponse, send};

/// A server that answers one request with these bytes and keeps the connection open.
async fn answered(
    reply: &'static [u8],
    request: &RawRequest,
) -> (String, std::io::Result<RawResponse>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut seen = Vec::new();
        while !seen.windows(4).any(|end| end == b"\r\n\r\n") {
            stream.read_buf(&mut seen).await.unwrap();
        }
        stream.write_all(reply).await.unwrap();
        if !reply.windows(6).any(|name| name == b"Length") {
            stream.shutdown().await.unwrap();
        }
        (stream, seen)
    };
    let ((_open, seen), response) = tokio::join!(server, send(address, request));
    (seen.escape_ascii().to_string(), response)
}

#[tokio::test]
async fn what_is_given_is_written() {
    let mut request = RawRequest::new("GET", "http://evil.example/\u{e9}")
        .with_header("Host", "a")
        .with_header("host", "b")
        .with_header("X", b"\xff");
    request.target.push(0xfe);
    let (seen, _) = answered(
        b"HTTP/1.1 204 No Content\r\nContent-Length: 9\r\n\r\n",
        &request,
    )
    .await;
    let expected = "GET http://evil.example/\\xc3\\xa9\\xfe HTTP/1.1\\r\\n\
                    Host: a\\r\\nhost: b\\r\\nX: \\xff\\r\\nConnection: close\\r\\n\\r\\n";
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn every_framing_is_read() {
    for reply in [
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello+more".as_slice(),
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\nhe\r\n3\r\nllo\r\n0\r\nT: t\r\n\r\n",
        b"HTTP/1.0 200\r\n\r\nhello",
        b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
    ] {
        let response = answered(reply, &RawRequest::new("GET", "/")).await.1.unwrap();
        assert_eq!((response.status, response.text().as_ref()), (200, "hello"));
    }
}

#[tokio::test]
async fn a_head_has_no_body() {
    let reply = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n";
    let response = answered(reply, &RawRequest::new("HEAD", "/"))
        .await
        .1
        .unwrap();
    assert_eq!(response.header("content-LENGTH"), Some("5"));
    assert_eq!(response.body, b"");
}

#[tokio::test]
async fn a_reply_cut_short_is_an_error() {
    for reply in [
        b"HTTP/1.1 200 OK\r\nX: y".as_slice(),
        b"SSH-2.0\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhe",
    ] {
        answered(reply, &RawRequest::new("GET", "/"))
            .await
            .1
            .unwrap_err();
    }
}
