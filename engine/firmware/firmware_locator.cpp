// SPDX-License-Identifier: GPL-3.0-or-later
#include "firmware/firmware_locator.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string>

namespace engine::firmware {

namespace fs = std::filesystem;

namespace {

/// Who has it, for the sentence that tells what to install.
struct Packages {
    std::string_view debian;
    std::string_view fedora;
    std::string_view arch;
    std::string_view openSuse;
};

constexpr Packages BiosPackages{"seabios", "seabios-bin", "seabios", "qemu-seabios"};
constexpr Packages UefiPackages{"ovmf", "edk2-ovmf", "edk2-ovmf", "qemu-ovmf-x86_64"};
constexpr Packages VgaBiosPackages{"seabios", "seavgabios-bin", "seabios", "qemu-vgabios"};
constexpr Packages NetworkPackages{"ipxe-qemu", "ipxe-roms-qemu", "qemu-common", "qemu-ipxe"};

/// File names that distributions give to one set of UEFI images.
struct UefiNames {
    std::string_view code;
    std::string_view variables;
    std::string_view enrolledVariables;
};

constexpr std::array UefiSets{
    UefiNames{"OVMF_CODE_4M.fd", "OVMF_VARS_4M.fd", "OVMF_VARS_4M.ms.fd"},                         // Debian
    UefiNames{"OVMF_CODE.4m.fd", "OVMF_VARS.4m.fd", "OVMF_VARS.4m.ms.fd"},                         // Arch
    UefiNames{"ovmf-x86_64-4m-code.bin", "ovmf-x86_64-4m-vars.bin", "ovmf-x86_64-ms-4m-vars.bin"}, // openSUSE
    UefiNames{"OVMF_CODE.fd", "OVMF_VARS.fd", "OVMF_VARS.secboot.fd"},                             // Fedora
};

std::unexpected<Error> missing(std::string_view what, const Packages& packages)
{
    return fail(ErrorCode::NotFound,
                "No " + std::string(what) + " was found on this computer. Install the package "
                    + std::string(packages.debian) + " (Debian, Ubuntu), " + std::string(packages.fedora)
                    + " (Fedora), " + std::string(packages.arch) + " (Arch) or "
                    + std::string(packages.openSuse)
                    + " (openSUSE), or name its folder in GUESTHOUSE_FIRMWARE_PATH.");
}

bool isFile(const fs::path& path)
{
    std::error_code error;
    return fs::is_regular_file(path, error);
}

std::uintmax_t sizeOf(const fs::path& path)
{
    std::error_code error;
    const auto size = fs::file_size(path, error);
    return error ? 0 : size;
}

/// Code and variables fill a flash chip of 2 or 4 MiB together.
bool fillFlash(const UefiFiles& files)
{
    const auto total = sizeOf(files.code) + sizeOf(files.variables);
    return total == 2U << 20 || total == 4U << 20;
}

} // namespace

FirmwareSearch FirmwareSearch::fromEnvironment()
{
    FirmwareSearch search;
    // Read once at start, before threads exist that could change the environment.
    if (const char* own = std::getenv("GUESTHOUSE_FIRMWARE_PATH")) { // NOLINT(concurrency-mt-unsafe)
        std::string_view rest = own;
        while (!rest.empty()) {
            const auto end = std::min(rest.find(':'), rest.size());
            if (end != 0)
                search.folders.emplace_back(rest.substr(0, end));
            rest.remove_prefix(std::min(end + 1, rest.size()));
        }
    }
    for (const char* folder :
         {"/app/share/guesthouse/firmware", "/app/share/seabios", "/app/share/OVMF", "/app/share/qemu",
          "/usr/share/seabios", "/usr/share/OVMF", "/usr/share/edk2/ovmf", "/usr/share/edk2/x64",
          "/usr/share/edk2-ovmf/x64", "/usr/share/qemu", "/usr/share/seavgabios", "/usr/lib/ipxe/qemu",
          "/usr/share/ipxe/qemu", "/usr/share/ipxe", "/usr/local/share/qemu"})
        search.folders.emplace_back(folder);
    for (const char* folder : {"/etc/qemu/firmware", "/usr/share/qemu/firmware", "/app/share/qemu/firmware"})
        search.descriptorFolders.emplace_back(folder);
    return search;
}

fs::path FirmwareLocator::find(std::span<const std::string_view> names) const
{
    for (const fs::path& folder : m_search.folders)
        for (const std::string_view name : names)
            if (isFile(folder / name))
                return folder / name;
    return {};
}

Result<fs::path> FirmwareLocator::seaBios() const
{
    constexpr std::array<std::string_view, 2> Names{"bios-256k.bin", "bios.bin"};
    fs::path path = find(Names);
    if (path.empty())
        return missing("BIOS image (SeaBIOS, bios-256k.bin)", BiosPackages);
    return path;
}

std::vector<FirmwareDescriptor> FirmwareLocator::candidates() const
{
    std::vector<FirmwareDescriptor> found;
    for (const fs::path& folder : m_search.folders) {
        for (const UefiNames& names : UefiSets) {
            found.push_back({{folder / names.code, folder / names.variables}, false, false});
            found.push_back({{folder / names.code, folder / names.enrolledVariables}, false, true});
        }
    }
    for (const fs::path& folder : m_search.descriptorFolders)
        std::ranges::move(readDescriptors(folder), std::back_inserter(found));
    std::erase_if(found, [](const FirmwareDescriptor& item) {
        return !isFile(item.files.code) || !isFile(item.files.variables) || !fillFlash(item.files);
    });
    return found;
}

Result<UefiFiles> FirmwareLocator::uefi(SecureBoot secureBoot) const
{
    const bool wantKeys = secureBoot == SecureBoot::KeysEnrolled;
    const auto found = candidates();
    const auto plain = std::ranges::find(found, false, &FirmwareDescriptor::requiresSmm);
    if (plain == found.end())
        return missing("UEFI firmware (OVMF_CODE_4M.fd with OVMF_VARS_4M.fd)", UefiPackages);
    // Variables with keys often come only with a build that needs SMM; they fit any code of that size.
    const auto match = std::ranges::find_if(found, [&](const FirmwareDescriptor& item) {
        return item.hasEnrolledKeys == wantKeys && sizeOf(item.files.code) == sizeOf(plain->files.code);
    });
    if (match == found.end())
        return missing(wantKeys ? "UEFI variable store with Secure Boot keys (OVMF_VARS_4M.ms.fd)"
                                : "empty UEFI variable store (OVMF_VARS_4M.fd)",
                       UefiPackages);
    return UefiFiles{plain->files.code, match->files.variables};
}

Result<fs::path> FirmwareLocator::vgaBios() const
{
    constexpr std::array<std::string_view, 1> Names{"vgabios-stdvga.bin"};
    fs::path path = find(Names);
    if (path.empty())
        return missing("video BIOS (vgabios-stdvga.bin)", VgaBiosPackages);
    return path;
}

Result<fs::path> FirmwareLocator::gpuBios() const
{
    constexpr std::array<std::string_view, 1> Names{"vgabios-virtio.bin"};
    fs::path path = find(Names);
    if (path.empty())
        return missing("video BIOS (vgabios-virtio.bin)", VgaBiosPackages);
    return path;
}

Result<fs::path> FirmwareLocator::networkBootRom(NetworkCard card, RomKind kind) const
{
    const std::string name = std::string(kind == RomKind::Uefi ? "efi-" : "pxe-")
                             + (card == NetworkCard::E1000e ? "e1000e.rom" : "virtio.rom");
    const std::array<std::string_view, 1> names{name};
    fs::path path = find(names);
    if (path.empty())
        return missing("network boot ROM (iPXE, " + name + ")", NetworkPackages);
    return path;
}

} // namespace engine::firmware
