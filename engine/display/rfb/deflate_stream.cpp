// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/rfb/deflate_stream.h"

#include "display/rfb/byte_order.h"

#include <zlib.h>

#include <new>

namespace engine::display::rfb {

DeflateStream::DeflateStream(int level)
    : m_stream(std::make_unique<z_stream_s>()), m_level(level), m_wantedLevel(level)
{
    // Fails for lack of memory only.
    if (deflateInit(m_stream.get(), level) != Z_OK)
        throw std::bad_alloc();
}

DeflateStream::~DeflateStream()
{
    if (m_stream)
        deflateEnd(m_stream.get());
}

DeflateStream::DeflateStream(DeflateStream&&) noexcept = default;

DeflateStream& DeflateStream::operator=(DeflateStream&& other) noexcept
{
    std::swap(m_stream, other.m_stream);
    std::swap(m_level, other.m_level);
    std::swap(m_wantedLevel, other.m_wantedLevel);
    return *this;
}

void DeflateStream::deflateInto(ByteWriter& out, int flush)
{
    constexpr std::size_t Step = 16384;
    do {
        const auto room = out.extend(Step);
        // SAFETY: zlib writes bytes; std::byte may alias them.
        m_stream->next_out = reinterpret_cast<Bytef*>(room.data());
        m_stream->avail_out = static_cast<uInt>(room.size());
        deflate(m_stream.get(), flush);
        out.shrinkTo(out.size() - m_stream->avail_out);
    } while (m_stream->avail_out == 0);
}

void DeflateStream::compress(std::span<const std::byte> data, ByteWriter& out)
{
    if (m_level != m_wantedLevel) {
        // Nothing is pending after a sync flush, so this writes at most a block boundary.
        const auto room = out.extend(64);
        m_stream->next_in = nullptr;
        m_stream->avail_in = 0;
        m_stream->next_out = reinterpret_cast<Bytef*>(room.data());
        m_stream->avail_out = static_cast<uInt>(room.size());
        deflateParams(m_stream.get(), m_wantedLevel, Z_DEFAULT_STRATEGY);
        out.shrinkTo(out.size() - m_stream->avail_out);
        m_level = m_wantedLevel;
    }
    // SAFETY: zlib's input pointer lacks const; it only reads.
    m_stream->next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(data.data()));
    m_stream->avail_in = static_cast<uInt>(data.size());
    deflateInto(out, Z_SYNC_FLUSH);
}

} // namespace engine::display::rfb
