// SPDX-License-Identifier: GPL-3.0-or-later
#include "vm/host_check.h"

#include "firmware/firmware_locator.h"
#include "kvm/doctor.h"

namespace engine {

namespace {

HostCheckStep firmwareStep(std::string name, const Result<std::filesystem::path>& found)
{
    if (found)
        return {.name = std::move(name), .ok = true, .explanation = found->string()};
    return {.name = std::move(name), .ok = false, .explanation = found.error().message()};
}

} // namespace

HostReport checkHost()
{
    kvm::DoctorReport kvmReport = kvm::examineKvm();
    HostReport report{.softwareVirtualization = kvmReport.softwareVirtualization,
                      .healthy = kvmReport.healthy()};
    for (kvm::DoctorStep& step : kvmReport.steps)
        report.steps.push_back({.name = std::move(step.name),
                                .ok = step.ok,
                                .explanation = std::move(step.explanation),
                                .fixCommand = std::move(step.fixCommand)});
    for (const kvm::CapabilityValue& capability : kvmReport.capabilities)
        report.capabilities.push_back(
            {.name = std::string(capability.name), .value = std::to_string(capability.value)});

    const firmware::FirmwareLocator locator;
    report.steps.push_back(firmwareStep("find the BIOS firmware (SeaBIOS)", locator.seaBios()));
    report.steps.push_back(firmwareStep("find the video BIOS", locator.vgaBios()));
    auto uefi = locator.uefi(firmware::SecureBoot::Off);
    report.steps.push_back(firmwareStep("find the UEFI firmware (OVMF)",
                                        uefi ? Result<std::filesystem::path>(uefi->code)
                                             : Result<std::filesystem::path>(std::unexpected(uefi.error()))));
    return report;
}

} // namespace engine
