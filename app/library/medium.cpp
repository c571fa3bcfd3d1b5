// SPDX-License-Identifier: GPL-3.0-or-later
#include "library/medium.h"

#include "base/unique_fd.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>

namespace app {

namespace {

constexpr std::size_t HeadBytes = 1024;
constexpr std::size_t BootSectorBytes = 512;
using Head = std::array<char, HeadBytes>;

struct Signature {
    std::size_t offset;
    std::string_view bytes;
    MediumKind kind;
    std::string_view format;
};

constexpr std::array Signatures{
    Signature{0, {"QFI\xfb", 4}, MediumKind::DiskImage, "qcow2"},
    Signature{0, "KDMV", MediumKind::DiskImage, "vmdk"},
    Signature{0, "# Disk DescriptorFile", MediumKind::DiskImage, "vmdk"},
    Signature{0, "vhdxfile", MediumKind::DiskImage, "vhdx"},
    Signature{0, "conectix", MediumKind::DiskImage, "vhd"},
    Signature{64, {"\x7f\x10\xda\xbe", 4}, MediumKind::DiskImage, "vdi"},
};

bool hasExtension(const std::filesystem::path& path, std::string_view extension)
{
    std::string own = path.extension().string();
    std::ranges::transform(own, own.begin(), [](unsigned char c) { return std::tolower(c); });
    return own == extension;
}

std::uint64_t bigEndian64(const Head& head, std::size_t offset)
{
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < sizeof value; ++i)
        value = (value << 8U) | static_cast<unsigned char>(head[offset + i]);
    return value;
}

bool isFloppySize(std::uint64_t bytes)
{
    constexpr std::array<std::uint64_t, 6> Sizes{163840, 368640, 737280, 1228800, 1474560, 2949120};
    return std::ranges::find(Sizes, bytes) != Sizes.end();
}

/// A file without any signature: a boot sector makes it a floppy or a raw disk.
void classifyRaw(const Head& head, Medium& medium)
{
    medium.hasBootSector = head[510] == '\x55' && head[511] == '\xAA';
    if (isFloppySize(medium.fileBytes)) {
        medium.kind = MediumKind::Floppy;
    } else if (medium.hasBootSector || hasExtension(medium.path, ".img")
               || hasExtension(medium.path, ".raw")) {
        medium.kind = MediumKind::DiskImage;
        medium.format = "raw";
        medium.diskBytes = medium.fileBytes;
    }
}

bool classifyBySignature(const Head& head, Medium& medium)
{
    for (const Signature& signature : Signatures) {
        if (std::string_view(head.data(), head.size())
                .substr(signature.offset)
                .starts_with(signature.bytes)) {
            medium.kind = signature.kind;
            medium.format = signature.format;
            constexpr std::size_t Qcow2SizeOffset = 24;
            if (medium.format == "qcow2")
                medium.diskBytes = bigEndian64(head, Qcow2SizeOffset);
            return true;
        }
    }
    return false;
}

} // namespace

Medium identifyMedium(const std::filesystem::path& path)
{
    Medium medium{.path = path, .kind = MediumKind::Missing};
    const engine::UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    struct stat info{};
    if (!file || ::fstat(file.get(), &info) != 0 || !S_ISREG(info.st_mode))
        return medium;
    medium.kind = MediumKind::Unknown;
    medium.fileBytes = static_cast<std::uint64_t>(info.st_size);
    Head head{};
    if (::pread(file.get(), head.data(), head.size(), 0) < static_cast<ssize_t>(BootSectorBytes))
        return medium;
    if (const auto volume = readIsoVolume(path)) {
        medium.kind = MediumKind::Iso;
        medium.volume = *volume;
    } else if (hasExtension(path, ".ova") || hasExtension(path, ".ovf")) {
        medium.kind = MediumKind::Appliance;
        if (auto appliance = readAppliance(path))
            medium.appliance = *std::move(appliance);
        else
            medium.problem = appliance.error().message();
    } else if (!classifyBySignature(head, medium)) {
        classifyRaw(head, medium);
    }
    return medium;
}

} // namespace app
