// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>

namespace engine::usb::xhci {

/// xHCI 1.2, 6.4: a transfer request block. Little-endian, as every host we build for.
struct Trb {
    std::uint64_t parameter;
    std::uint32_t status;
    std::uint32_t control;

    [[nodiscard]] unsigned type() const { return control >> 10 & 0x3f; }
    [[nodiscard]] bool cycle() const { return (control & 1) != 0; }
    [[nodiscard]] bool has(std::uint32_t flag) const { return (control & flag) != 0; }
    [[nodiscard]] std::uint32_t length() const { return status & 0x1ffff; }
    [[nodiscard]] unsigned interrupter() const { return status >> 22; }
    [[nodiscard]] unsigned slot() const { return control >> 24; }
    [[nodiscard]] unsigned endpoint() const { return control >> 16 & 0x1f; }
};
static_assert(sizeof(Trb) == 16);
inline constexpr std::uint64_t TrbBytes = 16;

namespace flag {
inline constexpr std::uint32_t Cycle = 1U << 0;
inline constexpr std::uint32_t ToggleCycle = 1U << 1;           ///< link
inline constexpr std::uint32_t EventData = 1U << 2;             ///< transfer event: ED
inline constexpr std::uint32_t InterruptOnShort = 1U << 2;      ///< ISP
inline constexpr std::uint32_t Chain = 1U << 4;                 ///< CH
inline constexpr std::uint32_t InterruptOnCompletion = 1U << 5; ///< IOC
inline constexpr std::uint32_t ImmediateData = 1U << 6;         ///< IDT
inline constexpr std::uint32_t BlockEventInterrupt = 1U << 9;   ///< BEI
inline constexpr std::uint32_t BlockSetAddress = 1U << 9;       ///< address device: BSR
inline constexpr std::uint32_t Deconfigure = 1U << 9;           ///< configure endpoint: DC
inline constexpr std::uint32_t DirectionIn = 1U << 16;          ///< data and status stage: DIR
} // namespace flag

/// TRB types (xHCI 1.2, table 6-91).
enum class TrbType : std::uint8_t {
    Normal = 1,
    SetupStage = 2,
    DataStage = 3,
    StatusStage = 4,
    Isoch = 5,
    Link = 6,
    EventData = 7,
    NoOp = 8,
    EnableSlot = 9,
    DisableSlot = 10,
    AddressDevice = 11,
    ConfigureEndpoint = 12,
    EvaluateContext = 13,
    ResetEndpoint = 14,
    StopEndpoint = 15,
    SetDequeue = 16,
    ResetDevice = 17,
    GetPortBandwidth = 21,
    NoOpCommand = 23,
    TransferEvent = 32,
    CommandCompletion = 33,
    PortStatusChange = 34,
    HostController = 37,
    MicroframeWrap = 39,
};

/// Completion codes (xHCI 1.2, table 6-90).
enum class Code : std::uint8_t {
    Invalid = 0,
    Success = 1,
    Babble = 3,
    TransactionError = 4,
    TrbError = 5,
    Stall = 6,
    NoSlots = 9,
    SlotNotEnabled = 11,
    EndpointNotEnabled = 12,
    ShortPacket = 13,
    ParameterError = 17,
    ContextState = 19,
    EventRingFull = 21,
    CommandRingStopped = 24,
    Stopped = 26,
};

[[nodiscard]] constexpr std::uint32_t controlOf(TrbType type, unsigned slot = 0, unsigned endpoint = 0)
{
    return std::uint32_t{static_cast<std::uint8_t>(type)} << 10 | slot << 24 | endpoint << 16;
}
[[nodiscard]] constexpr std::uint32_t statusOf(Code code, std::uint32_t rest = 0)
{
    return std::uint32_t{static_cast<std::uint8_t>(code)} << 24 | (rest & 0xffffff);
}

/// xHCI 1.2, 6.2: 32 bytes of a device or input context.
using Context = std::array<std::uint32_t, 8>;
inline constexpr std::uint64_t ContextBytes = 32;

enum class SlotState : std::uint8_t { Enabled = 0, Default = 1, Addressed = 2, Configured = 3 };
enum class EndpointState : std::uint8_t { Disabled = 0, Running = 1, Halted = 2, Stopped = 3, Error = 4 };
enum class EndpointType : std::uint8_t {
    NotValid = 0,
    IsochOut = 1,
    BulkOut = 2,
    InterruptOut = 3,
    Control = 4,
    IsochIn = 5,
    BulkIn = 6,
    InterruptIn = 7
};

} // namespace engine::usb::xhci
