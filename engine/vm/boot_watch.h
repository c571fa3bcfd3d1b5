// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "devices/chipset/serial_port.h"
#include "vm/medium_boot.h"

#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace engine {

/// Reads what the BIOS says on its debug console and tells the steps of the boot: "firmware",
/// "boot-attempt", "boot-failed", "boot-sector", "no-boot-sector", "no-boot-device", "uefi-only-medium".
/// Everything passes on to the next sink unchanged. Any thread.
class BootWatch final : public ByteSink {
public:
    /// On the thread that wrote; only posts a message.
    using Report = std::function<void(std::string name, std::string detail)>;
    /// `next` may be null and outlives this object.
    BootWatch(ByteSink* next, Report report) : m_next(next), m_report(std::move(report)) {}

    void write(std::span<const std::uint8_t> bytes) override;
    void setMedia(std::vector<MediumBoot> media);
    /// The machine begins anew.
    void restart();
    /// The operating system runs: from now on port 402h is its own business.
    void finish();

    /// What a UEFI firmware cannot start although it is all there is: "bios-only-medium" or
    /// "no-boot-device" and its detail; nullopt while something may start.
    [[nodiscard]] static std::optional<std::pair<std::string, std::string>>
    uefiProblem(const std::vector<MediumBoot>& media);

private:
    void readLine(std::string_view line);
    void tell(std::string name, std::string detail);
    void tellWhyNothingStarts();

    ByteSink* const m_next;
    const Report m_report;
    std::mutex m_mutex;
    std::vector<MediumBoot> m_media; // guarded by m_mutex, as is the rest
    std::string m_line;
    bool m_isOver = false;
    bool m_hadNoBootSector = false;
    unsigned m_told = 0;
};

} // namespace engine
