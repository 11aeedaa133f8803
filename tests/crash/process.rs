//! What a fault does to the server's process.

use std::process::Command;

use crate::rig::Server;

impl Server {
    /// Asks it to stop, as a service manager does, and waits until it has.
    pub fn stop(&mut self) {
        let mut process = self.process.take().unwrap();
        assert!(Command::new("kill").arg(process.id().to_string()).status().unwrap().success());
        assert!(process.wait().unwrap().success(), "it stops in order");
    }

    /// Gives it another data folder, with a copy of the secret key.
    pub fn move_to(&mut self, folder: &std::path::Path) {
        std::fs::copy(self.folder.path().join("secret.key"), folder.join("secret.key")).unwrap();
        self.environment.insert("GUILDHALL_DATA_DIR", folder.display().to_string());
    }

    /// Nothing in it panicked so far.
    pub fn assert_calm(&self) {
        let said = self.said();
        assert!(!said.contains("panicked"), "{said}");
    }
}
