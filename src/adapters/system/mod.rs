//! The machine: its clocks, its random source, and keys made on its threads.

mod clock;
mod cores;
mod draft_file;
mod entropy;
mod free_memory;
mod key_generator;
mod open_files;
mod private_files;
mod timer;

pub use clock::SystemClock;
pub use cores::cores;
pub use draft_file::DraftFile;
pub use entropy::OsEntropy;
pub use free_memory::available_memory_kib;
pub use key_generator::BlockingKeyGenerator;
pub use open_files::allow_open_files;
pub use private_files::{
    create_private_dir, ensure_private_dir, ensure_private_file, write_new_private_file,
};
pub use timer::timer_now;
