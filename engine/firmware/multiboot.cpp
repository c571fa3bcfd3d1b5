// SPDX-License-Identifier: GPL-3.0-or-later
#include "firmware/multiboot.h"

#include "bus/bus_device.h"
#include "firmware/byte_writer.h"

#include <algorithm>

namespace engine::firmware {

Result<bool> hasMultibootHeader(const KernelFile& file)
{
    constexpr std::uint64_t SearchBytes = 8192;
    constexpr std::uint32_t Magic = 0x1bad'b002;
    constexpr std::uint32_t KnownRequirements = 0x0007; // of bits 0-15, which a loader must understand
    Bytes start(std::min(SearchBytes, file.sizeBytes()));
    VM_TRY(file.read(0, start));
    const auto word = [&start](std::size_t at) {
        return static_cast<std::uint32_t>(loadLittleEndian(std::span(start).subspan(at, 4)));
    };
    for (std::size_t at = 0; at + 12 <= start.size(); at += 4) {
        const std::uint32_t flags = word(at + 4);
        if (word(at) != Magic || Magic + flags + word(at + 8) != 0)
            continue;
        if ((flags & 0xffff & ~KnownRequirements) != 0)
            return fail(ErrorCode::Unsupported,
                        file.subject() + " asks its Multiboot loader for features that do not exist here");
        return true;
    }
    return false;
}

std::string multibootText(const KernelFile& file, const std::string& arguments)
{
    std::string text = file.name();
    std::ranges::replace_if(text, [](unsigned char character) { return character <= ' '; }, '_');
    return arguments.empty() ? text : text + ' ' + arguments;
}

} // namespace engine::firmware
