// SPDX-License-Identifier: GPL-3.0-or-later
#include "library/demo_medium.h"

#include <algorithm>

namespace app {

std::filesystem::path findDemoMedium()
{
    std::error_code unknown;
    const auto program = std::filesystem::read_symlink("/proc/self/exe", unknown).parent_path();
    for (const auto& candidate : {program / "demo.iso", program / "../share/guesthouse/demo.iso"}) {
        if (std::filesystem::exists(candidate, unknown))
            return candidate.lexically_normal();
    }
    return {};
}

void applyDemoDefaults(NewGuest& guest, const HostResources& host)
{
    constexpr std::uint64_t Memory = std::uint64_t{512} << 20;
    constexpr std::uint64_t Disk = std::uint64_t{4} << 30;
    constexpr std::uint32_t Cpus = 2;
    GuestDefaults& defaults = guest.defaults;
    defaults = defaultsFor(nullptr, {}, host);
    defaults.memoryBytes = {.value = std::min(defaults.memoryBytes.value, Memory),
                            .reason = DefaultReason::Usual};
    defaults.cpuCount = {.value = std::min(defaults.cpuCount.value, Cpus), .reason = DefaultReason::Usual};
    defaults.diskBytes = {.value = std::min(defaults.diskBytes.value, Disk), .reason = DefaultReason::Usual};
    defaults.firmware = {.value = engine::FirmwareKind::SeaBios, .reason = DefaultReason::BootsOnlyBios};
    guest.config = makeConfig(defaults, guest.medium, std::move(guest.config.name));
    guest.diskBytes = defaults.diskBytes.value;
}

} // namespace app
