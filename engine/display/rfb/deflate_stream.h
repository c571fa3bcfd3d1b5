// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <memory>
#include <span>

struct z_stream_s;

namespace engine::display::rfb {

class ByteWriter;

/// One zlib stream that lives as long as the connection, flushed after each piece so that the
/// viewer can decode it at once.
class DeflateStream {
public:
    explicit DeflateStream(int level);
    ~DeflateStream();
    DeflateStream(const DeflateStream&) = delete;
    DeflateStream& operator=(const DeflateStream&) = delete;
    DeflateStream(DeflateStream&&) noexcept;
    DeflateStream& operator=(DeflateStream&&) noexcept;

    /// Takes effect with the next piece.
    void setLevel(int level) { m_wantedLevel = level; }
    /// Appends the compressed form of `data` to `out`.
    void compress(std::span<const std::byte> data, ByteWriter& out);

private:
    void deflateInto(ByteWriter& out, int flush);

    std::unique_ptr<z_stream_s> m_stream;
    int m_level;
    int m_wantedLevel;
};

} // namespace engine::display::rfb
