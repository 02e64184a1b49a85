//! The supervisor's look at a channel.

use crate::segment::View;
use crate::shape::{EPOCH, Layout, MARK, TAIL};
use crate::slot::{Slot, Taken};
use crate::sync::Ordering;
use crate::{Fault, Kind, Shape};

/// Statistics of a channel for the supervisor and its status page. It maps the data segment
/// read-only and influences neither end; what it reports is what the writer says.
pub struct Observer {
    data: View,
    shape: Shape,
    layout: Layout,
}

impl Observer {
    /// Attaches to a segment.
    ///
    /// # Safety
    ///
    /// `data` must point to [`Shape::data_bytes`] bytes mapped readable as long as the observer
    /// lives, and accessed in this process only through ends of this crate.
    pub unsafe fn attach(data: *const u8, shape: Shape) -> Result<Self, Fault> {
        let layout = shape.layout().map_err(|_| Fault::Shape)?;
        // SAFETY: the caller promised `data_bytes`, which is at least `words` words.
        let data = unsafe { View::new(data, layout.words) }?;
        Ok(Self {
            data,
            shape,
            layout,
        })
    }

    /// Messages or events written so far, by all incarnations of the writer.
    pub fn written(&self) -> u64 {
        self.data.load(TAIL, Ordering::Acquire)
    }

    /// Epoch of the writer; 0 before any attached.
    pub fn epoch(&self) -> u64 {
        self.data.load(EPOCH, Ordering::Acquire)
    }

    /// The newest message of a sampling channel or a drop-oldest queue: its length in `out` and when it
    /// was sent. None on the other kinds, when there is none, and when it is overwritten meanwhile.
    pub fn latest(&self, out: &mut [u8]) -> Option<(usize, u64)> {
        match self.shape.kind {
            Kind::Sampling | Kind::DropOldest => {}
            Kind::Credit | Kind::Event => return None,
        }
        let mark = self.data.load(MARK, Ordering::Acquire);
        let newest = self.written().checked_sub(1)?;
        let slot = self.layout.slot(newest);
        let slot = Slot::at(self.data.words(), slot, &self.layout)?;
        match slot.take(newest, self.layout.message_bytes, out) {
            // Of a new incarnation of the writer it may be a mixture.
            Taken::Message(_) if self.data.load(MARK, Ordering::Relaxed) != mark => None,
            Taken::Message(copied) => Some((copied.len, copied.sent_ns)),
            Taken::BadLength | Taken::Other(_) | Taken::Changed => None,
        }
    }
}
