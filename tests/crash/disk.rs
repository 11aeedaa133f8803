//! The disk fills up under load, and room is made again. Meanwhile nothing is taken in, what is there can be read, and
//! everybody is told why; afterwards the server goes on by itself.

use std::{
    fs::{self, File},
    io::Write,
    path::PathBuf,
    process::Command,
    sync::atomic::Ordering,
};

use serde_json::{Value, json};

use crate::{
    database::{Database, Tablespace, assert_sound},
    load::wait_for,
    readers::Readers,
    rig::Connection,
    scene::{Ledger, Scene},
};

const NOTES: usize = 600;
const POSTS: usize = 60;

/// A file system that is small and lives in memory. Only root can make one.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn mount(megabytes: usize) -> Option<Self> {
        // Not below a folder into which PostgreSQL may not look.
        let folder = tempfile::Builder::new().prefix("guildhall-disk.").tempdir_in("/var/tmp").unwrap().keep();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={megabytes}m,mode=0777"), "tmpfs"])
            .arg(&folder)
            .status();
        if mounted.is_ok_and(|status| status.success()) {
            return Some(Self(folder));
        }
        fs::remove_dir(&folder).unwrap();
        println!(
            "SKIPPED: no small disk can be mounted here. Run the tests as root, where mounting is allowed, to fill one."
        );
        None
    }

    fn ballast(&self) -> PathBuf {
        self.0.join("ballast")
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(&self.0).status();
        let _ = fs::remove_dir(&self.0);
    }
}

/// How a disk is filled, and how room is made.
trait Disk {
    fn fill(&self, scene: &Scene);
    fn free(&self, scene: &Scene);
}

impl Disk for SmallDisk {
    fn fill(&self, _: &Scene) {
        let mut ballast = File::options().create(true).append(true).open(self.ballast()).unwrap();
        while ballast.write_all(&[1; 4096]).is_ok() {}
    }
    fn free(&self, _: &Scene) {
        fs::remove_file(self.ballast()).unwrap();
    }
}

/// No file may be written to behind its beginning: that works without being root.
struct Limit;

impl Limit {
    fn set(scene: &Scene, bytes: &str) {
        let pid = scene.server.process.as_ref().unwrap().id().to_string();
        let limited = Command::new("prlimit").args(["--pid", &pid, &format!("--fsize={bytes}:")]).status().unwrap();
        assert!(limited.success());
    }
}

impl Disk for Limit {
    fn fill(&self, scene: &Scene) {
        // Less than what the database and its log have, more than what is written about it.
        Self::set(scene, "262144");
    }
    fn free(&self, scene: &Scene) {
        Self::set(scene, "unlimited");
    }
}

/// Fills the disk while everybody is at work, looks around, and makes room; answers how often somebody was asked to
/// come again. Who looks around says what was still written meanwhile.
async fn fill(
    scene: &Scene,
    disk: &impl Disk,
    name: &str,
    ledger: &mut Ledger,
    look: impl AsyncFnOnce() -> Vec<String>,
) -> usize {
    let readers = Readers::begin(scene, 6);
    let (traffic, new) = scene.traffic(name, NOTES, POSTS);
    traffic.tally.reaches(60).await;
    disk.fill(scene);
    traffic.tally.is_refused(40).await;
    let served = readers.served.load(Ordering::SeqCst);
    wait_for("reading to go on", || readers.served.load(Ordering::SeqCst) >= served + 20).await;
    ledger.written.extend(look().await);
    let refused = traffic.tally.refused.load(Ordering::SeqCst);
    disk.free(scene);
    assert_eq!(traffic.end().await, NOTES + POSTS);
    ledger.add(new);
    readers.end().await;
    refused
}

/// Who writes is told what is wrong, and when to come again. PostgreSQL may find room for a few more in pages that it
/// has already, or give some back meanwhile, which are filled up again. Answers what was written until then.
async fn says_so(scene: &Scene, disk: &impl Disk) -> Vec<String> {
    let mut written = Vec::new();
    let mut connection = Connection::open(scene.server.address()).await.unwrap();
    for number in 0..500 {
        // One that was written already is answered without writing.
        let text = format!("Is there room for {number}?");
        let call = scene.writing(&text);
        let (status, wait, said) = connection.ask(&call.request).await.unwrap();
        if status == 200 {
            written.push(text);
            disk.fill(scene);
            continue;
        }
        let said = String::from_utf8_lossy(&said);
        assert!(status == 503 && wait.is_some() && said.contains("disk of this server is full"), "{status} {said}");
        return written;
    }
    panic!("the disk is not full");
}

/// The doctor finds it.
fn doctor_finds_it(scene: &Scene) {
    let output = scene.server.command(&["doctor", "--json"]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let report: Value = serde_json::from_str(&said)
        .unwrap_or_else(|error| panic!("{error}: {said} {}", String::from_utf8_lossy(&output.stderr)));
    let disk = report["checks"].as_array().unwrap().iter().find(|check| check["id"] == "disk").unwrap();
    assert_eq!(disk["result"], "failed", "{disk:#}");
}

fn tell(kind: &str, ledger: &Ledger, refused: usize) {
    println!(
        "{}",
        json!({
            "disk_full": kind, "acknowledged": ledger.received.len() + ledger.written.len(), "lost": 0,
            "with_double_effect": 0, "asked_to_come_again": refused,
        })
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_loses_nothing_sqlite() {
    let Some(disk) = SmallDisk::mount(40) else { return };
    let data = disk.0.join("data");
    let database = Database::sqlite();
    let scene = Scene::prepared(&database, |server| {
        server.environment.insert("GUILDHALL_DATA_DIR", data.display().to_string());
    });
    let mut scene = Box::pin(scene).await;
    let mut ledger = Ledger::default();
    let look = async || {
        let written = says_so(&scene, &disk).await;
        doctor_finds_it(&scene);
        written
    };
    let refused = Box::pin(fill(&scene, &disk, "full", &mut ledger, look)).await;
    Box::pin(scene.check(&ledger)).await;
    scene.server.assert_calm();
    scene.server.stop();
    assert_sound(&data.join("guildhall.sqlite"));
    tell("sqlite", &ledger, refused);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_that_cannot_grow_lose_nothing_sqlite() {
    let database = Database::sqlite();
    let scene = Scene::prepared(&database, |server| {
        // Otherwise the signal ends the process.
        server.launcher = ["sh", "-c", "trap '' XFSZ; exec \"$@\"", "sh"].map(str::to_owned).to_vec();
    });
    let mut scene = Box::pin(scene).await;
    let mut ledger = Ledger::default();
    let refused = Box::pin(fill(&scene, &Limit, "limit", &mut ledger, async || Vec::new())).await;
    Box::pin(scene.check(&ledger)).await;
    scene.server.assert_calm();
    scene.server.stop();
    assert_sound(&scene.server.folder.path().join("guildhall.sqlite"));
    tell("sqlite, by a limit", &ledger, refused);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_loses_nothing_postgres() {
    let Some(disk) = SmallDisk::mount(48) else { return };
    let space = Tablespace::on(&disk.0);
    let database = Database::postgres(&format!("TABLESPACE {}", space.name));
    let scene = Box::pin(Scene::open(&database)).await;
    let mut ledger = Ledger::default();
    let refused = Box::pin(fill(&scene, &disk, "full", &mut ledger, async || says_so(&scene, &disk).await)).await;
    Box::pin(scene.check(&ledger)).await;
    scene.server.assert_calm();
    tell("postgresql", &ledger, refused);
}
