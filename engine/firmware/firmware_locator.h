// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "firmware/firmware_descriptor.h"

#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>
#include <vector>

namespace engine::firmware {

/// Where to look, most important first.
struct FirmwareSearch {
    std::vector<std::filesystem::path> folders;
    std::vector<std::filesystem::path> descriptorFolders;

    /// The folders of GUESTHOUSE_FIRMWARE_PATH (separated by colons), then those of our own package and
    /// of Debian, Fedora, Arch, openSUSE.
    [[nodiscard]] static FirmwareSearch fromEnvironment();
};

enum class SecureBoot : std::uint8_t {
    Off,
    KeysEnrolled, ///< the variable template holds the usual vendor keys, so Secure Boot is on
};
enum class NetworkCard : std::uint8_t { E1000e, Virtio };
enum class RomKind : std::uint8_t { Bios, Uefi };

/// Finds the firmware images that distributions ship. Looks at the file system on each call; any
/// thread. A failure names what is missing and the package that has it.
class FirmwareLocator {
public:
    explicit FirmwareLocator(FirmwareSearch search = FirmwareSearch::fromEnvironment())
        : m_search(std::move(search))
    {}

    [[nodiscard]] Result<std::filesystem::path> seaBios() const;
    /// Firmware that needs no System Management Mode, with a variable template of the matching size.
    [[nodiscard]] Result<UefiFiles> uefi(SecureBoot secureBoot) const;
    [[nodiscard]] Result<std::filesystem::path> vgaBios() const;
    /// The VGA BIOS for a virtio GPU that is compatible with VGA.
    [[nodiscard]] Result<std::filesystem::path> gpuBios() const;
    /// iPXE as the card's option ROM.
    [[nodiscard]] Result<std::filesystem::path> networkBootRom(NetworkCard card, RomKind kind) const;

private:
    /// The first existing regular file of these names; folders come before names.
    [[nodiscard]] std::filesystem::path find(std::span<const std::string_view> names) const;
    [[nodiscard]] std::vector<FirmwareDescriptor> candidates() const;

    FirmwareSearch m_search;
};

} // namespace engine::firmware
