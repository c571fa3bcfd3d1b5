// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/state/guest_maker.h"

namespace app {

using engine::Result;

Result<GuestEntry> makeGuest(GuestLibrary& library, DiskTool& disks, const wizards::GuestDraft& draft,
                             const CopyProgress& onProgress)
{
    GuestDescription guest;
    guest.config = draft.config;
    guest.presentation.osId = draft.osId;
    if (draft.medium.kind == MediumKind::Appliance)
        return engine::fail(engine::ErrorCode::Unsupported,
                            "Appliances cannot be imported by this version; unpack the file with tar and "
                            "choose the disk in it.");
    const std::string format(disks.format());
    const std::string diskPath = "disks/system." + (format == "raw" ? std::string("img") : format);
    if (draft.diskBytes != 0 || draft.copyMedium) {
        engine::DiskConfig& disk = guest.config.disks.at(0);
        disk.path = diskPath;
        disk.format = format;
    }
    return library.create(std::move(guest), [&](const std::filesystem::path& folder) -> Result<> {
        if (draft.copyMedium)
            return disks.importDisk(draft.medium.path, draft.medium.format, folder / diskPath, onProgress);
        if (draft.diskBytes != 0)
            return disks.createDisk(folder / diskPath, draft.diskBytes);
        return {};
    });
}

} // namespace app
