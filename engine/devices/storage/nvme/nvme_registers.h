// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/state.h"
#include "memory/guest_address.h"

#include <cstdint>
#include <span>

namespace engine::nvme {

/// What CC and the admin queue attributes say when the controller is enabled.
struct EnableSettings {
    GuestAddress adminSubmission;
    GuestAddress adminCompletion;
    std::uint32_t adminSubmissionEntries = 0;
    std::uint32_t adminCompletionEntries = 0;
    unsigned pageShift = 12;
};

/// The controller registers (NVMe 1.4, 3.1) below the doorbells, as a pure model. Callers serialise.
class Registers {
public:
    static constexpr std::uint64_t Bytes = 0x1000;

    void read(std::uint64_t offset, std::span<std::byte> data) const;
    /// True when the controller has something to do: enable, disable, shutdown, interrupt mask.
    [[nodiscard]] bool write(std::uint64_t offset, std::span<const std::byte> data);
    void reset();

    [[nodiscard]] bool isEnabled() const;
    /// Counts disables, so that a quick off and on is not missed.
    [[nodiscard]] std::uint64_t epoch() const { return m_epoch; }
    [[nodiscard]] bool shutdownRequested() const;
    [[nodiscard]] std::uint32_t interruptMask() const { return m_interruptMask; }
    /// True when the settings are ones that the controller can work with.
    [[nodiscard]] bool settingsAreValid() const;
    [[nodiscard]] EnableSettings settings() const;

    void setReady(bool ready);
    [[nodiscard]] bool isReady() const { return (m_status & 1) != 0; }
    [[nodiscard]] bool isFatal() const { return (m_status & 2) != 0; }
    void setFatal();
    enum class Shutdown : std::uint8_t { Normal = 0, Running = 1, Complete = 2 };
    void setShutdown(Shutdown state);
    [[nodiscard]] Shutdown shutdown() const;

    void saveState(StateWriter& out) const;
    void readState(StateReader& in);
    /// A restored object goes on counting where `current` is.
    void continueFrom(const Registers& current) { m_epoch = current.m_epoch; }

private:
    [[nodiscard]] std::uint32_t readRegister(std::uint32_t offset) const;
    [[nodiscard]] bool writeRegister(std::uint32_t offset, std::uint32_t value, std::uint32_t byteMask);
    [[nodiscard]] bool writeConfiguration(std::uint32_t value);

    std::uint32_t m_interruptMask = 0;   // INTMS/INTMC
    std::uint32_t m_configuration = 0;   // CC
    std::uint32_t m_status = 0;          // CSTS
    std::uint32_t m_adminAttributes = 0; // AQA
    std::uint64_t m_adminSubmission = 0; // ASQ
    std::uint64_t m_adminCompletion = 0; // ACQ
    std::uint64_t m_epoch = 0;
};

} // namespace engine::nvme
