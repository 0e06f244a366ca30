//! The reference of a refusal, and the line of the log that has it.

use crate::browser::RawResponse;
use crate::world::World;

/// The reference of a page, of a problem, or of a gRPC status.
pub(crate) fn reference_of(answer: &RawResponse) -> String {
    let text = answer.text();
    let reference = match answer.header("content-type") {
        Some("application/problem+json") => {
            let problem: serde_json::Value = serde_json::from_str(&text).unwrap();
            problem["reference"].as_str().unwrap().to_owned()
        }
        Some("application/grpc") => {
            let message = answer.header("grpc-message").unwrap();
            message.rsplit(' ').next().unwrap().to_owned()
        }
        _ => {
            let (_, rest) = text.split_once("Reference: <code>").expect(&text);
            rest.split('<').next().unwrap().to_owned()
        }
    };
    assert_eq!(reference.len(), 9, "{reference}");
    reference
}

/// The only line of the log with the reference of this answer.
pub(crate) fn line_about(world: &World, answer: &RawResponse) -> String {
    let field = format!("reference=\"{}\"", reference_of(answer));
    let logged = world.logged();
    let lines = logged.lines().filter(|line| line.contains(&field));
    let lines: Vec<_> = lines.collect();
    let [line] = lines[..] else {
        panic!("not one line has {field}: {lines:#?}");
    };
    line.to_owned()
}

/// The text of an answer, without its reference. Two answers to the same question differ in nothing else.
pub(crate) fn text_without_reference(answer: &RawResponse) -> String {
    answer.text().replace(&reference_of(answer), "")
}
