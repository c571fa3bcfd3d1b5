// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/state.h"
#include "devices/chipset/tco_registers.h"

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>

namespace engine {

/// The values of SLP_TYP that mean each sleep state; the DSDT's \_S3, \_S4 and \_S5 packages name them.
struct SleepTypes {
    std::uint8_t s3 = 1;
    std::uint8_t s4 = 2;
    std::uint8_t s5 = 0;
};

/// What the guest asked for with SLP_EN.
enum class SleepState : std::uint8_t { S1, S3, S4, S5 };

/// The power management timer: 3.579545 MHz, 24 bits, counted from machine time zero.
struct PmTimer {
    static constexpr std::uint64_t FrequencyHz = 3'579'545;
    static constexpr std::uint32_t Mask = 0x00ff'ffff;

    [[nodiscard]] static std::uint64_t ticks(std::chrono::nanoseconds now);
    /// The first instant at which the count is at least `tick`.
    [[nodiscard]] static std::chrono::nanoseconds timeOf(std::uint64_t tick);
};

/// The ICH9's ACPI I/O block at PMBASE (datasheet 13.8.3) as a pure register model: PM1, PM timer, GPE0, SMI
/// control and the TCO block. There is no SMM behind it: SCI_EN is set from the start, as on a machine
/// whose firmware has handed over already, and SMI_EN claims that SMIs are set up.
class AcpiPmRegisters {
public:
    static constexpr std::uint64_t BlockBytes = 128;
    static constexpr std::uint64_t TimerOffset = 0x08;
    static constexpr std::uint64_t TimerBytes = 4;

    enum class Event : std::uint16_t {
        Timer = 1 << 0,          ///< TMR_STS: the timer's highest bit changed
        GlobalLock = 1 << 5,     ///< GBL_STS
        PowerButton = 1 << 8,    ///< PWRBTN_STS
        SleepButton = 1 << 9,    ///< SLPBTN_STS
        RealTimeClock = 1 << 10, ///< RTC_STS
        Wake = 1 << 15,          ///< WAK_STS
    };

    explicit AcpiPmRegisters(SleepTypes types) : m_types(types) {}

    [[nodiscard]] std::uint8_t read(std::uint64_t offset, std::chrono::nanoseconds now);
    /// A sleep request when the write set SLP_EN.
    [[nodiscard]] std::optional<SleepState> write(std::uint64_t offset, std::uint8_t value,
                                                  std::chrono::nanoseconds now);

    void raise(Event event) { m_status |= static_cast<std::uint16_t>(event); }
    /// Sets the status of a general-purpose event; `index` 0 to 63.
    void raiseGpe(unsigned index) { m_gpeStatus |= std::uint64_t{1} << (index & 63); }
    /// ACPI_ENABLE and ACPI_DISABLE through the SMI command port.
    void setSciEnabled(bool enabled) { m_sciEnabled = enabled; }
    /// PM1_EN is not zero.
    [[nodiscard]] bool wantsEvents() const { return m_enable != 0; }
    [[nodiscard]] bool isSciEnabled() const { return m_sciEnabled; }
    /// Updates TMR_STS; call before sciLevel().
    void advance(std::chrono::nanoseconds now);
    [[nodiscard]] bool sciLevel() const;
    /// When the timer's overflow will raise the SCI; nullopt while it cannot.
    [[nodiscard]] std::optional<std::chrono::nanoseconds> nextEvent() const;
    [[nodiscard]] std::uint8_t lastSleepType() const
    {
        return static_cast<std::uint8_t>(m_control >> 10 & 7);
    }

    void reset(std::chrono::nanoseconds now);
    void save(StateWriter& out) const;
    [[nodiscard]] static Result<AcpiPmRegisters> restore(StateReader& in, SleepTypes types);

private:
    [[nodiscard]] std::optional<SleepState> writeControl(std::uint64_t offset, std::uint8_t value);
    [[nodiscard]] SleepState sleepState() const;

    SleepTypes m_types;
    std::uint16_t m_status = 0;         // PM1_STS
    std::uint16_t m_enable = 0;         // PM1_EN
    std::uint16_t m_control = 0;        // PM1_CNT without SCI_EN
    bool m_sciEnabled = true;           // SCI_EN
    std::uint64_t m_gpeStatus = 0;      // GPE0_STS
    std::uint64_t m_gpeEnable = 0;      // GPE0_EN
    std::uint32_t m_smiEnable = 0x20;   // SMI_EN: APMC_EN
    std::uint32_t m_smiStatus = 0;      // SMI_STS
    std::uint64_t m_lastHalfPeriod = 0; // timer ticks / 2^23 that TMR_STS has accounted for
    TcoRegisters m_tco;
};

} // namespace engine
