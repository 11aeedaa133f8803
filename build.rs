//! The workroom's files are in the binary: where it was built anew, the binary is. Debug builds read them from the folder.

fn main() {
    let debug = std::env::var("PROFILE").is_ok_and(|profile| profile == "debug");
    println!("cargo::rerun-if-changed={}", if debug { "build.rs" } else { "frontend/build" });
}
