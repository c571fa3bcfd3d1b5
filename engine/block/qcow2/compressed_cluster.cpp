// SPDX-License-Identifier: GPL-3.0-or-later
#include "block/qcow2/compressed_cluster.h"

#include <zlib.h>
#include <zstd.h>

#include <memory>

namespace engine::block::qcow2 {

namespace {

constexpr std::uint64_t SectorBytes = 512;

bool inflateRaw(std::span<const std::byte> packed, std::span<std::byte> into)
{
    z_stream stream{};
    // Raw deflate data with a window of up to 32 KiB; QEMU writes 4 KiB windows.
    if (::inflateInit2(&stream, -MAX_WBITS) != Z_OK)
        return false;
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(packed.data())); // zlib only reads
    stream.avail_in = static_cast<uInt>(packed.size());
    stream.next_out = reinterpret_cast<Bytef*>(into.data());
    stream.avail_out = static_cast<uInt>(into.size());
    const int result = ::inflate(&stream, Z_FINISH);
    const bool isComplete = stream.avail_out == 0 && (result == Z_STREAM_END || result == Z_BUF_ERROR);
    ::inflateEnd(&stream);
    return isComplete;
}

bool unpackZstd(std::span<const std::byte> packed, std::span<std::byte> into)
{
    // The packed bytes end somewhere in the last sector: decode as a stream, stop when full.
    const std::unique_ptr<ZSTD_DStream, decltype(&ZSTD_freeDStream)> stream(ZSTD_createDStream(),
                                                                            &ZSTD_freeDStream);
    if (!stream)
        return false;
    ZSTD_inBuffer in{.src = packed.data(), .size = packed.size(), .pos = 0};
    ZSTD_outBuffer out{.dst = into.data(), .size = into.size(), .pos = 0};
    while (out.pos < out.size) {
        const std::size_t before = in.pos + out.pos;
        const std::size_t result = ZSTD_decompressStream(stream.get(), &out, &in);
        if (ZSTD_isError(result) != 0 || (in.pos + out.pos == before))
            return false;
    }
    return true;
}

} // namespace

CompressedExtent compressedExtent(std::uint64_t l2Entry, unsigned clusterBits)
{
    const unsigned offsetBits = 62 - (clusterBits - 8);
    const std::uint64_t offset = l2Entry & ((1ULL << offsetBits) - 1);
    const std::uint64_t moreSectors = (l2Entry & ((1ULL << 62) - 1)) >> offsetBits;
    return {.offset = offset, .length = (moreSectors + 1) * SectorBytes - offset % SectorBytes};
}

bool unpackCluster(Compression method, std::span<const std::byte> packed, std::span<std::byte> into)
{
    return method == Compression::Zlib ? inflateRaw(packed, into) : unpackZstd(packed, into);
}

} // namespace engine::block::qcow2
