use std::{
    fs::File,
    io::{Read, Write},
    process::{Child, Command, ExitStatus},
    sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    thread,
    time::Duration,
};

use rustix::{
    fs::{Mode, OFlags, open},
    pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt},
};

/// How long a program may take to show something. It bounds a hanging test.
const PATIENCE: Duration = Duration::from_mins(1);

/// A program on a terminal of its own, and the person who sits at it.
pub struct Terminal {
    keyboard: File,
    screen: Receiver<Vec<u8>>,
    shown: String,
    child: Child,
}

impl Terminal {
    /// Starts the program with all of its streams on the terminal.
    pub fn run(mut command: Command) -> Self {
        let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&ours).unwrap();
        unlockpt(&ours).unwrap();
        let name = ptsname(&ours, Vec::new()).unwrap();
        // Not for the programs of other tests, which would hold it open.
        let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
        let theirs = open(name, flags, Mode::empty()).unwrap();
        command
            .stdin(theirs.try_clone().unwrap())
            .stdout(theirs.try_clone().unwrap())
            .stderr(theirs);
        let child = command.spawn().unwrap();
        // The command holds the terminal too, which ends when no one does.
        drop(command);
        let keyboard = File::from(ours);
        let (sender, screen) = channel();
        let display = keyboard.try_clone().unwrap();
        thread::spawn(move || show(display, &sender));
        Self {
            keyboard,
            screen,
            shown: String::new(),
            child,
        }
    }

    /// Waits until the screen shows `words`.
    pub fn wait_for(&mut self, words: &str) {
        while !self.shown.contains(words) {
            assert!(self.read(), "no {words:?} in {:?}", self.shown);
        }
    }

    pub fn type_line(&mut self, line: &str) {
        writeln!(self.keyboard, "{line}").unwrap();
    }

    /// Sends SIGTERM.
    pub fn terminate(&self) {
        let pid = self.child.id().to_string();
        let killed = Command::new("kill").args(["-TERM", &pid]).status();
        assert!(killed.unwrap().success());
    }

    /// Waits for the program's end and returns all that the screen showed.
    pub fn end(mut self) -> (ExitStatus, String) {
        while self.read() {}
        (self.child.wait().unwrap(), std::mem::take(&mut self.shown))
    }

    /// Takes in what is shown next; false when the program has let go of the terminal.
    fn read(&mut self) -> bool {
        match self.screen.recv_timeout(PATIENCE) {
            Ok(bytes) => self.shown.push_str(&String::from_utf8_lossy(&bytes)),
            Err(RecvTimeoutError::Disconnected) => return false,
            Err(RecvTimeoutError::Timeout) => panic!("it hangs after {:?}", self.shown),
        }
        true
    }
}

/// A test that failed leaves no program behind.
impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Linux answers with EIO when no program holds the terminal any more.
fn show(mut display: File, screen: &Sender<Vec<u8>>) {
    let mut buffer = [0; 4096];
    while let Ok(count) = display.read(&mut buffer) {
        if count == 0 || screen.send(buffer[..count].to_vec()).is_err() {
            return;
        }
    }
}
