// SPDX-License-Identifier: GPL-3.0-or-later
#include "firmware/firmware_image.h"

#include "bus/bus_device.h"
#include "firmware/kernel_file.h"
#include "firmware/text.h"

#include <cstring>
#include <string_view>

namespace engine::firmware {

namespace {

struct SizeRule {
    std::uint64_t step;
    std::uint64_t largest;
    std::string_view role;
};

SizeRule sizeRule(ImageKind kind)
{
    switch (kind) {
    case ImageKind::Bios: return {64ULL << 10, 1ULL << 20, "BIOS image"};
    case ImageKind::UefiCode: return {4ULL << 10, 16ULL << 20, "UEFI firmware"};
    case ImageKind::UefiVariables: return {4ULL << 10, 4ULL << 20, "UEFI variable store"};
    case ImageKind::OptionRom: return {512, 1ULL << 20, "option ROM"};
    }
    std::unreachable();
}

/// A firmware volume's header has "_FVH" at offset 40 (UEFI Platform Initialization 1.7, vol. 3, 3.2.1).
bool isFirmwareVolume(std::span<const std::byte> image)
{
    constexpr std::size_t Signature = 40;
    return image.size() >= Signature + 4 && std::memcmp(image.data() + Signature, "_FVH", 4) == 0;
}

/// A PCI expansion ROM begins with AA55h (PCI Firmware 3.3, 5.1.1).
bool isOptionRom(std::span<const std::byte> image)
{
    return image.size() >= 2 && loadLittleEndian(image.first(2)) == 0xaa55;
}

Result<> checkContent(const FirmwareImage& image, const std::string& subject)
{
    switch (image.kind) {
    case ImageKind::Bios:
        if (!isFirmwareVolume(image.content))
            return {};
        return fail(ErrorCode::InvalidArgument, subject + " holds UEFI firmware, not a BIOS");
    case ImageKind::UefiCode:
    case ImageKind::UefiVariables:
        if (isFirmwareVolume(image.content))
            return {};
        return fail(ErrorCode::InvalidArgument, subject
                                                    + " does not begin with a UEFI firmware volume. "
                                                      "If it is a qcow2 file, convert it to raw first.");
    case ImageKind::OptionRom:
        if (isOptionRom(image.content))
            return {};
        return fail(ErrorCode::InvalidArgument, subject + " does not begin like a PCI option ROM (55 AA)");
    }
    std::unreachable();
}

Result<FirmwareImage> readChecked(const KernelFile& file, const std::filesystem::path& path, ImageKind kind)
{
    const SizeRule rule = sizeRule(kind);
    if (file.sizeBytes() % rule.step != 0 || file.sizeBytes() > rule.largest)
        return fail(ErrorCode::InvalidArgument, file.subject() + " has " + std::to_string(file.sizeBytes())
                                                    + " bytes, but a usable image is a multiple of "
                                                    + sizeText(rule.step) + " up to " + sizeText(rule.largest)
                                                    + ". Install its package again, or choose another file.");
    FirmwareImage image{path, kind, Bytes(file.sizeBytes())};
    VM_TRY(file.read(0, image.content));
    VM_TRY(checkContent(image, file.subject()));
    return image;
}

} // namespace

Result<FirmwareImage> readImage(const std::filesystem::path& path, ImageKind expected)
{
    const KernelFile file = VM_TRY(KernelFile::open(path, std::string(sizeRule(expected).role)));
    return readChecked(file, path, expected);
}

Result<FirmwareImage> readUserImage(const std::filesystem::path& path)
{
    const KernelFile file = VM_TRY(KernelFile::open(path, "firmware image"));
    Bytes start(std::min<std::uint64_t>(file.sizeBytes(), 64));
    VM_TRY(file.read(0, start));
    return readChecked(file, path, isFirmwareVolume(start) ? ImageKind::UefiCode : ImageKind::Bios);
}

} // namespace engine::firmware
