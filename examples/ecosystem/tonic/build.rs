//! The code for `shop.proto`, by a compiler in Rust: no `protoc` has to be installed.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let shop = protox::compile(["shop.proto"], ["."])?;
    tonic_prost_build::configure().compile_fds(shop)?;
    println!("cargo::rerun-if-changed=shop.proto");
    Ok(())
}
