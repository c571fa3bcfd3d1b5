// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

/// Structures and codes of the NVM Express Base Specification 1.4.
namespace engine::nvme {

/// A submission queue entry (figure 104).
struct Submission {
    std::uint8_t opcode;
    std::uint8_t flags; ///< FUSE in bits 0-1, PSDT in bits 6-7
    std::uint16_t id;   ///< CID
    std::uint32_t namespaceId;
    std::uint64_t reserved;
    std::uint64_t metadata;
    std::uint64_t prp1;
    std::uint64_t prp2;
    std::uint32_t dword10;
    std::uint32_t dword11;
    std::uint32_t dword12;
    std::uint32_t dword13;
    std::uint32_t dword14;
    std::uint32_t dword15;
};
static_assert(sizeof(Submission) == 64);

/// A completion queue entry (figure 121) without its last double word, which holds the phase and is
/// written last.
struct CompletionBody {
    std::uint32_t result;
    std::uint32_t reserved;
    std::uint16_t submissionHead;
    std::uint16_t submissionQueue;
};
static_assert(sizeof(CompletionBody) == 12);
inline constexpr std::uint64_t CompletionBytes = 16;

/// Status type << 8 | status code (4.6.1); bit 14: do not retry.
enum class Status : std::uint16_t {
    Success = 0x000,
    InvalidOpcode = 0x4001,
    InvalidField = 0x4002,
    IdConflict = 0x4003,
    DataTransferError = 0x4004,
    Aborted = 0x0008, ///< because its submission queue was deleted
    InvalidNamespace = 0x400b,
    InvalidPrpOffset = 0x4013,
    OutOfRange = 0x4080,
    CapacityExceeded = 0x0081,
    CompletionQueueInvalid = 0x4100,
    QueueIdInvalid = 0x4101,
    QueueSizeInvalid = 0x4102,
    EventLimitExceeded = 0x4105,
    VectorInvalid = 0x4108,
    LogPageInvalid = 0x4109,
    QueueDeletionInvalid = 0x410c,
    FeatureNotSaveable = 0x410d,
    FeatureNotChangeable = 0x410e,
    ReadOnlyRange = 0x4182,
    WriteFault = 0x0280,
    ReadError = 0x0281,
    CompareFailure = 0x0285,
};

namespace admin_opcode {
inline constexpr std::uint8_t DeleteSubmissionQueue = 0x00;
inline constexpr std::uint8_t CreateSubmissionQueue = 0x01;
inline constexpr std::uint8_t GetLogPage = 0x02;
inline constexpr std::uint8_t DeleteCompletionQueue = 0x04;
inline constexpr std::uint8_t CreateCompletionQueue = 0x05;
inline constexpr std::uint8_t Identify = 0x06;
inline constexpr std::uint8_t Abort = 0x08;
inline constexpr std::uint8_t SetFeatures = 0x09;
inline constexpr std::uint8_t GetFeatures = 0x0a;
inline constexpr std::uint8_t AsyncEventRequest = 0x0c;
inline constexpr std::uint8_t DoorbellBufferConfig = 0x7c;
} // namespace admin_opcode

namespace io_opcode {
inline constexpr std::uint8_t Flush = 0x00;
inline constexpr std::uint8_t Write = 0x01;
inline constexpr std::uint8_t Read = 0x02;
inline constexpr std::uint8_t Compare = 0x05;
inline constexpr std::uint8_t WriteZeroes = 0x08;
inline constexpr std::uint8_t DatasetManagement = 0x09;
} // namespace io_opcode

inline constexpr unsigned MaxIoQueues = 16;
inline constexpr unsigned QueueCount = MaxIoQueues + 1; ///< with the admin queue
inline constexpr unsigned VectorCount = QueueCount;
inline constexpr std::uint32_t MaxQueueEntries = 1024;
inline constexpr std::uint8_t MaxTransferExponent = 8; ///< MDTS: 256 pages of 4 KiB
inline constexpr std::uint64_t MaxTransferBytes = std::uint64_t{4096} << MaxTransferExponent;
inline constexpr unsigned MaxEventRequests = 4;

} // namespace engine::nvme
