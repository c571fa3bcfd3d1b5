// SPDX-License-Identifier: GPL-3.0-or-later
#include "firmware/packed_kernel.h"

#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

#include <array>
#include <memory>

namespace engine::firmware {

namespace {

constexpr std::uint64_t LargestKernel = 512ULL << 20;
constexpr std::size_t PieceBytes = std::size_t{64} << 10;

bool isGzip(const KernelFile& file)
{
    const auto magic = file.readObject<std::array<std::uint8_t, 2>>(0);
    return magic && (*magic)[0] == 0x1f && (*magic)[1] == 0x8b; // RFC 1952, 2.3.1
}

Result<> writeAll(int fd, std::span<const std::byte> bytes)
{
    while (!bytes.empty()) {
        const ssize_t count = ::write(fd, bytes.data(), bytes.size());
        if (count < 0)
            return failSystem("There is no memory to unpack the kernel into");
        bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
    return {};
}

/// A running decompression; its buffers are too large for a stack.
class Unpacker {
public:
    ~Unpacker() { ::inflateEnd(&m_stream); }
    Unpacker() = default;
    Unpacker(const Unpacker&) = delete;
    Unpacker& operator=(const Unpacker&) = delete;
    Unpacker(Unpacker&&) = delete;
    Unpacker& operator=(Unpacker&&) = delete;

    Result<> run(const KernelFile& packed, int out)
    {
        constexpr int GzipWindow = 15 + 16; // the largest window, with a gzip header
        if (::inflateInit2(&m_stream, GzipWindow) != Z_OK)
            return fail(ErrorCode::System, "There is no memory to unpack " + packed.subject());
        for (std::uint64_t at = 0; m_status != Z_STREAM_END;) {
            const auto length = std::min<std::uint64_t>(m_input.size(), packed.sizeBytes() - at);
            if (length == 0)
                return fail(ErrorCode::Corrupt, packed.subject() + " is packed, and truncated");
            VM_TRY(packed.read(at, std::span(m_input).first(length)));
            at += length;
            VM_TRY(unpackPiece(packed, length, out));
        }
        return {};
    }

private:
    Result<> unpackPiece(const KernelFile& packed, std::size_t length, int out)
    {
        m_stream.next_in = reinterpret_cast<Bytef*>(m_input.data());
        m_stream.avail_in = static_cast<uInt>(length);
        do {
            m_stream.next_out = reinterpret_cast<Bytef*>(m_output.data());
            m_stream.avail_out = static_cast<uInt>(m_output.size());
            m_status = ::inflate(&m_stream, Z_NO_FLUSH);
            if (m_status != Z_OK && m_status != Z_STREAM_END && m_status != Z_BUF_ERROR)
                return fail(ErrorCode::Corrupt, packed.subject() + " is packed, and damaged");
            if (m_stream.total_out > LargestKernel)
                return fail(ErrorCode::OutOfBounds, packed.subject() + " is too large when it is unpacked");
            VM_TRY(writeAll(out, std::span(m_output).first(m_output.size() - m_stream.avail_out)));
        } while (m_stream.avail_out == 0 && m_status != Z_STREAM_END);
        return {};
    }

    z_stream m_stream{};
    int m_status = Z_OK;
    std::array<std::byte, PieceBytes> m_input{};
    std::array<std::byte, PieceBytes> m_output{};
};

} // namespace

Result<KernelFile> openKernel(const std::string& path)
{
    KernelFile file = VM_TRY(KernelFile::open(path, "kernel"));
    if (!isGzip(file))
        return file;
    UniqueFd memory(::memfd_create("unpacked kernel", MFD_CLOEXEC));
    if (!memory)
        return failSystem("There is no memory to unpack the kernel into");
    VM_TRY(std::make_unique<Unpacker>()->run(file, memory.get()));
    return KernelFile::adopt(std::move(memory), path, "kernel");
}

} // namespace engine::firmware
