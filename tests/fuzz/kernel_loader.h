// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "firmware/linux_boot.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <span>

namespace engine::firmware::fuzz {

/// Gives the bytes to the kernel loader as a file, with RAM whose borders are known. Nothing may be written
/// behind the table area, and what the loader reports must lie inside of RAM.
inline void loadBytes(std::span<const std::uint8_t> content, std::optional<BootProtocol> protocol)
{
    constexpr std::uint64_t RamBytes = 8ULL << 20;
    static const std::shared_ptr<HostBlock> Block = HostBlock::create("fuzz", RamBytes).value();
    static const GuestMemory Memory = GuestMemory::create({{GuestAddress(0), Block}}).value();
    static const int Descriptor = ::memfd_create("kernel", MFD_CLOEXEC);
    if (content.empty() || ::ftruncate(Descriptor, 0) != 0
        || ::pwrite(Descriptor, content.data(), content.size(), 0) != static_cast<ssize_t>(content.size()))
        return;
    const auto kernel = KernelFile::adopt(UniqueFd(::dup(Descriptor)), "fuzz", "kernel");
    LinuxBootConfig config;
    config.commandLine = "console=ttyS0";
    config.protocol = protocol;
    config.memory.lowRamBytes = RamBytes;
    const std::uint64_t tableArea = config.memory.tableAreaBase();
    if (!kernel || !Memory.storeRelease<std::uint64_t>(GuestAddress(tableArea), 0x5ca1'ab1e))
        std::abort();
    const auto entry = loadKernel(Memory, *kernel, &*kernel, config);
    if (entry
        && (entry->rip < 0x10'0000 || entry->rip >= tableArea
            || entry->gdtBase + entry->gdtLimit >= 0xa'0000))
        std::abort();
    if (!entry && entry.error().message().empty())
        std::abort();
    if (Memory.loadAcquire<std::uint64_t>(GuestAddress(tableArea)).value_or(0) != 0x5ca1'ab1e)
        std::abort();
}

} // namespace engine::firmware::fuzz
