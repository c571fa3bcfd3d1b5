// SPDX-License-Identifier: GPL-3.0-or-later
#include "block/import/crc32c.h"
#include "foreign_image_fuzz.h"
#include "image_fuzz_file.h"

#include <array>
#include <cstring>

namespace {

/// Takes the next bytes of the input, filled up with zeros, and puts a signature and a valid checksum
/// on them, so that the input gets behind those checks.
class Parts {
public:
    Parts(const std::uint8_t* data, std::size_t size) : m_rest(data, size) {}
    std::vector<std::byte> take(std::size_t used, std::size_t length, const char* signature)
    {
        std::vector<std::byte> part(length);
        const std::size_t count = std::min(used, m_rest.size());
        std::memcpy(part.data(), m_rest.data(), count);
        m_rest = m_rest.subspan(count);
        std::memcpy(part.data(), signature, std::strlen(signature));
        return part;
    }

private:
    std::span<const std::uint8_t> m_rest;
};

void sign(std::vector<std::byte>& part)
{
    std::fill_n(part.begin() + 4, 4, std::byte{});
    const std::uint32_t checksum = engine::block::crc32c(part);
    std::memcpy(part.data() + 4, &checksum, sizeof checksum); // little endian, as on the machines that fuzz
}

} // namespace

// Bytes as the structures of a VHDX image: header, region table, metadata table, items, block table.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    Parts parts(data, size);
    fuzz::MemoryImage image;
    image.resize(3 << 20);
    const auto put = [&](std::uint64_t offset, const std::vector<std::byte>& part) {
        image.put(offset, part.data(), part.size());
    };
    put(0, parts.take(0, 512, "vhdxfile"));
    auto header = parts.take(80, 4096, "head");
    sign(header);
    put(64 << 10, header);
    auto regions = parts.take(16 + 3 * 32, 64 << 10, "regi");
    sign(regions);
    put(192 << 10, regions);
    put(1 << 20, parts.take(32 + 6 * 32, 64 << 10, "metadata"));
    put((1 << 20) + (64 << 10), parts.take(64, 4096, ""));
    put(2 << 20, parts.take(4096, 64 << 10, ""));
    fuzz::readAround(engine::block::openVhdx(image.open()));
    return 0;
}
