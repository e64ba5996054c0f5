//! Transport compression. See Discord Docs/Gateway, "Transport Compression".

use flate2::{Compress, Compression, FlushCompress};

/// One zlib stream over all frames of a connection; each frame ends in a sync flush.
pub(crate) struct ZlibStream(Compress);

impl ZlibStream {
    pub(crate) fn new() -> Self {
        Self(Compress::new(Compression::fast(), true))
    }

    /// The next piece of the stream.
    pub(crate) fn compress(&mut self, text: &str) -> Vec<u8> {
        let input = text.as_bytes();
        let before = self.0.total_in();
        let mut output = Vec::with_capacity(input.len() / 2 + 64);
        loop {
            let consumed = usize::try_from(self.0.total_in() - before)
                .expect("no more is consumed than was given");
            self.0
                .compress_vec(&input[consumed..], &mut output, FlushCompress::Sync)
                .expect("deflate has no invalid input");
            // Room left over means that everything was flushed.
            if output.len() < output.capacity() {
                return output;
            }
            output.reserve(output.capacity());
        }
    }
}

#[cfg(test)]
mod tests {
    use flate2::{Decompress, FlushDecompress};

    use super::*;

    #[test]
    fn frames_of_any_size_come_out_of_one_stream() {
        let mut stream = ZlibStream::new();
        let mut reader = Decompress::new(true);
        let large: String = (0..20_000).map(|n| format!("{n:x}")).collect();
        for text in ["{}", &large, "the end"] {
            let piece = stream.compress(text);
            assert!(piece.ends_with(&[0, 0, 0xff, 0xff]));
            let mut read = Vec::with_capacity(text.len() + 1024);
            reader.decompress_vec(&piece, &mut read, FlushDecompress::Sync).unwrap();
            assert_eq!(String::from_utf8(read).unwrap(), text);
        }
    }
}
