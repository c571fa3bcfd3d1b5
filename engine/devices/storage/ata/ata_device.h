// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/state.h"
#include "memory/guest_memory.h"

#include <array>
#include <cstdint>
#include <expected>
#include <functional>

/// Serial ATA devices as their host adapter sees them: commands and outcomes, no registers.
namespace engine::ata {

/// Status and Error bits (ACS-3, 6.2 and 6.3).
inline constexpr std::uint8_t StatusError = 0x01;       ///< ERR, for packet devices CHK
inline constexpr std::uint8_t StatusDataRequest = 0x08; ///< DRQ
inline constexpr std::uint8_t StatusSeekComplete = 0x10;
inline constexpr std::uint8_t StatusReady = 0x40; ///< DRDY
inline constexpr std::uint8_t StatusBusy = 0x80;  ///< BSY
inline constexpr std::uint8_t StatusGood = StatusReady | StatusSeekComplete;
inline constexpr std::uint8_t ErrorAbort = 0x04;
inline constexpr std::uint8_t ErrorIdNotFound = 0x10;
inline constexpr std::uint8_t ErrorUncorrectable = 0x40;
inline constexpr std::uint8_t ErrorInterfaceCrc = 0x80; ///< ICRC, also "host storage is full"

/// The fields of a Register FIS (SATA 3.1, 10.3.4 and 10.3.5).
struct TaskFile {
    std::uint8_t command = 0;
    std::uint16_t features = 0;
    std::uint64_t lba = 0; ///< 48 bits
    std::uint16_t count = 0;
    std::uint8_t device = 0;
    bool operator==(const TaskFile&) const = default;
};

enum class TransferError : std::uint8_t {
    TooShort,   ///< the host's buffer is smaller than the command's data
    BadAddress, ///< the host's buffer is not all in RAM
};

/// The host memory that a command's data goes to or comes from.
class TransferBuffer {
public:
    virtual ~TransferBuffer() = default;
    /// The first `length` bytes of the buffer.
    [[nodiscard]] virtual std::expected<IoVectors, TransferError> map(IoDirection direction,
                                                                      std::uint64_t length) const = 0;
    /// What the host has room for, counted up to `limit`.
    [[nodiscard]] virtual std::uint64_t sizeBytes(std::uint64_t limit) const = 0;
};

struct Command {
    TaskFile registers;
    std::array<std::uint8_t, 16> packet{}; ///< for PACKET
    const TransferBuffer& buffer;          ///< valid only while execute() runs
};

/// Which FISes tell the host about the end.
enum class Protocol : std::uint8_t { NonData, PioIn, PioOut, Dma, Queued };

struct Outcome {
    Protocol protocol = Protocol::NonData;
    std::uint8_t status = StatusGood;
    std::uint8_t error = 0;
    TaskFile registers; ///< lba, count and device as the device reports them
    std::uint64_t transferredBytes = 0;
    bool badAddress = false; ///< the host adapter could not reach the buffer

    [[nodiscard]] bool failed() const { return badAddress || (status & StatusError) != 0; }
};

/// What the device says about itself after a reset (SATA 3.1, 11.2).
struct Signature {
    std::uint64_t lba = 1; ///< bits 8 to 23 tell the kind: 0 disk, EB14h packet device
    std::uint16_t count = 1;
    std::uint8_t status = StatusGood;
    std::uint8_t error = 1; ///< diagnostics passed
};

/// A device at the end of a SATA cable. All methods on one thread (its port's loop).
class Device {
public:
    /// Called once per command on the same thread, possibly before execute() returns.
    using Done = std::move_only_function<void(Outcome)>;

    virtual ~Device() = default;
    [[nodiscard]] virtual Signature signature() const = 0;
    /// True for the commands that may run beside others (NCQ).
    [[nodiscard]] virtual bool isQueued(const TaskFile& registers) const = 0;
    virtual void execute(const Command& command, Done done) = 0;
    /// COMRESET or software reset. Commands in flight complete to nobody.
    virtual void reset() = 0;

    virtual void saveState(StateWriter& out) const = 0;
    /// All or nothing.
    [[nodiscard]] virtual Result<> restoreState(StateReader& in) = 0;
};

} // namespace engine::ata
