//! Looks at the workroom again when it was built anew: its files are in the binary.

fn main() {
    println!("cargo::rerun-if-changed=frontend/build");
}
