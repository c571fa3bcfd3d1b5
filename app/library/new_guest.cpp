// SPDX-License-Identifier: GPL-3.0-or-later
#include "library/new_guest.h"

#include "block/import/ovf.h"

namespace app {

using engine::ErrorCode;
using engine::fail;
using engine::Result;
namespace fs = std::filesystem;

namespace {

/// Several pieces of work after each other as one: the whole is the pieces' sizes together.
class Steps {
public:
    Steps(const DiskProgress& report, std::uint64_t total) : m_report(report), m_total(total) {}

    /// Progress of a step whose share of the whole is `share` bytes.
    [[nodiscard]] DiskProgress step(std::uint64_t share)
    {
        const std::uint64_t from = m_done;
        m_done += share;
        return [this, from, share](std::uint64_t done, std::uint64_t total) {
            if (!m_report)
                return true;
            const double part = total == 0 ? 1 : static_cast<double>(done) / static_cast<double>(total);
            return m_report(from + static_cast<std::uint64_t>(part * static_cast<double>(share)), m_total);
        };
    }

private:
    const DiskProgress& m_report;
    std::uint64_t m_total;
    std::uint64_t m_done = 0;
};

/// What a disk of unknown size counts for in the progress.
constexpr std::uint64_t LeastShare = std::uint64_t{1} << 20;

/// Where an appliance's disks are while they are converted; gone with everything in it afterwards.
struct UnpackedPackage {
    explicit UnpackedPackage(fs::path where) : folder(std::move(where)) {}
    UnpackedPackage(const UnpackedPackage&) = delete;
    UnpackedPackage& operator=(const UnpackedPackage&) = delete;
    ~UnpackedPackage()
    {
        std::error_code ignored;
        fs::remove_all(folder, ignored);
    }
    fs::path folder;
};

Result<> unpack(const fs::path& package, const fs::path& folder, const DiskProgress& onProgress)
{
    VM_TRY(makeFolder(folder));
    std::stop_source stop;
    engine::block::Progress progress;
    progress.stop = stop.get_token();
    progress.report = [&](std::uint64_t done, std::uint64_t total) {
        if (!onProgress(done, total))
            stop.request_stop();
    };
    VM_TRY(engine::block::unpackOva(package, folder, progress));
    return {};
}

Result<> importAppliance(DiskTool& disks, const NewGuest& guest, const fs::path& folder,
                         const DiskProgress& onProgress)
{
    const Appliance& appliance = *guest.medium.appliance;
    std::uint64_t total = appliance.isPackage ? guest.medium.fileBytes : 0;
    const auto share = [](const Appliance::Disk& disk) { return std::max(disk.capacityBytes, LeastShare); };
    for (const Appliance::Disk& disk : appliance.disks)
        total += share(disk);
    Steps steps(onProgress, total);
    const UnpackedPackage unpacked(folder / ".package");
    if (appliance.isPackage)
        VM_TRY(unpack(guest.medium.path, unpacked.folder, steps.step(guest.medium.fileBytes)));
    else
        VM_TRY(engine::block::checkOvfFiles(guest.medium.path));
    const fs::path source = appliance.isPackage ? unpacked.folder : guest.medium.path.parent_path();
    for (std::size_t i = 0; i < appliance.disks.size(); ++i) {
        const fs::path file = source / appliance.disks[i].fileName;
        VM_TRY(disks.importDisk(file, {}, folder / guest.config.disks.at(i).path,
                                steps.step(share(appliance.disks[i]))));
        std::error_code ignored;
        if (appliance.isPackage)
            fs::remove(file, ignored); // room for the next one
    }
    return {};
}

/// Which disks of the configuration this guest will own, and where they lie in its folder.
void placeDisks(NewGuest& guest, std::string_view format)
{
    const std::string suffix = format == "raw" ? ".img" : "." + std::string(format);
    const auto own = [&](std::size_t index, const std::string& name) {
        engine::DiskConfig& disk = guest.config.disks.at(index);
        disk.path = "disks/" + name + suffix;
        disk.format = format;
    };
    if (guest.medium.kind == MediumKind::Appliance) {
        for (std::size_t i = 0; i < guest.config.disks.size(); ++i)
            own(i, i == 0 ? "system" : "disk-" + std::to_string(i + 1));
    } else if (guest.diskBytes != 0 || guest.copyMedium) {
        own(0, "system");
    }
}

} // namespace

void applyDefaults(NewGuest& guest, const OsInfo* os, const HostResources& host)
{
    guest.defaults = defaultsFor(os, guest.medium, host);
    guest.config = makeConfig(guest.defaults, guest.medium, std::move(guest.config.name));
    guest.diskBytes = guest.defaults.diskBytes.value;
}

Result<> setNewDisk(NewGuest& guest, std::uint64_t bytes)
{
    const bool hasOwn = guest.medium.kind == MediumKind::DiskImage || guest.medium.appliance;
    if (hasOwn && bytes != 0)
        return fail(ErrorCode::InvalidArgument,
                    "the medium is a disk itself, so there is no new one; make it "
                    "larger afterwards with “guesthouse set NAME disk=SIZE”");
    if (guest.diskBytes != 0 && bytes == 0)
        guest.config.disks.erase(guest.config.disks.begin());
    else if (guest.diskBytes == 0 && bytes != 0)
        guest.config.disks.insert(
            guest.config.disks.begin(),
            {.path = "disks/system.qcow2", .bus = guest.defaults.diskBus.value, .format = "qcow2"});
    guest.diskBytes = bytes;
    return {};
}

Result<GuestEntry> makeGuest(GuestLibrary& library, DiskTool& disks, const NewGuest& wish,
                             const DiskProgress& onProgress)
{
    NewGuest guest = wish;
    const bool isAppliance = guest.medium.kind == MediumKind::Appliance;
    if (isAppliance && !guest.medium.appliance)
        return fail(ErrorCode::Corrupt, guest.medium.problem);
    placeDisks(guest, disks.format());
    GuestDescription description{
        .config = guest.config, .presentation = {.osId = guest.osId}, .sourceText = {}};
    return library.create(std::move(description), [&](const fs::path& folder) -> Result<> {
        if (isAppliance)
            return importAppliance(disks, guest, folder, onProgress);
        if (guest.copyMedium)
            return disks.importDisk(guest.medium.path, guest.medium.format,
                                    folder / guest.config.disks.at(0).path, onProgress);
        if (guest.diskBytes != 0)
            return disks.createDisk(folder / guest.config.disks.at(0).path, guest.diskBytes);
        return {};
    });
}

} // namespace app
